"""Everything that a device tells, from recordings of real ones, as `baophu probe --json` gives it."""

import asyncio
import json
from datetime import UTC, datetime
from functools import cache

import pytest
from snmprec import recordings

from collectors.fault import Fault
from collectors.snmp.definition import Definition
from collectors.snmp.definition_files import read_definitions
from collectors.snmp.recording import Recording, open_recording
from collectors.snmp.survey import survey
from collectors.snmp.survey_document import Document, survey_document
from ledger.observation import Failure

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
LISTS = ("interfaces", "neighbours", "vlans", "forwarding", "arp", "addresses", "sensors")

#: Its VLANs' forwarding tables are in contexts of their own; the default one's was recorded.
UNHEARD = {
    "table": "forwarding",
    "reason": "VLAN 1-143, 150, 166, 500-521, 531, 566, 580-582, 600-601, 610, 1000-1001, 1799: "
    "bad_reply: table forwarding: a recording has no VLAN's context",
}


def played(name: str) -> Recording:
    """The recording whose path ends so, but for its endings."""
    return open_recording(next(path for path in recordings().values() if name in str(path)))


@cache
def known() -> tuple[Definition, ...]:
    return read_definitions()


def told(name: str) -> Document:
    found = asyncio.run(survey(played(name), known(), lambda: NOW))
    assert not isinstance(found, Fault)
    document = survey_document(found, "10.68.1.1", 1.23456)
    assert json.loads(json.dumps(document)) == document
    return document


@pytest.mark.parametrize(
    ("name", "vendor", "model", "counts", "problems"),
    [
        ("cloud/arista-dcs-7150s-52-cl", "Arista", "DCS-7150S-52-CL", (59, 2, 5, 26, 30, 7, 92), []),
        ("network/appliance/cisco-unknown-01", "Cisco", "WS-C6509-E", (459, 9, 178, 234, 2764, 298, 164), [UNHEARD]),
        ("network/firewall/fortinet-xcu", "Fortinet", "FortiGate-3000D", (26, 0, 0, 0, 6, 8, 67), []),
    ],
)
def test_a_real_device_is_told_whole(
    name: str, vendor: str, model: str, counts: tuple[int, ...], problems: list[dict[str, str]]
) -> None:
    document = told(name)
    assert (document["device"]["vendor"], document["device"]["model"]) == (vendor, model)
    assert tuple(len(document[key]) for key in LISTS) == counts
    assert document["problems"] == problems
    assert (document["seconds"], document["device"]["address"]) == (1.235, "10.68.1.1")
    assert document["packets"] > 0


def test_rows_name_ports_and_states_as_people_do() -> None:
    document = told("cloud/arista-dcs-7150s-52-cl")
    port = next(each for each in document["interfaces"] if each["name"] == "Ethernet1")
    assert port.keys() == {"index", "name", "alias", "description", "kind", "admin", "oper", "speed_bps", "mac"}
    assert (port["kind"], port["admin"]) == ("ethernetCsmacd", "up")
    names = {each["name"] for each in document["interfaces"]}
    assert {each["port"] for each in document["forwarding"]} <= names
    assert {each["local_port"] for each in document["neighbours"]} <= names
    states = {"up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown"}
    assert {each[key] for each in document["interfaces"] for key in ("admin", "oper")} <= states


def test_an_agent_without_the_if_x_table_names_its_interfaces_by_their_descriptions() -> None:
    document = told("UPS/apc-8932")
    assert [each["name"] for each in document["interfaces"]] == [each["description"] for each in document["interfaces"]]
    assert document["interfaces"] != []


def test_a_device_that_does_not_even_say_who_it_is_is_a_fault() -> None:
    found = asyncio.run(survey(played("UPS/juniper-ac"), known(), lambda: NOW))
    assert isinstance(found, Fault)
    assert found.failure is Failure.BAD_REPLY
