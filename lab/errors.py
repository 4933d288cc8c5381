"""What can go wrong in a lab; each message says what to do about it."""

from ledger.errors import BaophuError, CallError


class LabError(BaophuError):
    """The lab can't do what was asked: whoever runs it must act."""


class LabCallError(LabError, CallError):
    """A name was given that the lab doesn't know or that can't be."""
