"""Values that others declare: what their tables and reports say, read as it is meant there."""
