"""The lab's memory: one JSON file with topology, faults and image, and the lock that its commands take turns by."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from lab.errors import LabError
from lab.place import Place
from lab.topology import Cable, Host, Port, Socket, Topology
from lab.wiring import Faults
from ledger.language import N_

#: How long a command waits for its turn.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Record:
    """What a lab was booted from, and what differs from its plan now. `layers` are the disks' lower folders."""

    image: str
    plan: str
    layers: tuple[str, ...]
    pool: str
    complete: bool
    topology: Topology
    faults: Faults


def write_record(place: Place, record: Record) -> None:
    """Write the record whole or not at all."""
    data = asdict(record)
    data["faults"] = {
        "cut": sorted(record.faults.cut),
        "unplugged": sorted(record.faults.unplugged),
        "moved": {pc: asdict(socket) for pc, socket in record.faults.moves.items()},
        "off": sorted(record.faults.off),
    }
    fresh = place.record.with_suffix(".new")
    fresh.write_text(json.dumps(data, indent=1), encoding="utf-8")
    fresh.replace(place.record)


def read_record(place: Place) -> Record:
    """Read the record; raises LabError where no lab of that name is up."""
    try:
        data: dict[str, Any] = json.loads(place.record.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabError(
            N_("lab: '{name}' is not up ({state}); run `lab up` first"), name=place.name, state=place.state
        ) from None
    faults = data["faults"]
    hosts = {
        id_: Host(**{**host, "ports": tuple(Port(**port) for port in host["ports"])})
        for id_, host in data["topology"]["hosts"].items()
    }
    cables = {
        id_: Cable(id_, Socket(**cable["a"]), Socket(**cable["b"])) for id_, cable in data["topology"]["cables"].items()
    }
    return Record(
        data["image"],
        data["plan"],
        tuple(data["layers"]),
        data["pool"],
        data["complete"],
        Topology(hosts, cables),
        Faults(
            frozenset(faults["cut"]),
            frozenset(faults["unplugged"]),
            {pc: Socket(**socket) for pc, socket in faults["moved"].items()},
            frozenset(faults["off"]),
        ),
    )


@contextmanager
def held(lock: Path, what: str, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold `lock` while the block runs; it falls with the process. Raises LabError after waiting `patience_seconds`."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = monotonic() + patience_seconds
    with lock.open("a", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > deadline:
                    raise LabError(
                        N_("{what} is in use by another command; wait for it to end, or end it"), what=what
                    ) from None
                sleep(0.1)
        yield
