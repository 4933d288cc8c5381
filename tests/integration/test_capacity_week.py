"""A week of a province's links through whole cycles, on a clock that is told: the ledger says what brute force says.

Busy hours, a day of silence, a restart, and a PoP that isn't ours, so that CPEs with 32-bit counters tell instead.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from busy_links import Agent, Port, Province, Way
from played import Clock, Devices
from pydantic import SecretStr

from collectors.capacity.opening import open_capacity
from collectors.credentials import Credentials, SnmpV2c, SshKey
from collectors.cycle import Cycle, Instruments, Pace
from collectors.settings import CollectorSettings
from collectors.snmp.poller import Poller, Watchers
from ledger.capacity import CapacityVerdict, DaysRule, capacities
from ledger.figure import AssetRow, Coverage
from ledger.load import BUCKET, PER_DAY
from ledger.max_age import MaxAges
from ledger.observation import Heartbeat, Observation, Sink
from ledger.plan import Device, LinkKind, Plan
from ledger.reconcile import reconcile
from ledger.sink import LedgerSink
from ledger.store import Store, open_store

POP = "68-POP-RT-001"
#: Midnight in Viet Nam.
MONDAY = datetime(2026, 11, 15, 17, tzinfo=UTC)
DAYS = 7
AGES = MaxAges.default()
#: Each unit's uplink: how many of its 288 samples a day are busy, in each direction.
BUSY = {"68-SKHCN": (14, 14), "68-22945": (24, 0), "68-22924": (0, 24), "68-23272": (14, 0)}


def traffic(chance: Random, busy: int, bandwidth: float) -> list[float]:
    """Bits a second of every five minutes of eight days: full for a while after nine, else a quarter of it at most."""
    hour = 9 * 12
    return [
        bandwidth * (chance.uniform(0.91, 1.0) if hour <= place < hour + busy else chance.uniform(0, 0.25))
        for _ in range(DAYS + 1)
        for place in range(PER_DAY)
    ]


class Sparing(Sink):
    """Hands on what was seen, and of the heartbeats one an hour, so that a week goes by in seconds."""

    def __init__(self, ledger: LedgerSink) -> None:
        self._ledger = ledger

    def accept(self, observations: Sequence[Observation]) -> None:
        self._ledger.accept(observations)

    def beat(self, heartbeat: Heartbeat) -> None:
        if heartbeat.started_at.minute == 0:
            self._ledger.beat(replace(heartbeat, cycle_seconds=3600.0))


@dataclass(frozen=True)
class Asked:
    """A schedule of these devices, at any time."""

    devices: tuple[Device, ...]

    def due(self, now: datetime) -> tuple[Device, ...]:
        del now
        return self.devices


@dataclass
class Week:
    """Made-up traffic of each uplink, and the way to have it measured."""

    plan: Plan
    store: Store
    ways: Mapping[str, tuple[Way, Way]]  # by link: from the unit, to it
    clock: Clock

    def agents(self, *, near: bool) -> dict[str, Agent]:
        """The PoP with all uplinks, or each CPE with its own."""
        agents: dict[str, Agent] = {}
        for link, (from_unit, to_unit) in self.ways.items():
            ends = self.plan.links[link]
            if near:
                agent = agents.setdefault(POP, Agent({}, starts=[MONDAY]))
                agent.ports = {**agent.ports, ends.a.port: Port(received=from_unit, sent=to_unit)}
            else:
                ports = {ends.b.port: Port(received=to_unit, sent=from_unit)}
                agents[ends.b.device] = Agent(ports, bits=32, speed_bps=200_000_000, starts=[MONDAY])
        return agents

    def pass_by(
        self,
        agents: Mapping[str, Agent],
        *,
        days: int = DAYS,
        step: timedelta = BUCKET,
        rule: DaysRule = DaysRule.WINDOW,
    ) -> None:
        """Let days go by with a cycle every `step`, and what it takes to judge them."""
        settings = CollectorSettings(
            Credentials(SnmpV2c(SecretStr("never asked")), SshKey("u", Path("k"), Path("h"))), capacity_days=rule
        )
        capacity = open_capacity(self.plan, settings, self.store, self.clock)
        assert capacity is not None
        poller = Poller(Province(self.plan, agents, self.clock), watchers=Watchers(capacity.ports))
        asked = Asked(tuple(self.plan.devices[name] for name in agents))
        others = Devices(self.plan)
        with LedgerSink(self.store, AGES, self.clock) as ledger:
            cycle = Cycle(
                plan=self.plan,
                schedule=asked,
                instruments=Instruments(poller, others, others, followers=(capacity,)),
                sink=Sparing(ledger),
                clock=self.clock,
                lease_duration=timedelta(hours=1),
                pace=Pace(cycle_seconds=step.total_seconds()),
            )

            async def cycles() -> None:
                while self.clock.now <= MONDAY + timedelta(days=days) + 4 * BUCKET:
                    await cycle.turn()
                    self.clock.now += step

            asyncio.run(cycles())
        self.clock.now -= step

    def rows(self) -> dict[str, AssetRow]:
        """Each uplink's row under HT08."""
        snapshot = reconcile(self.plan, self.store.seen(), AGES, self.clock.now)
        return {row.asset: row for row in snapshot.rows if row.indicator == "HT08"}

    def brute_force(self, lost: Callable[[int], bool] = lambda _place: False) -> dict[str, tuple[float, float]]:
        """The 95th percentiles of what was made up, without the samples that were lost."""

        def one(way: Way, bandwidth: float) -> float:
            kept = sorted(bits for place, bits in enumerate(way.bits_per_second[: DAYS * PER_DAY]) if not lost(place))
            fitting = (bits for bits in kept if 100 * sum(other <= bits for other in kept) >= 95 * len(kept))
            return next(fitting) / bandwidth

        return {
            link: (one(ways[0], self.bandwidth(link)), one(ways[1], self.bandwidth(link)))
            for link, ways in self.ways.items()
        }

    def bandwidth(self, link: str) -> float:
        return self.plan.links[link].bandwidth_mbps * 1e6

    def found(self, rule: DaysRule = DaysRule.WINDOW) -> dict[str, tuple[float | None, float | None]]:
        judged = capacities(self.plan, self.store, self.clock.now, rule)
        return {each.link: (each.from_unit.p95, each.to_unit.p95) for each in judged}


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = MONDAY
    return clock


