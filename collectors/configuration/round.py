"""One round over many devices: in parallel, each within its deadline; a device that fails is a result."""

import asyncio
from collections.abc import Callable, Sequence

from collectors.configuration.source import ConfigurationSource
from collectors.fault import Fault
from collectors.guard import guarded
from ledger.configuration import Capture
from ledger.plan import Device


async def read_all(
    source: ConfigurationSource,
    devices: Sequence[Device],
    on_read: Callable[[Device, Capture | Fault], None],
    *,
    at_once: int = 8,
) -> None:
    """Read every device, `at_once` at a time; `on_read` gets each as it comes, and what it raises ends the round."""
    gate = asyncio.Semaphore(at_once)

    async def one(device: Device) -> tuple[Device, Capture | Fault]:
        async with gate:
            return device, await guarded(source.read(device), device=device.id)

    tasks = [asyncio.ensure_future(one(device)) for device in devices]
    try:
        for ended in asyncio.as_completed(tasks):
            on_read(*await ended)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
