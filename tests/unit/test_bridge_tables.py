"""The bridge's tables: what Open vSwitch said (recorded), and what BRIDGE-MIB and Q-BRIDGE-MIB then say."""

import importlib.util
import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "roles" / "monitoring_agent" / "files" / "bridge_tables.py"
DOT1D = ".1.3.6.1.2.1.17"
NAMES = {10: "office", 20: "desk", 30: "camera", 99: "management"}


def load() -> ModuleType:
    """The script, which is installed on devices and stands in no package."""
    specification = importlib.util.spec_from_file_location("bridge_tables", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["bridge_tables"] = module
    specification.loader.exec_module(module)
    return module


bridge_tables: Any = load()

# `ovs-vsctl --format=json` and `ovs-appctl fdb/show` of Open vSwitch 3.1.0, with short names for UUIDs. A switch: an
# uplink (1), PCs on p1 (2) and p2 (3), a free port (4), its own interface in VLAN 99 (10), and the bridge itself; and
# a port that belongs to another bridge (7 there).
BRIDGE = '{"data":[["00006eed03df9543",["map",[]],["set",[["uuid","P-up0"],["uuid","P-p1"],["uuid","P-p2"],["uuid","P-p3"],["uuid","P-vlan99"],["uuid","P-br0"]]]]],"headings":["datapath_id","other_config","ports"]}'  # noqa: E501 - as recorded
PORTS = '{"data":[[["uuid","P-p3"],["uuid","I-p3"],4094,["set",[]],["set",[]]],[["uuid","P-up0"],["uuid","I-up0"],["set",[]],["set",[10,20,30,99]],"trunk"],[["uuid","P-vlan99"],["uuid","I-vlan99"],99,["set",[]],["set",[]]],[["uuid","P-p1"],["uuid","I-p1"],10,["set",[]],"access"],[["uuid","P-br0"],["uuid","I-br0"],["set",[]],["set",[]],["set",[]]],[["uuid","P-p2"],["uuid","I-p2"],20,["set",[]],"access"],[["uuid","P-other"],["uuid","I-other"],10,["set",[]],["set",[]]]],"headings":["_uuid","interfaces","tag","trunks","vlan_mode"]}'  # noqa: E501 - as recorded
INTERFACES = '{"data":[[["uuid","I-p3"],4,6,"down"],[["uuid","I-up0"],1,3,"up"],[["uuid","I-vlan99"],10,14,"up"],[["uuid","I-br0"],65534,13,"down"],[["uuid","I-p2"],3,5,"down"],[["uuid","I-p1"],2,4,"up"],[["uuid","I-other"],7,20,"up"]],"headings":["_uuid","ofport","ifindex","link_state"]}'  # noqa: E501 - as recorded
FDB = """ port  VLAN  MAC                Age
    3    20  02:68:00:20:00:02  131
    1    20  ae:21:20:cb:db:1e  130
    2    10  02:68:00:20:00:01   49
    1    99  d2:20:77:a3:c8:4f    9
LOCAL     0  6e:ed:03:df:95:43    5
    7    10  02:68:00:20:00:09    1
"""
SNAPSHOT = "\n".join([BRIDGE, PORTS, INTERFACES, FDB])


def table(snapshot: str, below: str, names: dict[int, str] | None = None) -> dict[str, str]:
    """The objects below an OID of dot1dBridge: `dict[rest of the OID, value]`."""
    bridge = bridge_tables.parse_snapshot(snapshot)
    prefix = f"{DOT1D}.{below}."
    found: dict[str, str] = {}
    for oid, _, value in bridge_tables.rows(bridge, NAMES if names is None else names):
        dotted = "." + ".".join(map(str, oid))
        if dotted.startswith(prefix):
            found[dotted.removeprefix(prefix)] = value
    return found


def changed(part: str, headings: dict[str, Any], key: str) -> str:
    """A recorded table in which the row of `key` (an UUID) has other values."""
    content = json.loads(part)
    for row in content["data"]:
        if row[0] == ["uuid", key]:
            for heading, value in headings.items():
                row[content["headings"].index(heading)] = value
    return json.dumps(content)


def with_port(port: str, **headings: Any) -> str:
    return "\n".join([BRIDGE, changed(PORTS, headings, port), INTERFACES, FDB])


def test_base_scalars_and_ports() -> None:
    assert table(SNAPSHOT, "1") == {
        "1.0": "6e ed 03 df 95 43",
        "2.0": "5",
        "3.0": "2",
        **{f"4.1.1.{port}": str(port) for port in (1, 2, 3, 4, 10)},
        **{f"4.1.2.{port}": index for port, index in {1: "3", 2: "4", 3: "5", 4: "6", 10: "14"}.items()},
    }


@pytest.mark.parametrize(
    ("configured", "aging"),
    [('["map",[]]', "300"), ('["map",[["mac-aging-time","60"],["rstp-priority","4096"]]]', "60")],
)
def test_aging_time(configured: str, aging: str) -> None:
    bridge = BRIDGE.replace('["map",[]]', configured)
    assert table("\n".join([bridge, PORTS, INTERFACES, FDB]), "4.2") == {"0": aging}


def test_entries_are_those_of_ports_with_a_link() -> None:
    # Not those of p2 (3), whose link is down; nor the bridge's own, nor one on a port that this bridge doesn't have.
    assert table(SNAPSHOT, "4.3.1") == {
        "1.2.104.0.32.0.1": "02 68 00 20 00 01",
        "1.174.33.32.203.219.30": "ae 21 20 cb db 1e",
        "1.210.32.119.163.200.79": "d2 20 77 a3 c8 4f",
        "2.2.104.0.32.0.1": "2",
        "2.174.33.32.203.219.30": "1",
        "2.210.32.119.163.200.79": "1",
        "3.2.104.0.32.0.1": "3",
        "3.174.33.32.203.219.30": "3",
        "3.210.32.119.163.200.79": "3",
    }
    assert table(SNAPSHOT, "7.1.2.2.1") == {
        "2.10.2.104.0.32.0.1": "2",
        "2.20.174.33.32.203.219.30": "1",
        "2.99.210.32.119.163.200.79": "1",
        "3.10.2.104.0.32.0.1": "3",
        "3.20.174.33.32.203.219.30": "3",
        "3.99.210.32.119.163.200.79": "3",
    }


def test_an_entry_comes_back_with_the_link() -> None:
    up = changed(INTERFACES, {"link_state": "up"}, "I-p2")
    assert table("\n".join([BRIDGE, PORTS, up, FDB]), "4.3.1.2")["2.104.0.32.0.2"] == "3"


def test_a_mac_in_two_vlans_has_one_row_in_bridge_mib_the_freshest() -> None:
    fdb = "\n".join(["port VLAN MAC Age", "1 20 02:00:00:00:00:01 7", "2 10 02:00:00:00:00:01 90"])
    snapshot = "\n".join([BRIDGE, PORTS, INTERFACES, fdb])
    assert table(snapshot, "4.3.1.2") == {"2.0.0.0.0.1": "1"}
    assert table(snapshot, "7.1.2.2.1.2") == {"10.2.0.0.0.0.1": "2", "20.2.0.0.0.0.1": "1"}


def test_a_configured_entry_is_managements() -> None:
    fdb = "port VLAN MAC Age\n    2    10  02:00:00:00:00:01  static\n"
    assert table("\n".join([BRIDGE, PORTS, INTERFACES, fdb]), "4.3.1.3") == {"2.0.0.0.0.1": "5"}


def test_vlan_scalars() -> None:
    assert table(SNAPSHOT, "7.1.1") == {"1.0": "1", "2.0": "4094", "3.0": "4094", "4.0": "5", "5.0": "2"}


def test_static_vlans_are_those_that_a_port_carries() -> None:
    # Ports 1, 2, 3, 4 and 10: bits of two octets, the highest first. VLAN 4094 is carried though not planned.
    assert table(SNAPSHOT, "7.1.4.3.1") == {
        **{f"1.{vlan}": name for vlan, name in {**NAMES, 4094: ""}.items()},
        "2.10": "c0 00",
        "2.20": "a0 00",
        "2.30": "80 00",
        "2.99": "80 40",
        "2.4094": "10 00",
        **{f"3.{vlan}": "00 00" for vlan in (10, 20, 30, 99, 4094)},
        "4.10": "40 00",
        "4.20": "20 00",
        "4.30": "00 00",
        "4.99": "00 40",
        "4.4094": "10 00",
        **{f"5.{vlan}": "1" for vlan in (10, 20, 30, 99, 4094)},
    }


def test_current_vlans_say_the_same_and_name_their_database() -> None:
    assert table(SNAPSHOT, "7.1.4.2.1") == {
        **{f"3.0.{vlan}": str(vlan) for vlan in (10, 20, 30, 99, 4094)},
        "4.0.10": "c0 00",
        "4.0.20": "a0 00",
        "4.0.30": "80 00",
        "4.0.99": "80 40",
        "4.0.4094": "10 00",
        "5.0.10": "40 00",
        "5.0.20": "20 00",
        "5.0.30": "00 00",
        "5.0.99": "00 40",
        "5.0.4094": "10 00",
        **{f"6.0.{vlan}": "2" for vlan in (10, 20, 30, 99, 4094)},
    }


def test_a_planned_vlan_that_no_port_carries_is_not_listed() -> None:
    assert "40" not in table(SNAPSHOT, "7.1.4.3.1.1", {**NAMES, 40: "guest"})


def test_a_port_vlan_is_that_of_untagged_frames() -> None:
    assert table(SNAPSHOT, "7.1.4.5.1") == {
        "1.2": "10",
        "1.3": "20",
        "1.4": "4094",
        "1.10": "99",
        "2.1": "2",
        "2.2": "1",
        "2.3": "1",
        "2.4": "1",
        "2.10": "1",
    }


@pytest.mark.parametrize(
    ("port", "egress", "untagged", "pvid"),
    [
        # An empty list of trunked VLANs means every VLAN: those that are planned, and those of other ports.
        ({"trunks": ["set", []]}, [10, 20, 30, 40, 99, 4094], [], None),
        ({"trunks": 20}, [20], [], None),
        ({"trunks": ["set", []], "vlan_mode": ["set", []]}, [10, 20, 30, 40, 99, 4094], [], None),
        ({"tag": 10, "vlan_mode": "native-untagged"}, [10, 20, 30, 99], [10], "10"),
        ({"tag": 40, "vlan_mode": "native-untagged"}, [10, 20, 30, 40, 99], [40], "40"),
        ({"tag": 10, "vlan_mode": "native-tagged"}, [10, 20, 30, 99], [], "10"),
        ({"tag": 10, "vlan_mode": "dot1q-tunnel"}, [10], [10], "10"),
        ({"tag": 10, "vlan_mode": ["set", []]}, [10], [10], "10"),
        ({"trunks": ["set", [0, 20]]}, [20], [], None),
    ],
)
def test_vlan_modes(port: dict[str, Any], egress: list[int], untagged: list[int], pvid: str | None) -> None:
    snapshot = with_port("P-up0", **port)
    names = {**NAMES, 40: "guest"}

    def vlans_of_port_1(column: int) -> list[int]:
        lists = table(snapshot, f"7.1.4.3.1.{column}", names)
        return [int(vlan) for vlan, octets in lists.items() if int(octets.split()[0], 16) & 0x80]

    assert vlans_of_port_1(2) == egress
    assert vlans_of_port_1(4) == untagged
    assert table(snapshot, "7.1.4.5.1.1", names).get("1") == pvid


def test_a_bond_is_as_many_ports_as_interfaces() -> None:
    snapshot = with_port("P-p1", interfaces=["set", [["uuid", "I-p1"], ["uuid", "I-other"]]]).replace(
        '["uuid","P-other"]', '["uuid","P-gone"]'
    )
    assert table(snapshot.replace('"I-other"],10', '"I-gone"],10'), "7.1.4.5.1.1")["7"] == "10"


@pytest.mark.parametrize("number", [-1, ["set", []]])
def test_an_interface_without_a_number_is_no_port(number: Any) -> None:
    failed = changed(INTERFACES, {"ofport": number, "ifindex": ["set", []]}, "I-p1")
    assert "2" not in table("\n".join([BRIDGE, PORTS, failed, FDB]), "1.4.1.1")


@pytest.mark.parametrize(("numbers", "octets"), [([], "00 00"), ([1], "80 00"), ([8, 9], "01 80"), ([16], "00 01")])
def test_port_lists(numbers: list[int], octets: str) -> None:
    assert bridge_tables.port_list(numbers, 16).hex(" ") == octets


@pytest.mark.parametrize(
    "snapshot",
    [
        "",
        "\n".join([BRIDGE, PORTS, INTERFACES]),
        "\n".join([BRIDGE.replace("00006e", "zz"), PORTS, INTERFACES, FDB]),
        "\n".join(["{}", PORTS, INTERFACES, FDB]),
        "\n".join(["ovs-vsctl: no bridge named br0", PORTS, INTERFACES, FDB]),
        "\n".join(['{"data":[],"headings":[]}', PORTS, INTERFACES, FDB]),
    ],
)
def test_what_is_no_snapshot_is_refused(snapshot: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        bridge_tables.parse_snapshot(snapshot)


class Switch:
    """A bridge that can be asked, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0
        self.answers: str | OSError = SNAPSHOT

    def ask(self) -> str:
        self.asked += 1
        if isinstance(self.answers, OSError):
            raise self.answers
        return self.answers

    def conversation(self, *lines: str) -> list[str]:
        tables = bridge_tables.BridgeTables(self.ask, NAMES, lambda: self.now)
        return self.talk(tables, *lines)

    def talk(self, tables: Any, *lines: str) -> list[str]:
        replies = io.StringIO()
        bridge_tables.answer(iter(f"{line}\n" for line in lines), replies, tables)
        return replies.getvalue().splitlines()


def test_snmpd_is_answered() -> None:
    assert Switch().conversation(
        "PING", "get", f"{DOT1D}.1.2.0", "getnext", f"{DOT1D}.1.2.0", "get", f"{DOT1D}.1.2"
    ) == [
        *("PONG",),
        *(f"{DOT1D}.1.2.0", "integer", "5"),
        *(f"{DOT1D}.1.3.0", "integer", "2"),
        *("NONE",),
    ]


def test_a_walk_gives_every_row_once_in_order_and_ends() -> None:
    switch, oid, walked = Switch(), DOT1D, []
    tables = bridge_tables.BridgeTables(switch.ask, NAMES, lambda: switch.now)
    while (reply := switch.talk(tables, "getnext", oid)) != ["NONE"]:
        oid = reply[0]
        walked.append((tuple(int(number) for number in oid[1:].split(".")), reply[1], reply[2]))
    assert walked == bridge_tables.rows(bridge_tables.parse_snapshot(SNAPSHOT), NAMES)
    assert walked == sorted(walked)
    assert len(walked) == len({oid for oid, _, _ in walked})
    assert switch.asked == 1


def test_writing_is_refused_and_the_next_request_understood() -> None:
    lines = ("set", f"{DOT1D}.4.2.0", "integer 10", "get", f"{DOT1D}.4.2.0")
    assert Switch().conversation(*lines) == ["not-writable", f"{DOT1D}.4.2.0", "integer", "300"]


@pytest.mark.parametrize(("later", "asked"), [(1.0, 1), (1.1, 2)])
def test_a_snapshot_serves_one_second(later: float, asked: int) -> None:
    switch = Switch()
    tables = bridge_tables.BridgeTables(switch.ask, NAMES, lambda: switch.now)
    switch.talk(tables, "get", f"{DOT1D}.1.2.0")
    switch.now += later
    switch.talk(tables, "get", f"{DOT1D}.1.2.0")
    assert switch.asked == asked


def test_a_silent_bridge_has_no_rows_until_it_answers(capsys: pytest.CaptureFixture[str]) -> None:
    switch = Switch()
    tables = bridge_tables.BridgeTables(switch.ask, NAMES, lambda: switch.now)
    question = ("getnext", DOT1D)
    assert switch.talk(tables, *question)[0] == f"{DOT1D}.1.1.0"
    switch.answers = ConnectionRefusedError("refused")
    for _ in range(2):
        switch.now += 2
        assert switch.talk(tables, *question) == ["NONE"]
    switch.answers = SNAPSHOT
    switch.now += 2
    assert switch.talk(tables, *question)[0] == f"{DOT1D}.1.1.0"
    assert capsys.readouterr().err.splitlines() == [
        "bridge_tables: no rows until the bridge can be asked: refused",
        "bridge_tables: the bridge answers again",
    ]
