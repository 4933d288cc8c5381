"""What must hold of any history: sums, order, repetition and time."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest
from catalogue import INDICATORS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.figure import Figure, Snapshot
from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Heartbeat, Observation
from ledger.plan import Plan
from ledger.reconcile import reconcile
from ledger.sink import LedgerSink
from ledger.store import Store, open_store

Evaluate = Callable[..., Snapshot]
Fresh = Callable[[], Store]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGES = MaxAges.default()
FAR = datetime(2100, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
UNIT = "68-22945"
ASSETS = (
    *(f"{UNIT}-{name}" for name in ("RT-001", "SW-001", "PC-001", "PC-002", "LK-001", "LK-002")),
    *("68-POP-RT-001", "68-TTDL-SV-001", "68-TTDL-LK-001", "68-SKHCN-PC-003", "mac:02:68:00:99:00:01"),
    *("68-22945-SV-001", "phanthiet.lamdong.gov.vn", "vanthu@phanthiet.lamdong.gov.vn"),
    *("motcua@phanthiet.lamdong.gov.vn", "68-SKHCN-TTDT", "68-QOFFICE"),
)
AGE_DAYS = st.sampled_from([0.0, 0.001, 1, 6.9999, 7, 7.0001, 29, 30, 30.0001, 60])


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    ok = draw(st.booleans())
    return Observation(
        asset=draw(st.sampled_from(ASSETS)),
        check=draw(st.sampled_from(Check)),
        ok=ok,
        at=NOON - timedelta(days=draw(AGE_DAYS)),
        source=draw(st.sampled_from(["68-22945-SW-001", "68-POP-RT-001", "68-TTDL-SV-001"])),
        unit=draw(st.sampled_from([None, UNIT, "68-22924"])),
        value=draw(st.sampled_from([None, "a", "b"])),
        failure=None if ok else draw(st.sampled_from([None, *Failure])),
    )


histories = st.lists(observations(), max_size=40)
beats = st.dictionaries(
    st.sampled_from(["snmp", "icmp", "leases", "mail", "web"]), AGE_DAYS.map(lambda days: NOON - timedelta(days=days))
)


#: A loaded machine is slow, not wrong; and what fails once fails again.
ours = settings(
    deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Each call opens a store of its own, copied from an empty one."""
    empty = tmp_path_factory.mktemp("ledger") / "empty.db"
    open_store(f"sqlite:///{empty}").close()
    numbers = count()

    def opened() -> Store:
        path = shutil.copy(empty, empty.with_name(f"{next(numbers)}.db"))
        return open_store(f"sqlite:///{path}")

    return opened


def counts(figure: Figure) -> tuple[int, int, int]:
    """What every measured figure has."""
    found = (figure.numerator, figure.denominator, figure.due_denominator)
    assert None not in found
    return tuple(each or 0 for each in found)  # type: ignore[return-value]


@ours
@given(history=histories, ends=beats)
def test_reasons_sum_to_the_gap_and_a_parents_sums_to_its_childrens_and_its_own(
    evaluate: Evaluate, lab_plan: Plan, history: list[Observation], ends: dict[str, datetime]
) -> None:
    snapshot = evaluate(history, beats=ends)
    figures = {(figure.unit, figure.indicator): figure for figure in snapshot.main_figures}
    for (unit, indicator), figure in figures.items():
        below = lab_plan.subtree(unit)
        gaps = Counter(row.verdict.value for row in snapshot.gaps if row.unit in below and row.indicator == indicator)
        assert dict(figure.reasons) == dict(gaps)
        reached, owed, due = counts(figure)
        assert sum(figure.reasons.values()) == figure.gap == owed - reached
        assert reached <= owed >= due
    for indicator in INDICATORS:
        own = [row for row in snapshot.rows if row.counted and row.indicator == indicator and row.unit == "68"]
        children = [figures[child, indicator] for child in lab_plan.children["68"]]
        parent = figures["68", indicator]
        assert counts(parent)[1] == sum(counts(child)[1] for child in children) + len(own)
        assert parent.gap == sum(child.gap or 0 for child in children) + sum(row.is_gap for row in own)


