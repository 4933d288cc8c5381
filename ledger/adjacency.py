"""Whom a device hears on its ports, as its observation's value: what cabling is told by."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache

#: As many devices' values are kept parsed: they hardly ever change, and every evaluation reads them all.
KEPT = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One neighbour on one port, by what it says of itself; what it doesn't tell is empty.

    `port` is the device's own port by its name there, `port_id` as the device announces it. `protocol` is `lldp` or
    `cdp`; `far_port_name` is the neighbour's description of its port.
    """

    port: str
    port_id: str
    protocol: str
    chassis_id: str
    system_name: str
    far_port_id: str
    far_port_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """Everyone a device hears. `chassis_id` is how it calls itself; `is_whole`: the tables were read to their ends."""

    chassis_id: str
    is_whole: bool
    heard: tuple[Heard, ...]


def adjacency_text(chassis_id: str, heard: Iterable[Heard], *, is_whole: bool) -> str:
    """The one text for what is heard, whatever the order in which an agent lists it."""
    entries = sorted((asdict(each) for each in heard), key=lambda entry: tuple(entry.values()))
    document = {"chassis_id": chassis_id, "is_whole": is_whole, "heard": entries}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=KEPT)
def parsed_adjacency(value: str) -> Adjacency:
    """The adjacency that `adjacency_text` wrote; ValueError for any other text."""
    try:
        document = json.loads(value)
        heard = tuple(Heard(**entry) for entry in document["heard"])
        found = Adjacency(chassis_id=document["chassis_id"], is_whole=document["is_whole"], heard=heard)
    except (KeyError, TypeError, RecursionError):
        raise ValueError("no adjacency") from None
    words = (found.chassis_id, *(word for each in heard for word in asdict(each).values()))
    if not isinstance(found.is_whole, bool) or not all(isinstance(word, str) for word in words):
        raise ValueError("no adjacency")
    return found
