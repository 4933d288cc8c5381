"""Reads devices over SNMP: a seam for the engine, tables as pure parsers, one reading a device."""
