"""Whole cycles with played devices: what reaches the ledger, in which order, and what a crash can't stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv4Address

import pytest
from played import NOON, PC, PC_ADDRESS, PC_MAC, ROUTER, SECRET, Clock, Devices, Sink

from collectors.cycle import Beats, Cycle, CycleReport, ProberCycle, Turns
from collectors.fault import Fault
from collectors.leases import Lease
from collectors.round import Round
from collectors.runner import Rhythm, run_cycles, side_by_side
from ledger.errors import StoreError
from ledger.observation import Check, Failure, Heartbeat, Observation
from ledger.plan import Device


def run(cycle: Cycle) -> CycleReport:
    return asyncio.run(cycle.turn())


def lease(clock: Clock, minutes: int = 30) -> Lease:
    return Lease(PC_MAC, PC_ADDRESS, clock() + timedelta(minutes=minutes))


def test_a_cycle_asks_everything_and_beats_after_what_it_saw(
    cycle: Cycle, devices: Devices, sink: Sink, clock: Clock
) -> None:
    devices.leases = (lease(clock),)
    report = run(cycle)
    assert sink.beats == [("snmp", 15, 0), ("leases", 4, 0), ("icmp", 16, 0)]
    kinds = [item.collector if isinstance(item, Heartbeat) else item.check is Check.PING for item in sink.taken]
    assert kinds.index("snmp") == kinds.index("leases") - 1 > max(n for n, kind in enumerate(kinds) if kind is False)
    assert kinds[-1] == "icmp"
    assert sink.answers(PC) == dict.fromkeys((Check.FDB, Check.TSLCD_VLAN, Check.LEASE, Check.PING), (True, None))
    assert sink.answers("68-22924-PC-001") == {}
    assert report.faults == {}
    assert report.observations == len(sink.observations)
    assert [beat.collector for beat in report.heartbeats] == ["snmp", "leases", "icmp"]
    assert {beat.cycle_seconds for beat in report.heartbeats} == {30.0}


def test_no_more_is_asked_at_once_than_allowed(cycle: Cycle, devices: Devices) -> None:
    run(cycle)
    assert devices.most_at_once == 3


def test_silent_devices_are_counted_and_told(cycle: Cycle, devices: Devices, sink: Sink) -> None:
    devices.silent = {"68-23272-RT-001", "68-23272-SW-001"}
    report = run(cycle)
    assert sink.beats == [("snmp", 15, 2), ("leases", 4, 0), ("icmp", 15, 2)]
    assert sink.answers("68-23272-SW-001") == {
        Check.SNMP: (False, Failure.NO_ANSWER),
        Check.PING: (False, Failure.NO_ANSWER),
    }
    assert set(report.faults) == {(collector, device) for collector in ("snmp", "icmp") for device in devices.silent}


def test_a_crash_on_one_device_stops_no_other(
    cycle: Cycle, devices: Devices, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    devices.crashing = {ROUTER}
    with caplog.at_level(logging.INFO):
        report = run(cycle)
    crashed = (False, Failure.COLLECTOR_ERROR)
    assert sink.answers(ROUTER) == {Check.SNMP: crashed, Check.DHCP: crashed, Check.PING: crashed}
    assert sink.answers("68-22924-RT-001")[Check.SNMP] == (True, None)
    assert sink.beats == [("snmp", 15, 1), ("leases", 4, 1), ("icmp", 15, 1)]
    assert {fault.text for fault in report.faults.values()} == {"collector_error: LookupError"}
    crashes = {item.detail for item in sink.observations if item.failure is Failure.COLLECTOR_ERROR}
    assert crashes == {"collector_error: LookupError"}
    assert [record.getMessage() for record in caplog.records] == ["collector crashed"] * 3
    assert all(SECRET not in str(vars(record)) for record in caplog.records)


def test_a_pc_is_asked_for_where_it_was_while_its_router_is_silent(
    cycle: Cycle, devices: Devices, sink: Sink, clock: Clock
) -> None:
    devices.leases = (lease(clock),)
    run(cycle)
    devices.leases = Fault(Failure.NO_ANSWER, "silent")
    clock.now += timedelta(minutes=29)
    devices.echoes.clear()
    run(cycle)
    assert PC_ADDRESS in devices.echoes
    clock.now += timedelta(minutes=1)
    devices.echoes.clear()
    run(cycle)
    assert PC_ADDRESS not in devices.echoes


def test_a_lease_that_a_router_no_longer_has_is_forgotten(cycle: Cycle, devices: Devices, clock: Clock) -> None:
    devices.leases = (lease(clock),)
    run(cycle)
    devices.leases = ()
    devices.echoes.clear()
    run(cycle)
    assert PC_ADDRESS not in devices.echoes


class Probes:
    """Plays a collector beside the network's: `seen` is what it sees, once `until` is set where that is given."""

    def __init__(self, clock: Clock, until: asyncio.Event | None = None) -> None:
        self.clock = clock
        self.until = until
        self.ended = False

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        started_at = self.clock()
        try:
            if self.until is not None:
                await self.until.wait()
        finally:
            self.ended = True
        now = self.clock()
        fault = Fault(Failure.NO_ANSWER, "silent")
        part = Round(
            collector="mail", started_at=started_at, finished_at=now, answers=("a.example", "b.example"),
            faults={"b.example": fault},
        )  # fmt: skip
        return part, [Observation(asset="a.example", check=Check.SMTP, ok=True, at=now, source="mail")]


