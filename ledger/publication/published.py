"""What is said of a publication without opening it."""

from dataclasses import dataclass
from datetime import datetime

from ledger.errors import BaophuError
from ledger.period import Period


class PublicationError(BaophuError):
    """What was to be published doesn't follow from its evidence: a fault of the program, whose makers must act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication, without its lines.

    `period` is as the list has it; `days` is the period as the publication's own header has it, None where that can't
    be read.
    """

    number: int
    period: str
    published_at: datetime
    by: str
    lines: int
    digest: str
    days: Period | None
