"""Keeps each day's figures soon after it is over, beside whatever else the process does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from ledger.errors import StoreError
from ledger.keeping import Keeper

LOG = logging.getLogger(__name__)
#: How often is looked whether a day is due.
LOOK_SECONDS = 600.0
ONE_DAY = timedelta(days=1)


@contextmanager
def kept_daily(keeper: Keeper, look_seconds: float = LOOK_SECONDS) -> Iterator[None]:
    """Keep what is due, now and later, until the block ends; a ledger that can't be written is tried again."""
    stopped = Event()
    thread = Thread(target=_keep_on, args=(keeper, stopped, look_seconds), name="daily", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()


def _keep_on(keeper: Keeper, stopped: Event, look_seconds: float) -> None:
    while True:
        try:
            keep_due(keeper, stopped)
        except StoreError as error:
            LOG.warning("figures can't be kept", extra={"error": str(error)})
        except Exception:
            LOG.exception("figures can't be kept")
        if stopped.wait(look_seconds):
            return


def keep_due(keeper: Keeper, stopped: Event) -> None:
    """Keep the days that are due, one after another, so that none is lost when the process ends between them."""
    if (ahead := keeper.ahead()) is not None:
        LOG.warning("figures were kept later than now; check the clock", extra={"kept_at": ahead.isoformat()})
    days = keeper.due()
    while days is not None and days[0] <= days[1] and not stopped.is_set():
        made = keeper.keep(days[0], days[0])
        LOG.info("figures kept", extra={"day": made.first.isoformat(), "changed": made.changed})
        days = (days[0] + ONE_DAY, days[1])
