"""Finds what is there: whom to ask, with what, and what was found; only ever within the ranges that were given."""
