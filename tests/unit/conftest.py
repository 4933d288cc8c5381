"""The ledger without a store: observations in, a snapshot out; and cycles that ask played devices."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from played import Clock, Devices, Sink

from collectors.cycle import Cycle, Instruments, Pace
from collectors.schedule import PlanSchedule
from collectors.snmp.poller import Poller
from ledger.figure import Snapshot
from ledger.max_age import MaxAges
from ledger.observation import Check, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import Plan
from ledger.reconcile import reconcile
from ledger.seen import Provisioning, Seen, State
from ledger.store.interval import join, series_of, sort_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CYCLE_SECONDS = 30.0
COLLECTORS = ("snmp", "icmp", "leases", "mail", "web", "capacity", "terminal")
Evaluate = Callable[..., Snapshot]


@pytest.fixture(scope="session")
def evaluate(lab_plan: Plan) -> Evaluate:
    """`evaluate(observations, at=…, …)`: the snapshot; `beats` maps collectors to the end of their last cycle.

    Without `beats` every collector has just finished a cycle.
    """

    def snapshot(
        observations: Iterable[Observation] = (),
        *,
        at: datetime = NOON,
        beats: dict[str, datetime] | None = None,
        runs: Sequence[RunResult] = (),
        plan: Plan = lab_plan,
        max_ages: MaxAges | None = None,
    ) -> Snapshot:
        ages = max_ages or MaxAges.default()
        seen = Seen(
            version=1,
            states=_states(observations, ages),
            heartbeats=tuple(
                _beat(name, end) for name, end in (dict.fromkeys(COLLECTORS, at) if beats is None else beats).items()
            ),
            provisioning=_provisioning(runs),
        )
        return reconcile(plan, seen, ages, at)

    return snapshot


def _states(observations: Iterable[Observation], ages: MaxAges) -> tuple[State, ...]:
    by_series: dict[tuple[str, Check, str], list[Observation]] = defaultdict(list)
    for item in sorted(observations, key=lambda item: item.at):
        by_series[series_of(item)].append(item)
    found: list[State] = []
    for (_asset, check, _source), items in by_series.items():
        found += {sort_of(state): state for state in join(None, items, ages.of(check)).changed}.values()
    return tuple(found)


def _beat(collector: str, end: datetime) -> Heartbeat:
    return Heartbeat(
        collector=collector,
        started_at=end - timedelta(seconds=2),
        finished_at=end,
        cycle_seconds=CYCLE_SECONDS,
        asked=9,
        failed=0,
    )


def _provisioning(runs: Sequence[RunResult]) -> dict[str, Provisioning]:
    found: dict[str, Provisioning] = {}
    for run in sorted(runs, key=lambda run: run.at):
        before = found.get(run.asset)
        succeeded_at = run.at if run.outcome is Outcome.OK else before.succeeded_at if before else None
        found[run.asset] = Provisioning(last=run, succeeded_at=succeeded_at)
    return found


@pytest.fixture
def clock() -> Clock:
    """Stands still until a test moves it."""
    return Clock()


@pytest.fixture
def sink() -> Sink:
    """Keeps what is handed over."""
    return Sink()


@pytest.fixture
def devices(lab_plan: Plan) -> Devices:
    """Play the plan's devices: they answer SNMP, leases and echoes."""
    return Devices(lab_plan)


@pytest.fixture
def cycle(lab_plan: Plan, devices: Devices, sink: Sink, clock: Clock) -> Cycle:
    """Asks the played devices, three at once."""
    return Cycle(
        plan=lab_plan,
        schedule=PlanSchedule(lab_plan),
        instruments=Instruments(Poller(devices), devices, devices),
        sink=sink,
        clock=clock,
        lease_duration=timedelta(hours=1),
        pace=Pace(devices_at_once=3),
    )
