"""Our Ansible modules: what they read, what they would change, and that a second run changes nothing."""

import grp
import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from plugins import plugin, run_module

ovs: Any = plugin("modules", "ovs_bridge")
packages: Any = plugin("modules", "packages")
units: Any = plugin("module_utils", "systemd_units")
network: Any = plugin("action", "network_config")


# --- ovs_bridge ---

OPTIONS: dict[str, Any] = {
    "name": "br0",
    "datapath_type": "netdev",
    "rstp": True,
    "rstp_priority": 4096,
    "mac_aging_seconds": 60,
    "ports": [
        {"name": "p1", "number": 1, "tag": 10, "edge": True},
        {"name": "up0", "number": 101, "trunks": [99, 10]},
        {"name": "vlan99", "number": 1099, "tag": 99, "internal": True},
    ],
}
BRIDGES = json.dumps(
    {
        "headings": ["name", "datapath_type", "ports", "rstp_enable", "other_config"],
        "data": [
            [
                "br0",
                "netdev",
                ["set", [["uuid", "u-p1"], ["uuid", "u-up0"], ["uuid", "u-vlan99"], ["uuid", "u-br0"]]],
                True,
                ["map", [["mac-aging-time", "60"], ["rstp-priority", "4096"]]],
            ]
        ],
    }
)
EDGE = ["map", [["rstp-port-admin-edge", "true"]]]
NO_EDGE = ["map", [["rstp-port-admin-edge", "false"]]]
PORTS = json.dumps(
    {
        "headings": ["_uuid", "name", "tag", "trunks", "other_config"],
        "data": [
            [["uuid", "u-p1"], "p1", 10, ["set", []], EDGE],
            [["uuid", "u-up0"], "up0", ["set", []], ["set", [10, 99]], NO_EDGE],
            [["uuid", "u-vlan99"], "vlan99", 99, ["set", []], NO_EDGE],
            [["uuid", "u-br0"], "br0", ["set", []], ["set", []], ["map", []]],
            [["uuid", "u-other"], "other", 7, ["set", []], ["map", []]],
        ],
    }
)
INTERFACES = json.dumps(
    {
        "headings": ["name", "type", "ofport_request"],
        "data": [
            ["p1", "", 1],
            ["up0", "", 101],
            ["vlan99", "internal", 1099],
            ["br0", "internal", ["set", []]],
        ],
    }
)


def test_a_bridge_as_declared_needs_no_command() -> None:
    current = ovs.current_state("br0", BRIDGES, PORTS, INTERFACES)
    assert current == ovs.wanted_state(OPTIONS)
    assert ovs.commands("br0", current, ovs.wanted_state(OPTIONS)) == []


def test_a_missing_bridge_is_made_with_all_its_ports() -> None:
    nothing = json.dumps({"headings": ["name"], "data": []})
    current = ovs.current_state("br0", nothing, nothing, nothing)
    steps = ovs.commands("br0", current, ovs.wanted_state(OPTIONS))
    assert steps[0] == ["--may-exist", "add-br", "br0"]
    assert "rstp_enable=true" in steps[1]
    assert [step[-1] for step in steps if "add-port" in step] == ["p1", "up0", "vlan99"]
    assert ["set", "interface", "vlan99", "ofport_request=1099", "type=internal"] in steps
    assert ["set", "port", "up0", "tag=[]", "trunks=[10,99]", "other_config:rstp-port-admin-edge=false"] in steps


def test_only_what_differs_is_changed_and_strangers_are_taken_off() -> None:
    ports = json.loads(PORTS)
    ports["data"][0][2] = 20
    ports["data"].append([["uuid", "u-extra"], "extra", ["set", []], ["set", []], ["map", []]])
    bridges = json.loads(BRIDGES)
    bridges["data"][0][2][1].append(["uuid", "u-extra"])
    current = ovs.current_state("br0", json.dumps(bridges), json.dumps(ports), INTERFACES)
    assert ovs.commands("br0", current, ovs.wanted_state(OPTIONS)) == [
        ["--if-exists", "del-port", "br0", "extra"],
        ["--may-exist", "add-port", "br0", "p1"],
        ["set", "port", "p1", "tag=[10]", "trunks=[]", "other_config:rstp-port-admin-edge=true"],
        ["set", "interface", "p1", "ofport_request=1", 'type=""'],
    ]


