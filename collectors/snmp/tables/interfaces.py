"""Interfaces: ifTable and ifXTable of the IF-MIB (RFC 2863)."""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import BadValue, Table, integer, require, text

IF_ADMIN_STATUS: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 7)
IF_OPER_STATUS: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8)
IF_NAME: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)
UP = 1  # of ifAdminStatus and ifOperStatus alike


@dataclass(frozen=True, slots=True)
class Interface:
    """One port; `index` is its ifIndex, `name` its ifName."""

    index: int
    name: str
    is_up: bool
    is_enabled: bool


def parse_interfaces(columns: Mapping[Oid, Column]) -> tuple[Interface, ...]:
    """Join the columns by ifIndex; an interface without a name or a state yet (being created) is left out."""
    require(columns[IF_NAME], "ifXTable")
    oper, admin = columns[IF_OPER_STATUS], columns[IF_ADMIN_STATUS]
    found: list[Interface] = []
    for index, name in columns[IF_NAME].items():
        if len(index) != 1:
            raise BadValue("ifName's index is no ifIndex")
        if index in oper and index in admin:
            is_up, is_enabled = integer(oper[index]) == UP, integer(admin[index]) == UP
            found.append(Interface(index[0], text(name), is_up, is_enabled))
    return tuple(found)


INTERFACES = Table("interfaces", (IF_NAME, IF_OPER_STATUS, IF_ADMIN_STATUS), parse_interfaces)
