"""What is said of a publication without opening it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication, without its lines."""

    number: int
    period: str
    published_at: datetime
    by: str
    lines: int
    digest: str
