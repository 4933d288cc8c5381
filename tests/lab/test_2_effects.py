"""What the rollout did, seen from other hosts."""

import ipaddress
import json
import subprocess

from province import Province

PC, DESK_PC, FAR_PC = "68-22945-PC-001", "68-22945-PC-002", "68-SKHCN-PC-001"
MANAGEMENT = ipaddress.ip_network("10.255.0.0/16")


def address_of(province: Province, pc: str) -> str:
    shown = json.loads(province.on(pc, "ip -j -4 addr show dev eth0").stdout)
    (address,) = [entry for entry in shown[0]["addr_info"] if entry["scope"] == "global"]
    assert address["dynamic"] is True, "the address is leased"
    return str(address["local"])


def test_a_pc_gets_a_lease_and_reaches_a_pc_of_another_agency(province: Province) -> None:
    assert ipaddress.ip_address(address_of(province, PC)) in ipaddress.ip_network("10.68.24.0/24")
    far = address_of(province, FAR_PC)
    assert ipaddress.ip_address(far) in ipaddress.ip_network("10.68.16.0/24")
    assert " 0% packet loss" in province.on(PC, f"ping -c 3 -i 0.2 -W 2 {far}").stdout


def test_the_way_to_another_agency_leads_over_the_pop(province: Province) -> None:
    assert "via 10.68.24.1 dev eth0" in province.on(PC, f"ip route get {address_of(province, FAR_PC)}").stdout
    hops = province.on("68-22945-RT-001", f"ip route get {address_of(province, FAR_PC)}").stdout
    assert "via 10.68.2.5 dev wan0" in hops


def test_a_guest_reaches_neither_the_office_nor_the_tslcd(province: Province) -> None:
    """A PC plugged into a guest port would get a guest address; here one is put onto the guest VLAN by hand."""
    switch = "68-22945-SW-001"
    tag = province.on(switch, "ovs-vsctl get port p2 tag").stdout.strip()
    office, far = address_of(province, PC), address_of(province, FAR_PC)
    try:
        province.on(switch, "ovs-vsctl set port p2 tag=40")
        province.on(DESK_PC, "networkctl reconfigure eth0; sleep 8; ip -4 addr show dev eth0 | grep -q 10.68.27.")
        for target in (office, far, "10.68.1.10"):
            assert province.on(DESK_PC, f"ping -c 2 -i 0.2 -W 1 {target}", check=False).returncode != 0
    finally:
        province.on(switch, f"ovs-vsctl set port p2 tag={tag}")
        province.on(DESK_PC, "networkctl reconfigure eth0; sleep 8; ip -4 addr show dev eth0 | grep -q 10.68.25.")


def test_vlans_are_apart_on_the_wire(province: Province) -> None:
    """An address of the office VLAN, put on a PC of the desk's VLAN, meets nobody there."""
    try:
        province.on(DESK_PC, "ip addr add 10.68.24.250/24 dev eth0")
        office = address_of(province, PC)
        assert province.on(DESK_PC, f"ping -I 10.68.24.250 -c 2 -W 1 {office}", check=False).returncode != 0
    finally:
        province.on(DESK_PC, "ip addr del 10.68.24.250/24 dev eth0")


def test_no_prefix_of_the_management_network_is_in_bgp(province: Province) -> None:
    for router in ("68-POP-RT-001", "68-22945-RT-001", "68-22924-RT-001", "68-SKHCN-RT-001"):
        routes = json.loads(province.on(router, "vtysh -c 'show ip bgp json'").stdout)["routes"]
        assert routes
        assert [p for p in routes if ipaddress.ip_network(p).overlaps(MANAGEMENT) or p == "0.0.0.0/0"] == []


def test_collection_needs_no_management_network(province: Province) -> None:
    """With the management bridge down, two looks find the whole province all the same."""
    province.collect()
    before = province.figure("AV01"), province.figure("HT06")
    bridge = province.in_controller("ip", "link", "set", "mgmt")
    subprocess.run([*bridge, "down"], check=True)
    try:
        province.collect()
        after = province.figure("AV01"), province.figure("HT06")
    finally:
        subprocess.run([*bridge, "up"], check=True)
    assert [figure["numerator"] for figure in after] == [figure["numerator"] for figure in before] == [3, 5]


def test_snmp_is_authenticated_and_encrypted_or_silent(province: Province) -> None:
    asked = province.on("68-TTDL-SV-001", "snmpget -v2c -c public -t 1 -r 0 10.68.0.12 1.3.6.1.2.1.1.5.0", check=False)
    assert asked.returncode != 0
    asked = province.on(
        "68-TTDL-SV-001", "snmpget -v3 -l noAuthNoPriv -u baophu -t 1 -r 0 10.68.0.12 1.3.6.1.2.1.1.5.0", check=False
    )
    assert "68-22945-RT-001" not in asked.stdout
