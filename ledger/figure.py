"""What the ledger says: verdicts, an asset's row and a figure. The same objects feed table, JSON, API and metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ledger.observation import Check, Heartbeat
from ledger.plan import AssetKind, Level
from ledger.topology import TopologyRow


class Coverage(StrEnum):
    """Rollout: was the asset proven in its place within the check's max age? In the order of the verdict table."""

    EXEMPT = "exempt"
    COVERED = "covered"
    PLANNED_LATER = "planned_later"
    WRONG_PLACE = "wrong_place"
    NOT_COMPLIANT = "not_compliant"
    COLLECTOR_SILENT = "collector_silent"
    BEHIND_OUTAGE = "behind_outage"
    STALE = "stale"
    PROVISIONING_FAILED = "provisioning_failed"
    NOT_PROVISIONED = "not_provisioned"
    NEVER_SEEN = "never_seen"
    UNPLANNED = "unplanned"  # seen but not planned: listed, never counted


class Availability(StrEnum):
    """Does an asset in service answer now? In the order of the verdict table."""

    UP = "up"
    COLLECTOR_SILENT = "collector_silent"
    BEHIND_OUTAGE = "behind_outage"
    AUTH_FAILED = "auth_failed"
    BAD_REPLY = "bad_reply"
    DOWN = "down"


class Lifecycle(StrEnum):
    """How far an asset has come: provisioned by its last run, in service once proven in its place."""

    PLANNED = "planned"
    PROVISIONED = "provisioned"
    IN_SERVICE = "in_service"
    RETIRED = "retired"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRow:
    """One asset's verdict under one indicator (None: the asset counts in no indicator by itself).

    `verdict` is a Coverage value, or an Availability value under an availability indicator. `since` is when the
    verdict began, `last_seen` the latest sighting anywhere, `seen_at_unit` where that was; None: never or unknown.
    `availability` is None for what isn't in service,
    `planned_from` for what isn't planned. `detail` is English, for people, and never holds a secret.
    """

    asset: str
    kind: AssetKind | None
    unit: str | None
    site: str | None
    indicator: str | None
    verdict: Coverage | Availability
    since: datetime | None
    last_seen: datetime | None
    seen_at_unit: str | None
    detail: str | None
    availability: Availability | None
    lifecycle: Lifecycle | None
    planned_from: date | None = None

    @property
    def counted(self) -> bool:
        """Whether the row stands in its indicator's denominator."""
        return self.indicator is not None and self.verdict not in (Coverage.EXEMPT, Coverage.UNPLANNED)

    @property
    def is_gap(self) -> bool:
        """Whether the row is part of its indicator's gap."""
        return self.counted and self.verdict not in (Coverage.COVERED, Availability.UP)


class FigureState(StrEnum):
    """Whether a figure has a value, and what kind of one; a missing value is never 0."""

    VALUE = "value"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    ESTIMATED = "estimated"  # nobody counted (ước tính)
    CONFLICT = "conflict"  # the whole and its parts, or a count and its ratio, say different things


class FigureScope(StrEnum):
    """Of whom a figure is: the unit and all below it, or only the units of `level` among these."""

    SUBTREE = "subtree"
    LEVEL = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator at one unit. Field names are the JSON keys; ratios are 0–1; reasons sum to a measured `gap`.

    `level` is the unit's own, or with the scope `level` the one that is counted. `value` is the ratio, or what
    `value_unit` says; `target` is in the same unit. Numerator and denominator
    are None where a declared value has none (a rank, a ratio without its counts); then so is `gap`.

    Nothing owed, nothing declared: ratio, value, target_met and to_target None, state `no_data`. `to_target` counts how
    many more would meet the target (places, for a rank), None without a target.

    `field`: of that part of the indicator alone. `mark`: how a declared value came about, None for a measured one.
    `declared_on`: the day that a declared value is of, of a sum the oldest. `difference`: a declared value less the
    measured one beside it, None where there aren't both.
    """

    indicator: str
    unit: str
    level: Level
    scope: FigureScope = FigureScope.SUBTREE
    field: str | None = None
    population: str | None
    step: str | None
    evidence: str
    value: float | None
    value_unit: str
    qualifier: str | None
    numerator: int | None
    denominator: int | None
    due_denominator: int | None
    ratio: float | None
    target: float | None
    target_met: bool | None
    due: date | None
    legal_basis: str | None
    gap: int | None
    to_target: float | None
    reasons: Mapping[str, int]
    state: FigureState
    mark: str | None = None
    difference: float | None = None
    detail: str | None = None
    declared_on: date | None = None
    as_of: datetime

    @property
    def is_told_by_default(self) -> bool:
        """Whether it is told unasked: what was measured of a level in a unit follows from the units below."""
        return self.evidence == "declared" or self.scope is FigureScope.SUBTREE

    @property
    def is_main(self) -> bool:
        """Whether it is what was measured of a unit with all below it: one per unit and measured indicator."""
        return self.evidence == "measured" and self.scope is FigureScope.SUBTREE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The latest answer to a check whose value is told as it is; value and times as in Observation."""

    asset: str
    unit: str
    kind: AssetKind
    check: Check
    value: str | None
    ok: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CutOff:
    """An asset in service that an outage keeps from answering."""

    asset: str
    unit: str
    kind: AssetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutage:
    """A planned element that stopped answering, `unit` and `kind` its own, and what that cuts off, itself included.

    `cut_off` has devices, links, workstations, mail domains, services and connection points, in the order of the rows;
    LANs and units' portals are parts of these.
    """

    root: str
    unit: str
    kind: AssetKind
    since: datetime
    cut_off: tuple[CutOff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the ledger says at one instant: a pure function of plan, observations, heartbeats and `as_of`.

    `figures` are what was measured and what is declared, of each unit and of the levels in it. `rows` has every planned
    asset, under each indicator that it counts in, then what is unplanned. `version` changes
    whenever the content may have (an ETag); `valid_until` is when time alone may turn a verdict, None: never.
    `readings` has what was last seen of certificates, mail queues, services, round trips and links, in plan order;
    `topology` every planned link beside what was seen of it, in register order, then cables that no register has.
    """

    as_of: datetime
    version: str
    valid_until: datetime | None
    figures: tuple[Figure, ...]
    rows: tuple[AssetRow, ...]
    heartbeats: tuple[Heartbeat, ...]
    outages: tuple[NetworkOutage, ...] = ()
    readings: tuple[Reading, ...] = ()
    topology: tuple[TopologyRow, ...] = ()

    @property
    def main_figures(self) -> tuple[Figure, ...]:
        """What was measured of each unit with all below it."""
        return tuple(figure for figure in self.figures if figure.is_main)

    @property
    def gaps(self) -> tuple[AssetRow, ...]:
        """The rows that make up the gaps; per indicator and unit they are as many as the figure's `gap`."""
        return tuple(row for row in self.rows if row.is_gap)
