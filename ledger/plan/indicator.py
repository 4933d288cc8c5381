"""What is counted: indicators as data, of which the program ships a catalogue and a province may have its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.plan.asset import AssetKind


class Step(StrEnum):
    """The rungs of the ladder, never merged: được triển khai, đã kết nối, có sử dụng."""

    DEPLOYED = "deployed"
    CONNECTED = "connected"
    USED = "used"


class ValueUnit(StrEnum):
    """What a figure's `value` is: a part of what is owed (0–1), how many there are, a place in a list, or đồng."""

    RATIO = "ratio"
    COUNT = "count"
    RANK = "rank"
    VND = "vnd"


class Direction(StrEnum):
    """Which way is better; of a rank and of overdue cases the lower."""

    UP = "up"
    DOWN = "down"


class Owes(StrEnum):
    """What counts an asset into the numerator (`ledger.obligation` says by which checks)."""

    OWN = "own"  # what its kind owes to be in service
    PARTS = "parts"  # judged by parts of several kinds (a LAN)
    ANSWER = "answer"  # availability: it is in service, and answers now
    CAPACITY = "capacity"
    CONNECTION_POINT = "connection_point"
    IPV6_SERVICE = "ipv6_service"
    TERMINAL = "terminal"
    USED_MAILBOX = "used_mailbox"
    WORKING_PORTAL = "working_portal"


class Which(StrEnum):
    """Which assets of a kind are counted."""

    ALL = "all"
    UPLINK = "uplink"  # links of units to the network, with a planned bandwidth
    CPE = "cpe"  # routers at a unit's end of its link


@dataclass(frozen=True, slots=True)
class Measure:
    """A query over verdicts: `which` assets of `kind`, of these the ones that have what they owe."""

    kind: AssetKind
    owes: Owes
    which: Which = Which.ALL


@dataclass(frozen=True, slots=True)
class Field:
    """What an indicator tells beside its main value, in a unit of its own."""

    id: str
    name_vi: str
    name_en: str
    value_unit: ValueUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What counts. Texts say what numerator and denominator are; '' where there is none.

    `step` is None for what is on no rung. `population` says whose share it is where it is people's. `measure` is None
    where nothing measures it, `is_declared` whether values of it may be imported. `max_age_days`: evidence older than
    that proves nothing; None: a check's own max age, and what is declared holds until the next. With `parts_sum` a
    value may be divided into fields of any name, which make up the whole.
    """

    id: str
    name_vi: str
    name_en: str
    numerator_vi: str = ""
    numerator_en: str = ""
    denominator_vi: str = ""
    denominator_en: str = ""
    value_unit: ValueUnit = ValueUnit.RATIO
    direction: Direction = Direction.UP
    step: Step | None = None
    population: str | None = None
    measure: Measure | None = None
    is_declared: bool = False
    max_age_days: int | None = None
    parts_sum: bool = False
    fields: Mapping[str, Field] | None = None

    @property
    def is_availability(self) -> bool:
        """Whether it counts what answers now, over what is in service, instead of what is covered."""
        return self.measure is not None and self.measure.owes is Owes.ANSWER

    def unit_of(self, field: str | None) -> ValueUnit:
        """The unit of the main value, or of a field's."""
        known = (self.fields or {}).get(field or "")
        return known.value_unit if known is not None else self.value_unit

    def has_field(self, field: str | None) -> bool:
        """Whether a value may be about `field`; None, the whole, always."""
        return field is None or self.parts_sum or field in (self.fields or {})


def measured(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Those that something measures, in their order."""
    return {indicator.id: indicator for indicator in indicators.values() if indicator.measure is not None}
