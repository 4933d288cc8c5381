"""How much the planned links carry, measured by the octet counters of the port at one end."""
