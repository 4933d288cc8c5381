"""Addresses and who is behind them: rows as agents sent them, and what is read from them."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import addresses, arp, neighbours_ip
from collectors.snmp.tables.addresses import ADDRESSES, Address
from collectors.snmp.tables.neighbours_ip import IP_NEIGHBOURS, IpNeighbour
from collectors.snmp.tables.value import BadValue, identity, inet_address, inet_address_of_index

Rows = Mapping[Oid, Mapping[Oid, Value]]
MAC = b"\x02\x68\x00\x10\x00\x01"
IPV4_ROW = (1, 4, 10, 68, 16, 1)
IPV6 = IPv6Address("2001:db8::1")
IPV6_ROW = (2, 16, *IPV6.packed)


def prefix(*row: int) -> Oid:
    return (*addresses.IP_ADDRESS_PREFIX_ORIGIN, *row)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ((1, 4, 10, 68, 16, 1), IPv4Address("10.68.16.1")),
        ((2, 16, *IPV6.packed), IPV6),
        ((3, 8, 10, 68, 16, 1, 0, 0, 0, 7), IPv4Address("10.68.16.1")),
        ((4, 20, *IPv6Address("fe80::1").packed, 0, 0, 2, 1), IPv6Address("fe80::1%513")),
        ((1, 172, 16, 220, 1), IPv4Address("172.16.220.1")),
        ((4, *IPv6Address("fe80::1").packed, 7), IPv6Address("fe80::1%7")),
        ((16, 3, 97, 98, 99), None),
        ((0, 0), None),
    ],
)
def test_an_address_in_an_index(index: Oid, expected: object) -> None:
    assert inet_address_of_index(index) == expected


@pytest.mark.parametrize(
    "index", [(), (1,), (1, 4), (1, 4, 10, 68, 16), (1, 4, 10, 68, 16, 256), (2, 4, 10, 68, 16, 1)]
)
def test_an_index_that_holds_no_address_is_refused(index: Oid) -> None:
    with pytest.raises(BadValue):
        inet_address_of_index(index)


def test_an_address_of_another_length_is_refused() -> None:
    with pytest.raises(BadValue):
        inet_address(1, bytes(5))
    assert inet_address(16, b"a.example") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"sw1\0\0", "sw1"),
        (b"02:68:00:10:00:01", "02:68:00:10:00:01"),
        (MAC, "02:68:00:10:00:01"),
        (b"Gi1/01", "Gi1/01"),
        (b"\x01\x02", "01:02"),
        (b"", ""),
    ],
)
def test_an_id_is_text_or_hexadecimal(value: bytes, expected: str) -> None:
    assert identity(value) == expected


def test_addresses_of_the_new_table_and_those_that_only_the_old_one_has() -> None:
    rows: Rows = {
        addresses.IP_ADDRESS_IF_INDEX: {
            IPV4_ROW: 3,
            (1, 4, 10, 68, 16, 255): 3,
            IPV6_ROW: 4,
            (4, 20, *IPv6Address("fe80::1").packed, 0, 0, 0, 4): 4,
        },
        addresses.IP_ADDRESS_TYPE: {IPV4_ROW: 1, (1, 4, 10, 68, 16, 255): 3, IPV6_ROW: 1},
        addresses.IP_ADDRESS_PREFIX: {
            IPV4_ROW: prefix(3, 1, 4, 10, 68, 16, 0, 24),
            IPV6_ROW: (0, 0),
        },
        addresses.IP_AD_ENT_IF_INDEX: {(10, 68, 16, 1): 3, (10, 68, 17, 1): 5, (10, 68, 18, 1): 6},
        addresses.IP_AD_ENT_NET_MASK: {(10, 68, 17, 1): b"\xff\xff\xff\x80", (10, 68, 18, 1): b"\xff\x00\xff\x00"},
    }
    assert from_rows(ADDRESSES, rows) == (
        Address(IPv4Address("10.68.16.1"), 24, 3),
        Address(IPV6, None, 4),
        Address(IPv6Address("fe80::1%4"), None, 4),
        Address(IPv4Address("10.68.17.1"), 25, 5),
        Address(IPv4Address("10.68.18.1"), None, 6),
    )


@pytest.mark.parametrize(
    ("mask", "length"),
    [(bytes(4), 0), (b"\xff\xff\xff\xff", 32), (b"\xff\xff\xff\xfe", 31), (b"\0\0\0\xff", None), (b"\xff", None)],
)
def test_a_mask_is_a_prefix_where_its_ones_stand_together(mask: bytes, length: int | None) -> None:
    rows: Rows = {
        addresses.IP_AD_ENT_IF_INDEX: {(10, 68, 17, 1): 5},
        addresses.IP_AD_ENT_NET_MASK: {(10, 68, 17, 1): mask},
    }
    assert from_rows(ADDRESSES, rows) == (Address(IPv4Address("10.68.17.1"), length, 5),)


@pytest.mark.parametrize(
    ("pointer", "length"),
    [
        (prefix(3, 1, 4, 10, 68, 16, 0, 0), 0),
        (prefix(3, 1, 4, 10, 68, 16, 0, 32), 32),
        (prefix(3, 1, 4, 10, 68, 16, 0, 33), None),
        ((1, 3, 6, 1, 2, 1, 4, 24), None),
        (7, None),
    ],
)
def test_a_prefix_that_points_elsewhere_tells_none(pointer: Value, length: int | None) -> None:
    rows: Rows = {addresses.IP_ADDRESS_IF_INDEX: {IPV4_ROW: 3}, addresses.IP_ADDRESS_PREFIX: {IPV4_ROW: pointer}}
    assert from_rows(ADDRESSES, rows) == (Address(IPv4Address("10.68.16.1"), length, 3),)


def test_an_old_table_whose_rows_are_numbered_tells_the_address_in_its_column() -> None:
    rows: Rows = {
        addresses.IP_AD_ENT_ADDR: {(1,): b"\x0a\x44\x10\x01"},
        addresses.IP_AD_ENT_IF_INDEX: {(1,): 7},
        addresses.IP_AD_ENT_NET_MASK: {(1,): b"\xff\xff\xff\x00"},
    }
    assert from_rows(ADDRESSES, rows) == (Address(IPv4Address("10.68.16.1"), 24, 7),)


def test_neighbours_of_both_families_and_of_the_old_tables() -> None:
    old_ipv6 = IPv6Address("2001:db8::2")
    rows: Rows = {
        arp.PHYSICAL_ADDRESS: {
            (3, *IPV4_ROW): MAC,
            (3, 1, 4, 10, 68, 16, 2): b"",
            (3, 1, 4, 10, 68, 16, 3): MAC,
            (4, *IPV6_ROW): MAC,
        },
        arp.PHYSICAL_TYPE: {(3, *IPV4_ROW): 3, (3, 1, 4, 10, 68, 16, 3): 4},
        arp.PHYSICAL_STATE: {(3, *IPV4_ROW): 1, (4, *IPV6_ROW): 2},
        arp.MEDIA_ADDRESS: {(3, 10, 68, 16, 1): MAC, (3, 10, 68, 16, 9): MAC, (3, 10, 68, 16, 8): MAC},
        arp.MEDIA_TYPE: {(3, 10, 68, 16, 8): 4},
        neighbours_ip.IPV6_MEDIA_ADDRESS: {(4, *old_ipv6.packed): MAC, (5, 16, *old_ipv6.packed): MAC},
        neighbours_ip.IPV6_MEDIA_TYPE: {(4, *old_ipv6.packed): 2, (5, 16, *old_ipv6.packed): 3},
        neighbours_ip.IPV6_MEDIA_STATE: {(4, *old_ipv6.packed): 1},
    }
    mac = "02:68:00:10:00:01"
    assert from_rows(IP_NEIGHBOURS, rows) == (
        IpNeighbour(IPv4Address("10.68.16.1"), mac, 3, is_reachable=True),
        IpNeighbour(IPV6, mac, 4, is_reachable=False),
        IpNeighbour(IPv4Address("10.68.16.9"), mac, 3, None),
        IpNeighbour(old_ipv6, mac, 4, is_reachable=True),
    )


def test_old_neighbours_whose_rows_are_numbered_tell_all_in_columns() -> None:
    rows: Rows = {
        neighbours_ip.MEDIA_IF_INDEX: {(1,): 3},
        neighbours_ip.MEDIA_NET_ADDRESS: {(1,): b"\x0a\x44\x10\x01"},
        arp.MEDIA_ADDRESS: {(1,): MAC},
    }
    expected = IpNeighbour(ip_address("10.68.16.1"), "02:68:00:10:00:01", 3, None)
    assert from_rows(IP_NEIGHBOURS, rows) == (expected,)


@pytest.mark.parametrize(
    "rows",
    [
        {addresses.IP_ADDRESS_IF_INDEX: {(1, 4, 10): 3}},
        {addresses.IP_ADDRESS_IF_INDEX: {IPV4_ROW: b"3"}},
        {addresses.IP_ADDRESS_IF_INDEX: {IPV4_ROW: 3}, addresses.IP_ADDRESS_TYPE: {IPV4_ROW: b"1"}},
        {addresses.IP_AD_ENT_IF_INDEX: {(1,): 3}},
        {addresses.IP_AD_ENT_IF_INDEX: {(1, 10, 1, 123, 240): 3}},
        {addresses.IP_AD_ENT_IF_INDEX: {(1,): 3}, addresses.IP_AD_ENT_ADDR: {(1,): 167_772_161}},
    ],
)
def test_addresses_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(ADDRESSES, rows)


@pytest.mark.parametrize(
    "rows",
    [
        {arp.PHYSICAL_ADDRESS: {(): MAC}},
        {arp.PHYSICAL_ADDRESS: {(3, 1, 4, 10): MAC}},
        {arp.PHYSICAL_ADDRESS: {(3, *IPV4_ROW): 5}},
        {arp.MEDIA_ADDRESS: {(3, 10, 68): MAC}},
        {neighbours_ip.IPV6_MEDIA_ADDRESS: {(3, *range(15)): MAC}},
        {neighbours_ip.IPV6_MEDIA_ADDRESS: {(3, 17, *range(16)): MAC}},
    ],
)
def test_neighbours_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(IP_NEIGHBOURS, rows)
