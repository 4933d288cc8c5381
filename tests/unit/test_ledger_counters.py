"""Counters say what the evaluation of everything says, and what SQL counts, whatever changes and however time goes."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.counters import CODES, Counters, Tree, roll_of
from ledger.counters.evidence import columns_of
from ledger.counters.sql import counted_by_sql, planned_in_sql
from ledger.max_age import MaxAges
from ledger.obligation import OBLIGATIONS, Obligation
from ledger.observation import Check, Failure, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import AssetKind, Exemption, Level, Plan, Unit, Workstation
from ledger.reconcile import reconcile
from ledger.reconcile.cabling import Cables
from ledger.reconcile.evidence import provisioned_by_runs, was_proven
from ledger.reconcile.outage import find_outages
from ledger.reconcile.pulse import take_pulse
from ledger.reconcile.scene import scene_of
from ledger.store import Store, open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
#: Ages that differ, and short ones: such a sighting is held back for less than a quarter of an hour.
AGES = MaxAges(
    dict.fromkeys(Check, DAY)
    | {Check.PING: HOUR, Check.ARP: 30 * MINUTE, Check.FDB: 3 * DAY, Check.SNMP: 2 * HOUR, Check.LINK: 2 * HOUR}
)
HT06 = {"HT06": OBLIGATIONS[AssetKind.WORKSTATION]}
UNITS = ("68", "68-22924", "68-22945")
SOURCES = ("68-22945-SW-001", "68-22924-SW-001")
#: Times and steps such that ages, holds and cycles meet to the microsecond.
STEPS = st.sampled_from(
    [timedelta(), TICK, 15 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR + TICK, DAY, 3 * DAY, -HOUR, -DAY]
)
SEEN_BEFORE = st.sampled_from([timedelta(), timedelta(), 12 * MINUTE, 30 * MINUTE, HOUR, DAY, 3 * DAY, -HOUR])
BEGAN_BEFORE = st.sampled_from([timedelta(), 9 * MINUTE, 12 * MINUTE])


@dataclass(frozen=True, slots=True)
class Move:
    """What happens next: time goes on or back, something is seen, collectors finish cycles, runs end."""

    step: timedelta
    seen: tuple[Observation, ...]
    beats: dict[str, timedelta]
    runs: tuple[RunResult, ...]


@st.composite
def observations(draw: st.DrawFn, assets: Sequence[str], checks: Sequence[Check]) -> Observation:
    ok = draw(st.booleans())
    return Observation(
        asset=draw(st.sampled_from(assets)),
        check=draw(st.sampled_from(checks)),
        ok=ok,
        at=NOON - draw(SEEN_BEFORE),
        source=draw(st.sampled_from(SOURCES)),
        unit=draw(st.sampled_from([None, *UNITS, "99-gone"])),
        value=draw(st.sampled_from([None, "active"])),
        failure=None if ok else draw(st.sampled_from([None, *Failure])),
    )


def run_of(asset: str, outcome: Outcome) -> RunResult:
    return RunResult(
        run="r", playbook="p", asset=asset, outcome=outcome, changed=0, check_mode=False, at=NOON - 12 * MINUTE
    )


def moves(assets: Sequence[str], checks: Sequence[Check]) -> st.SearchStrategy[list[Move]]:
    runs = st.builds(run_of, st.sampled_from(assets), st.sampled_from(Outcome))
    move = st.builds(
        Move,
        step=STEPS,
        seen=st.lists(observations(assets, checks), max_size=10).map(tuple),
        beats=st.dictionaries(st.sampled_from(["icmp", "leases", "snmp"]), BEGAN_BEFORE),
        runs=st.lists(runs, max_size=2).map(tuple),
    )
    return st.lists(move, min_size=1, max_size=4)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Stores without end, each empty."""
    empty = tmp_path_factory.mktemp("ledger") / "empty.db"
    open_store(f"sqlite:///{empty}").close()

    def opened() -> Iterator[Store]:
        for number in count():
            path = shutil.copy(empty, empty.with_name(f"{number}.db"))
            with open_store(f"sqlite:///{path}") as store:
                yield store
            Path(path).unlink()

    return opened()


@pytest.fixture(scope="module")
def plan(lab_plan: Plan) -> Plan:
    """The lab's, with PCs that are planned for later, exempt or retired as the days go."""
    pcs = dict(lab_plan.workstations)
    changed = iter(sorted(pcs))
    pcs |= {(pc := next(changed)): replace(pcs[pc], planned_from=date(2026, 11, 24))}
    pcs |= {(pc := next(changed)): replace(pcs[pc], exemption=Exemption("works", date(2026, 11, 23)))}
    pcs |= {(pc := next(changed)): replace(pcs[pc], retired_on=date(2026, 11, 25))}
    return replace(lab_plan, workstations=pcs)


