"""`baophu probe` on real agents: every table that such a device has, whole, and what it says is what the device is."""

from typing import Any

import orjson
import pytest
from province import Province

ROUTER, SWITCH, SERVER, POP = "68-22945-RT-001", "68-22945-SW-001", "68-TTDL-SV-001", "68-POP-RT-001"
#: What each of them has beside its system group; the rest is empty because there is nothing of it.
FILLED = {
    ROUTER: {"interfaces", "neighbours", "arp", "addresses", "vlans", "forwarding", "sensors"},
    SWITCH: {"interfaces", "neighbours", "arp", "addresses", "vlans", "forwarding", "sensors"},
    SERVER: {"interfaces", "neighbours", "arp", "addresses", "sensors"},
    POP: {"interfaces", "neighbours", "arp", "addresses", "sensors"},
}
TABLES = ("interfaces", "neighbours", "vlans", "forwarding", "arp", "addresses", "sensors", "supplies")
ADDRESSES = {ROUTER: "10.68.0.12", SWITCH: "10.68.28.2", SERVER: "10.68.1.10", POP: "10.68.0.1"}


@pytest.mark.parametrize("host", FILLED)
def test_every_table_of_a_real_agent_is_read_whole(province: Province, host: str) -> None:
    told = province.run("probe", ADDRESSES[host], "--lab", province.name, "--json").stdout
    document: dict[str, Any] = orjson.loads(told)
    assert document["problems"] == []
    assert {name for name in TABLES if document[name]} == FILLED[host]
    device = document["device"]
    assert device["sys_name"].partition(".")[0].upper() == host
    kernel = province.on(host, "uname -r").stdout.strip()
    assert (device["vendor"], device["os"], device["version"]) == (None, "Linux", kernel)
    own = {address.strip() for address in province.on(host, "hostname -I").stdout.split()}
    assert {entry["address"] for entry in document["addresses"]} >= {each for each in own if "." in each}
    ports = set(province.on(host, "ls /sys/class/net").stdout.split())
    assert {port["name"] for port in document["interfaces"]} == ports - {"bonding_masters"}
