"""One cgroup a host in each hierarchy that a systemd tracks processes in; what is in there belongs to the lab.

Without it the hosts' systemds share a cgroup and can kill each other's services. With it, ending a host is exact: no
process is known by its name or by a number that may have been given to another.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from lab.errors import LabError
from lab.place import Place
from ledger.language import N_

_MOUNTS = Path("/proc/self/mountinfo")
#: How long a killed process may take to leave.
_PATIENCE_SECONDS = 20.0


def hierarchies(mountinfo: str) -> list[Path]:
    """Where cgroups that a systemd uses are mounted: v2's one, v1's `name=systemd`, or both on a hybrid machine.

    v1's other controllers are mounted read-only in a host, so nothing is ever shared or moved there.
    """
    found: dict[str, Path] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            device, path = before.split()[2], before.split()[4]
            found.setdefault(device, Path(path))
    return list(found.values())


def lab_cgroups(place: Place) -> list[Path]:
    """The lab's cgroup in each hierarchy, whether it is there or not."""
    return [hierarchy / f"baophu-{place.tag}" for hierarchy in hierarchies(_MOUNTS.read_text(encoding="utf-8"))]


def make_cgroups(place: Place, host: str) -> list[Path]:
    """Make the cgroups of `host`, empty; raises LabError where the machine doesn't let us."""
    made = []
    for cgroup in lab_cgroups(place):
        try:
            (cgroup / host).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LabError(
                N_("lab: no cgroup can be made in {parent} ({error}); run on a machine of your own"),
                parent=cgroup.parent,
                error=error,
            ) from None
        made.append(cgroup / host)
    return made


def processes(cgroups: list[Path]) -> set[int]:
    """The processes in `cgroups` and below."""
    return {pid for cgroup in cgroups for folder in _folders(cgroup) for pid in _members(folder)}


def kill(cgroups: list[Path]) -> None:
    """Kill what is in `cgroups`, as a power cut does, and remove them; raises LabError where something stays."""
    deadline = monotonic() + _PATIENCE_SECONDS
    while alive := processes(cgroups):
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if monotonic() > deadline:
            message = N_("lab: processes {numbers} don't end; the machine's kernel log says why")
            raise LabError(message, numbers=sorted(alive))
        sleep(0.02)
    for cgroup in cgroups:
        _remove(cgroup, deadline)


def _remove(cgroup: Path, deadline: float) -> None:
    for folder in sorted(_folders(cgroup), key=lambda path: len(path.parts), reverse=True):
        while folder.exists():
            try:
                folder.rmdir()
            except OSError as error:
                if monotonic() > deadline:
                    raise LabError(
                        N_("lab: the cgroup {folder} can't be removed: {error}"), folder=folder, error=error
                    ) from None
                sleep(0.02)


def _folders(cgroup: Path) -> Iterator[Path]:
    if cgroup.is_dir():
        for folder, _, _ in os.walk(cgroup):
            yield Path(folder)


def _members(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text(encoding="ascii").split()]
    except OSError:
        return []  # it went away meanwhile


def leader(cgroups: list[Path]) -> int | None:
    """The process that is PID 1 of the host in `cgroups`; None where it isn't booted."""
    for pid in sorted(processes(cgroups)):
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            continue
        ids = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
        if len(ids) > 1 and ids[-1] == "1":
            return pid
    return None
