"""Circular 06/2026, article 5.6: the percentile, what seven consecutive days are, and how many samples it takes."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.capacity import (
    CapacityVerdict,
    DaysRule,
    LinkCapacity,
    capacities,
    judge,
    last_complete_day,
    owes_capacity,
    percentile,
    percentiles_in,
    said_of,
    value_of,
    whole_percent,
)
from ledger.document import capacity_document
from ledger.language import Language, Text
from ledger.load import PER_DAY, DayLoad, LoadSample
from ledger.plan import Link, LinkKind, Plan
from ledger.remark import said

LINK = "68-22945-LK-001"
LAST = date(2026, 11, 21)
WINDOW, DAILY = DaysRule.WINDOW, DaysRule.DAILY
WITHIN, OVER, FEW = CapacityVerdict.WITHIN, CapacityVerdict.OVER, CapacityVerdict.TOO_FEW_SAMPLES


@pytest.fixture
def link(lab_plan: Plan) -> Link:
    return lab_plan.links[LINK]


def day(number: int, parts: Sequence[float], other: Sequence[float] = (0.1,) * PER_DAY) -> DayLoad:
    """The `number`-th of the seven days; parts of the planned 200 Mbit/s from the unit, and to it."""
    ways = (array("f", [part * 200e6 for part in way] + [nan] * (PER_DAY - len(way))) for way in (parts, other))
    return DayLoad(LINK, LAST - timedelta(days=6 - number), *ways)


def busy(count: int, of: int = PER_DAY, at: float = 0.95) -> list[float]:
    """A day with `count` samples of `of` above the limit."""
    return [at] * count + [0.2] * (of - count)


def judged(link: Link, days: Sequence[DayLoad], rule: DaysRule = WINDOW) -> LinkCapacity:
    return judge(link, days, LAST, rule)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([], None),
        ([5.0], 5.0),
        ([1.0, 2.0], 2.0),
        ([float(n) for n in range(1, 21)], 19.0),  # 5 % of 20 is one: the highest is left aside
        ([float(n) for n in range(1, 101)], 95.0),
        ([float(n) for n in range(1, 102)], 96.0),
        ([float(n) for n in range(1, 2017)], 1916.0),  # of seven days' samples the hundred highest are left aside
        ([3.0, 1.0, 2.0], 3.0),
    ],
)
def test_the_percentile(samples: list[float], expected: float | None) -> None:
    assert percentile(samples) == expected


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=400))
def test_the_percentile_is_the_smallest_sample_that_95_percent_do_not_exceed(samples: list[float]) -> None:
    fitting = [s for s in samples if 100 * sum(other <= s for other in samples) >= 95 * len(samples)]
    assert percentile(samples) == min(fitting)


@pytest.mark.parametrize(
    ("days", "window", "daily"),
    [
        ([busy(0)] * 7, WITHIN, WITHIN),
        ([busy(14)] * 7, WITHIN, WITHIN),  # 14 of 288 are under 5 %: a busy hour a day may be
        ([busy(15)] * 7, OVER, OVER),
        ([busy(100), *[busy(0)] * 6], WITHIN, WITHIN),  # 100 of 2,016
        ([busy(101), *[busy(0)] * 6], OVER, WITHIN),  # one bad day is enough for the window, never for the days
        ([busy(288)] * 6 + [busy(14)], OVER, WITHIN),
        ([busy(288)] * 6, OVER, OVER),  # a day without a sample takes no side
        ([busy(288, at=0.9)] * 7, WITHIN, WITHIN),  # right at the limit
        ([busy(288, at=0.90001)] * 7, OVER, OVER),
        ([busy(0)] * 5, FEW, FEW),
        ([busy(288)] * 5, FEW, FEW),
    ],
)
def test_both_readings_of_seven_consecutive_days(
    link: Link, days: list[list[float]], window: CapacityVerdict, daily: CapacityVerdict
) -> None:
    kept = [day(number, parts) for number, parts in enumerate(days)]
    assert (judged(link, kept).verdict, judged(link, kept, DAILY).verdict) == (window, daily)


@pytest.mark.parametrize("rule", DaysRule)
def test_either_direction_decides(link: Link, rule: DaysRule) -> None:
    full = [day(number, busy(0), busy(288)) for number in range(7)]
    found = judged(link, full, rule)
    assert found.verdict is OVER
    assert (found.from_unit.days_over, found.to_unit.days_over) == (0, 7)
    assert judged(link, [day(n, busy(0), busy(0, of=150)) for n in range(7)], rule).verdict is FEW


@pytest.mark.parametrize(("samples", "verdict"), [(1613, WITHIN), (1612, FEW)])
def test_four_fifths_of_the_samples_are_enough(link: Link, samples: int, verdict: CapacityVerdict) -> None:
    """0.8 × 2,016 = 1,612.8."""
    parts = [busy(0)] * (samples // PER_DAY) + [busy(0, of=samples % PER_DAY)]
    found = judged(link, [day(number, each, each) for number, each in enumerate(parts)])
    assert (found.from_unit.samples, found.verdict) == (samples, verdict)


@pytest.mark.parametrize(("samples", "measured"), [(231, 1), (230, 0)])
def test_a_day_is_measured_by_four_fifths_of_its_samples(link: Link, samples: int, measured: int) -> None:
    assert judged(link, [day(0, busy(0, of=samples))]).measured_days == measured


def test_other_days_are_left_aside(link: Link) -> None:
    kept = [day(number, busy(288 if number in (-1, 7) else 0)) for number in range(-1, 8)]
    found = judged(link, kept)
    assert (found.first_day, found.last_day, found.from_unit.samples, found.verdict) == (
        LAST - timedelta(days=6),
        LAST,
        7 * PER_DAY,
        WITHIN,
    )


def test_peak_and_percentile_are_parts_of_the_planned_bandwidth(link: Link) -> None:
    found = judged(link, [day(0, [1.2, *busy(0)[1:]])])
    assert found.from_unit.peak == pytest.approx(1.2)
    assert found.from_unit.p95 == pytest.approx(0.2)
    assert judged(link, []).from_unit.p95 is None
    halved = replace(link, bandwidth_mbps=100)
    assert judged(halved, [day(0, busy(0))]).from_unit.p95 == pytest.approx(0.4)


@given(st.lists(st.integers(0, 288), min_size=7, max_size=7))
def test_what_fails_by_the_days_fails_by_the_window(lab_plan: Plan, counts: list[int]) -> None:
    """Of fully measured days: so `window` never calls enough what the other reading doesn't."""
    kept = [day(number, busy(count)) for number, count in enumerate(counts)]
    link = lab_plan.links[LINK]
    if judged(link, kept, DAILY).verdict is OVER:
        assert judged(link, kept, WINDOW).verdict is OVER


