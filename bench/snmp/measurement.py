"""What a measured process says of itself, and what it is told to do: JSON on its standard output and input."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.snmp.daemons import MORTAL

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class User:
    """An SNMPv3 user of authPriv with SHA-1 and AES-128, made up anew for every run."""

    name: str
    auth_key: str
    priv_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a poller does: every address `cycles` times, after `warm_up` cycles that aren't measured.

    `is_scraped`: ours renders after each cycle what a scrape of all devices gets. Without a `user` it speaks v2c,
    community "public".
    """

    addresses: Sequence[str]
    port: int
    cycles: int = 1
    warm_up: int = 0
    is_scraped: bool = True
    in_flight: int = 1
    timeout_seconds: float = 5.0
    retries: int = 3
    user: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a poller took for it: `devices` counts each poll, whole or not; `missed` has those not read whole.

    `fds` and `rss_mib` are seen twice, after the first tenth of the cycles and at the end; empty where nobody looked.
    """

    cpu_seconds: float
    wall_seconds: float
    devices: int
    values: int
    missed: tuple[str, ...] = ()
    max_rss_mib: float = 0.0
    fds: tuple[int, ...] = ()
    rss_mib: tuple[float, ...] = ()

    @property
    def cpu_ms_per_device(self) -> float:
        """CPU of the poller alone, for one poll of one device."""
        return self.cpu_seconds / self.devices * 1000

    def as_json(self) -> dict[str, Any]:
        """For the file of results: the missed ones are counted."""
        return {**asdict(self), "missed": len(self.missed)}


class Meter:
    """CPU and wall seconds since it was made; of the children too, once they were waited for, where told."""

    def __init__(self, *, children: bool = False) -> None:
        self._whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if children else (resource.RUSAGE_SELF,)
        self._cpu_seconds = self._used()
        self._started = time.perf_counter()

    def _used(self) -> float:
        used = [resource.getrusage(who) for who in self._whose]
        return sum(each.ru_utime + each.ru_stime for each in used)

    def read(self) -> tuple[float, float]:
        """CPU seconds, wall seconds."""
        return self._used() - self._cpu_seconds, time.perf_counter() - self._started


def max_rss_mib() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rss_mib() -> float:
    """The memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / MIB


def open_fds() -> int:
    """How many file descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir())) - 1


def told() -> Poll:
    """What this process is to do, from its standard input."""
    given = json.load(sys.stdin)
    user = given.pop("user")
    return Poll(**given, user=User(**user) if user else None)


def tell(result: Measurement) -> None:
    """Say on standard output what was measured."""
    json.dump(asdict(result), sys.stdout)


def run_json(module: str, task: object = None, *words: str, prefix: Sequence[str] = ()) -> Any:
    """What `python -m MODULE WORDS` answers to a task, in a process of its own; raises RuntimeError where it fails."""
    command = [*MORTAL, *prefix, sys.executable, "-m", module, *words]
    done = subprocess.run(
        command, input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=False, start_new_session=True
    )
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}; what it said stands above")
    return json.loads(done.stdout)


def measured(module: str, poll: Poll, *words: str, prefix: Sequence[str] = ()) -> Measurement:
    """What a poller in a process of its own took for the polls that it was told."""
    answer = run_json(module, asdict(poll), *words, prefix=prefix)
    return Measurement(**{**answer, **{name: tuple(answer[name]) for name in ("missed", "fds", "rss_mib")}})


def serve(poller: Callable[[Poll], Measurement]) -> None:
    """The main function of a measured process."""
    tell(poller(told()))