def probing(probes: Probes, sink: Sink) -> ProberCycle:
    return ProberCycle(probes, Beats(sink=sink, clock=probes.clock, cycle_seconds=30.0))


def test_a_collector_beside_the_networks_has_its_own_heartbeat_after_what_it_saw(sink: Sink, clock: Clock) -> None:
    report = asyncio.run(probing(Probes(clock), sink).turn())
    assert sink.beats == [("mail", 2, 1)]
    assert [type(item) for item in sink.taken] == [Observation, Heartbeat]
    assert [beat.collector for beat in report.heartbeats] == ["mail"]
    assert report.faults == {("mail", "b.example"): Fault(Failure.NO_ANSWER, "silent")}
    assert report.observations == len(sink.observations)


def test_a_slow_collector_puts_off_no_cycle_of_the_network_and_says_how_slow_it_is(
    cycle: Cycle, sink: Sink, clock: Clock
) -> None:
    """Mail's first cycle ends in the pause after the network's fourth, its second as soon as it began."""
    began: list[datetime] = []

    async def all_of_them() -> None:
        stop, until, mail_pauses = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def pause(seconds: float) -> None:
            if seconds == 0.0:  # mail, which took longer than the interval
                mail_pauses.set()
                return
            assert seconds == 30.0
            if mail_pauses.is_set():
                stop.set()
            elif len(began) == 4:
                until.set()
                await mail_pauses.wait()
            clock.now += timedelta(seconds=seconds)

        def note(report: CycleReport) -> None:
            if report.heartbeats[0].collector == "snmp":
                began.append(report.started_at)

        rhythm = Rhythm(stop=stop, clock=clock, sleep=pause, cycle_seconds=30.0)
        mail = probing(Probes(clock, until), sink)
        await side_by_side([run_cycles(cycle, rhythm, note), run_cycles(mail, rhythm, note)])

    asyncio.run(all_of_them())
    assert began[:4] == [NOON + timedelta(seconds=30 * n) for n in range(4)]
    beats = [item for item in sink.taken if isinstance(item, Heartbeat)]
    assert {beat.cycle_seconds for beat in beats if beat.collector == "snmp"} == {30.0}
    assert [beat.cycle_seconds for beat in beats if beat.collector == "mail"][:2] == [30.0, 90.0]


def test_what_one_kind_of_cycle_raises_ends_all(cycle: Cycle, sink: Sink, clock: Clock) -> None:
    def full(observations: Sequence[Observation]) -> None:
        raise StoreError("store: disk full")

    async def fail() -> Probes:
        probes = Probes(clock, asyncio.Event())
        rhythm = Rhythm(stop=asyncio.Event(), clock=clock, sleep=asyncio.sleep, cycle_seconds=30.0)
        with pytest.raises(StoreError):
            await side_by_side([run_cycles(cycle, rhythm), run_cycles(probing(probes, sink), rhythm)])
        return probes

    sink.accept = full  # type: ignore[method-assign]
    assert asyncio.run(fail()).ended
    assert sink.beats == []


