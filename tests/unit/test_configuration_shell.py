"""The reader on a device: what it prints of Open vSwitch (recorded), and what may be typed."""

import importlib.util
import itertools
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROLE = Path(__file__).parents[2] / "roles" / "configuration_reader"


def load() -> ModuleType:
    """The script, which is installed on devices and stands in no package."""
    specification = importlib.util.spec_from_file_location("configuration_shell", ROLE / "files/configuration_shell.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["configuration_shell"] = module
    specification.loader.exec_module(module)
    return module


shell: Any = load()

# The answer of the unit's command by Open vSwitch 3.1.0, with short names for UUIDs: a switch with an access port, an
# uplink, its own interface in VLAN 99, a tunnel, a mirror, a manager and a controller.
ANSWER = (
    '{"data":[[["uuid","manager"],"ptcp:6640:127.0.0.1",["set",[]]]],"headings":["_uuid","target","connection_mode"]}',
    '{"data":[[["uuid","controller"],"tcp:10.0.0.9:6653",["set",[]]]],"headings":["_uuid","target","connection_mode"]}',
    '{"data":[],"headings":["_uuid","targets"]}',
    '{"data":[],"headings":["_uuid","targets"]}',
    '{"data":[],"headings":["_uuid","targets"]}',
    '{"data":[[["uuid","spy"],"spy",true,["set",[]],["set",[]],["set",[]],["set",[]],77]],"headings":["_uuid","name","select_all","select_src_port","select_dst_port","select_vlan","output_port","output_vlan"]}',
    '{"data":[[["uuid","I-vlan99"],"vlan99","internal",1099,["set",[]],["set",[]],["map",[]],0,0,["map",[]],["map",[]]],[["uuid","I-g1"],"g1","gre",["set",[]],["set",[]],["set",[]],["map",[["psk","swordfish"],["remote_ip","1.2.3.4"]]],0,0,["map",[]],["map",[]]],[["uuid","I-p1"],"p1","",1,["set",[]],["set",[]],["map",[]],0,0,["map",[]],["map",[]]],[["uuid","I-br0"],"br0","internal",["set",[]],["set",[]],["set",[]],["map",[]],0,0,["map",[]],["map",[]]],[["uuid","I-up0"],"up0","",["set",[]],["set",[]],["set",[]],["map",[]],0,0,["map",[]],["map",[]]]],"headings":["_uuid","name","type","ofport_request","mac","mtu_request","options","ingress_policing_rate","ingress_policing_burst","other_config","external_ids"]}',
    '{"data":[[["uuid","P-p1"],"p1",["uuid","I-p1"],10,["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],false,false,["set",[]],["set",[]],["map",[["rstp-port-admin-edge","true"]]],["map",[]]],[["uuid","P-up0"],"up0",["uuid","I-up0"],["set",[]],["set",[]],["set",[10,20,99]],["set",[]],["set",[]],["set",[]],false,false,["set",[]],["set",[]],["map",[]],["map",[]]],[["uuid","P-g1"],"g1",["uuid","I-g1"],["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],false,false,["set",[]],["set",[]],["map",[]],["map",[]]],[["uuid","P-vlan99"],"vlan99",["uuid","I-vlan99"],99,["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],false,false,["set",[]],["set",[]],["map",[]],["map",[]]],[["uuid","P-br0"],"br0",["uuid","I-br0"],["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],["set",[]],false,false,["set",[]],["set",[]],["map",[]],["map",[]]]],"headings":["_uuid","name","interfaces","tag","vlan_mode","trunks","cvlans","bond_mode","lacp","fake_bridge","protected","mac","qos","other_config","external_ids"]}',
    '{"data":[[["uuid","br0"],"br0","netdev",["set",[]],["set",[]],false,true,false,["set",[]],["set",[["uuid","P-p1"],["uuid","P-up0"],["uuid","P-vlan99"],["uuid","P-g1"],["uuid","P-br0"]]],["uuid","spy"],["uuid","controller"],["set",[]],["set",[]],["set",[]],["map",[["mac-aging-time","300"],["rstp-priority","4096"]]],["map",[]]]],"headings":["_uuid","name","datapath_type","fail_mode","protocols","stp_enable","rstp_enable","mcast_snooping_enable","flood_vlans","ports","mirrors","controller","sflow","netflow","ipfix","other_config","external_ids"]}',
)
TEXT = """! Open vSwitch
manager ptcp:6640:127.0.0.1
!
bridge br0
 controller tcp:10.0.0.9:6653
 datapath_type netdev
 other_config mac-aging-time 300
 other_config rstp-priority 4096
 rstp_enable
 port br0
  interface br0
   type internal
 port g1
  interface g1
   options psk swordfish
   options remote_ip 1.2.3.4
   type gre
 port p1
  other_config rstp-port-admin-edge true
  tag 10
  interface p1
   ofport_request 1
 port up0
  trunks 10 20 99
  interface up0
 port vlan99
  tag 99
  interface vlan99
   ofport_request 1099
   type internal
 mirror spy
  output_vlan 77
  select_all
end
"""


def answer(**changes: tuple[str, str, Any]) -> str:
    """The recorded answer with cells changed: `Port=("P-p1", "tag", 0)`."""
    documents = dict(zip(shell.TABLES, map(json.loads, ANSWER), strict=True))
    for table, (row_id, column, value) in changes.items():
        headings = documents[table]["headings"]
        (row,) = [row for row in documents[table]["data"] if row[headings.index("_uuid")][1] == row_id]
        row[headings.index(column)] = value
    return "\n".join(json.dumps(document) for document in documents.values())


def test_the_bridge_as_text() -> None:
    assert shell.bridge_text(answer()) == TEXT


def test_the_order_of_rows_and_of_sets_changes_nothing() -> None:
    documents = [json.loads(line) for line in ANSWER]
    for document in documents:
        document["data"].reverse()
        for row in document["data"]:
            for cell in row:
                if isinstance(cell, list) and cell[0] in ("set", "map"):
                    cell[1].reverse()
    assert shell.bridge_text("\n".join(map(json.dumps, documents))) == TEXT


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"Port": ("P-p1", "tag", 0)}, "  tag 10\n", "  tag 0\n"),
        ({"Port": ("P-p1", "tag", ["set", []])}, "  tag 10\n", ""),
        ({"Port": ("P-up0", "trunks", 10)}, "  trunks 10 20 99\n", "  trunks 10\n"),
        ({"Bridge": ("br0", "rstp_enable", False)}, " rstp_enable\n", ""),
        (
            {"Mirror": ("spy", "output_port", ["uuid", "P-up0"])},
            "  output_vlan 77\n",
            "  output_port up0\n  output_vlan 77\n",
        ),
        (
            {"Interface": ("I-up0", "ingress_policing_rate", 1000)},
            "  interface up0\n",
            "  interface up0\n   ingress_policing_rate 1000\n",
        ),
        (
            {"Interface": ("I-g1", "options", ["map", [["psk", "a\nmanager ptcp:1"]]])},
            "   options psk swordfish\n   options remote_ip 1.2.3.4\n",
            "   options psk a manager ptcp:1\n",
        ),
    ],
)
def test_a_change_is_a_changed_line(changes: dict[str, Any], before: str, after: str) -> None:
    assert shell.bridge_text(answer(**changes)) == TEXT.replace(before, after, 1)


