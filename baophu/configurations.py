"""Wires the readers of configurations to the ledger: reads, keeps, and says what became of each device."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from baophu.session import opened_store, utc_now
from baophu.settings import Settings
from collectors.configuration.round import read_all
from collectors.configuration.source import NetmikoSource
from collectors.credentials import read_credentials
from collectors.fault import Fault
from ledger.configuration import Capture, Kept
from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.plan import Device


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one device: its configuration was kept, or why it could not be read."""

    device: Device
    outcome: Kept | Fault


def collect_configurations(
    settings: Settings, devices: Sequence[Device], credentials: Path, on_progress: Callable[[int], None]
) -> list[Reading]:
    """Read the devices' configurations and keep them, in the order of `devices`; raises ConfigurationError, StoreError.

    What was kept by then stays, also where the round is interrupted.
    """
    key = read_credentials(credentials).configuration
    if key is None:
        raise ConfigurationError(
            N_("credentials: '{path}' has no section 'configuration'; see docs/credentials.md"), path=credentials
        )
    found: dict[str, Reading] = {}
    with opened_store(settings, create=True) as store, NetmikoSource(key, utc_now) as source:

        def keep(device: Device, outcome: Capture | Fault) -> None:
            kept = outcome if isinstance(outcome, Fault) else store.record_captures([outcome])[0]
            found[device.id] = Reading(device, kept)
            on_progress(len(found))

        asyncio.run(read_all(source, devices, keep))
    return [found[device.id] for device in devices]
