"""Asks an HTTP server on this machine for many paths, several at a time; what that costs isn't measured.

A process of its own, as it may have to run in another network namespace: reads a Task, answers a Report.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

DEADLINE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Task:
    """The paths to ask for; `lines` is how many sample lines a whole answer has at least."""

    port: int
    paths: Sequence[str]
    in_flight: int
    lines: int


@dataclass(slots=True)
class Report:
    """What came of it: `missed` are places in the paths whose answer was an error or too short."""

    wall_seconds: float = 0.0
    lines: int = 0
    octets: int = 0
    missed: list[int] = field(default_factory=list)


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    if b"content-length" in names:
        return await reader.readexactly(int(names[b"content-length"]))
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)


async def _worker(task: Task, places: Iterator[int], report: Report) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", task.port)
    for place in places:
        writer.write(f"GET {task.paths[place]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body(reader, head)
        lines = body.count(b"\n") - body.count(b"\n#") - body.startswith(b"#")
        report.lines += lines
        report.octets += len(body)
        if head.split(b" ", 2)[1] != b"200" or lines < task.lines:
            report.missed.append(place)
    writer.close()


async def ask(task: Task) -> Report:
    """Ask for every path once."""
    report, places, started = Report(), iter(range(len(task.paths))), time.perf_counter()
    async with asyncio.timeout(DEADLINE_SECONDS), asyncio.TaskGroup() as workers:
        for _ in range(task.in_flight):
            workers.create_task(_worker(task, places, report))
    report.wall_seconds = time.perf_counter() - started
    return report


if __name__ == "__main__":
    json.dump(asdict(asyncio.run(ask(Task(**json.load(sys.stdin))))), sys.stdout)