@pytest.fixture
def week(lab_plan: Plan, tmp_path: Path, clock: Clock) -> Iterator[Week]:
    chance = Random(5)  # noqa: S311 - made-up traffic
    ways = {
        link.id: tuple(
            Way(MONDAY, BUCKET.total_seconds(), traffic(chance, busy, link.bandwidth_mbps * 1e6))
            for busy in BUSY[link.unit]
        )
        for link in lab_plan.links.values()
        if link.link_kind is LinkKind.UPLINK
    }
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}") as store:
        yield Week(lab_plan, store, {link: (both[0], both[1]) for link, both in ways.items()}, clock)


def by_unit(rows: Mapping[str, AssetRow]) -> dict[str | None, Coverage]:
    return {row.unit: Coverage(row.verdict) for row in rows.values()}


def close(expected: Mapping[str, tuple[float, float]]) -> object:
    return {link: pytest.approx(both, rel=1e-5) for link, both in expected.items()}


def test_a_whole_week_is_what_brute_force_makes_of_it(week: Week) -> None:
    week.pass_by(week.agents(near=True))
    expected = week.brute_force()
    assert week.found() == close(expected)
    assert by_unit(week.rows()) == {
        "68-SKHCN": Coverage.COVERED,  # an hour and ten minutes a day are under 5 %
        "68-22945": Coverage.NOT_COMPLIANT,
        "68-22924": Coverage.NOT_COMPLIANT,
        "68-23272": Coverage.COVERED,
    }
    row = week.rows()["68-22945-LK-001"]
    from_unit, to_unit = (-int(-part * 100 // 1) for part in expected["68-22945-LK-001"])
    assert row.detail == (f"missing: capacity (95th percentile from the unit {from_unit} %, to it {to_unit} %)")


def test_a_day_of_silence_and_a_restart_cost_their_samples_and_nothing_else(week: Week) -> None:
    agents = week.agents(near=True)
    silent = (MONDAY + timedelta(days=3), MONDAY + timedelta(days=4))
    restart = MONDAY + timedelta(days=1, hours=9, minutes=32)
    agents[POP].silences = [silent]
    agents[POP].starts.append(restart)

    def lost(place: int) -> bool:
        begins_at = MONDAY + place * BUCKET
        return silent[0] - BUCKET <= begins_at < silent[1] or begins_at <= restart < begins_at + BUCKET

    week.pass_by(agents)
    assert week.found() == close(week.brute_force(lost))
    judged = capacities(week.plan, week.store, week.clock.now, DaysRule.WINDOW)
    # the day, the restart, and the bucket before the silence, whose end nobody saw
    assert {each.from_unit.samples for each in judged} == {DAYS * PER_DAY - PER_DAY - 1 - 1}
    assert {each.measured_days for each in judged} == {6}
    assert by_unit(week.rows())["68-22945"] is Coverage.NOT_COMPLIANT
    assert by_unit(week.rows())["68-SKHCN"] is Coverage.COVERED


def test_where_the_pop_is_others_the_cpes_tell_and_32_bits_are_enough(week: Week) -> None:
    theirs = replace(week.plan.devices[POP], owner="CPT")
    week.plan = replace(week.plan, devices={**week.plan.devices, POP: theirs})
    week.pass_by(week.agents(near=False), step=BUCKET / 2, rule=DaysRule.DAILY)
    assert week.found(DaysRule.DAILY) == close(week.brute_force())
    assert by_unit(week.rows())["68-22945"] is Coverage.NOT_COMPLIANT
    assert by_unit(week.rows())["68-22924"] is Coverage.NOT_COMPLIANT


def test_less_than_a_week_is_no_verdict_but_how_far_it_is(week: Week) -> None:
    week.pass_by(week.agents(near=True), days=3)
    assert {each.verdict for each in capacities(week.plan, week.store, week.clock.now, DaysRule.WINDOW)} == {
        CapacityVerdict.TOO_FEW_SAMPLES
    }
    rows = week.rows()
    assert set(by_unit(rows).values()) == {Coverage.NEVER_SEEN}
    assert {row.detail for row in rows.values()} == {"3 of 7 days measured so far"}
