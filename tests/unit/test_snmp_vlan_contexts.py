"""Forwarding tables of Cisco's IOS, one a VLAN: which VLANs are asked for, and what becomes of those that refuse."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from collectors.fault import Fault
from collectors.snmp import vlan_contexts
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.bridge import BASE_PORT_IF_INDEX, TP_FDB_PORT, TP_FDB_STATUS, ForwardingEntry
from collectors.snmp.vlan_contexts import VlanTables, read_vlan_tables, spans
from ledger.observation import Failure

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SILENT = Fault(Failure.NO_ANSWER, "no answer over SNMPv2c; a wrong community looks the same")
REFUSED = Fault(Failure.AUTH_FAILED, "the agent answered authorizationError")
MAC = (2, 104, 0, 32, 0, 1)
Bridge = Mapping[Oid, Mapping[Oid, Value]]


def heard(*vlans: int) -> dict[int, Bridge | Fault]:
    """VLANs in which one MAC is heard on bridge port 1, the interface 10001."""
    return {vlan: {BASE_PORT_IF_INDEX: {(1,): 10001}, TP_FDB_PORT: {MAC: 1}, TP_FDB_STATUS: {MAC: 3}} for vlan in vlans}


def entry(vlan: int) -> ForwardingEntry:
    return ForwardingEntry("02:68:00:20:00:01", vlan, 10001)


class Turn:
    """A VLAN's context."""

    packets = 3

    def __init__(self, bridge: Bridge | Fault) -> None:
        self.bridge = bridge

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        raise AssertionError(f"only columns are asked for, not {oids}")

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        if isinstance(self.bridge, Fault):
            return {oid: Column(fault=self.bridge) for oid in oids}
        given = {oid: self.bridge.get(oid, {}) for oid in oids}
        return {oid: Column(tuple(cells), tuple(cells.values())) for oid, cells in given.items()}


class Switch(Turn):
    """A switch whose VLANs' contexts say what the test says; remembers which were asked."""

    def __init__(self, vlans: Mapping[int, Bridge | Fault]) -> None:
        super().__init__({})
        self.vlans = vlans
        self.asked: list[int] = []

    def in_vlan(self, vlan: int) -> Turn:
        self.asked.append(vlan)
        return Turn(self.vlans[vlan])


def read(switch: Switch, vlans: Iterable[int] | None = None) -> VlanTables:
    return asyncio.run(read_vlan_tables(switch, switch.vlans if vlans is None else vlans, lambda: NOON))


def test_every_vlan_is_asked_in_its_context_and_names_its_entries() -> None:
    switch = Switch(heard(20, 1, 10))
    found = read(switch)
    assert (switch.asked, found.entries, found.problems) == ([1, 10, 20], [entry(1), entry(10), entry(20)], ())
    assert found.packets == 9


def test_vlans_of_other_media_are_not_asked_and_one_without_ports_has_no_entries() -> None:
    switch = Switch({**heard(1001, 1006, *range(1002, 1006)), 7: {}})
    found = read(switch)
    assert (switch.asked, found.entries, found.problems) == ([7, 1001, 1006], [entry(1001), entry(1006)], ())


def test_a_vlan_that_is_refused_is_named_and_stops_no_other() -> None:
    switch = Switch({**heard(1, 30), 10: REFUSED, 11: REFUSED, 20: SILENT})
    found = read(switch)
    assert switch.asked == [1, 10, 11, 20, 30]
    assert found.entries == [entry(1), entry(30)]
    assert found.problems == (
        "VLAN 10-11: auth_failed: table forwarding: the agent answered authorizationError",
        "VLAN 20: no_answer: table forwarding: no answer over SNMPv2c; a wrong community looks the same",
    )


def test_entries_on_a_port_that_is_not_told_are_left_out_and_a_broken_table_says_so() -> None:
    broken: Bridge = {BASE_PORT_IF_INDEX: {}, TP_FDB_PORT: {MAC: 1}}
    assert read(Switch({10: broken})).problems == ("VLAN 10: bad_reply: table forwarding: the agent has no BRIDGE-MIB",)


def test_after_three_silent_vlans_the_rest_is_not_asked() -> None:
    vlans = {**heard(1, 50, 60), 10: SILENT, 11: SILENT, 12: SILENT}
    switch = Switch(vlans)
    found = read(switch)
    assert (switch.asked, found.entries) == ([1, 10, 11, 12], [entry(1)])
    assert found.problems[1] == "VLAN 50, 60: not asked, the VLANs before it didn't answer"


@pytest.mark.parametrize(("count", "left"), [(256, ()), (258, ("VLAN 257-258: not asked, more than 256 VLANs",))])
def test_so_many_vlans_are_asked_and_no_more(count: int, left: tuple[str, ...]) -> None:
    switch = Switch(heard(*range(1, count + 1)))
    found = read(switch)
    assert (len(switch.asked), len(found.entries), found.problems) == (256, 256, left)


def test_entries_are_bounded_over_all_vlans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vlan_contexts, "MOST_ENTRIES", 1)
    found = read(Switch(heard(1, 2, 3, 4)))
    assert found.entries == [entry(1), entry(2)]
    assert found.problems[0].startswith("VLAN 3-4: not asked, more than ")


@pytest.mark.parametrize(("vlans", "words"), [([], ""), ([4], "4"), ([1, 2], "1-2"), ([1, 3, 4, 5, 9], "1, 3-5, 9")])
def test_runs_of_vlans_are_written_short(vlans: list[int], words: str) -> None:
    assert spans(vlans) == words
