"""DHCP leases: a router's lease table, read over SSH as a user whose key may run nothing but one forced command."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv4Address
from types import TracebackType
from typing import Protocol, Self

from collectors.credentials import SshKey
from collectors.fault import Fault
from collectors.hardware_address import mac_text
from collectors.ssh import ForcedCommand, SshPace, SshReader
from ledger.observation import Failure
from ledger.plan import Device

#: What is asked of a router; none of a unit holds more.
LEASE_TABLE = ForcedCommand(name="leases", what="lease table")
DHCPV6 = "duid"  # the line after which dnsmasq writes DHCPv6 leases
LEASE_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Lease:
    """One lease; `expires` is aware UTC, None where it never does."""

    mac: str
    address: IPv4Address
    expires: datetime | None

    def is_current(self, now: datetime) -> bool:
        """Whether it still holds at `now`."""
        return self.expires is None or now < self.expires


@dataclass(frozen=True, slots=True)
class LeaseReading:
    """A router's lease table, as it was at `at`."""

    device: str
    at: datetime
    leases: tuple[Lease, ...] | Fault


class LeaseSource(Protocol):
    """Reads lease tables; a router that doesn't answer properly is a Fault, never an exception."""

    async def read(self, device: Device) -> tuple[Lease, ...] | Fault:
        """The router's leases, in its order."""


class BadLeaseTable(ValueError):  # noqa: N818 - it names what was found; the source turns it into a Fault
    """A text that is no table of dnsmasq's leases."""


def parse_leases(table: str) -> tuple[Lease, ...]:
    """Read dnsmasq's leases file: `<expiry epoch> <mac> <ip> <hostname> <client-id>` a line, DHCPv6 after them.

    Raises BadLeaseTable, naming the line's number.
    """
    found: list[Lease] = []
    for number, line in enumerate(table.splitlines(), start=1):
        fields = line.split()
        if fields and fields[0] == DHCPV6:
            break
        if fields:
            found.append(_lease(fields, number))
    return tuple(found)


def _lease(fields: list[str], number: int) -> Lease:
    if len(fields) != LEASE_FIELDS:
        raise BadLeaseTable(f"line {number} has {len(fields)} fields, not {LEASE_FIELDS}")
    try:
        seconds = int(fields[0])
        expires = datetime.fromtimestamp(seconds, UTC) if seconds else None
        return Lease(mac_text(bytes.fromhex(fields[1].replace(":", " "))), IPv4Address(fields[2]), expires)
    except (ValueError, OverflowError, OSError, AddressValueError):
        raise BadLeaseTable(f"line {number} is no lease") from None


class SshLeaseSource:
    """Reads lease tables over SSH; `with` ends its threads."""

    def __init__(self, key: SshKey, pace: SshPace) -> None:
        self._reader = SshReader(key, LEASE_TABLE, pace)

    def __enter__(self) -> Self:
        self._reader.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.__exit__(kind, error, trace)

    async def read(self, device: Device) -> tuple[Lease, ...] | Fault:
        """The router's leases, within the deadline."""
        table = await self._reader.read(device.address)
        if isinstance(table, Fault):
            return table
        try:
            return parse_leases(table)
        except BadLeaseTable as error:
            return Fault(Failure.BAD_REPLY, f"{LEASE_TABLE.what}: {error}")
