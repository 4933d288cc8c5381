"""Cycle after cycle until told to stop: what the composition root starts."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import TypeVar

from collectors.capacity.opening import open_capacity
from collectors.cycle import Beats, Between, Cycle, CycleReport, Instruments, ProberCycle, Turns
from collectors.icmp import GufoPinger
from collectors.leases import SshLeaseSource
from collectors.memory import Memory
from collectors.probers import open_probers
from collectors.schedule import Schedule
from collectors.settings import CollectorSettings
from collectors.snmp.opening import open_snmp
from collectors.snmp.poller import Poller, Watchers, site_paces
from collectors.snmp.samples import Samples
from collectors.terminal.round import open_terminals
from collectors.triggers import TriggerInbox
from ledger.configuration import Capture
from ledger.load import LoadLog
from ledger.observation import Sink
from ledger.plan import Plan

__all__ = ["CollectorSettings", "CycleReport", "Rhythm", "collect", "run_cycles", "side_by_side"]

LOGGER = logging.getLogger(__name__)
STOPS = (signal.SIGTERM, signal.SIGINT)

T = TypeVar("T")


def utc_now() -> datetime:
    """The wall clock, aware UTC."""
    return datetime.now(UTC)


async def collect(  # noqa: PLR0913 - the keyword-only ones are seams with defaults
    plan: Plan,
    schedule: Schedule,
    sink: Sink,
    settings: CollectorSettings,
    *,
    once: bool = False,
    memory: Memory | None = None,
    samples: Samples | None = None,
    load: LoadLog | None = None,
    keep: Callable[[Capture], object] | None = None,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_cycle: Callable[[CycleReport], None] | None = None,
) -> None:
    """Collect until SIGTERM or SIGINT, or for one cycle; flushing the sink is the caller's.

    `memory` is what earlier collectors saw: what fell silent meanwhile is noticed in the first cycle. `samples` keeps
    each device's latest poll. `load` keeps how much links carry; None: that isn't measured. `keep` gets each
    configuration that is read because its device said that it changed.

    Raises ConfigurationError where this user may not send echoes or there is no DNS server to ask, StoreError where
    the sink can't keep what was seen.
    """
    with stop_signals() as stop:
        async with AsyncExitStack() as stack:
            cycle = Cycle(
                plan=plan,
                schedule=schedule,
                instruments=await _open_instruments(stack, plan, settings, samples or Samples(), load, clock),
                sink=sink,
                clock=clock,
                lease_duration=settings.lease_duration,
                pace=settings.pace(),
                memory=memory or Memory(),
            )
            probers = [
                ProberCycle(prober, Beats(sink=sink, clock=clock, cycle_seconds=settings.interval_seconds))
                for prober in open_probers(stack, plan, settings, clock)
            ]
            rhythm = Rhythm(stop=stop, clock=clock, sleep=sleep, cycle_seconds=settings.interval_seconds, once=once)
            loops = [run_cycles(cycle, rhythm, on_cycle, between=cycle)]
            loops += [run_cycles(prober, rhythm, on_cycle) for prober in probers]
            if settings.trigger_socket is not None and not once:
                stack.enter_context(TriggerInbox(settings.trigger_socket, cycle.triggers))
                loops.append(_unless(stop, _read_configurations(cycle, settings, keep)))
            await side_by_side(loops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When cycles begin: every `cycle_seconds`, at once where the last took longer; `stop` cuts all short."""

    stop: asyncio.Event
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    cycle_seconds: float
    once: bool = False


