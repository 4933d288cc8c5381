"""What the inventory gives: the hosts of the plan, one group each, and how each is reached."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan_host_vars import PlannedHosts, group_of

from ledger.plan import Plan, read_plan

LAB = Path(__file__).parents[2] / "inventory" / "lab"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def planned() -> PlannedHosts:
    return PlannedHosts(read_plan(LAB), TODAY)


def variables(planned: PlannedHosts, name: str) -> dict[str, Any]:
    (host,) = [host for host in planned.hosts if host.id == name]
    found: dict[str, Any] = planned.variables(host)
    assert json.loads(json.dumps(found)) == found, "every value is JSON"
    return found


def changed_plan(folder: Path, file: str, old: str, new: str) -> Plan:
    copy = folder / "plan"
    shutil.copytree(LAB, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return read_plan(copy)


def test_every_planned_host_has_one_group(planned: PlannedHosts) -> None:
    groups: dict[str, int] = {}
    for host in planned.hosts:
        groups[group_of(host)] = groups.get(group_of(host), 0) + 1
    assert groups == {
        "pop": 1,
        "province_server": 1,
        "cpe": 4,
        "access_switch": 4,
        "workstation": 8,
        "mail_relay": 1,
        "mail_server": 3,
        "web_server": 1,
    }


def test_what_is_not_ours_retired_or_exempt_is_no_host(tmp_path: Path) -> None:
    rows = "68-22945-SW-001,switch,access_switch,openvswitch,68-22945,68-22945-TS,"
    strangers = PlannedHosts(changed_plan(tmp_path, "devices.csv", f"{rows}ours", f"{rows}CPT"), TODAY)
    names = {host.id for host in strangers.hosts}
    assert "68-22945-SW-001" not in names
    assert "68-SKHCN-PC-003" not in names, "exempt"


@pytest.mark.parametrize(("retired", "is_host"), [("2026-11-22", False), ("2026-11-23", True)])
def test_a_retired_pc_is_no_host_from_that_day_on(tmp_path: Path, retired: str, is_host: bool) -> None:
    row = "68-22945-SW-001,p1,10,ours,2026-06-01,"
    plan = changed_plan(tmp_path, "workstations.csv", row, row + retired)
    assert ("68-22945-PC-001" in {host.id for host in PlannedHosts(plan, TODAY).hosts}) is is_host


def test_reservations_do_not_move_when_a_pc_retires(tmp_path: Path) -> None:
    row = "68-22924-SW-001,p1,10,ours,2026-06-01,"
    before = PlannedHosts(read_plan(LAB), TODAY).reserved
    after = PlannedHosts(changed_plan(tmp_path, "workstations.csv", row, f"{row}2026-11-01"), TODAY).reserved
    assert str(before["68-22924-PC-001"]) == "10.68.32.101"
    assert str(before["68-22924-PC-002"]) == "10.68.32.102"
    assert "68-22924-PC-001" not in after
    assert after["68-22924-PC-002"] == before["68-22924-PC-002"]


def test_the_pop_takes_from_each_unit_what_is_its_own(planned: PlannedHosts) -> None:
    pop = variables(planned, "68-POP-RT-001")
    assert {peer["device"]: peer["prefixes"] for peer in pop["plan_peers"]} == {
        "68-SKHCN-RT-001": ["10.68.0.11/32", "10.68.16.0/21"],
        "68-22945-RT-001": ["10.68.0.12/32", "10.68.24.0/21"],
        "68-22924-RT-001": ["10.68.0.13/32", "10.68.32.0/21"],
        "68-23272-RT-001": ["10.68.0.14/32", "10.68.40.0/21"],
    }
    assert pop["plan_announced"][:2] == ["10.68.0.1/32", "10.68.1.0/24"]
    assert pop["plan_svis"] == []


def test_a_units_router_serves_every_vlan(planned: PlannedHosts) -> None:
    cpe = variables(planned, "68-22945-RT-001")
    assert [(svi["vlan"], svi["address"], svi["dhcp"], svi["tslcd"]) for svi in cpe["plan_svis"]] == [
        (10, "10.68.24.1/24", True, True),
        (20, "10.68.25.1/24", True, True),
        (30, "10.68.26.1/24", False, False),
        (40, "10.68.27.1/24", True, False),
        (99, "10.68.28.1/24", False, True),
        (50, "10.68.29.1/24", False, True),
    ]
    assert [svi["vlan"] for svi in cpe["plan_svis"] if svi["management"]] == [99]
    office = cpe["plan_svis"][0]
    assert (office["first_free"], office["last_free"]) == ("10.68.24.10", "10.68.24.99")
    assert office["reserved"] == [
        {"name": "68-22945-pc-001", "mac": "02:68:00:20:00:01", "address": "10.68.24.101"},
    ]
    assert [trunk["name"] for trunk in cpe["plan_trunks"]] == ["lan0"]
    assert cpe["plan_peers"] == [
        {
            "device": "68-POP-RT-001",
            "asn": 65068,
            "address": "10.68.2.5",
            "link": "68-22945-LK-001",
            "prefixes": ["10.68.0.1/32", "10.68.1.0/24"],
        }
    ]


def test_a_switch_knows_who_sits_where(planned: PlannedHosts) -> None:
    switch = variables(planned, "68-22945-SW-001")
    assert [(port["name"], port["vlan"], port["workstation"]) for port in switch["plan_ports"][:3]] == [
        ("p1", 10, "68-22945-PC-001"),
        ("p2", 20, "68-22945-PC-002"),
        ("p3", None, None),
    ]
    assert len(switch["plan_ports"]) == 8
    assert switch["plan_management"] == {"vlan": 99, "address": "10.68.28.2/24", "gateway": "10.68.28.1"}


def test_the_server_names_every_device_and_reserved_pc(planned: PlannedHosts) -> None:
    server = variables(planned, "68-TTDL-SV-001")
    records = {record["name"]: record["address"] for record in server["plan_records"]}
    assert len(records) == 15 + 8
    assert records["68-22945-sw-001"] == "10.68.28.2"
    assert records["68-22945-pc-002"] == "10.68.25.101"
    assert server["plan_gateway"] == "10.68.1.1"


def test_a_pc_knows_its_socket(planned: PlannedHosts) -> None:
    pc = variables(planned, "68-22945-PC-002")
    wanted = {"plan_vlan": 20, "plan_gateway": "10.68.25.1", "plan_address": "10.68.25.101", "plan_port": "p2"}
    assert {key: pc[key] for key in wanted} == wanted


def listed(folder: Path, plan: Path = LAB, **environment: str) -> subprocess.CompletedProcess[str]:
    access = folder / "access.yml"
    hosts = {"68-TTDL-SV-001": "10.255.1.2", "68-22945-RT-001": "10.255.1.5", "68-22945-PC-001": "10.255.1.11"}
    access.write_text(json.dumps({"hosts": {host: {"address": address} for host, address in hosts.items()}}))
    (folder / "ssh_key").touch()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BAOPHU_")}
    return subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), "--list", "--yaml", "-i", plan / "plan.baophu.yml"],
        capture_output=True,
        text=True,
        check=False,
        cwd=LAB.parents[1],
        env={**kept, "BAOPHU_ACCESS": str(access), **environment},
    )


def groups_of(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, dict[str, Any]]]:
    """The hosts of each group with their variables, `dict[group, dict[host, variables]]`."""
    assert done.returncode == 0, done.stderr
    children = yaml.safe_load(done.stdout)["all"]["children"]
    return {group: content.get("hosts", {}) for group, content in children.items() if group != "ungrouped"}


def test_only_enrolled_hosts_are_in_a_group_that_plays_target(tmp_path: Path) -> None:
    groups = groups_of(listed(tmp_path))
    assert {group: len(hosts) for group, hosts in groups.items() if hosts} == {
        "cpe": 1,
        "province_server": 1,
        "workstation": 1,
        "unenrolled": 23 - 3,
    }
    router = groups["cpe"]["68-22945-RT-001"]
    assert router["ansible_host"] == "10.255.1.5"
    assert f"-o UserKnownHostsFile={tmp_path}/known_hosts" in router["ansible_ssh_common_args"]
    assert "StrictHostKeyChecking=yes" in router["ansible_ssh_common_args"]
    assert "ansible_host" not in groups["unenrolled"]["68-POP-RT-001"]


def test_in_band_all_but_the_server_are_reached_through_it(tmp_path: Path) -> None:
    groups = groups_of(listed(tmp_path, BAOPHU_ACCESS_MODE="in_band"))
    hosts = {name: found for members in groups.values() for name, found in members.items()}
    assert hosts["68-TTDL-SV-001"]["ansible_host"] == "10.255.1.2"
    assert "ProxyCommand" not in hosts["68-TTDL-SV-001"]["ansible_ssh_common_args"]
    for name, address, pinned in (
        ("68-22945-RT-001", "10.68.0.12", "10.255.1.5"),
        ("68-22945-PC-001", "10.68.24.101", "10.255.1.11"),
    ):
        assert hosts[name]["ansible_host"] == address
        assert f"-o HostKeyAlias={pinned} " in hosts[name]["ansible_ssh_common_args"]
        assert "root@10.255.1.2" in hosts[name]["ansible_ssh_common_args"]
        assert hosts[name]["plan_connection"]["hostname"] == address
        assert hosts[name]["plan_connection"]["optional_args"]["host_key_alias"] == pinned


def test_connections_of_two_provinces_at_the_same_addresses_are_never_shared(tmp_path: Path) -> None:
    folders = []
    for name, keys in (("one", "a"), ("two", "a"), ("two", "b")):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "known_hosts").write_text(keys)
        folders.append(groups_of(listed(tmp_path / name))["cpe"]["68-22945-RT-001"]["ansible_control_path_dir"])
    assert len(set(folders)) == 3


def test_all_problems_of_a_plan_are_told(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(LAB, plan)
    for file in ("sites.csv", "links.csv"):
        (plan / file).unlink()
    done = listed(tmp_path, plan)
    assert done.returncode != 0
    assert "sites.csv: the file is missing" in done.stderr
    assert "links.csv: the file is missing" in done.stderr
    assert "hosts" not in done.stdout


def test_an_access_file_without_hosts_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("host: []\n")
    done = listed(tmp_path, BAOPHU_ACCESS=str(wrong))
    assert done.returncode != 0
    assert str(wrong) in done.stderr
