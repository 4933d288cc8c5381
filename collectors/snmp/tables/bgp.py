"""Routing sessions: bgpPeerTable of the BGP4-MIB (RFC 4273)."""

from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Address

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import BadValue, Table, address_of_index, integer, require

LOCAL_AS: Oid = (1, 3, 6, 1, 2, 1, 15, 2)
PEER_STATE: Oid = (1, 3, 6, 1, 2, 1, 15, 3, 1, 2)


class PeerState(Enum):
    """bgpPeerState."""

    IDLE = 1
    CONNECT = 2
    ACTIVE = 3
    OPENSENT = 4
    OPENCONFIRM = 5
    ESTABLISHED = 6


def parse_peers(columns: Mapping[Oid, Column]) -> dict[IPv4Address, PeerState]:
    """Each session's state, by the peer's address."""
    require(columns[LOCAL_AS], "BGP4-MIB")
    return {address_of_index(index): _state(integer(value)) for index, value in columns[PEER_STATE].items()}


def _state(number: int) -> PeerState:
    try:
        return PeerState(number)
    except ValueError:
        raise BadValue(f"bgpPeerState {number} is not one of 1 to 6") from None


PEERS: Table[dict[IPv4Address, PeerState]] = Table("peers", (LOCAL_AS, PEER_STATE), parse_peers, rows=(PEER_STATE,))
