#!/usr/bin/python3 -I
"""BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363) of an Open vSwitch bridge, for net-snmp's `pass_persist`.

usage: bridge_tables.py VLANS.json [SNAPSHOT-SOCKET]

VLANS.json names the planned VLANs: {"10": "office", …}. The socket tells how the bridge stands: three tables in
ovs-vsctl's JSON (Bridge, Port, Interface; one a line), then the output of `ovs-appctl fdb/show`.
Where the bridge can't be asked, nothing is answered: no row at all, rather than a row of yesterday.
"""

import json
import socket
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

Oid = tuple[int, ...]
#: An object: where it is, its type and its value as `pass_persist` wants them.
Row = tuple[Oid, str, str]

SNAPSHOT_SOCKET = "/run/baophu/bridge_snapshot"
SNAPSHOT_TIMEOUT_SECONDS = 4.0
#: A snapshot serves the rest of a walk, and no later one.
MAX_AGE_SECONDS = 1.0

DOT1D: Oid = (1, 3, 6, 1, 2, 1, 17)
DOT1Q: Oid = (*DOT1D, 7, 1)
#: OpenFlow's number of the bridge itself, which is no port, and the first of its reserved numbers.
LOCAL, FIRST_RESERVED = 65534, 65280
VLAN_IDS = range(1, 4095)
DEFAULT_AGING_SECONDS = 300

TRANSPARENT_ONLY = 2
LEARNED, MANAGEMENT = 3, 5
GVRP_DISABLED = 2
ADMIT_ALL, ADMIT_ONLY_TAGGED = 1, 2
PERMANENT = 2
ROW_ACTIVE = 1


@dataclass(frozen=True, slots=True)
class BridgePort:
    """A port. `vlans` are those that it carries (None: every one); `pvid` is the VLAN of untagged frames, if any."""

    number: int
    if_index: int
    is_up: bool
    vlans: frozenset[int] | None
    pvid: int | None
    sends_pvid_untagged: bool

    def carries(self, vlan: int) -> bool:
        """Whether frames of `vlan` pass."""
        return self.vlans is None or vlan in self.vlans

    def untags(self, vlan: int) -> bool:
        """Whether frames of `vlan` leave without a tag."""
        return self.sends_pvid_untagged and vlan == self.pvid


@dataclass(frozen=True, slots=True)
class Entry:
    """A forwarding entry; `age_seconds` is None where it was configured, not learnt."""

    port: int
    vlan: int
    mac: bytes
    age_seconds: int | None

    @property
    def status(self) -> int:
        """Its dot1dTpFdbStatus."""
        return MANAGEMENT if self.age_seconds is None else LEARNED


@dataclass(frozen=True, slots=True)
class Bridge:
    """How a bridge stands; entries of ports without a link are gone, as a switch flushes them."""

    address: bytes
    aging_seconds: int
    ports: tuple[BridgePort, ...]
    entries: tuple[Entry, ...]


# --- What Open vSwitch says -----------------------------------------------------------------------------------------


def parse_snapshot(text: str) -> Bridge:
    """Read a snapshot; raises ValueError for one that is cut short or isn't one."""
    lines = text.splitlines()
    if len(lines) < 4:
        raise ValueError("the snapshot is cut short")
    bridges, ports, interfaces = (_records(line) for line in lines[:3])
    if len(bridges) != 1:
        raise ValueError(f"the snapshot has {len(bridges)} bridges")
    bridge = bridges[0]
    found = tuple(_ports(bridge, ports, interfaces))
    linked = {port.number for port in found if port.is_up}
    entries = tuple(entry for entry in _entries(lines[3:]) if entry.port in linked)
    aging = int(dict(_plain(bridge["other_config"])).get("mac-aging-time", DEFAULT_AGING_SECONDS))
    return Bridge(bytes.fromhex(_plain(bridge["datapath_id"])[-12:]), aging, found, entries)


def _records(line: str) -> list[dict[str, Any]]:
    try:
        table = json.loads(line)
        return [dict(zip(table["headings"], row, strict=True)) for row in table["data"]]
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a table: {error!r}") from None


def _plain(value: Any) -> Any:
    """A value of RFC 7047 §5.1 without its wrapping: a set as a list, a map as pairs, a UUID as text."""
    if isinstance(value, list) and len(value) == 2:
        kind, content = value
        if kind == "uuid":
            return content
        if kind == "set":
            return [_plain(element) for element in content]
        if kind == "map":
            return [(_plain(key), _plain(element)) for key, element in content]
    return value


def _many(value: Any) -> list[Any]:
    """A set; RFC 7047 writes one of a single element as the element."""
    plain = _plain(value)
    return plain if isinstance(plain, list) else [plain]


def _optional(value: Any) -> Any:
    return next(iter(_many(value)), None)


