"""What the terminals of the units show of themselves, asked for rarely."""
