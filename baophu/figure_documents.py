"""Keepings, publications and checks as JSON values."""

from ledger.document import instant_text
from ledger.kept import Keeping
from ledger.publication.checking import Check
from ledger.publication.published import Published


def keeping_document(made: Keeping) -> dict[str, object]:
    """A keeping as JSON values."""
    return {
        "number": made.number,
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "known_at": instant_text(made.known_at),
        "plan_version": made.plan_version,
        "rule_version": made.rule_version,
        "changed": made.changed,
    }


def published_document(made: Published) -> dict[str, object]:
    """A publication as JSON values."""
    return {
        "number": made.number,
        "period": made.period,
        "administrative": None if made.days is None else made.days.is_administrative,
        "first": None if made.days is None else made.days.first.isoformat(),
        "last": None if made.days is None else made.days.last.isoformat(),
        "published_at": instant_text(made.published_at),
        "by": made.by,
        "lines": made.lines,
        "digest": made.digest,
    }


def check_document(check: Check) -> dict[str, object]:
    """What came of a check as JSON values."""
    return {
        "number": check.number,
        "sound": check.is_sound,
        "lines": check.lines,
        "figures": check.figures,
        "line": check.line,
        "row": check.row,
        "reason": check.reason,
    }