def _ports(
    bridge: Mapping[str, Any], ports: Iterable[Mapping[str, Any]], interfaces: Iterable[Mapping[str, Any]]
) -> Iterator[BridgePort]:
    """The ports in the order of their numbers; a bond is as many ports as it has interfaces."""
    own = set(_many(bridge["ports"]))
    port_of = {
        interface: port for port in ports if _plain(port["_uuid"]) in own for interface in _many(port["interfaces"])
    }
    numbered = [(_optional(interface["ofport"]), interface) for interface in interfaces]
    usable = [(number, interface) for number, interface in numbered if number and 0 < number < FIRST_RESERVED]
    for number, interface in sorted(usable, key=lambda pair: pair[0]):
        port, if_index = port_of.get(_plain(interface["_uuid"])), _optional(interface["ifindex"])
        if port is not None and if_index:
            yield _port(number, if_index, interface, port)


def _port(number: int, if_index: int, interface: Mapping[str, Any], port: Mapping[str, Any]) -> BridgePort:
    """A port's VLANs, as the column `vlan_mode` of ovs-vswitchd.conf.db(5) has them."""
    tag: int | None = _optional(port["tag"])
    trunks: frozenset[int] = frozenset(_many(port["trunks"]))
    mode = _optional(port["vlan_mode"]) or ("trunk" if tag is None else "access")
    is_up = _optional(interface["link_state"]) == "up"
    if mode in ("access", "dot1q-tunnel"):
        return BridgePort(number, if_index, is_up, frozenset([] if tag is None else [tag]), tag, True)
    native = tag if mode.startswith("native") else None
    carried = trunks.union([] if native is None else [native]) if trunks else None
    return BridgePort(number, if_index, is_up, carried, native, mode == "native-untagged")


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    """The lines `port VLAN MAC age` of fdb/show; those of the bridge itself (LOCAL) and of headings aren't any."""
    for line in lines:
        fields = line.split()
        if len(fields) == 4 and fields[0].isdigit() and int(fields[0]) != LOCAL:
            port, vlan, mac, age = fields
            yield Entry(int(port), int(vlan), bytes.fromhex(mac.replace(":", "")), int(age) if age.isdigit() else None)


# --- What the MIBs say ----------------------------------------------------------------------------------------------


def rows(bridge: Bridge, names: Mapping[int, str]) -> list[Row]:
    """Every object, in the order of a walk; `names` are those of the planned VLANs."""
    vlans = _carried_vlans(bridge, names)
    found = [*_base(bridge), *_forwarding(bridge), *_vlan_base(vlans), *_vlans(bridge, vlans, names)]
    return sorted(found)


def _carried_vlans(bridge: Bridge, names: Mapping[int, str]) -> list[int]:
    """The VLANs that some port carries: of those that are planned, and those that a port is told by number."""
    told = {vlan for port in bridge.ports for vlan in (port.vlans or ())}
    known = sorted(vlan for vlan in {*names, *told} if vlan in VLAN_IDS)
    return [vlan for vlan in known if any(port.carries(vlan) for port in bridge.ports)]


def _integer(oid: Oid, value: int) -> Row:
    return oid, "integer", str(value)


def _gauge(oid: Oid, value: int) -> Row:
    return oid, "gauge", str(value)


def _octets(oid: Oid, value: bytes) -> Row:
    return oid, "octet", value.hex(" ")


def _base(bridge: Bridge) -> Iterator[Row]:
    yield _octets((*DOT1D, 1, 1, 0), bridge.address)
    yield _integer((*DOT1D, 1, 2, 0), len(bridge.ports))
    yield _integer((*DOT1D, 1, 3, 0), TRANSPARENT_ONLY)
    yield _integer((*DOT1D, 4, 2, 0), bridge.aging_seconds)
    for port in bridge.ports:
        yield _integer((*DOT1D, 1, 4, 1, 1, port.number), port.number)
        yield _integer((*DOT1D, 1, 4, 1, 2, port.number), port.if_index)


def _forwarding(bridge: Bridge) -> Iterator[Row]:
    """dot1dTpFdbTable has one row a MAC: where several VLANs know it, the freshest; dot1qTpFdbTable has them all."""
    for entry in bridge.entries:
        index = (entry.vlan, *entry.mac)
        yield _integer((*DOT1Q, 2, 2, 1, 2, *index), entry.port)
        yield _integer((*DOT1Q, 2, 2, 1, 3, *index), entry.status)
    by_age = sorted(bridge.entries, key=lambda entry: (entry.age_seconds or 0, entry.vlan), reverse=True)
    for mac, entry in {entry.mac: entry for entry in by_age}.items():
        yield _octets((*DOT1D, 4, 3, 1, 1, *mac), mac)
        yield _integer((*DOT1D, 4, 3, 1, 2, *mac), entry.port)
        yield _integer((*DOT1D, 4, 3, 1, 3, *mac), entry.status)


def _vlan_base(vlans: list[int]) -> Iterator[Row]:
    yield _integer((*DOT1Q, 1, 1, 0), 1)
    yield _integer((*DOT1Q, 1, 2, 0), VLAN_IDS[-1])
    yield _gauge((*DOT1Q, 1, 3, 0), len(VLAN_IDS))
    yield _gauge((*DOT1Q, 1, 4, 0), len(vlans))
    yield _integer((*DOT1Q, 1, 5, 0), GVRP_DISABLED)