def test_an_internal_port_is_added_to_a_live_bridge_while_rstp_is_off() -> None:
    current = ovs.current_state("br0", BRIDGES, PORTS, INTERFACES)
    assert ovs.transactions("br0", current, ovs.wanted_state(OPTIONS)) == []
    svi = {"name": "vlan50", "number": 1050, "tag": 50, "internal": True}
    more = ovs.wanted_state({**OPTIONS, "ports": [*OPTIONS["ports"], svi]})
    off, steps, on = ovs.transactions("br0", current, more)
    assert (off, on) == (
        [["set", "bridge", "br0", "rstp_enable=false"]],
        [["set", "bridge", "br0", "rstp_enable=true"]],
    )
    assert steps == ovs.commands("br0", current, more)
    socket = {"name": "p2", "number": 2, "tag": 10}
    with_socket = ovs.wanted_state({**OPTIONS, "ports": [*OPTIONS["ports"], socket]})
    assert ovs.transactions("br0", current, with_socket) == [ovs.commands("br0", current, with_socket)]
    assert len(ovs.transactions("br0", ovs.EMPTY, more)) == 1, "a new bridge has its ports before it runs RSTP"


@pytest.mark.parametrize(("flags", "expected"), [("0x1002", True), ("0x1003", False), (None, False)])
def test_an_interface_that_is_down_is_told_from_one_that_is_up_or_missing(
    tmp_path: Path, flags: str | None, expected: bool
) -> None:
    if flags is not None:
        (tmp_path / "vlan10").mkdir()
        (tmp_path / "vlan10/flags").write_text(f"{flags}\n", encoding="ascii")
    assert ovs.is_down("vlan10", tmp_path) is expected


# --- packages, services ---


@pytest.mark.parametrize(
    ("listed", "missing"),
    [
        ("frr installed\nfrr-snmp installed\n", []),
        ("frr installed\nfrr-snmp config-files\n", ["frr-snmp"]),
        ("", ["frr", "frr-snmp"]),
    ],
)
def test_missing_packages(listed: str, missing: list[str]) -> None:
    assert packages.missing(["frr", "frr-snmp"], listed) == missing


def test_states_of_units_come_in_the_order_asked() -> None:
    shown = "UnitFileState=enabled\nActiveState=active\n\nActiveState=inactive\nUnitFileState=\n"
    found = units.parse_states(shown, ["a.service", "b.service"])
    assert found == {
        "a.service": {"UnitFileState": "enabled", "ActiveState": "active"},
        "b.service": {"UnitFileState": "", "ActiveState": "inactive"},
    }
    assert (units.not_running(found), units.not_enabled(found)) == (["b.service"], ["b.service"])
    assert [sorted(entry["after"]) for entry in units.differences(found)] == [["b.service"]]


@pytest.mark.parametrize("state", ["active", "activating", "reloading"])
def test_a_unit_that_runs_and_is_enabled_is_left_alone(state: str) -> None:
    assert units.differences({"a.service": {"UnitFileState": "enabled", "ActiveState": state}}) == []


# --- config_files ---

ME = {"owner": pwd.getpwuid(os.getuid()).pw_name, "group": grp.getgrgid(os.getgid()).gr_name}


@pytest.fixture
def files(tmp_path: Path) -> list[dict[str, Any]]:
    return [
        {"path": str(tmp_path / "new/a.conf"), "content": "one\n", "restarts": "a.service", **ME},
        {"path": str(tmp_path / "b.conf"), "content": "two\n", "mode": "0600", "reloads": "b.service", **ME},
        {"path": str(tmp_path / "link"), "link_to": "/etc/hostname"},
    ]


