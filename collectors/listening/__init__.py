"""Listens to what devices say unasked: it is checked, counted, and at most makes a device be polled sooner."""
