"""Opens the capacity collector, where the plan has links for it."""

import logging
from collections.abc import Callable
from datetime import datetime

from collectors.capacity.meter import LONGEST_GAP
from collectors.capacity.ports import LinkPorts
from collectors.capacity.round import COLLECTOR, CapacityRound
from collectors.schedule import local_day
from collectors.settings import CollectorSettings
from ledger.capacity import owes_capacity
from ledger.load import BUCKET, LoadLog
from ledger.plan import Plan

LOGGER = logging.getLogger(__name__)


def open_capacity(
    plan: Plan, settings: CollectorSettings, log: LoadLog, clock: Callable[[], datetime]
) -> CapacityRound | None:
    """The collector; None where the plan has no link to measure. Cycles too far apart for samples are said, once."""
    if not any(owes_capacity(link) for link in plan.links.values()):
        LOGGER.debug("collector not at work: the plan has nothing for it", extra={"collector": COLLECTOR})
        return None
    longest = (LONGEST_GAP * BUCKET).total_seconds()
    if settings.interval_seconds > longest:
        fields = {"interval_seconds": settings.interval_seconds, "longest_seconds": longest}
        LOGGER.warning("cycles too far apart to measure how much links carry", extra=fields)
    return CapacityRound(
        plan=plan,
        ports=LinkPorts(plan, local_day(clock())),
        log=log,
        clock=clock,
        rule=settings.capacity_days,
        kept=settings.load_kept,
    )
