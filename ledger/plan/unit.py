"""Units: what they are, what they were on a day, and what became of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.units.succession import Succession


class Level(StrEnum):
    """Where a unit stands; districts ended on 30/06/2025 and live on in history only."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Unit:
    """A public agency or an administrative unit; a tree by `parent` (None at the root)."""

    id: str
    parent: str | None
    level: Level
    kind: str
    name_vi: str
    name_en: str
    code: str | None


class CodeScheme(StrEnum):
    """Whose numbering a code belongs to; codes have dates and are never keys: after mergers some are reused."""

    AREA = "area"  # province 2 digits, district 3, commune 5 (QĐ 124/2004, QĐ 19/2025/QĐ-TTg)
    AGENCY_OLD = "agency_old"  # QCVN 102:2016/BTTTT, such as 000.00.15.H12
    AGENCY = "agency"  # QĐ 20/2020/QĐ-TTg, such as H12.15
    BUDGET = "budget"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class UnitSpan:
    """What a unit was from a day until another, both included; None: ever since, or still."""

    unit: Unit
    valid_from: date | None
    valid_until: date | None

    def holds(self, day: date) -> bool:
        """Whether the unit was this on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a unit, and when it held."""

    unit: str
    scheme: CodeScheme
    value: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """`spans` has what every unit is and was, the present ones first; `successions` stand in their days' order."""

    spans: tuple[UnitSpan, ...] = ()
    codes: tuple[Code, ...] = ()
    successions: tuple[Succession, ...] = ()

    def at(self, day: date) -> dict[str, Unit]:
        """The map of a day: every unit that there was, by id."""
        return {span.unit.id: span.unit for span in self.spans if span.holds(day)}

    def codes_at(self, day: date) -> dict[str, dict[CodeScheme, str]]:
        """The codes that held on a day, `dict[unit id, dict[scheme, value]]`."""
        found: dict[str, dict[CodeScheme, str]] = defaultdict(dict)
        for code in self.codes:
            if (code.valid_from is None or code.valid_from <= day) and (
                code.valid_until is None or day <= code.valid_until
            ):
                found[code.unit][code.scheme] = code.value
        return dict(found)
