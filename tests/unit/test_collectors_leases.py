"""dnsmasq's leases file, line by line."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from collectors.leases import BadLeaseTable, Lease, parse_leases

EXPIRES = datetime(2026, 11, 22, 13, tzinfo=UTC)
EPOCH = int(EXPIRES.timestamp())


def test_a_table_is_read_line_by_line_until_dhcpv6_begins() -> None:
    table = (
        f"{EPOCH} 02:68:00:10:00:01 10.68.16.100 pc-1 01:02:68:00:10:00:01\n"
        "\n"
        "0 02:68:00:10:00:0A 10.68.16.101 * *\n"
        "duid 00:01:00:01:2a:2a\n"
        "1763780000 12345 fd00::5 pc-1 00:01\n"
    )
    assert parse_leases(table) == (
        Lease("02:68:00:10:00:01", IPv4Address("10.68.16.100"), EXPIRES),
        Lease("02:68:00:10:00:0a", IPv4Address("10.68.16.101"), None),
    )


def test_an_empty_table_holds_no_lease() -> None:
    assert parse_leases("") == ()


@pytest.mark.parametrize(
    "line",
    [
        "Permission denied",
        f"{EPOCH} 02:68:00:10:00:01 10.68.16.100 pc-1",
        "soon 02:68:00:10:00:01 10.68.16.100 pc-1 *",
        "99999999999999999999 02:68:00:10:00:01 10.68.16.100 pc-1 *",
        f"{EPOCH} 02:68:00:10:00 10.68.16.100 pc-1 *",
        f"{EPOCH} 06-02:68:00:10:00:01 10.68.16.100 pc-1 *",
        f"{EPOCH} 02:68:00:10:00:zz 10.68.16.100 pc-1 *",
        f"{EPOCH} 02:68:00:10:00:01 10.68.16.256 pc-1 *",
    ],
)
def test_what_is_no_lease_is_refused_by_its_line(line: str) -> None:
    good = f"{EPOCH} 02:68:00:10:00:01 10.68.16.100 pc-1 *"
    with pytest.raises(BadLeaseTable, match="line 2"):
        parse_leases(f"{good}\n{line}\n")


@pytest.mark.parametrize(("offset", "current"), [(-1, True), (0, False), (1, False)])
def test_a_lease_ends_at_its_end(offset: int, *, current: bool) -> None:
    lease = Lease("02:68:00:10:00:01", IPv4Address("10.68.16.100"), EXPIRES)
    assert lease.is_current(EXPIRES + timedelta(seconds=offset)) is current


def test_a_lease_without_an_end_holds() -> None:
    assert Lease("02:68:00:10:00:01", IPv4Address("10.68.16.100"), None).is_current(EXPIRES)
