"""What reads well, row by row, and would break only when it is pushed: refused with its place."""

import re
from pathlib import Path

import pytest
from plan_folder import LAB, Edit, add, both, copied, edit, line_of, places
from plan_host_vars import GROUPS

from collectors.configuration.platforms import PLATFORMS
from ledger.plan import Platform, read_plan
from ledger.plan.online import MACHINE_ADDRESSES
from ledger.plan.registers import HOST_GROUPS

POP, SERVER = "68-POP-RT-001", "68-TTDL-SV-001"
ROUTER, SWITCH, PC, UPLINK = "68-22945-RT-001", "68-22945-SW-001", "68-22945-PC-001", "68-22945-LK-001"
LATER = "ours,2026-06-01,,,"
Place = tuple[str, str, int | str | None, str | None]

DEVICES: dict[str, tuple[Edit, Place]] = {
    "no province server": (
        edit("devices.csv", "server,province_server", "server,web_server"),
        ("no_device", "devices.csv", None, None),
    ),
    "two province servers": (
        edit("devices.csv", "server,web_server", "server,province_server"),
        ("only_one", "devices.csv", "68-TTDL-SV-003", "role"),
    ),
    "two PoPs": (edit("devices.csv", "router,cpe", "router,pop"), ("only_one", "devices.csv", 4, "role")),
    "a CPE without an ASN": (edit("devices.csv", ",65102,", ",,"), ("empty", "devices.csv", ROUTER, "asn")),
    "a PoP without an ASN": (edit("devices.csv", ",65068,", ",,"), ("empty", "devices.csv", POP, "asn")),
    "one ASN twice": (edit("devices.csv", ",65102,", ",65101,"), ("duplicate", "devices.csv", ROUTER, "asn")),
    "a switch as a CPE": (edit("devices.csv", "router,cpe", "switch,cpe"), ("wrong_kind", "devices.csv", 4, "kind")),
    "a router as a switch": (
        edit("devices.csv", "switch,access_switch", "router,access_switch"),
        ("wrong_kind", "devices.csv", 5, "kind"),
    ),
    "a device that is a mailbox": (
        edit("devices.csv", "router,cpe", "mailbox,cpe"),
        ("bad_choice", "devices.csv", 4, "kind"),
    ),
    "a platform mistyped": (
        edit("devices.csv", "router,cpe,frr", "router,cpe,fr"),
        ("bad_choice", "devices.csv", 4, "platform"),
    ),
    "a device called all": (edit("devices.csv", f"{POP},", "all,"), ("kept_id", "devices.csv", "all", "device")),
    "a device called like a role": (
        edit("devices.csv", f"{POP},", "Web_Server,"),
        ("kept_id", "devices.csv", "Web_Server", "device"),
    ),
    "a PC called ungrouped": (
        edit("workstations.csv", f"{PC},", "ungrouped,"),
        ("kept_id", "workstations.csv", "ungrouped", "workstation"),
    ),
    "retired before it was planned": (
        edit("devices.csv", "8,2026-03-01,,", "8,2026-03-01,2026-02-28,"),
        ("retired_early", "devices.csv", 5, "retired_on"),
    ),
    "a date by week": (
        edit("devices.csv", "8,2026-03-01", "8,2026-W10-1"),
        ("bad_date", "devices.csv", 5, "planned_from"),
    ),
    "a date without dashes": (
        edit("devices.csv", "8,2026-03-01", "8,20260301"),
        ("bad_date", "devices.csv", 5, "planned_from"),
    ),
}
ADDRESSES: dict[str, tuple[Edit, Place]] = {
    f"the address {address}": (
        edit("devices.csv", "10.68.0.12", address),
        ("no_host", "devices.csv", ROUTER, "address"),
    )
    for address in ("127.0.0.1", "224.0.0.5", "0.0.0.0", "0.1.2.3", "169.254.1.1", "255.255.255.255", "240.0.0.1")  # noqa: S104 - refused
}

