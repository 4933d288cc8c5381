"""Web services of the plan: their names, their answers over both address families, their certificates."""
