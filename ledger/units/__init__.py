"""Units in time: names, what became of them, and counts on another day's map."""