LINKS: dict[str, tuple[Edit, Place]] = {
    "a device linked to itself": (
        edit("links.csv", f"{SWITCH},up0", f"{ROUTER},up0"),
        ("same_device", "links.csv", "68-22945-LK-002", "b_device"),
    ),
    "an uplink with one address": (
        edit("links.csv", "10.68.2.6/30", ""),
        ("unaddressed", "links.csv", UPLINK, "b_address"),
    ),
    "an uplink without addresses": (
        both(edit("links.csv", "10.68.2.6/30", ""), edit("links.csv", "10.68.2.5/30", "")),
        ("unaddressed", "links.csv", UPLINK, "a_address"),
    ),
    "a server that its router cannot reach": (
        edit("links.csv", "10.68.3.2/30", ""),
        ("unaddressed", "links.csv", "68-TTDL-LK-002", "b_address"),
    ),
    "an uplink into another subnet": (
        edit("links.csv", "10.68.2.6/30", "10.68.2.18/30"),
        ("other_network", "links.csv", UPLINK, "b_address"),
    ),
    "the network's address": (
        edit("links.csv", "10.68.2.6/30", "10.68.2.4/30"),
        ("network_address", "links.csv", UPLINK, "b_address"),
    ),
    "the broadcast address": (
        edit("links.csv", "10.68.2.6/30", "10.68.2.7/30"),
        ("network_address", "links.csv", UPLINK, "b_address"),
    ),
    "the routers' anycast address": (
        edit("links.csv", "fd68:4::10/64", "fd68:4::/64"),
        ("network_address", "links.csv", "68-TTDL-LK-003", "b_address"),
    ),
    "a link-local end": (
        edit("links.csv", "10.68.2.6/30", "169.254.2.6/30"),
        ("no_host", "links.csv", UPLINK, "b_address"),
    ),
    "a link-local end of IPv6": (
        edit("links.csv", "fd68:4::10/64", "fe80::10/64"),
        ("no_host", "links.csv", "68-TTDL-LK-003", "b_address"),
    ),
    "a scope that would become configuration": (
        edit("links.csv", "fd68:4::10/64", "fd68:4::10%;reload/64"),
        ("bad_interface", "links.csv", "68-TTDL-LK-003", "b_address"),
    ),
    "a port name that Linux does not take": (
        edit("links.csv", ",wan0,10.68.2.6", ",GigabitEthernet1,10.68.2.6"),
        ("long_port", "links.csv", UPLINK, "b_port"),
    ),
    "a port of another system's on Linux": (
        edit("links.csv", ",wan0,10.68.2.6", ",Gi0/0/1,10.68.2.6"),
        ("linux_port", "links.csv", UPLINK, "b_port"),
    ),
    "a port that would be two words of a configuration": (
        edit("links.csv", ",wan0,10.68.2.6", ",Gi 0/1,10.68.2.6"),
        ("unsafe_port", "links.csv", UPLINK, "b_port"),
    ),
}

REST: dict[str, tuple[Edit, Place]] = {
    "a multicast MAC": (
        edit("workstations.csv", "02:68:00:20:00:01", "03:68:00:20:00:01"),
        ("no_card", "workstations.csv", PC, "mac"),
    ),
    "a broadcast MAC": (
        edit("workstations.csv", "02:68:00:20:00:01", "ff:ff:ff:ff:ff:ff"),
        ("no_card", "workstations.csv", PC, "mac"),
    ),
    "a MAC of zeros": (
        edit("workstations.csv", "02:68:00:20:00:01", "0000.0000.0000"),
        ("no_card", "workstations.csv", PC, "mac"),
    ),
    "a PC on a switch of another site": (
        edit("workstations.csv", f"{SWITCH},p1", "68-22924-SW-001,p5"),
        ("wrong_site", "workstations.csv", PC, "switch"),
    ),
    "a PC on a router": (
        edit("workstations.csv", f"{SWITCH},p1", f"{ROUTER},p1"),
        ("wrong_role", "workstations.csv", PC, "switch"),
    ),
    "two VLANs of one name": (edit("vlans.csv", "20,desk", "20,Office"), ("duplicate", "vlans.csv", 3, "name")),
    "a second root": (
        edit("units.csv", "68-22924,68,", "68-22924,,"),
        ("second_root", "units.csv", "68-22924", "parent"),
    ),
    "a site at addresses that no host has": (
        edit("sites.csv", "10.68.16.0/21", "127.16.0.0/21"),
        ("no_host", "sites.csv", "68-SKHCN-TS", "prefix"),
    ),
}
NAMES: dict[str, tuple[Edit, Place]] = {
    f"a person called {name}": (
        add("mail.csv", f"{name}@skhcn.lamdong.gov.vn,mailbox,68-SKHCN,,500,,{LATER}"),
        ("kept_address", "mail.csv", f"{name}@", "address"),
    )
    for name in ("postmaster", "abuse", "root", "mailer-daemon", "baophu-probe")
}

