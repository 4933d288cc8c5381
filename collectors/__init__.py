"""Asks devices what is there, and hands what was seen to the ledger; only ever reads."""
