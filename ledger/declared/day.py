"""Days as Vietnamese documents write them: 31/12/2026."""

import re
from dataclasses import dataclass
from datetime import date

from ledger.language import N_

#: Day, month, year in this order, or the order of ISO 8601; the year may be one that no calendar has (30/11/-0001).
WRITTEN = re.compile(r"(?:ngày )?([0-9]{1,2})[/.-]([0-9]{1,2})[/.-](-?[0-9]{4,5})|([0-9]{4})-([0-9]{2})-([0-9]{2})")
#: Between these lies everything that is reported.
FIRST_YEAR, LAST_YEAR = 1945, 2100


@dataclass(frozen=True, slots=True)
class NoDay:
    """Why a text is no day: a message (English, to be translated) in which `{value}` stands for the text."""

    message: str


NOT_A_DAY = NoDay(N_("'{value}' is no day; write it as 31/12/2026"))
NOT_IN_CALENDAR = NoDay(N_("'{value}' is in no calendar; leave it empty where the day isn't known"))


def read_day(text: str) -> date | NoDay:
    """The day that a cell says; a NoDay says why it is none."""
    found = WRITTEN.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return NOT_A_DAY
    day, month, year = (int(part) for part in ((found[1], found[2], found[3]) if found[1] else found.group(6, 5, 4)))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return NOT_IN_CALENDAR
    try:
        return date(year, month, day)
    except ValueError:
        return NOT_IN_CALENDAR
