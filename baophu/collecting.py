"""Wires the collectors to the ledger, one process a store, and says each cycle in a line."""

import gc
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvloop

from baophu.logs import log_json_lines
from baophu.samples_service import samples_served, samples_socket
from baophu.session import SPEAKING, opened_store, utc_now
from baophu.settings import Settings
from collectors.credentials import read_credentials
from collectors.memory import remembered
from collectors.runner import CollectorSettings, CycleReport, collect
from collectors.schedule import PlanSchedule
from collectors.snmp.samples import Samples
from ledger.language import N_
from ledger.plan import Plan
from ledger.sink import LedgerSink
from ledger.store import collect_lock

#: Devices begin their turns within this part of a cycle, and within so many seconds.
JITTER, LONGEST_JITTER_SECONDS = 0.05, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks for; `port` is where samples are served, None: nowhere."""

    interval: float | None
    once: bool
    port: int | None


def run_collecting(settings: Settings, plan: Plan, credentials: Path, wish: Wish) -> None:
    """Collect until told to stop; raises ConfigurationError, StoreError, also where another one collects already."""
    interval = wish.interval or settings.interval_seconds
    wanted = CollectorSettings(
        read_credentials(credentials),
        interval_seconds=interval,
        interface_series=settings.interface_series,
        jitter_seconds=0.0 if wish.once else min(LONGEST_JITTER_SECONDS, interval * JITTER),
        dns_server=str(settings.dns_server) if settings.dns_server is not None else None,
        capacity_days=settings.capacity_days,
        load_kept=timedelta(days=settings.capacity_kept_days),
        trigger_socket=settings.trigger_path(),
    )
    log_json_lines()
    samples = Samples(plan.devices)
    with (
        opened_store(settings, create=True) as store,
        collect_lock(settings.store_url()),
        LedgerSink(store, settings.max_ages(), utc_now) as sink,
        nullcontext() if wish.port is None else samples_served(samples, plan, samples_socket(wish.port)),
    ):
        memory = remembered(store.states(), plan, wanted.lease_duration)
        schedule = PlanSchedule(plan)
        work = collect(
            plan,
            schedule,
            sink,
            wanted,
            once=wish.once,
            memory=memory,
            samples=samples,
            load=store,
            keep=lambda capture: store.record_captures([capture]),
            clock=utc_now,
            on_cycle=_say,
        )
        # What a poll keeps is no garbage, and there is much of it: look through it a hundred times less often.
        gc.set_threshold(100_000, 50, 100)
        uvloop.run(work)


def _say(cycle: CycleReport) -> None:
    text = SPEAKING.get()
    message = text(
        N_(
            "{instant} {collectors}: {observations} observations, {asked} asked, "
            "{failed} without a proper answer ({seconds} s)"
        )
    )
    line = message.format(
        instant=text.instant(cycle.finished_at),
        collectors=", ".join(beat.collector for beat in cycle.heartbeats),
        observations=text.number(cycle.observations),
        asked=text.number(sum(beat.asked for beat in cycle.heartbeats)),
        failed=text.number(sum(beat.failed for beat in cycle.heartbeats)),
        seconds=text.number(round((cycle.finished_at - cycle.started_at).total_seconds(), 1)),
    )
    print(line, flush=True)  # noqa: T201 - the command's answer