CASES: dict[str, tuple[Edit, Place]] = {**DEVICES, **ADDRESSES, **LINKS, **REST, **NAMES}


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES)
def test_what_would_break_a_push_is_named(tmp_path: Path, change: Edit, expected: Place) -> None:
    folder = copied(tmp_path)
    change(folder)
    code, file, row, column = expected
    number = line_of(folder / file, row) if isinstance(row, str) else row
    assert (code, file, number, column) in places(folder)


def test_a_plan_of_headers_only_has_no_unit(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for register in folder.glob("*.csv"):
        register.write_text(register.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    (folder / "targets.yml").write_text("targets: []\n", encoding="utf-8")
    assert places(folder) == [("no_unit", "units.csv", None, None), ("no_device", "devices.csv", None, None)]


def test_a_mistyped_role_has_no_consequences(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    edit("devices.csv", ",province_server,", ",provnce_server,")(folder)
    edit("devices.csv", ",access_switch,", ",acces_switch,")(folder)
    assert places(folder) == [("bad_choice", "devices.csv", 3, "role"), ("bad_choice", "devices.csv", 5, "role")]


def test_what_cannot_be_read_is_no_duplicate(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for address in ("10.68.0.12", "10.68.0.13"):
        edit("devices.csv", address, f"{address}0000")(folder)
    for subnet in (",Camera,Cameras,2,", ",Khách,Guests,3,"):
        edit("vlans.csv", subnet, subnet[:-2] + "x,")(folder)
    assert {code for code, *_ in places(folder)} == {"bad_address", "bad_number"}


@pytest.mark.parametrize("port", ["GigabitEthernet1", "Gi1/0/1", "xe-0/0/1:2", "port1"])
def test_a_port_of_another_system_is_called_as_its_maker_calls_it(tmp_path: Path, port: str) -> None:
    folder = copied(tmp_path)
    edit("devices.csv", f"{ROUTER},router,cpe,frr", f"{ROUTER},router,cpe,cisco_ios")(folder)
    edit("links.csv", ",wan0,10.68.2.6", f",{port},10.68.2.6")(folder)
    assert read_plan(folder).links[UPLINK].b.port == port


def test_a_pc_may_be_plugged_into_another_makers_switch(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    edit("devices.csv", f"{SWITCH},switch,access_switch,openvswitch", f"{SWITCH},switch,access_switch,zte_zxros")(
        folder
    )
    edit("workstations.csv", f"{SWITCH},p1,", f"{SWITCH},GE0/0/1,")(folder)
    assert read_plan(folder).workstations[PC].port == "GE0/0/1"


@pytest.mark.parametrize("prefix", ["10.68.2.6/31", "10.68.2.7/31"])
def test_both_addresses_of_a_31_are_hosts(tmp_path: Path, prefix: str) -> None:
    folder = copied(tmp_path)
    other = "10.68.2.7/31" if prefix.startswith("10.68.2.6") else "10.68.2.6/31"
    edit("links.csv", "10.68.2.6/30", prefix)(folder)
    edit("links.csv", "10.68.2.5/30", other)(folder)
    assert str(read_plan(folder).links[UPLINK].b.address) == prefix


def test_every_platform_that_is_read_is_known() -> None:
    assert set(PLATFORMS) <= set(Platform)


def test_no_host_may_be_called_like_a_group_of_the_inventory() -> None:
    assert {*GROUPS, "all", "ungrouped", "unenrolled"} <= HOST_GROUPS


def test_what_a_mail_server_forwards_is_nobodys_mailbox() -> None:
    aliases = Path("roles/mail_server/templates/aliases.j2").read_text(encoding="utf-8")
    forwarded = set(re.findall(r"^([a-z-]+)@\{\{", aliases, re.MULTILINE))
    assert forwarded == {"postmaster", "abuse"}
    assert forwarded <= MACHINE_ADDRESSES


def test_the_lab_is_sound() -> None:
    assert read_plan(LAB).version
