"""Where each link is measured, what is read for it, and what the round hands over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from busy_links import Agent, Port, Province, Way
from played import Clock

from collectors.capacity.meter import LONGEST_GAP
from collectors.capacity.ports import LinkPorts, MeasuredPort, measured_ports
from collectors.capacity.round import COLLECTOR, SAID_EVERY, CapacityRound
from collectors.snmp.poller import Poller, Watchers
from collectors.snmp.samples import Samples
from ledger.capacity import DaysRule
from ledger.load import BUCKET, DayLoad, LoadSample
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan, Role

POP, LINK = "68-POP-RT-001", "68-22945-LK-001"
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
#: Ten megabits a second one way, forty the other, for an hour.
QUIET, LOUD = (Way(NOON, 300, (bits,) * 12) for bits in (10e6, 40e6))


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


class Log:
    """Keeps samples, and remembers which days were let go."""

    def __init__(self) -> None:
        self.samples: list[LoadSample] = []
        self.forgotten: list[date] = []
        self.asked: list[tuple[date, date]] = []

    def record_load(self, samples: Sequence[LoadSample]) -> None:
        self.samples += samples

    def load(self, first: date, last: date) -> Sequence[DayLoad]:
        self.asked.append((first, last))
        return ()

    def forget_load(self, before: date) -> int:
        self.forgotten.append(before)
        return 0


def agent(bits: int = 64, speed: int = 200_000_000) -> Agent:
    """The PoP: what comes from the ward is quiet, what goes there is loud."""
    ports = {"srv0": Port(LOUD, LOUD), "up2": Port(received=QUIET, sent=LOUD)}
    return Agent(ports, bits=bits, speed_bps=speed, starts=[NOON])


def polled(plan: Plan, clock: Clock, ports: LinkPorts, played: Agent, minutes: int = 12, device: str = POP) -> Samples:
    samples = Samples()
    poller = Poller(Province(plan, {device: played}, clock), samples=samples, watchers=Watchers(ports))

    async def polls() -> None:
        for _ in range(2 * minutes + 1):
            await poller.read(plan.devices[device], clock)
            clock.now += timedelta(seconds=30)

    asyncio.run(polls())
    return samples


def owned_by(plan: Plan, owner: str, *devices: str) -> Plan:
    changed = {name: replace(plan.devices[name], owner=owner) for name in devices}
    return replace(plan, devices={**plan.devices, **changed})


def test_uplinks_are_measured_at_the_pop(lab_plan: Plan) -> None:
    uplinks = ("68-SKHCN-LK-001", LINK, "68-22924-LK-001", "68-23272-LK-001")
    expected = tuple(MeasuredPort(link, f"up{number}", True) for number, link in enumerate(uplinks, start=1))
    assert measured_ports(lab_plan, TODAY) == {POP: expected}


def test_a_pop_of_others_leaves_it_to_the_units_routers(lab_plan: Plan) -> None:
    found = measured_ports(owned_by(lab_plan, "CPT", POP), TODAY)
    assert found["68-22945-RT-001"] == (MeasuredPort(LINK, "wan0", False),)
    assert set(found) == {d.id for d in lab_plan.devices.values() if d.role is Role.CPE}
    assert "68-22945-RT-001" not in measured_ports(owned_by(lab_plan, "CPT", POP, "68-22945-RT-001"), TODAY)


def test_a_link_is_measured_in_its_time(lab_plan: Plan) -> None:
    before = measured_ports(lab_plan, date(2026, 5, 31))
    assert [measured.link for measured in before[POP]] == ["68-SKHCN-LK-001"]
    ports = LinkPorts(lab_plan, date(2026, 2, 28))
    assert not ports.wants(POP)
    ports.renew(date(2026, 3, 1))
    assert ports.wants(POP)


@pytest.mark.parametrize("bits", [64, 32])
def test_samples_say_what_came_from_the_unit_and_what_went_to_it(lab_plan: Plan, clock: Clock, bits: int) -> None:
    ports = LinkPorts(lab_plan, TODAY)
    polled(lab_plan, clock, ports, agent(bits))
    found = ports.samples()
    assert [(each.link, each.begins_at) for each in found] == [(LINK, NOON), (LINK, NOON + BUCKET)]
    assert {(each.from_unit, each.to_unit) for each in found} == {(10e6, 40e6)}
    assert ports.samples() == []


def test_at_the_units_end_the_ways_are_the_other_way_round(lab_plan: Plan, clock: Clock) -> None:
    plan = owned_by(lab_plan, "CPT", POP)
    ports = LinkPorts(plan, TODAY)
    router = Agent({"wan0": Port(received=LOUD, sent=QUIET)}, starts=[NOON])
    polled(plan, clock, ports, router, device="68-22945-RT-001")
    assert {(each.from_unit, each.to_unit) for each in ports.samples()} == {(10e6, 40e6)}


def test_narrow_counters_of_a_line_that_nobody_knows_the_speed_of_say_nothing(lab_plan: Plan, clock: Clock) -> None:
    ports = LinkPorts(lab_plan, TODAY)
    polled(lab_plan, clock, ports, agent(32, speed=0))
    assert ports.samples() == []


def test_what_is_read_for_capacity_makes_no_series_of_every_port(lab_plan: Plan, clock: Clock) -> None:
    samples = polled(lab_plan, clock, LinkPorts(lab_plan, TODAY), agent())
    assert [(each.device, each.interfaces) for each in samples.devices()] == [(POP, ())]


def test_links_of_which_nothing_comes_are_said_once_there_was_time(lab_plan: Plan, clock: Clock) -> None:
    log, ports = Log(), LinkPorts(lab_plan, TODAY)
    capacity = CapacityRound(
        plan=lab_plan, ports=ports, log=log, clock=clock, rule=DaysRule.WINDOW, kept=timedelta(days=35)
    )
    found, _ = asyncio.run(capacity.ask())
    assert (found.collector, len(found.answers), found.faults) == (COLLECTOR, 4, {})
    polled(lab_plan, clock, ports, agent())
    found, _ = asyncio.run(capacity.ask())
    assert set(found.faults) == set(found.answers) - {LINK}
    assert found.faults["68-22924-LK-001"].text == f"no_answer: no octet counters of port up3 of {POP}"
    assert len(log.samples) == 2
    clock.now += LONGEST_GAP * BUCKET
    assert set(asyncio.run(capacity.ask())[0].faults) == set(found.answers)


def said(capacity: CapacityRound) -> list[Observation]:
    return asyncio.run(capacity.ask())[1]


def test_links_are_judged_once_a_day_and_said_once_an_hour(lab_plan: Plan, clock: Clock) -> None:
    log = Log()
    ports = LinkPorts(lab_plan, TODAY)
    capacity = CapacityRound(
        plan=lab_plan, ports=ports, log=log, clock=clock, rule=DaysRule.WINDOW, kept=timedelta(days=35)
    )
    first = said(capacity)
    assert {(o.check, o.ok, o.failure, o.value, o.detail) for o in first} == {
        (Check.CAPACITY, False, Failure.NO_ANSWER, "0/7", "no_answer: 0/7 days measured")
    }
    assert [each.asset for each in first] == list(ports.links)
    assert log.asked == [(date(2026, 11, 15), date(2026, 11, 21))]
    assert log.forgotten == [date(2026, 10, 18)]
    clock.now += SAID_EVERY - timedelta(seconds=1)
    assert said(capacity) == []
    clock.now += timedelta(seconds=1)
    assert len(said(capacity)) == len(first)
    assert len(log.asked) == 1
    clock.now = datetime(2026, 11, 22, 17, 10, tzinfo=UTC)
    assert len(said(capacity)) == len(first)
    assert log.asked[1:] == [(date(2026, 11, 16), date(2026, 11, 22))]