@ours
@given(history=histories, ends=beats)
def test_each_planned_asset_has_exactly_one_reason(
    evaluate: Evaluate, lab_plan: Plan, history: list[Observation], ends: dict[str, datetime]
) -> None:
    rows = evaluate(history, beats=ends).rows
    once = Counter((row.asset, row.indicator) for row in rows)
    assert set(once.values()) == {1}
    assert {asset.id for asset in lab_plan.assets()} <= {row.asset for row in rows}
    assert [row for row in rows if row.since is not None and row.since > NOON] == []


@ours
@given(history=histories, ends=beats, seed=st.integers(0, 9))
def test_the_order_in_which_states_are_read_makes_no_difference(
    lab_plan: Plan, fresh: Fresh, history: list[Observation], ends: dict[str, datetime], seed: int
) -> None:
    with fresh() as store:
        store.record(history, max_ages=AGES)
        seen = replace(store.seen(), heartbeats=tuple(heartbeats(ends)))
    shuffled = list(seen.states)
    Random(seed).shuffle(shuffled)  # noqa: S311 - a reproducible order, not a secret
    expected = reconcile(lab_plan, seen, AGES, NOON)
    assert reconcile(lab_plan, replace(seen, states=tuple(shuffled)), AGES, NOON) == expected


def heartbeats(ends: dict[str, datetime]) -> Iterator[Heartbeat]:
    for collector, end in ends.items():
        yield Heartbeat(collector=collector, started_at=end, finished_at=end, cycle_seconds=30, asked=1, failed=0)


@ours
@given(history=histories, ends=beats, days=AGE_DAYS)
def test_nothing_turns_before_valid_until(
    evaluate: Evaluate, history: list[Observation], ends: dict[str, datetime], days: float
) -> None:
    as_of = NOON + timedelta(days=days)
    snapshot = evaluate(history, at=as_of, beats=ends)
    assert snapshot.valid_until is not None
    assert evaluate(history, at=snapshot.valid_until - TICK, beats=ends).rows == snapshot.rows


@ours
@given(history=histories, late=histories)
def test_recording_again_changes_nothing_and_the_past_ends_in_the_present(
    fresh: Fresh, history: list[Observation], late: list[Observation]
) -> None:
    with fresh() as store:
        store.record(history, max_ages=AGES)
        store.record(late, max_ages=AGES)
        before, version = set(store.states()), store.version()
        assert set(store.states(FAR)) == before
        store.record(late, max_ages=AGES)
        store.record(history, max_ages=AGES)
        assert (set(store.states()), store.version()) == (before, version)


@ours
@given(history=histories, cut=st.integers(0, 40))
def test_batches_in_the_order_of_time_are_as_good_as_one(fresh: Fresh, history: list[Observation], cut: int) -> None:
    ordered = sorted(history, key=lambda item: item.at)
    with fresh() as whole, fresh() as parts:
        whole.record(ordered, max_ages=AGES)
        parts.record(ordered[:cut], max_ages=AGES)
        parts.record(ordered[cut:], max_ages=AGES)
        assert set(whole.states()) == set(parts.states())


@ours
@given(history=histories)
def test_the_sink_keeps_what_the_store_would_have(fresh: Fresh, history: list[Observation]) -> None:
    ordered = sorted(history, key=lambda item: item.at)
    times = iter([*(item.at for item in ordered), NOON])
    with fresh() as direct, fresh() as handed_in:
        direct.record(ordered, max_ages=AGES)
        with LedgerSink(handed_in, AGES, lambda: next(times)) as sink:
            for item in ordered:
                sink.accept([item])
        assert set(direct.states()) == set(handed_in.states())
