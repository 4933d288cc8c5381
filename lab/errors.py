"""What can go wrong in a lab; each message says what to do about it."""

from ledger.errors import BaophuError


class LabError(BaophuError):
    """The lab can't do what was asked: whoever runs it must act."""
