"""From a cycle's tables to observations: pure functions of the plan and of what was read."""
