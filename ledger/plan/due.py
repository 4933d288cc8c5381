"""Due days as documents write them: a date, or a year."""

import re
from datetime import date

from ledger.plan.register import Row

#: Before 2020 is due on 2019-12-31, by 2020 (or in it) on 2020-12-31.
BY_YEAR = re.compile(r"(trước|đến|trong|hết|đến hết)(?: năm)? ([0-9]{4})|()([0-9]{4})")


def read_due(row: Row) -> date | None:
    """The last day on which the row's `due` is met; None: it has no date."""
    written = row.optional("due")
    found = BY_YEAR.fullmatch(written.lower()) if written else None
    if found is None:
        return row.day("due") if written else None
    year = int(found[2] or found[4])
    return date(year - 1 if found[1] == "trước" else year, 12, 31) if 1946 <= year <= 2100 else row.day("due")
