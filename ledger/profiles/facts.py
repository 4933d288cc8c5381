"""Reads a profile's table of facts: what its documents say, and what is made up around it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.plan import catalogue, targets, task
from ledger.plan.problem import PlanError
from ledger.plan.register import Register, Row
from ledger.plan.registers import NO_DAY
from ledger.plan.sections import sections_of

FOLDER = Path(__file__).parent / "facts"
NAMES = ("cm-2017", "qn-2019", "pt-yl-2018", "ct-2016", "bt-2015", "p-2026")
#: The sections of a table of facts, and the keys of their rows. The last five become the plan's YAML files.
SECTIONS: Mapping[str, Sequence[str]] = {
    "profile": ("id", "name_vi", "name_en", "province", "district", "day"),
    "bodies": ("group", "count"),
    "made_up": ("communes", "districts", "merged_on"),
    "values": ("indicator", "field", "level", "day", "value", "numerator", "mark", "remark"),
    "parts": ("indicator", "field", "groups", "day", "amount", "lacking", "remark"),
    "network": ("group", "points", "live", "switches", "unmanaged", "workstations", "stand_alone"),
    "servers": ("mail", "web"),
    "mail": ("group", "domains", "mailboxes"),
    "seen": ("what", "share"),
    **targets.SECTIONS,
    **task.SECTIONS,
    **catalogue.SECTIONS,
}
PATTERN = "profile: [{id: cm-2017, province: '96', day: 2017-12-31}]"


@dataclass(frozen=True, slots=True)
class Facts:
    """A table of facts: its rows by section. `day` is the one that the documents' figures are about.

    `district` is the only one of the province's districts that the profile has; None: it has all.
    """

    id: str
    name_vi: str
    name_en: str
    province: str
    district: str | None
    day: date
    sections: Mapping[str, Sequence[Row]]
    text: str

    @property
    def sha256(self) -> str:
        """Of the table as it is shipped."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_facts(name: str) -> Facts:
    """The table of one of `NAMES`; raises PlanError where a shipped table is wrong."""
    register = Register(f"{name}.yml")
    text = (FOLDER / register.file).read_text(encoding="utf-8")
    sections = sections_of(register, text, SECTIONS, PATTERN)
    if register.problems:
        raise PlanError(register.problems)
    (row,) = sections["profile"]
    return Facts(
        id=row.text("id"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        province=row.text("province"),
        district=row.optional("district"),
        day=row.day("day") or NO_DAY,
        sections=sections,
        text=text,
    )


def number(row: Row, column: str) -> int:
    """A whole number, 0 where the cell is empty."""
    return int(row.cells[column] or 0)
