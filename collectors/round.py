"""One collector's part of a cycle."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from collectors.fault import Fault
from ledger.observation import Observation

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round(Generic[T]):
    """What one collector asked; `faults` has the assets among `answers` that gave no proper one."""

    collector: str
    started_at: datetime
    finished_at: datetime
    answers: tuple[T, ...]
    faults: Mapping[str, Fault]


class Prober(Protocol):
    """A collector that needs nothing of the others: its round runs beside theirs."""

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        """Ask everything that is due (the answers are the assets asked), and say what was seen; never raises."""


async def all_of(items: Iterable[K], ask: Callable[[K], Awaitable[T]], *, at_once: int) -> tuple[T, ...]:
    """What `ask` gives for each item, in the items' order."""
    gate = asyncio.Semaphore(at_once)

    async def one(item: K) -> T:
        async with gate:
            return await ask(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return tuple(task.result() for task in tasks)
