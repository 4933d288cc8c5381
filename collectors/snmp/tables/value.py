"""Typed access to what an agent answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Generic, TypeVar

from collectors.fault import Fault
from collectors.hardware_address import mac_text
from collectors.snmp.client import Column, Oid, Value

#: The longest text that is taken over from a device, in characters.
TEXT_LIMIT = 255
#: InetAddressType (RFC 4001).
IPV4, IPV6, IPV4_ZONED, IPV6_ZONED = 1, 2, 3, 4
INET_LENGTHS = {IPV4: 4, IPV6: 16, IPV4_ZONED: 8, IPV6_ZONED: 20}

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class BadValue(ValueError):  # noqa: N818 - it names what was found; the reading turns it into a Fault
    """A value or an index that its MIB doesn't allow."""


@dataclass(frozen=True, slots=True)
class Table(Generic[T_co]):
    """Columns and how to read them together; `fallback` is asked where this one is empty.

    `rows` are the columns that share the table's index: where one of them breaks off, the rows that all of them have
    are still good. Where another one does, nothing is.
    """

    name: str
    columns: tuple[Oid, ...]
    parse: Callable[[Mapping[Oid, Column]], T_co]
    fallback: "Table[T_co] | None" = None
    rows: tuple[Oid, ...] = ()


@dataclass(frozen=True, slots=True)
class Partial(Generic[T_co]):
    """A table that broke off: what was read of it proves something, what is missing proves nothing."""

    read: T_co
    fault: Fault


def whole(table: T | Partial[T] | Fault | None) -> T | None:
    """The table, where it was read to its end."""
    return None if isinstance(table, Partial | Fault) else table


def seen(table: T | Partial[T] | Fault | None) -> T | None:
    """What was read of the table, whole or not."""
    return table.read if isinstance(table, Partial) else whole(table)


def require(column: Column, mib: str) -> None:
    """Refuse an agent without the MIB: its empty table would read as "nothing is there"."""
    if not column:
        raise BadValue(f"the agent has no {mib}")


def integer(value: Value) -> int:
    """An INTEGER, counter or TimeTicks."""
    if isinstance(value, int):
        return value
    raise BadValue(f"expected an integer, got {type(value).__name__}")


def octets(value: Value) -> bytes:
    """An OCTET STRING or IpAddress."""
    if isinstance(value, bytes):
        return value
    raise BadValue(f"expected octets, got {type(value).__name__}")


def text(value: Value) -> str:
    """An OCTET STRING as one printable line; what isn't printable becomes `?`."""
    decoded = octets(value).decode("utf-8", "replace").rstrip("\0")[:TEXT_LIMIT]
    return "".join(character if character.isprintable() else "?" for character in decoded)


def text_at(column: Column, row: Oid) -> str:
    """The cell as text; empty where the agent doesn't have it."""
    return text(column.get(row, b""))


def integer_at(column: Column, row: Oid) -> int | None:
    """The cell as a number; None where the agent doesn't have it."""
    value = column.get(row)
    return None if value is None else integer(value)


def object_id(value: Value) -> str:
    """An OBJECT IDENTIFIER, dotted."""
    if isinstance(value, tuple):
        return ".".join(map(str, value))
    raise BadValue(f"expected an object identifier, got {type(value).__name__}")


def only(index: Oid, name: str) -> int:
    """A row's index that is one number; `name` is what it is."""
    if len(index) != 1:
        raise BadValue(f"{name} is one number, not {len(index)}")
    return index[0]


def every_row(columns: Mapping[Oid, Column], oids: Sequence[Oid]) -> tuple[Oid, ...]:
    """The rows that any of these columns has, in order: agents leave out cells as they like."""
    first = columns[oids[0]].rows
    if all(columns[oid].rows == first for oid in oids):
        return first
    return tuple(sorted({row for oid in oids for row in columns[oid].rows}))


def inet_address(kind: int, raw: bytes) -> IPv4Address | IPv6Address | None:
    """An InetAddress (RFC 4001) by its InetAddressType; None where it is neither IPv4 nor IPv6, zoned or not."""
    if kind not in INET_LENGTHS:
        return None
    if len(raw) != INET_LENGTHS[kind]:
        raise BadValue(f"an address of the type {kind} has {INET_LENGTHS[kind]} octets, not {len(raw)}")
    if kind in {IPV4, IPV4_ZONED}:
        return IPv4Address(raw[:4])
    zone = f"%{int.from_bytes(raw[16:])}" if kind == IPV6_ZONED else ""
    return IPv6Address(f"{IPv6Address(raw[:16])}{zone}")


def inet_address_of_index(index: Oid) -> IPv4Address | IPv6Address | None:
    """An address in an index: its type, its length, its octets; None where it is of another kind.

    ZTE's agents leave the length out, and write a zone as one number.
    """
    if not index:
        raise BadValue("an index has no address")
    kind, rest = index[0], index[1:]
    length = INET_LENGTHS.get(kind)
    if length is None:
        return None
    if len(rest) == length + 1 and rest[0] == length:
        return inet_address(kind, _bytes(rest[1:]))
    if len(rest) == length and rest[0] != length:  # else an index that breaks off
        return inet_address(kind, _bytes(rest))
    if kind in {IPV4_ZONED, IPV6_ZONED} and len(rest) == length - 3:
        return inet_address(kind, _bytes(rest[:-1]) + rest[-1].to_bytes(4))
    raise BadValue("an address in an index is its type, its length and so many octets")


def identity(value: Value) -> str:
    """An id as text; octets that are none are written in hexadecimal, six of them as the MAC that they mostly are."""
    raw = octets(value)
    if len(raw) == 6 and not _is_printable(raw):
        return mac(raw)
    return text(raw).strip() if _is_printable(raw.rstrip(b"\0")) else raw.hex(":")


def mac(value: Value) -> str:
    """A PhysAddress of six octets."""
    return _mac(octets(value))


def mac_of_index(index: Oid) -> str:
    """A MacAddress that is a row's index, or the end of one."""
    return _mac(_bytes(index))


def address_of_index(index: Oid) -> IPv4Address:
    """An IpAddress that is a row's index, or the end of one."""
    if len(index) != 4:
        raise BadValue(f"an IPv4 index has 4 parts, not {len(index)}")
    return IPv4Address(_bytes(index))


def _is_printable(raw: bytes) -> bool:
    try:
        return raw.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _bytes(index: Oid) -> bytes:
    try:
        return bytes(index)
    except ValueError:
        raise BadValue("an index of octets holds more than a byte in one part") from None


def _mac(raw: bytes) -> str:
    try:
        return mac_text(raw)
    except ValueError as error:
        raise BadValue(str(error)) from None