def test_after_a_cycle_longer_than_the_interval_beats_say_how_far_apart_they_are(
    cycle: Cycle, sink: Sink, clock: Clock
) -> None:
    def late(heartbeat: Heartbeat) -> None:
        Sink.beat(sink, heartbeat)
        if heartbeat.collector == "icmp":
            clock.now += timedelta(seconds=50)

    sink.beat = late  # type: ignore[method-assign]
    assert {beat.cycle_seconds for beat in run(cycle).heartbeats} == {30.0}
    assert {beat.cycle_seconds for beat in run(cycle).heartbeats} == {50.0}
    sink.beat = partial(Sink.beat, sink)  # type: ignore[method-assign]
    run(cycle)
    assert {beat.cycle_seconds for beat in run(cycle).heartbeats} == {30.0}


def test_a_sink_that_cannot_keep_what_was_seen_ends_the_cycle(cycle: Cycle, sink: Sink) -> None:
    def full(observations: Sequence[Observation]) -> None:
        raise StoreError("store: disk full")

    sink.accept = full  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        run(cycle)
    assert sink.beats == []


def cycles(
    *kinds: Turns,
    clock: Clock,
    once: bool = False,
    on_pause: Callable[[float, asyncio.Event], Awaitable[None]],
) -> list[CycleReport]:
    reports: list[CycleReport] = []

    async def all_of_them() -> None:
        stop = asyncio.Event()
        rhythm = Rhythm(
            stop=stop, clock=clock, sleep=lambda seconds: on_pause(seconds, stop), cycle_seconds=30.0, once=once
        )
        await side_by_side(run_cycles(kind, rhythm, reports.append) for kind in kinds)

    asyncio.run(all_of_them())
    return reports


def test_cycles_begin_an_interval_apart_until_told_to_stop(cycle: Cycle, clock: Clock) -> None:
    pauses: list[float] = []

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        pauses.append(seconds)
        clock.now += timedelta(seconds=seconds)
        if len(pauses) == 3:
            stop.set()

    assert [report.started_at for report in cycles(cycle, clock=clock, on_pause=pause)] == [
        NOON + timedelta(seconds=30 * n) for n in range(3)
    ]
    assert pauses == [30.0, 30.0, 30.0]


def test_a_cycle_that_took_too_long_is_followed_at_once(
    cycle: Cycle, clock: Clock, devices: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[float] = []

    async def slow(address: IPv4Address) -> bool:
        clock.now += timedelta(seconds=4)
        return True

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        pauses.append(seconds)
        stop.set()

    devices.answers = slow  # type: ignore[method-assign]
    assert len(cycles(cycle, clock=clock, on_pause=pause)) == 1
    assert pauses == [0.0]
    assert [record.getMessage() for record in caplog.records] == ["cycle took longer than its interval"]


def test_once_is_one_cycle_of_each_kind_without_a_pause(cycle: Cycle, sink: Sink, clock: Clock) -> None:
    async def pause(seconds: float, stop: asyncio.Event) -> None:
        raise AssertionError("it paused")

    found = cycles(cycle, probing(Probes(clock), sink), clock=clock, once=True, on_pause=pause)
    assert {report.heartbeats[0].collector for report in found} == {"snmp", "mail"}
    assert len(found) == 2


def test_a_stop_cuts_a_pause_short(cycle: Cycle, clock: Clock) -> None:
    async def pause(seconds: float, stop: asyncio.Event) -> None:
        stop.set()
        await asyncio.Event().wait()

    assert len(cycles(cycle, clock=clock, on_pause=pause)) == 1


def test_a_stop_cuts_cycles_of_all_kinds_short_without_a_heartbeat(
    cycle: Cycle, devices: Devices, sink: Sink, clock: Clock
) -> None:
    async def told() -> None:
        stop = asyncio.Event()

        async def hang(device: Device) -> tuple[Lease, ...] | Fault:
            stop.set()
            await asyncio.Event().wait()
            return ()

        devices.read = hang  # type: ignore[method-assign]
        rhythm = Rhythm(stop=stop, clock=clock, sleep=asyncio.sleep, cycle_seconds=30.0)
        mail = probing(Probes(clock, asyncio.Event()), sink)
        await side_by_side([run_cycles(cycle, rhythm), run_cycles(mail, rhythm)])

    asyncio.run(told())
    assert sink.taken == []
