"""How far what was seen agrees with what should exist: verdicts, reasons and figures, as a pure function of both."""

from ledger.reconcile.snapshot import reconcile

__all__ = ["reconcile"]
