"""Mail: whether domains take, keep and deliver it, and what their servers tell. No message of a person is read."""