def test_ports_are_in_the_order_of_their_numbers() -> None:
    assert sorted(["p10", "up0", "p2", "p1"], key=shell.natural) == ["p1", "p2", "p10", "up0"]


@pytest.mark.parametrize("text", ["", "{", "[]", ANSWER[0], "\n".join(ANSWER[:-1]), "\n".join([*ANSWER, ANSWER[0]])])
def test_a_part_of_an_answer_is_no_answer(text: str) -> None:
    with pytest.raises(shell.SourceError):
        shell.bridge_text(text)


def test_the_unit_asks_for_what_the_reader_expects() -> None:
    tables = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))["__configuration_reader_tables"]
    assert tuple(tables) == shell.TABLES
    assert [json.loads(line)["headings"] for line in ANSWER] == list(tables.values())


@pytest.mark.parametrize("typed", ["", "terminal width 511", "terminal length 0"])
def test_what_clients_send_first_is_accepted_in_silence(typed: str, tmp_path: Path) -> None:
    assert shell.answer_to(typed, tmp_path) == ""


@pytest.mark.parametrize(
    "typed", ["configure", "show running-config all", "show running-config; id", "terminal width 1; id", "help"]
)
def test_all_else_is_refused(typed: str, tmp_path: Path) -> None:
    assert shell.answer_to(typed, tmp_path) == shell.HELP + "\n"


def test_a_session_ends_at_exit() -> None:
    written: list[str] = []
    lines = itertools.chain(["\n", "configure  terminal\n", "exit\n"], itertools.repeat("show running-config\n"))
    shell.serve(lines, written.append, "r1", Path("/nonexistent"))
    assert "".join(written) == f"r1> \nr1> configure  terminal\n{shell.HELP}\nr1> "


def test_a_device_without_a_source_says_so(tmp_path: Path) -> None:
    assert shell.answer_to("show running-config", tmp_path) == "% configuration source does not answer properly\n"
