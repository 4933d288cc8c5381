"""Reads configurations as soon as their devices say that they changed, or seem to."""

import logging
from collections.abc import Callable
from datetime import datetime

from collectors.configuration.round import read_all
from collectors.configuration.source import ConfigurationSource
from collectors.fault import Fault
from collectors.schedule import Schedule
from collectors.triggers import Triggers
from ledger.configuration import Capture
from ledger.plan import AssetKind, Device

LOGGER = logging.getLogger(__name__)
#: What has a running configuration.
KINDS = (AssetKind.ROUTER, AssetKind.SWITCH)


async def read_when_told(
    triggers: Triggers,
    schedule: Schedule,
    source: ConfigurationSource,
    keep: Callable[[Capture], object],
    clock: Callable[[], datetime],
) -> None:
    """Read again and again, for ever; what can't be read is left to the next regular reading. `keep` may raise."""

    def note(device: Device, outcome: Capture | Fault) -> None:
        if isinstance(outcome, Fault):
            LOGGER.warning("configuration not read", extra={"device": device.id, "why": outcome.text})
        else:
            keep(outcome)

    while True:
        await triggers.configurations_came.wait()
        wanted = triggers.take_configurations()
        devices = [device for device in schedule.due(clock()) if device.id in wanted and device.kind in KINDS]
        await read_all(source, devices, note)
