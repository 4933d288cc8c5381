"""Wires the collectors to the ledger, one process a store, and says each cycle in a line."""

import asyncio
from pathlib import Path

from baophu.logs import log_json_lines
from baophu.session import SPEAKING, opened_store, utc_now
from baophu.settings import Settings
from collectors.credentials import read_credentials
from collectors.memory import remembered
from collectors.runner import CollectorSettings, CycleReport, collect
from collectors.schedule import PlanSchedule
from ledger.language import N_
from ledger.plan import Plan
from ledger.sink import LedgerSink
from ledger.store import collect_lock


def run_collecting(settings: Settings, plan: Plan, credentials: Path, *, interval: float | None, once: bool) -> None:
    """Collect until told to stop; raises ConfigurationError, StoreError, also where another one collects already."""
    wanted = CollectorSettings(
        read_credentials(credentials),
        interval_seconds=interval or settings.interval_seconds,
        dns_server=str(settings.dns_server) if settings.dns_server is not None else None,
    )
    log_json_lines()
    with (
        opened_store(settings, create=True) as store,
        collect_lock(settings.store_url()),
        LedgerSink(store, settings.max_ages(), utc_now) as sink,
    ):
        memory = remembered(store.states(), plan, wanted.lease_duration)
        schedule = PlanSchedule(plan)
        asyncio.run(collect(plan, schedule, sink, wanted, once=once, memory=memory, clock=utc_now, on_cycle=_say))


def _say(cycle: CycleReport) -> None:
    text = SPEAKING.get()
    message = text(
        N_("{instant}: {observations} observations, {asked} asked, {failed} without a proper answer ({seconds} s)")
    )
    line = message.format(
        instant=text.instant(cycle.finished_at),
        observations=text.number(cycle.observations),
        asked=text.number(sum(beat.asked for beat in cycle.heartbeats)),
        failed=text.number(sum(beat.failed for beat in cycle.heartbeats)),
        seconds=text.number(round((cycle.finished_at - cycle.started_at).total_seconds(), 1)),
    )
    print(line, flush=True)  # noqa: T201 - the command's answer
