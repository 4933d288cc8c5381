"""What the SNMP engine counts: everything that moves, and above all what was not believed."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """What went over the sockets, since the engine was opened; all but `sent` and `received` were not believed."""

    sent: int = 0
    received: int = 0
    unsent: int = 0  # refused by this machine: no route, no room in the socket's buffer
    retries: int = 0
    timeouts: int = 0
    unexpected: int = 0  # from an address that isn't asked
    mismatched: int = 0  # to another request than is under way: late, doubled, replayed
    garbled: int = 0  # no SNMP of the version and community
    dropped: dict[str, int] = field(default_factory=dict)  # SNMPv3, by why