def happen(store: Store, move: Move, now: datetime) -> None:
    store.record(move.seen, max_ages=AGES)
    store.record_runs(move.runs)
    for collector, before in move.beats.items():
        beat = Heartbeat(
            collector=collector, started_at=now - before, finished_at=now, cycle_seconds=3600, asked=1, failed=0
        )
        store.record_beat(beat)


def shown(counters: Counters, indicator: str) -> dict[str, dict[str, int]]:
    """What the counters say of every node, `dict[unit, dict[verdict, assets]]`, without zeros."""
    of_node = counters.totals()[:, counters.indicators.index(indicator)]
    return {
        unit: {verdict.value: int(many) for verdict, many in zip(CODES, counts, strict=True) if many}
        for unit, counts in zip(counters.tree.names, of_node, strict=True)
    }


DEVICES = ("68-22945-RT-001", "68-22945-SW-001", "68-22945-LK-001", "68-22924-RT-001")
PCS = ("68-22945-PC-001", "68-22945-PC-002", "68-SKHCN-PC-001", "68-SKHCN-PC-003")
OF_PCS = (Check.FDB, Check.ARP, Check.LEASE, Check.PING, Check.TSLCD_VLAN, Check.SNMP, Check.LINK)


@given(moves=moves((*PCS, *DEVICES, "mac:02:68:00:99:00:01"), OF_PCS))
def test_counters_say_what_the_evaluation_of_everything_says(
    plan: Plan, stores: Iterator[Store], moves: list[Move]
) -> None:
    store, now, version = next(stores), NOON, 0
    tree = Tree(plan.units)
    counters: Counters | None = None
    for move in moves:
        now += move.step
        happen(store, move, now)
        seen = store.seen()
        scene = scene_of(seen, AGES, now)
        if counters is None or move.runs:  # what provisioning came to stands in the roll
            roll = roll_of(plan.workstations.values(), tree, lambda pc: provisioned_by_runs(pc.id, scene))  # noqa: B023
            counters, version = Counters(tree, roll, HT06, AGES), 0
        with store.changed_since(version) as (version, rows):
            counters.take(columns_of(rows, counters.roll, tree))
        in_service = {asset.id for asset in plan.assets() if was_proven(asset, scene)}
        outages = find_outages(plan, take_pulse(plan, scene, in_service), Cables(plan, scene).beside_the_plan())
        counters.cut_off({pc: outages[pc].since for pc in plan.workstations if pc in outages})
        counters.advance(now, seen.heartbeats)
        figures = {f.unit: f for f in reconcile(plan, seen, AGES, now).main_figures if f.indicator == "HT06"}
        for unit, verdicts in shown(counters, "HT06").items():
            exempt = verdicts.pop("exempt", 0)
            covered = verdicts.pop("covered", 0)
            assert (covered, verdicts) == (figures[unit].numerator, dict(figures[unit].reasons))
            assert exempt >= 0


#: A province, two districts, three communes each; two PCs everywhere.
TREE = {
    name: Unit(id=name, parent=name[:-2] or None, level=Level.COMMUNE, kind="xa", name_vi="", name_en="", code=None)
    for name in ("p1", "p1d1", "p1d2", *(f"p1d{d}c{c}" for d in (1, 2) for c in (1, 2, 3)))
}
PLANNED = {
    f"{unit}-{number}": Workstation(
        id=f"{unit}-{number}",
        unit=unit,
        site=None,
        owner="ours",
        planned_from=date(2026, 11, 24) if number == 2 else date(2026, 1, 1),
        mac=None,
        switch=None,
        port=None,
        vlan=None,
    )
    for unit in TREE
    for number in (1, 2)
}
OBLIGATIONS_OF_SQL = {
    **HT06,
    "wired": Obligation((Check.FDB, Check.ARP)),
    "leased": Obligation((Check.LEASE,)),
    "answering": Obligation((Check.PING,), latest=(Check.TSLCD_VLAN,)),
}


@given(moves=moves(tuple(PLANNED), (Check.FDB, Check.ARP, Check.LEASE, Check.PING, Check.TSLCD_VLAN)))
def test_counters_say_what_sql_counts(stores: Iterator[Store], moves: list[Move]) -> None:
    store, now, version = next(stores), NOON, 0
    tree = Tree(TREE)
    roll = roll_of(PLANNED.values(), tree, lambda _pc: provisioned_by_runs("", scene_of(store.seen(), AGES, NOON)))
    counters = Counters(tree, roll, OBLIGATIONS_OF_SQL, AGES)
    for move in moves:
        now += move.step
        happen(store, replace(move, runs=()), now)
        with store.changed_since(version) as (version, rows):
            counters.take(columns_of(rows, roll, tree))
        counters.advance(now, store.heartbeats())
        totals = counters.totals()
        with store.reading() as connection, planned_in_sql(connection, tree, roll):
            for place, owed in enumerate(OBLIGATIONS_OF_SQL.values()):
                counted = counted_by_sql(connection, tree, owed, AGES, now=now, beats=store.heartbeats())
                assert np.array_equal(totals[:, place], counted)
