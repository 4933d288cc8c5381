"""Reads devices' running configurations over SSH, and masks every secret before anybody else sees the text."""
