"""Hosts, ports and cables follow from the plan alone."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.place import Place
from lab.topology import Absences, Cable, Socket, Topology, derive_topology, port_mac, read_absences
from ledger.plan import Plan, read_plan

FOLDER = Path("inventory/lab")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(FOLDER)


@pytest.fixture(scope="module")
def topology(plan: Plan) -> Topology:
    return derive_topology(plan, read_absences(FOLDER / "lab.yml", plan))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str, str], Plan]:
    def change(file: str, old: str, new: str) -> Plan:
        folder = tmp_path / "plan"
        shutil.copytree(FOLDER, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return read_plan(folder)

    return change


def test_each_present_device_and_connected_workstation_is_a_host(topology: Topology) -> None:
    assert {id_: host.hostname for id_, host in topology.hosts.items()} == {
        "68-POP-RT-001": "68-pop-rt-001",
        "68-TTDL-SV-001": "68-ttdl-sv-001",
        "68-SKHCN-RT-001": "68-skhcn-rt-001",
        "68-SKHCN-SW-001": "68-skhcn-sw-001",
        "68-22945-RT-001": "68-22945-rt-001",
        "68-22945-SW-001": "68-22945-sw-001",
        "68-22924-RT-001": "68-22924-rt-001",
        "68-22924-SW-001": "68-22924-sw-001",
        "68-TTDL-SV-002": "68-ttdl-sv-002",
        "68-TTDL-SV-003": "68-ttdl-sv-003",
        "68-SKHCN-SV-001": "68-skhcn-sv-001",
        "68-22945-SV-001": "68-22945-sv-001",
        "68-SKHCN-PC-001": "68-skhcn-pc-001",
        "68-SKHCN-PC-002": "68-skhcn-pc-002",
        "68-22945-PC-001": "68-22945-pc-001",
        "68-22945-PC-002": "68-22945-pc-002",
        "68-22924-PC-001": "68-22924-pc-001",
    }


def test_without_absences_the_whole_plan_boots_but_for_the_exempt(plan: Plan) -> None:
    hosts = derive_topology(plan, Absences()).hosts
    assert set(hosts) == (set(plan.devices) | set(plan.workstations)) - {"68-SKHCN-PC-003"}


def test_ports_are_those_of_links_and_every_access_port_of_a_switch(topology: Topology) -> None:
    ports = {id_: [port.name for port in topology.hosts[id_].ports] for id_ in topology.hosts}
    assert ports["68-POP-RT-001"] == ["srv0", "up1", "up2", "up3", "up4", "srv1", "srv2"]
    assert ports["68-TTDL-SV-001"] == ["lan0"]
    assert ports["68-22945-RT-001"] == ["wan0", "lan0"]
    assert ports["68-22945-SW-001"] == ["up0", *(f"p{number}" for number in range(1, 9))]
    assert ports["68-22945-PC-001"] == ["eth0"]


def test_jacks_and_addresses_are_never_given_twice(topology: Topology) -> None:
    hosts = topology.hosts.values()
    jacks = [port.jack for host in hosts for port in host.ports]
    assert jacks == list(range(1, len(jacks) + 1))
    assert len({host.address for host in hosts}) == len(hosts)
    assert topology.hosts["68-POP-RT-001"].address == "10.255.1.1"


def test_a_workstation_has_the_plans_mac_and_other_ports_keep_theirs(topology: Topology) -> None:
    assert topology.hosts["68-22945-PC-001"].port("eth0").mac == "02:68:00:20:00:01"
    mac = topology.hosts["68-22945-SW-001"].port("p1").mac
    assert mac == port_mac("68-22945-SW-001", "p1")
    assert int(mac[:2], 16) & 0b11 == 0b10  # locally administered, unicast
    macs = [port.mac for host in topology.hosts.values() for port in host.ports]
    assert len(set(macs)) == len(macs)


def test_cables_follow_links_and_sockets(topology: Topology) -> None:
    assert topology.cables["68-22945-LK-001"] == Cable(
        "68-22945-LK-001", Socket("68-POP-RT-001", "up2"), Socket("68-22945-RT-001", "wan0")
    )
    pc = topology.cables["68-22924-PC-001"]
    assert pc == Cable("68-22924-PC-001", Socket("68-22924-SW-001", "p1"), Socket("68-22924-PC-001", "eth0"))
    assert pc.is_workstation
    assert not topology.cables["68-22945-LK-001"].is_workstation


def test_a_link_to_an_absent_site_keeps_its_present_end(topology: Topology) -> None:
    cable = topology.cables["68-23272-LK-001"]
    assert topology.jack(cable.a) == topology.hosts["68-POP-RT-001"].port("up4").jack
    assert topology.jack(cable.b) is None
    assert "68-23272-LK-002" not in topology.cables
    assert "68-22924-PC-002" in topology.cables  # its socket is planned, the machine isn't there


def test_what_is_not_ours_is_not_booted(changed: Callable[[str, str, str], Plan]) -> None:
    plan = changed("devices.csv", "68-SKHCN-TS,ours,10.68.0.11", "68-SKHCN-TS,VNPT,10.68.0.11")
    assert "68-SKHCN-RT-001" not in derive_topology(plan, Absences()).hosts


def test_names_that_linux_cannot_tell_apart_are_refused(changed: Callable[[str, str, str], Plan]) -> None:
    plan = changed("workstations.csv", "68-22924-PC-002", "68-22945_PC-001")
    with pytest.raises(LabError, match="'68-22945-PC-001' and '68-22945_PC-001' would both be called"):
        derive_topology(plan, Absences())


def test_a_port_name_that_linux_cannot_take_is_refused(plan: Plan) -> None:
    link = plan.links["68-22945-LK-001"]
    renamed = replace(link, a=replace(link.a, port="GigabitEthernet0.1"))
    plan = replace(plan, links={**plan.links, link.id: renamed})
    with pytest.raises(LabError, match=r"port 'GigabitEthernet0\.1' of '68-POP-RT-001' is longer than 15"):
        derive_topology(plan, Absences())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("absent: {sites: [68-NOWHERE]}", "'68-NOWHERE' is not among the plan's sites"),
        ("absent: {units: ['68']}", "'units' can't be absent"),
        ("absent: [68-TTDL]", "is not 'absent:"),
        ("absent: {sites: [", "is not 'absent:"),
    ],
)
def test_wrong_absences_are_refused(tmp_path: Path, plan: Plan, text: str, complaint: str) -> None:
    file = tmp_path / "lab.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=complaint):
        read_absences(file, plan)


@pytest.mark.parametrize("text", [None, "", "absent:\n", "absent: {sites: }"])
def test_absences_are_optional(tmp_path: Path, plan: Plan, text: str | None) -> None:
    file = tmp_path / "lab.yml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert read_absences(file, plan) == Absences()


def test_labs_of_one_name_in_two_folders_share_no_namespace(tmp_path: Path) -> None:
    places = [Place.of("lab", tmp_path / clone) for clone in ("one", "two")]
    assert places[0].namespace("ctl") != places[1].namespace("ctl")
    assert places[0].namespace("ctl").startswith("lab-")
    assert places[0].namespace("ctl") == Place.of("lab", tmp_path / "one").namespace("ctl")


@pytest.mark.parametrize("name", ["", "Lab", "a/b", "..", "-a", "a" * 32, "a b"])
def test_a_name_that_is_not_one_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="is not a lab's name"):
        Place.of(name)


@pytest.mark.parametrize("folder", ["a:b", "a,b", "a\\b"])
def test_a_folder_that_cannot_be_mounted_is_refused(folder: str) -> None:
    with pytest.raises(LabError, match="BAOPHU_LAB_DIR"):
        Place.of("lab", Path(folder))
