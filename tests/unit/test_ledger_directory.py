"""Who a neighbour is and which port it names, by what it says of itself; and the text that keeps it."""

import pytest

from ledger.adjacency import Adjacency, Heard, adjacency_text, parsed_adjacency
from ledger.plan import Plan
from ledger.reconcile.directory import Directory, Identified, is_same_port

CPE, SWITCH = "68-22945-RT-001", "68-22945-SW-001"
CHASSIS = {CPE: "02:68:00:00:00:02", SWITCH: "02:68:00:00:00:03"}


def heard(port: str, far: str, **said: str) -> Heard:
    """`far` on `port`, by its chassis id."""
    return Heard(
        port=port,
        port_id=said.get("port_id", ""),
        protocol="lldp",
        chassis_id=CHASSIS.get(far, ""),
        system_name=said.get("system_name", ""),
        far_port_id=said.get("far_port_id", ""),
        far_port_name="",
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("wan0", "WAN0", True),
        ("Gi1/0/1", "GigabitEthernet1/0/1", True),
        ("GigabitEthernet 1/0/1", "gi1/0/1", True),
        ("Te1/1", "TenGigabitEthernet1/1", True),
        ("Eth1/1", "Ethernet1/1", True),
        ("Gi1/0/1", "Gi1/0/10", False),
        ("Gi1/0/1", "Te1/0/1", False),
        ("G1/0/1", "GigabitEthernet1/0/1", False),
        ("GE0/0/1", "GigabitEthernet0/0/1", True),
        ("XGE0/0/1", "XGigabitEthernet0/0/1", True),
        ("XGE1/0/49", "Ten-GigabitEthernet1/0/49", True),
        ("eth1", "Eth-Trunk1", False),
        ("Po1", "Port1", False),
        ("Po1", "Port-channel1", True),
        ("ge-0/0/1", "ge-0/0/1", True),
        ("1", "1", True),
        ("1", "11", False),
        ("uplink", "up", False),
        ("", "1", False),
    ],
)
def test_two_names_of_one_port(one: str, other: str, *, same: bool) -> None:
    assert is_same_port(one, other) == is_same_port(other, one) == same


def test_a_port_is_called_as_its_own_device_calls_what_it_announces(lab_plan: Plan) -> None:
    """By the MAC that the far device says is its port's, where two ports don't share it."""
    own = [heard("wan0", "", port_id="aa:00:00:00:00:09"), heard("lan3", "", port_id="aa:00:00:00:00:0a")]
    shared = heard("lan4", "", port_id="aa:00:00:00:00:0a")
    asked = heard("up2", CPE, far_port_id="AA:00:00:00:00:09"), heard("up3", CPE, far_port_id="aa:00:00:00:00:0a")

    def directory(*entries: Heard) -> Directory:
        return Directory(lab_plan, {CPE: Adjacency(chassis_id=CHASSIS[CPE], is_whole=True, heard=entries)})

    known = directory(*own)
    assert [known.who(each) for each in asked] == [
        Identified(CPE, "wan0", by_chassis=True),
        Identified(CPE, "lan3", by_chassis=True),
    ]
    assert directory(*own, shared).who(asked[1]) == Identified(CPE, None, by_chassis=True)


def test_the_text_comes_back_as_it_was_and_has_one_form() -> None:
    entries = (heard("up2", CPE, system_name="tên có dấu"), heard("up1", SWITCH))
    text = adjacency_text("x", entries, is_whole=False)
    assert text == adjacency_text("x", entries[::-1], is_whole=False)
    assert parsed_adjacency(text) == Adjacency(chassis_id="x", is_whole=False, heard=(entries[1], entries[0]))