@given(st.integers(0), st.floats(0.5, 1.5))
def test_the_window_is_what_brute_force_says(lab_plan: Plan, seed: int, most: float) -> None:
    chance = Random(seed)  # noqa: S311 - made-up traffic
    parts = [chance.uniform(0, most) for _ in range(7 * PER_DAY)]
    kept = [day(n, parts[n * PER_DAY : (n + 1) * PER_DAY]) for n in range(7)]
    stored = sorted(bits for each in kept for bits in each.from_unit)
    over = stored[1915] / 200e6 > 0.9 + 1e-6
    near = abs(stored[1915] / 200e6 - 0.9) < 1e-5
    assert near or (judged(lab_plan.links[LINK], kept).verdict is OVER) is over


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 22, 5, tzinfo=UTC), LAST),
        (datetime(2026, 11, 21, 17, tzinfo=UTC), LAST - timedelta(days=1)),  # midnight in Viet Nam: some are under way
        (datetime(2026, 11, 21, 17, 10, tzinfo=UTC), LAST),
    ],
)
def test_a_day_is_complete_ten_minutes_after_it_ended_in_viet_nam(instant: datetime, expected: date) -> None:
    assert last_complete_day(instant) == expected


@pytest.mark.parametrize(
    ("instant", "day_in_viet_nam", "place"),
    [
        (datetime(2026, 11, 21, 17, tzinfo=UTC), date(2026, 11, 22), 0),
        (datetime(2026, 11, 21, 16, 55, tzinfo=UTC), date(2026, 11, 21), 287),
        (datetime(2026, 11, 22, 5, tzinfo=UTC), date(2026, 11, 22), 144),
    ],
)
def test_a_sample_belongs_to_its_day_in_viet_nam(instant: datetime, day_in_viet_nam: date, place: int) -> None:
    sample = LoadSample(link=LINK, begins_at=instant, from_unit=1.0, to_unit=2.0)
    assert (sample.day, sample.place) == (day_in_viet_nam, place)


