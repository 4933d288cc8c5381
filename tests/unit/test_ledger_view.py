"""The view: cached while nothing can have changed; `at` gives what `now` gave; and time alone turns verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.figure import Snapshot
from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import Exemption, Plan
from ledger.store import Store, open_store
from ledger.view import LedgerView

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, DAY, TICK = timedelta(seconds=1), timedelta(days=1), timedelta(microseconds=1)
AGES = MaxAges.default()
PC, ROUTER = "68-22945-PC-001", "68-22945-RT-001"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def see(store: Store, at: datetime = NOON, *, asset: str = PC) -> None:
    checks = (Check.FDB, Check.TSLCD_VLAN) if asset == PC else (Check.SNMP, Check.PING)
    store.record(
        [Observation(asset=asset, check=c, ok=True, at=at, source="68-22945-SW-001") for c in checks], max_ages=AGES
    )


def beat(store: Store, at: datetime = NOON) -> None:
    for collector in ("snmp", "icmp", "leases"):
        store.record_beat(
            Heartbeat(collector=collector, started_at=at - SECOND, finished_at=at, cycle_seconds=30, asked=1, failed=0)
        )


def test_now_is_kept_until_something_is_written_or_time_turns_a_verdict(
    store: Store, clock: Clock, lab_plan: Plan
) -> None:
    view = LedgerView(lab_plan, store, AGES, clock)
    see(store)
    beat(store)
    first = view.now()
    assert first.valid_until == NOON + 90 * SECOND + TICK
    clock.now = NOON + 90 * SECOND
    assert view.now() is first
    clock.now = NOON + 90 * SECOND + TICK
    silent = view.now()
    assert silent is not first
    assert silent.version != first.version
    beat(store, clock.now)
    assert view.now().version not in (first.version, silent.version)


def test_a_clock_set_back_is_not_answered_from_the_future(store: Store, clock: Clock, lab_plan: Plan) -> None:
    view = LedgerView(lab_plan, store, AGES, clock)
    view.now()
    clock.now = NOON - DAY
    assert view.now().as_of == NOON - DAY


def test_an_unchanged_ledger_costs_one_statement(store: Store, clock: Clock, lab_plan: Plan) -> None:
    view = LedgerView(lab_plan, store, AGES, clock)
    view.now()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    view.now()
    assert [s for s in statements if not s.startswith("BEGIN")] == ["SELECT change.seq \nFROM change"]
    statements.clear()
    see(store)
    statements.clear()
    view.now()
    assert len([s for s in statements if s.startswith(("SELECT", "WITH"))]) == 7


def test_at_gives_what_now_gave(store: Store, clock: Clock, lab_plan: Plan) -> None:
    view = LedgerView(lab_plan, store, AGES, clock)
    taken: list[Snapshot] = []
    for minutes in range(5):
        clock.now = NOON + minutes * timedelta(minutes=1)
        see(store, clock.now)
        if minutes == 2:
            see(store, clock.now, asset=ROUTER)
        if minutes == 3:
            lost = Observation(
                asset=ROUTER,
                check=Check.SNMP,
                ok=False,
                at=clock.now,
                source="68-22945-SW-001",
                failure=Failure.AUTH_FAILED,
            )
            store.record([lost], max_ages=AGES)
        beat(store, clock.now)
        taken.append(view.now())
    for snapshot in taken:
        again = view.at(snapshot.as_of)
        assert (again.rows, again.figures) == (snapshot.rows, snapshot.figures)
    assert len({snapshot.rows for snapshot in taken}) == len(taken)


def test_a_run_is_seen_from_its_time_on(store: Store, clock: Clock, lab_plan: Plan) -> None:
    view = LedgerView(lab_plan, store, AGES, clock)
    result = RunResult(
        run="r", playbook="site.yml", asset=PC, outcome=Outcome.FAILED, changed=0, check_mode=False, at=NOON
    )
    store.record_runs([result])

    def verdict(snapshot: Snapshot) -> str:
        return next(row.verdict.value for row in snapshot.rows if row.asset == PC)

    assert verdict(view.at(NOON - TICK)) == "not_provisioned"
    assert verdict(view.at(NOON)) == verdict(view.now()) == "provisioning_failed"


def test_valid_until_is_never_too_late(store: Store, clock: Clock, lab_plan: Plan) -> None:
    """Walks from horizon to horizon for two months: between two of them nothing may turn."""
    pc, router = lab_plan.workstations[PC], lab_plan.devices[ROUTER]
    plan = replace(
        lab_plan,
        workstations={**lab_plan.workstations, PC: replace(pc, exemption=Exemption("works", date(2026, 12, 3)))},
        devices={**lab_plan.devices, ROUTER: replace(router, retired_on=date(2026, 12, 9))},
    )
    see(store)
    see(store, NOON + 5 * SECOND, asset=ROUTER)
    beat(store)
    view = LedgerView(plan, store, AGES, clock)
    now, turns = NOON + 5 * SECOND, 0
    while now < NOON + 60 * DAY:
        snapshot = view.at(now)
        until = snapshot.valid_until
        assert until is not None
        just_before = view.at(until - TICK)
        assert just_before.rows == snapshot.rows
        assert [replace(f, as_of=now) for f in just_before.figures] == list(snapshot.figures)
        after = view.at(until)
        turns += (after.rows, [replace(f, as_of=now) for f in after.figures]) != (snapshot.rows, list(snapshot.figures))
        now = until
    # heartbeat; the router's SNMP; the exemption; the router retires; the PC; the year's targets
    assert turns == 6


def test_an_empty_ledger_waits_for_the_next_date(store: Store, clock: Clock, lab_plan: Plan) -> None:
    assert LedgerView(lab_plan, store, AGES, clock).now().valid_until == datetime(2026, 12, 31, 17, tzinfo=UTC)
    undated = replace(
        lab_plan, targets=(), workstations={}, links={}, devices={}, domains={}, mailboxes={}, services={}
    )
    assert LedgerView(undated, store, AGES, clock).now().valid_until is None
