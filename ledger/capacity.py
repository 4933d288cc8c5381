"""Whether links have the capacity that circular 06/2026/TT-BKHCN, article 5.6, asks for; pure, from kept samples.

In each direction the 95th percentile of the five-minute samples of seven consecutive days is at most 90 % of the
planned bandwidth. The circular doesn't say which percentile: it is the nearest rank here, the smallest sample that at
least 95 % of the samples don't exceed (Hyndman & Fan 1996, definition 1), as transit is billed: a measured value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, isnan

from ledger.language import LOCAL_ZONE, N_
from ledger.load import BUCKET, PER_DAY, DayLoad, LoadLog
from ledger.plan import Link, LinkKind, Plan, PlannedAsset
from ledger.remark import Remark

DAYS = 7
PERCENTILE = 95
#: Whole percent of the planned bandwidth that the percentile may reach.
LIMIT_PERCENT = 90
#: Of the samples that there could be, the part that it takes to judge.
ENOUGH = 0.8
#: Samples are kept with 24 bits: by so much of a percent may one that is right at the limit seem to be above it.
SLACK_PERCENT = 1e-4
#: A day's last sample is there once a reading came after midnight, and the cycle after that wrote it down.
SETTLING = 2 * BUCKET


class DaysRule(StrEnum):
    """What "seven consecutive days" means.

    `window`: the percentile of all samples of the seven days is within the limit. `daily`: of at least one of the days
    the day's own percentile is, so that a link fails only once it was above on seven days running.
    """

    WINDOW = "window"
    DAILY = "daily"


class CapacityVerdict(StrEnum):
    """Whether a link has the capacity."""

    WITHIN = "within"
    OVER = "over"
    TOO_FEW_SAMPLES = "too_few_samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionUse:
    """One direction over the days, in parts of the planned bandwidth (1.0: all of it); None: not one sample.

    `measured_days` have enough samples of their own; on `days_over` of these the day's percentile is above the limit.
    """

    p95: float | None
    peak: float | None
    samples: int
    measured_days: int
    days_over: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough samples to judge by."""
        return self.samples >= ENOUGH * DAYS * PER_DAY

    def is_over(self, rule: DaysRule) -> bool:
        """Whether it is above the limit."""
        if rule is DaysRule.DAILY:
            return 0 < self.measured_days == self.days_over
        return self.p95 is not None and _exceeds(self.p95)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCapacity:
    """A link over the seven days from `first_day` to `last_day`, days in Viet Nam, judged by `days`."""

    link: str
    unit: str
    bandwidth_mbps: int
    days: DaysRule
    first_day: date
    last_day: date
    from_unit: DirectionUse
    to_unit: DirectionUse
    verdict: CapacityVerdict

    @property
    def measured_days(self) -> int:
        """The days of which both directions have enough samples."""
        return min(self.from_unit.measured_days, self.to_unit.measured_days)


def owes_capacity(asset: PlannedAsset) -> bool:
    """Whether an asset is a link that the rule is about: a unit's channel to the network, with a planned bandwidth."""
    return isinstance(asset, Link) and asset.link_kind is LinkKind.UPLINK and asset.bandwidth_mbps > 0


def last_complete_day(now: datetime) -> date:
    """The last day in Viet Nam whose samples are all there at `now`."""
    return (now - SETTLING).astimezone(LOCAL_ZONE).date() - timedelta(days=1)


def capacities(plan: Plan, log: LoadLog, now: datetime, rule: DaysRule) -> tuple[LinkCapacity, ...]:
    """Every link that the rule is about and that isn't retired, in register order; raises StoreError."""
    last = last_complete_day(now)
    links = [link for link in plan.links.values() if owes_capacity(link) and not _is_retired(link, now)]
    kept = log.load(last - timedelta(days=DAYS - 1), last) if links else ()
    by_link: dict[str, list[DayLoad]] = {}
    for day in kept:
        by_link.setdefault(day.link, []).append(day)
    return tuple(judge(link, by_link.get(link.id, ()), last, rule) for link in links)


def judge(link: Link, days: Iterable[DayLoad], last: date, rule: DaysRule) -> LinkCapacity:
    """Judge a link by the seven days up to `last`; other days are left aside."""
    first = last - timedelta(days=DAYS - 1)
    counted = [day for day in days if first <= day.day <= last]
    bandwidth = link.bandwidth_mbps * 1e6
    from_unit = _use([day.from_unit for day in counted], bandwidth)
    to_unit = _use([day.to_unit for day in counted], bandwidth)
    both = (from_unit, to_unit)
    verdict = CapacityVerdict.WITHIN
    if not all(use.is_enough for use in both):
        verdict = CapacityVerdict.TOO_FEW_SAMPLES
    elif any(use.is_over(rule) for use in both):
        verdict = CapacityVerdict.OVER
    return LinkCapacity(
        link=link.id,
        unit=link.unit,
        bandwidth_mbps=link.bandwidth_mbps,
        days=rule,
        first_day=first,
        last_day=last,
        from_unit=from_unit,
        to_unit=to_unit,
        verdict=verdict,
    )


def percentile(samples: Sequence[float]) -> float | None:
    """The smallest sample that at least 95 % of them don't exceed; None: there is none."""
    if not samples:
        return None
    rank = -(-PERCENTILE * len(samples) // 100)
    return sorted(samples)[rank - 1]


def whole_percent(part: float) -> int:
    """A part of the planned bandwidth in whole percent, rounded up: what is above the limit never reads as at it."""
    return ceil(part * 100 - SLACK_PERCENT)


def value_of(capacity: LinkCapacity) -> str | None:
    """What an observation's value is: the percentiles, or how many days were measured where these are too few."""
    if capacity.verdict is CapacityVerdict.TOO_FEW_SAMPLES:
        return f"{capacity.measured_days}/{DAYS}"
    uses = (capacity.from_unit.p95 or 0.0, capacity.to_unit.p95 or 0.0)
    return "from_unit {:.2f} to_unit {:.2f}".format(*(whole_percent(use) / 100 for use in uses))


def percentiles_in(value: str | None) -> Mapping[str, float]:
    """The percentiles that an observation's value holds, `dict[direction, part of the bandwidth]`."""
    match (value or "").split():
        case ["from_unit", first, "to_unit", second]:
            return {"from_unit": float(first), "to_unit": float(second)}
    return {}


def said_of(value: str | None) -> str | None:
    """An observation's value, for people; None where it says nothing."""
    if found := percentiles_in(value):
        parts = {name: f"{part * 100:.0f}" for name, part in found.items()}
        return Remark(N_("95th percentile from the unit {from_unit} %, to it {to_unit} %"), **parts)
    measured, _, days = (value or "").partition("/")
    return Remark(N_("{measured} of {days} days measured so far"), measured=measured, days=days) if days else None


def _use(days: Sequence[Sequence[float]], bandwidth: float) -> DirectionUse:
    parts = [[bits / bandwidth for bits in day if not isnan(bits)] for day in days]
    measured = [day for day in parts if len(day) >= ENOUGH * PER_DAY]
    samples = [part for day in parts for part in day]
    return DirectionUse(
        p95=percentile(samples),
        peak=max(samples, default=None),
        samples=len(samples),
        measured_days=len(measured),
        days_over=sum(_exceeds(percentile(day) or 0.0) for day in measured),
    )


def _exceeds(part: float) -> bool:
    return whole_percent(part) > LIMIT_PERCENT


def _is_retired(link: Link, now: datetime) -> bool:
    return link.retired_on is not None and link.retired_on <= now.astimezone(LOCAL_ZONE).date()
