"""The one blind `except` of the collectors: a crash on one device becomes a Fault and never stops the others."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import TypeVar

from collectors.fault import Fault
from ledger.observation import Failure

LOGGER = logging.getLogger(__name__)

T = TypeVar("T")


async def guarded(work: Awaitable[T], **fields: str) -> T | Fault:
    """Await `work`; its crash is logged with `fields` and given as COLLECTOR_ERROR. Cancellation passes through."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - one device's crash must not stop the others; logged and reported
        return _crash(error, fields)


def guarded_call(work: Callable[[], T], *, level: int = logging.ERROR, **fields: str) -> T | Fault:
    """Call `work`; as `guarded`, for what doesn't wait, logged at `level`."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - one device's crash must not stop the others; logged and reported
        return _crash(error, fields, level)


def _crash(error: Exception, fields: dict[str, str], level: int = logging.ERROR) -> Fault:
    # The exception's own message may quote what it choked on, a key included: its class and place are enough.
    place = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    LOGGER.log(level, "collector crashed", extra={**fields, "error": type(error).__name__, "place": place})
    return Fault(Failure.COLLECTOR_ERROR, type(error).__name__)