@pytest.mark.parametrize(("part", "percent"), [(0.0, 0), (0.9, 90), (0.900001, 90), (0.9001, 91), (0.412, 42)])
def test_percents_are_rounded_up_so_that_too_much_never_reads_as_the_limit(part: float, percent: int) -> None:
    assert whole_percent(part) == percent


def test_values_say_percentiles_or_how_many_days_were_measured(link: Link) -> None:
    enough = judged(link, [day(number, busy(0, at=0.2)) for number in range(7)])
    assert value_of(enough) == "from_unit 0.20 to_unit 0.10"
    assert percentiles_in(value_of(enough)) == {"from_unit": 0.2, "to_unit": 0.1}
    few = value_of(judged(link, [day(0, busy(0)), day(3, busy(0))]))
    assert few == "2/7"
    assert percentiles_in(few) == percentiles_in(None) == {}
    assert said_of("from_unit 0.20 to_unit 0.10") == "95th percentile from the unit 20 %, to it 10 %"
    assert said_of(few) == "2 of 7 days measured so far"
    assert said_of(None) is None
    assert said(said_of(few), Text(Language.VI)) == "mới đo được 2 trên 7 ngày"


def test_uplinks_owe_it_and_no_other_asset(lab_plan: Plan) -> None:
    owing = [asset.id for asset in lab_plan.assets() if owes_capacity(asset)]
    assert owing == [link.id for link in lab_plan.links.values() if link.link_kind is LinkKind.UPLINK]


class Log:
    """Keeps nothing but what the test gave."""

    def __init__(self, *days: DayLoad) -> None:
        self.days = days

    def record_load(self, samples: Sequence[LoadSample]) -> None:
        raise AssertionError(samples)

    def load(self, first: date, last: date) -> Sequence[DayLoad]:
        return [each for each in self.days if first <= each.day <= last]

    def forget_load(self, before: date) -> int:
        raise AssertionError(before)


def test_every_link_that_owes_it_is_judged_and_a_retired_one_is_not(lab_plan: Plan) -> None:
    now = datetime(2026, 11, 22, 5, tzinfo=UTC)
    log = Log(*(day(number, busy(0)) for number in range(7)))
    found = {each.link: each.verdict for each in capacities(lab_plan, log, now, WINDOW)}
    uplinks = [link for link in lab_plan.links.values() if link.link_kind is LinkKind.UPLINK]
    assert found == {link.id: WITHIN if link.id == LINK else FEW for link in uplinks}
    gone = replace(lab_plan.links[LINK], retired_on=date(2026, 11, 22))
    plan = replace(lab_plan, links={**lab_plan.links, LINK: gone})
    assert LINK not in {each.link for each in capacities(plan, log, now, WINDOW)}


def test_as_json(link: Link) -> None:
    document = capacity_document(judged(link, [day(0, [0.5])]))
    assert document == {
        "link": LINK,
        "unit": "68-22945",
        "bandwidth_mbps": 200,
        "days": "window",
        "first_day": "2026-11-15",
        "last_day": "2026-11-21",
        "verdict": "too_few_samples",
        "from_unit": {"p95": 0.5, "peak": 0.5, "samples": 1, "measured_days": 0, "days_over": 0},
        "to_unit": {
            "p95": pytest.approx(0.1),
            "peak": pytest.approx(0.1),
            "samples": 288,
            "measured_days": 1,
            "days_over": 0,
        },
        "samples_expected": 2016,
    }