def _vlans(bridge: Bridge, vlans: list[int], names: Mapping[int, str]) -> Iterator[Row]:
    """What is configured is what is current: nothing here joins a VLAN by itself. A VLAN's database is its number."""
    size = max((port.number for port in bridge.ports), default=0)
    for vlan in vlans:
        egress = port_list((port.number for port in bridge.ports if port.carries(vlan)), size)
        untagged = port_list((port.number for port in bridge.ports if port.untags(vlan)), size)
        current, static = (*DOT1Q, 4, 2, 1), (*DOT1Q, 4, 3, 1)
        yield _gauge((*current, 3, 0, vlan), vlan)
        yield _octets((*current, 4, 0, vlan), egress)
        yield _octets((*current, 5, 0, vlan), untagged)
        yield _integer((*current, 6, 0, vlan), PERMANENT)
        yield (*static, 1, vlan), "string", names.get(vlan, "")
        yield _octets((*static, 2, vlan), egress)
        yield _octets((*static, 3, vlan), port_list((), size))
        yield _octets((*static, 4, vlan), untagged)
        yield _integer((*static, 5, vlan), ROW_ACTIVE)
    for port in bridge.ports:
        if port.pvid is not None:
            yield _gauge((*DOT1Q, 4, 5, 1, 1, port.number), port.pvid)
        yield _integer((*DOT1Q, 4, 5, 1, 2, port.number), ADMIT_ONLY_TAGGED if port.pvid is None else ADMIT_ALL)


def port_list(numbers: Iterable[int], size: int) -> bytes:
    """A PortList (RFC 4363): bit 1 is the highest of the first octet; as long as `size` ports need."""
    octets = bytearray((size + 7) // 8)
    for number in numbers:
        octets[(number - 1) // 8] |= 0x80 >> (number - 1) % 8
    return bytes(octets)


# --- Answering snmpd ------------------------------------------------------------------------------------------------


class BridgeTables:
    """The rows as of now: asked of the bridge again when they are older than MAX_AGE_SECONDS by `clock` (seconds)."""

    def __init__(self, ask: Callable[[], str], names: Mapping[int, str], clock: Callable[[], float]) -> None:
        self._ask, self._names, self._clock = ask, names, clock
        self._rows: list[Row] = []
        self._asked_at: float | None = None
        self._trouble: str | None = None

    def get(self, oid: Oid) -> Row | None:
        """The object at `oid`."""
        found = self._fresh()
        position = bisect_left(found, oid, key=lambda row: row[0])
        return found[position] if position < len(found) and found[position][0] == oid else None

    def get_next(self, oid: Oid) -> Row | None:
        """The first object after `oid`."""
        found = self._fresh()
        position = bisect_right(found, oid, key=lambda row: row[0])
        return found[position] if position < len(found) else None

    def _fresh(self) -> list[Row]:
        now = self._clock()
        if self._asked_at is None or now - self._asked_at > MAX_AGE_SECONDS:
            self._rows, trouble = self._read()
            self._asked_at = self._clock()
            if trouble != self._trouble:
                sys.stderr.write(f"bridge_tables: {trouble or 'the bridge answers again'}\n")
                self._trouble = trouble
        return self._rows

    def _read(self) -> tuple[list[Row], str | None]:
        try:
            return rows(parse_snapshot(self._ask()), self._names), None
        except (OSError, ValueError) as error:
            return [], f"no rows until the bridge can be asked: {error}"


def answer(requests: Iterator[str], replies: TextIO, tables: BridgeTables) -> None:
    """Speak `pass_persist` (snmpd.conf(5)) until snmpd hangs up."""
    for request in requests:
        command = request.strip().lower()
        if command == "ping":
            replies.write("PONG\n")
        elif command in ("get", "getnext"):
            oid = tuple(int(number) for number in next(requests).strip().strip(".").split(".") if number)
            found = tables.get(oid) if command == "get" else tables.get_next(oid)
            replies.write(
                "NONE\n" if found is None else "{}\n{}\n{}\n".format("." + ".".join(map(str, found[0])), *found[1:])
            )
        elif command == "set":
            next(requests), next(requests)
            replies.write("not-writable\n")
        else:
            return
        replies.flush()


def ask_socket(path: str) -> str:
    """What the socket at `path` tells; raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SNAPSHOT_TIMEOUT_SECONDS)
        connection.connect(path)
        chunks = iter(lambda: connection.recv(65536), b"")
        return b"".join(chunks).decode()


def main(arguments: list[str]) -> None:
    """Answer snmpd on standard input and output."""
    names = {int(vlan): str(name) for vlan, name in json.loads(Path(arguments[0]).read_text(encoding="utf-8")).items()}
    path = arguments[1] if len(arguments) > 1 else SNAPSHOT_SOCKET
    answer(iter(sys.stdin.readline, ""), sys.stdout, BridgeTables(lambda: ask_socket(path), names, time.monotonic))


if __name__ == "__main__":
    main(sys.argv[1:])
