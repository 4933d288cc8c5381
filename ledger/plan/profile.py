"""Reads profile.yml: that a plan is a made-up province, and which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.plan.register import Row
from ledger.plan.registers import NO_DAY, PROFILE, Registers
from ledger.plan.sections import read_sections

SECTIONS: Mapping[str, Sequence[str]] = {"profile": ("id", "name_vi", "name_en", "day")}
PATTERN = "profile: [{id: cm-2017, name_vi: …, name_en: …, day: 2017-12-31}]"


@dataclass(frozen=True, slots=True)
class ProfileNote:
    """What a plan says of itself that is a profile: the province is made up, after documents of a `day`."""

    id: str
    name_vi: str
    name_en: str
    day: date


def read_profile(registers: Registers) -> ProfileNote | None:
    """Read profile.yml, which only the plan of a profile has."""
    rows = read_sections(registers, PROFILE, SECTIONS, PATTERN, optional=True)["profile"]
    return _note(rows[0]) if rows else None


def _note(row: Row) -> ProfileNote:
    return ProfileNote(row.identifier("id"), row.text("name_vi"), row.text("name_en"), row.day("day") or NO_DAY)
