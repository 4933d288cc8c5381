"""Cycle after cycle until told to stop: what the composition root starts."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import TypeVar

from collectors.capacity.opening import open_capacity
from collectors.cycle import Cycle, CycleReport, Instruments
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
from ledger.load import LoadLog
from ledger.observation import Sink
from ledger.plan import Plan

__all__ = ["CollectorSettings", "CycleReport", "collect", "run_cycles"]

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
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_cycle: Callable[[CycleReport], None] | None = None,
) -> None:
    """Collect until SIGTERM or SIGINT, or for one cycle; flushing the sink is the caller's.

    `memory` is what earlier collectors saw: what fell silent meanwhile is noticed in the first cycle. `samples` keeps
    each device's latest poll. `load` keeps how much links carry; None: that isn't measured.

    Raises ConfigurationError where this user may not send echoes or there is no DNS server to ask, StoreError where
    the sink can't keep what was seen.
    """
    with stop_signals() as stop:
        async with AsyncExitStack() as stack:
            instruments = await _open_instruments(stack, plan, settings, samples or Samples(), load, clock)
            cycle = Cycle(
                plan=plan,
                instruments=instruments,
                sink=sink,
                clock=clock,
                lease_duration=settings.lease_duration,
                pace=settings.pace(),
                memory=memory or Memory(),
            )
            await run_cycles(cycle, schedule, stop, once=once, sleep=sleep, on_cycle=on_cycle)


async def run_cycles(
    cycle: Cycle,
    schedule: Schedule,
    stop: asyncio.Event,
    *,
    once: bool = False,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_cycle: Callable[[CycleReport], None] | None = None,
) -> None:
    """Begin a cycle every `cycle_seconds`, at once where the last took longer; `stop` cuts a cycle or a pause short."""
    while not stop.is_set():
        report = await _unless(stop, cycle.run(schedule.due(cycle.clock())))
        if report is None:
            return
        _log(report, cycle.pace.cycle_seconds)
        if on_cycle is not None:
            on_cycle(report)
        if once:
            return
        spent = (cycle.clock() - report.started_at).total_seconds()
        await _unless(stop, _pause(sleep, max(0.0, cycle.pace.cycle_seconds - spent)))


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
        open_probers(stack, plan, settings, clock),
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


async def _pause(sleep: Callable[[float], Awaitable[None]], seconds: float) -> None:
    await sleep(seconds)


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
