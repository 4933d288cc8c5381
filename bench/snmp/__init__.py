"""Polling measured against peers on one machine in one run; `python -m bench.snmp.run`."""
