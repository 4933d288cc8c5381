"""Typed access to what an agent answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Generic, TypeVar

from collectors.fault import Fault
from collectors.hardware_address import mac_text
from collectors.snmp.client import Column, Oid, Value

#: The longest text that is taken over from a device, in characters.
TEXT_LIMIT = 255

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