def test_a_second_run_changes_nothing(files: list[dict[str, Any]], tmp_path: Path) -> None:
    first = run_module("config_files", {"files": files})
    assert first["changed_files"] == [file["path"] for file in files]
    assert (first["restarted"], first["reloaded"]) == (["a.service"], ["b.service"])
    assert (tmp_path / "new/a.conf").read_text() == "one\n"
    assert (tmp_path / "b.conf").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "link").readlink() == Path("/etc/hostname")
    second = run_module("config_files", {"files": files})
    assert (second["changed"], second["diff"], second["restarted"], second["reloaded"]) == (False, [], [], [])


def test_check_mode_writes_nothing_and_shows_the_difference(files: list[dict[str, Any]], tmp_path: Path) -> None:
    result = run_module("config_files", {"files": files}, check=True)
    assert result["changed"] is True
    assert list(tmp_path.iterdir()) == []
    assert [entry["after"] for entry in result["diff"] if entry["after_header"].endswith(".conf")] == ["one\n", "two\n"]


def test_one_invalid_file_and_none_is_written(files: list[dict[str, Any]], tmp_path: Path) -> None:
    files[1]["validate"] = "grep -q three %s"
    result = run_module("config_files", {"files": files})
    assert result["failed"] is True
    assert "b.conf would be invalid" in result["msg"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_changed_mode_alone_is_a_change(files: list[dict[str, Any]], tmp_path: Path) -> None:
    run_module("config_files", {"files": files})
    (tmp_path / "b.conf").chmod(0o644)
    result = run_module("config_files", {"files": files})
    assert result["changed_files"] == [files[1]["path"]]
    assert [entry["before"] for entry in result["diff"]] == [f"{ME['owner']}:{ME['group']} 0644\n"]


def test_line_ends_stay_as_a_spreadsheet_wrote_them(tmp_path: Path) -> None:
    file = {"path": str(tmp_path / "units.csv"), "content": "\ufeffunit;tên\r\n68;Lâm Đồng\r\n", **ME}
    assert run_module("config_files", {"files": [file]})["changed"] is True
    assert (tmp_path / "units.csv").read_bytes() == "\ufeffunit;tên\r\n68;Lâm Đồng\r\n".encode()
    assert run_module("config_files", {"files": [file]})["changed"] is False


def test_in_check_mode_owner_and_validator_may_not_exist_yet(tmp_path: Path) -> None:
    file = {"path": str(tmp_path / "x"), "content": "x\n", "owner": "nobody-yet", "validate": "/no/such/daemon -t %s"}
    assert run_module("config_files", {"files": [file]}, check=True)["changed"] is True
    failed = run_module("config_files", {"files": [file]})
    assert failed["failed"] is True
    assert list(tmp_path.iterdir()) == []


# --- network_config ---


class Sessions:
    """A device whose sessions come up one after the other, a step each time that it is asked."""

    def __init__(self, *steps: dict[str, bool]) -> None:
        self.steps = list(steps)

    def get_bgp_neighbors(self) -> dict[str, Any]:
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        return {"global": {"peers": {peer: {"is_up": up} for peer, up in step.items()}}}


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("steps", "lost", "waited"),
    [
        ([{"a": True, "b": True}], [], 0),
        ([{"a": True, "b": False}, {"a": True, "b": True}], [], 1),
        ([{"a": True, "b": False}], ["b"], 5),
        ([{"a": True}], [], 0),  # b was taken out of the configuration
    ],
)
def test_sessions_that_were_up_must_come_back(steps: list[dict[str, bool]], lost: list[str], waited: float) -> None:
    clock = Clock()
    assert network.wait_for_sessions(Sessions(*steps), ["a", "b"], 5, clock, clock.sleep) == lost
    assert clock.now == waited


@pytest.mark.parametrize("text", ["interface {{ port }}\n", "!\n{% if wan %}\n"])
def test_a_text_that_was_not_rendered_is_refused(text: str) -> None:
    with pytest.raises(AnsibleActionFail, match="not rendered"):
        network.refuse_unrendered(text, None)
    network.refuse_unrendered(text, "the banner shows a template")


def test_a_rendered_text_is_taken() -> None:
    network.refuse_unrendered("interface wan0\n description { }\n", None)