async def side_by_side(loops: Iterable[Coroutine[None, None, None]]) -> None:
    """Each kind of cycle in a loop of its own, so that a slow one puts off no other; what one raises ends all."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run_cycles(
    kind: Turns,
    rhythm: Rhythm,
    on_cycle: Callable[[CycleReport], None] | None = None,
    *,
    between: Between | None = None,
) -> None:
    """Run cycles of one kind until told to stop, or one of them; what `between` is told is done in their pauses."""
    while not rhythm.stop.is_set():
        report = await _unless(rhythm.stop, kind.turn())
        if report is None:
            return
        _log(report, rhythm.cycle_seconds)
        if on_cycle is not None:
            on_cycle(report)
        if rhythm.once:
            return
        await _unless(rhythm.stop, _rest(report.started_at, rhythm, between))


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set; outside the main thread nothing is caught."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    caught = STOPS if threading.current_thread() is threading.main_thread() else ()
    for number in caught:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


async def _open_instruments(
    stack: AsyncExitStack,
    plan: Plan,
    settings: CollectorSettings,
    samples: Samples,
    load: LoadLog | None,
    clock: Callable[[], datetime],
) -> Instruments:
    snmp = await open_snmp(stack, settings, samples.traffic)
    pinger = GufoPinger(timeout_seconds=settings.ping_timeout_seconds, tries=settings.ping_tries)
    terminals = open_terminals(plan, clock)
    capacity = None if load is None else open_capacity(plan, settings, load, clock)
    leases = SshLeaseSource(settings.credentials.leases, settings.ssh_pace())
    return Instruments(
        Poller(
            snmp,
            paces=site_paces(plan),
            samples=samples,
            deadline_seconds=settings.device_deadline_seconds,
            with_counters=settings.interface_series,
            watchers=Watchers(capacity.ports if capacity else None, terminals),
            jitter=partial(SystemRandom().uniform, 0.0, settings.jitter_seconds),
        ),
        stack.enter_context(leases),
        await stack.enter_async_context(pinger),
        tuple(follower for follower in (capacity, terminals) if follower is not None),
    )


async def _unless(stop: asyncio.Event, work: Coroutine[None, None, T]) -> T | None:
    """What `work` gives, or None where `stop` came first and it was called off."""
    task, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for other in (task, stopping):
            other.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


async def _rest(started_at: datetime, rhythm: Rhythm, between: Between | None) -> None:
    """Wait for the next cycle, and look meanwhile as often as it is asked for; once it is due, nothing comes before."""
    while True:
        seconds = max(0.0, rhythm.cycle_seconds - (rhythm.clock() - started_at).total_seconds())
        if between is None:
            await rhythm.sleep(seconds)
            return
        if not await _is_told(between.told, rhythm.sleep, seconds):
            return
        await between.look()


async def _is_told(told: asyncio.Event, sleep: Callable[[float], Awaitable[None]], seconds: float) -> bool:
    """Whether it was told before the pause was over; where there is no pause left, it wasn't."""
    pause, waiting = asyncio.ensure_future(_pause(sleep, seconds)), asyncio.ensure_future(told.wait())
    try:
        await asyncio.wait({pause, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return seconds > 0 and told.is_set()
    finally:
        for task in (pause, waiting):
            task.cancel()
        await asyncio.gather(pause, waiting, return_exceptions=True)


async def _pause(sleep: Callable[[float], Awaitable[None]], seconds: float) -> None:
    await sleep(seconds)


async def _read_configurations(
    cycle: Cycle, settings: CollectorSettings, keep: Callable[[Capture], object] | None
) -> None:
    """Read the configurations that were asked for, for as long as there is somebody to read and keep them."""
    key = settings.credentials.configuration
    if key is None or keep is None:
        return
    await cycle.triggers.configurations_came.wait()
    from collectors.configuration.source import NetmikoSource  # noqa: PLC0415 - SSH libraries, and rarely wanted
    from collectors.configuration.told import read_when_told  # noqa: PLC0415 - as above

    with NetmikoSource(key, cycle.clock, port=settings.ssh_port) as source:
        await read_when_told(cycle.triggers, cycle.schedule, source, keep, cycle.clock)


def _log(report: CycleReport, cycle_seconds: float) -> None:
    seconds = (report.finished_at - report.started_at).total_seconds()
    fields = {
        "seconds": round(seconds, 3),
        "observations": report.observations,
        "asked": {beat.collector: beat.asked for beat in report.heartbeats},
        "failed": {beat.collector: beat.failed for beat in report.heartbeats},
    }
    if seconds > cycle_seconds:
        LOGGER.warning("cycle took longer than its interval", extra=fields)
    else:
        LOGGER.debug("cycle finished", extra=fields)
