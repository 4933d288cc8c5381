"""Run in the controller's namespace: `python -m lab.banner SECONDS ADDRESS…` prints each address as it answers."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

SSH_PORT = 22
RETRY_SECONDS = 0.25


async def answered(address: str, port: int) -> str:
    """Wait until an SSH server greets from `address`; gives the address."""
    while True:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection(address, port)
                greeting = await reader.read(4)
                writer.close()
                if greeting.startswith(b"SSH"):
                    return address
        await asyncio.sleep(RETRY_SECONDS)


async def answers(addresses: Sequence[str], deadline_seconds: float, port: int = SSH_PORT) -> AsyncIterator[str]:
    """Each address as it answers; ends when all have, or when the time is over."""
    tasks = [asyncio.create_task(answered(address, port)) for address in addresses]
    with suppress(TimeoutError):
        for task in asyncio.as_completed(tasks, timeout=deadline_seconds):
            yield await task
    for task in tasks:
        task.cancel()


async def main(deadline_seconds: float, addresses: Sequence[str]) -> None:
    """Print each address as it answers."""
    async for address in answers(addresses, deadline_seconds):
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2:]))
