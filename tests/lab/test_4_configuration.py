"""Configurations of real devices: read in-band by an account that can do nothing else, and who changed what."""

import json
from typing import Any

import pytest
from province import Province

ROUTER, SWITCH = "68-22945-RT-001", "68-22945-SW-001"
#: In the plan, and in nobody's rack yet.
ABSENT = {"68-23272-RT-001", "68-23272-SW-001"}


def read(province: Province, *devices: str) -> dict[str, dict[str, Any]]:
    """`config collect`, by device."""
    done = province.run("config", "collect", *devices, "--lab", province.name, "--json", check=False)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    assert done.returncode == (0 if all(row["ok"] for row in rows) else 1)
    return {row["device"]: row for row in rows}


def history(province: Province, device: str) -> list[dict[str, Any]]:
    return province.asked("config", "log", device)


def text(province: Province, device: str) -> str:
    return province.run("config", "show", device).stdout


def test_every_device_is_read_and_none_changes_by_itself(province: Province) -> None:
    first, second = read(province), read(province)
    assert {device for device, row in first.items() if not row["ok"]} == ABSENT
    assert {row["failure"] for device, row in first.items() if device in ABSENT} == {"no_answer"}
    assert [row for row in second.values() if row["ok"] and row["is_new"]] == []
    assert "router bgp 65102" in text(province, ROUTER)
    assert "bridge br0" in text(province, ROUTER)
    assert text(province, SWITCH).startswith("! Open vSwitch\n")


@pytest.mark.parametrize(
    "command",
    ["vtysh -c 'show running-config'", "ovs-vsctl show", "cat /etc/frr/frr.conf", "cat /etc/openvswitch/conf.db"],
)
def test_the_readers_account_has_no_other_way(province: Province, command: str) -> None:
    assert province.on(ROUTER, f"runuser -u baophu-config -- {command}", check=False).returncode != 0


def test_a_change_by_hand_is_from_outside_and_its_repair_is_ours(province: Province) -> None:
    read(province, ROUTER)
    province.on(ROUTER, "vtysh -c configure -c 'ip route 10.68.30.0/24 blackhole'")
    assert read(province, ROUTER)[ROUTER]["is_new"]
    newest = history(province, ROUTER)[0]
    assert (newest["origin"], newest["added"], newest["removed"]) == ("unknown", 1, 0)
    assert "\n+ip route 10.68.30.0/24 blackhole\n" in province.run("config", "diff", ROUTER).stdout
    province.provision("wan", "--limit", ROUTER)
    read(province, ROUTER)
    newest = history(province, ROUTER)[0]
    assert (newest["origin"], newest["playbook"], newest["added"], newest["removed"]) == ("baophu", "wan", 0, 1)


def test_a_switchs_port_that_was_moved_to_another_vlan_is_seen(province: Province) -> None:
    read(province, SWITCH)
    tag = province.on(SWITCH, "ovs-vsctl get port p8 tag").stdout.strip()
    try:
        province.on(SWITCH, "ovs-vsctl set port p8 tag=77")
        read(province, SWITCH)
        assert history(province, SWITCH)[0]["origin"] == "unknown"
        shown = province.run("config", "diff", SWITCH).stdout.splitlines()
        assert [line for line in shown[2:] if line[:1] in "+-"] == [f"-  tag {tag}", "+  tag 77"]
    finally:
        province.on(SWITCH, f"ovs-vsctl set port p8 tag={tag}")


def test_a_secret_that_changed_is_noticed_and_never_kept(province: Province) -> None:
    command = "vtysh -c configure -c 'router bgp 65102' -c '{} neighbor 192.0.2.1'"
    setting = "vtysh -c configure -c 'router bgp 65102' -c 'neighbor 192.0.2.1 remote-as 65999'"
    password = "vtysh -c configure -c 'router bgp 65102' -c 'neighbor 192.0.2.1 password {}'"
    try:
        province.on(ROUTER, f"{setting} && {password.format('first-secret')}")
        read(province, ROUTER)
        province.on(ROUTER, password.format("other-secret"))
        read(province, ROUTER)
        newest = history(province, ROUTER)[0]
        assert (newest["secrets_changed"], newest["added"], newest["removed"]) == (True, 0, 0)
        assert "neighbor 192.0.2.1 password <masked>" in text(province, ROUTER)
        files = list(province.store.parent.glob(f"{province.store.name}*"))  # the write-ahead log, too
        assert [file.name for file in files if b"-secret" in file.read_bytes()] == []
    finally:
        province.on(ROUTER, command.format("no"))
        read(province, ROUTER)
