"""Who a device is to its neighbours, and whom it hears: what every cycle asks of LLDP."""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.lldp_remotes import V1, V2, Layout, LldpRemote
from collectors.snmp.tables.value import Table, require


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`chassis_id` is how the device calls itself (empty: it doesn't tell)."""

    chassis_id: str
    heard: tuple[LldpRemote, ...]

    def __len__(self) -> int:
        return len(self.heard)


def _spoken(layout: Layout, fallback: Table[Layout | None] | None = None) -> Table[Layout | None]:
    """Whether the agent has the MIB: then it has ports there, also where it hears nobody."""
    _kinds, ids, _names = layout.ports

    def parse(columns: Mapping[Oid, Column]) -> Layout | None:
        if fallback is None:
            require(columns[ids], "LLDP-MIB")
        return layout if columns[ids] else None

    return Table("neighbours", (ids,), parse, fallback)


#: Which of the two MIBs the agent has.
SPOKEN = _spoken(V1, _spoken(V2))


def neighbourhood_table(layout: Layout) -> Table[Neighbourhood]:
    """The table of an agent that has this MIB."""

    def parse(columns: Mapping[Oid, Column]) -> Neighbourhood:
        require(columns[layout.ports[1]], "LLDP-MIB")  # it may have been switched off since
        return Neighbourhood(layout.own_chassis(columns), layout.remotes(columns))

    return Table("neighbours", (*layout.ports, *layout.chassis, *layout.remote), parse, rows=layout.remote)


#: How a device calls itself and its ports, which hardly ever changes.
OWN_NAMES = (*V1.ports, *V1.chassis, *V2.ports, *V2.chassis)
