"""Between two cycles: devices that were asked for are polled at once, alone, and never beside anything else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from ipaddress import IPv4Address

import pytest
from played import PC_ADDRESS, PC_MAC, ROUTER, SWITCH, Clock, Devices, Sink

from collectors.configuration.told import read_when_told
from collectors.cycle import Cycle
from collectors.fault import Fault
from collectors.leases import Lease
from collectors.runner import Rhythm, run_cycles
from collectors.schedule import PlanSchedule
from collectors.triggers import Triggers
from ledger.configuration import Capture
from ledger.errors import StoreError
from ledger.observation import Check, Failure, Observation
from ledger.plan import Device, Plan


def cycles(cycle: Cycle, *, clock: Clock, on_pause: Callable[[float, asyncio.Event], Awaitable[None]]) -> None:
    async def all_of_them() -> None:
        stop = asyncio.Event()
        rhythm = Rhythm(stop=stop, clock=clock, sleep=lambda seconds: on_pause(seconds, stop), cycle_seconds=30.0)
        await run_cycles(cycle, rhythm, between=cycle)

    asyncio.run(all_of_them())


def test_a_device_that_is_asked_for_is_polled_at_once_without_a_beat(
    cycle: Cycle, devices: Devices, sink: Sink, clock: Clock
) -> None:
    """Told 10 s into a pause: only it is asked, by SNMP alone, and the next cycle begins when it would have."""
    pauses: list[float] = []
    looked: list[list[str]] = []

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            clock.now += timedelta(seconds=10)
            sink.taken.clear()
            devices.silent = {ROUTER}
            cycle.triggers.note([ROUTER, "nobody"], [])
            await asyncio.Event().wait()
        looked.append([item.asset if isinstance(item, Observation) else item.collector for item in sink.taken])
        stop.set()

    cycles(cycle, clock=clock, on_pause=pause)
    assert pauses == [30.0, 20.0]
    assert looked == [[ROUTER]]
    assert sink.answers(ROUTER) == {Check.SNMP: (False, Failure.NO_ANSWER)}


def test_what_is_told_during_a_cycle_is_polled_right_after_it(cycle: Cycle, devices: Devices, clock: Clock) -> None:
    asked: list[str] = []
    original = devices.session

    def session(address: IPv4Address, **limits: object) -> object:
        asked.append(devices.names[address])
        return original(address, **limits)

    async def told(address: IPv4Address) -> bool:
        cycle.triggers.note([SWITCH], [])
        return True

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        if cycle.triggers.polls_came.is_set():
            await asyncio.Event().wait()
        stop.set()

    devices.session = session  # type: ignore[method-assign, assignment]
    devices.answers = told  # type: ignore[method-assign]
    cycles(cycle, clock=clock, on_pause=pause)
    assert len(asked) == 16
    assert asked[15:] == [SWITCH]


def test_a_cycle_takes_with_it_what_was_told_before_it_began(cycle: Cycle, clock: Clock) -> None:
    cycle.triggers.note([SWITCH], [SWITCH])
    asyncio.run(cycle.turn())
    assert cycle.triggers.take_polls() == frozenset()
    assert cycle.triggers.take_configurations() == {SWITCH}


def test_where_no_pause_is_left_the_next_cycle_comes_first(cycle: Cycle, devices: Devices, clock: Clock) -> None:
    async def slow(address: IPv4Address) -> bool:
        clock.now += timedelta(seconds=4)
        cycle.triggers.note([SWITCH], [])
        return True

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        assert seconds == 0.0
        stop.set()

    devices.answers = slow  # type: ignore[method-assign]
    cycles(cycle, clock=clock, on_pause=pause)
    assert cycle.triggers.take_polls() == {SWITCH}


def test_a_router_alone_says_nothing_of_a_vlan_that_its_switch_told(
    cycle: Cycle, sink: Sink, devices: Devices, clock: Clock
) -> None:
    devices.leases = (Lease(PC_MAC, PC_ADDRESS, clock() + timedelta(minutes=30)),)
    asyncio.run(cycle.turn())
    before = {(item.asset, item.check, item.source, item.ok, item.value) for item in sink.observations}
    sink.taken.clear()
    cycle.triggers.note([ROUTER, SWITCH], [])
    asyncio.run(cycle.look())
    after = {(item.asset, item.check, item.source, item.ok, item.value) for item in sink.observations}
    assert after
    assert after <= before


class Configurations:
    """Plays devices' configurations; those in `silent` give none."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.silent: set[str] = set()
        self.read_so_far: list[str] = []

    async def read(self, device: Device) -> Capture | Fault:
        self.read_so_far.append(device.id)
        if device.id in self.silent:
            return Fault(Failure.NO_ANSWER, "silent")
        return Capture(device=device.id, at=self.clock(), text="end\n", digest=None, message=None)


def test_configurations_that_were_asked_for_are_read_and_kept(
    lab_plan: Plan, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A server has none; who isn't in the plan isn't asked; a failure is logged, and the others are kept."""
    source, kept, triggers = Configurations(clock), list[str](), Triggers()
    source.silent = {SWITCH}

    async def read() -> None:
        def keep(capture: Capture) -> None:
            kept.append(capture.device)
            if len(kept) == 1:
                triggers.note([], [ROUTER, SWITCH, "68-TTDL-SV-001", "nobody"])
            else:
                raise StoreError("store: disk full")

        triggers.note([], ["68-POP-RT-001"])
        await read_when_told(triggers, PlanSchedule(lab_plan), source, keep, clock)

    with pytest.raises(StoreError):
        asyncio.run(read())
    assert kept == ["68-POP-RT-001", ROUTER]
    assert source.read_so_far == ["68-POP-RT-001", ROUTER, SWITCH]
