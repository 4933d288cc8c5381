"""Each fault gives the verdict that it should, to what it should and to nothing else, and then goes away."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from province import Province, rows

from ledger.observation import COLLECTOR_OF
from ledger.store import open_store

COMMUNE = "68-22945"
UPLINK, TRUNK, TO_SERVER = "68-22945-LK-001", "68-22945-LK-002", "68-22945-LK-003"
PC = "68-22945-PC-001"
#: Max ages so short that a sighting of some cycles ago proves nothing any more.
SHORT_SECONDS = 25
SHORT = {f"BAOPHU_MAX_AGE__{check}": str(SHORT_SECONDS) for check in ("FDB", "ARP", "LEASE", "PING")}


def available(province: Province, at: datetime | None = None) -> dict[str, str]:
    """What doesn't answer, `dict[asset id, availability]`."""
    return {row.asset: row.availability for row in rows(province, at) if row.availability not in (None, "up")}


def rollout_figures(province: Province) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in figure.items() if key != "as_of"}
        for name in ("HT02", "HT04", "HT06")
        for figure in province.asked("coverage", "--indicator", name)
    ]


def settled(province: Province, expected: dict[str, str]) -> dict[str, str]:
    """What doesn't answer, once the agents have noticed: net-snmp reads its interfaces every 15 s at most."""
    for _ in range(6):
        province.collect()
        if available(province) == expected:
            break
    return available(province)


def recovered(province: Province) -> bool:
    return not settled(province, {})


def test_a_cut_uplink_leaves_coverage_alone_and_hides_nothing_else(province: Province) -> None:
    before = rollout_figures(province)
    assert available(province) == {}
    province.lab("cut", UPLINK)
    try:
        outage = {UPLINK: "down", **dict.fromkeys(behind_the_uplink(province), "behind_outage")}
        assert settled(province, outage) == outage
        assert rollout_figures(province) == before
        assert province.gaps("AV01") == {f"{COMMUNE}-CP": "behind_outage"}
        assert province.gaps("AV02") == {UPLINK: "down", TRUNK: "behind_outage", TO_SERVER: "behind_outage"}
        with open_store(f"sqlite:///{province.store}") as store:
            latest = max(
                (s for s in store.states() if (s.asset, s.check) == ("68-22945-RT-001", "snmp")),
                key=lambda state: state.last_at,
            )
        assert (latest.ok, latest.failure) == (False, "no_answer"), "in-band SNMP timed out"
    finally:
        province.lab("mend", UPLINK)
    assert recovered(province)
    assert rollout_figures(province) == before


def behind_the_uplink(province: Province) -> set[str]:
    served = {row.asset for row in rows(province) if row.unit == COMMUNE and row.availability is not None}
    assert {"68-22945-RT-001", "68-22945-SW-001", PC, "68-22945-PC-002", TRUNK, f"{COMMUNE}-CP"} <= served
    return served - {UPLINK}


def test_a_site_without_power_is_one_outage(province: Province) -> None:
    province.lab("power-off", "68-22924-TS")
    try:
        served = {row.asset for row in rows(province) if row.unit == "68-22924" and row.availability is not None}
        outage = {**dict.fromkeys(served, "behind_outage"), "68-22924-LK-001": "down"}
        assert settled(province, outage) == outage, "the link stands for what can't be told from it"
        assert province.gaps("AV01") == {"68-22924-CP": "behind_outage"}
    finally:
        province.lab("power-on", "68-22924-TS")
    assert recovered(province), available(province)


def test_an_unplugged_pc_is_down_at_once_and_later_stale(province: Province) -> None:
    before = rollout_figures(province)
    province.lab("unplug", PC)
    try:
        assert settled(province, {PC: "down"}) == {PC: "down"}
        assert rollout_figures(province) == before
        gaps = short_sighted_gaps(province)
        assert gaps.pop(PC)["verdict"] == "stale"
        assert set(gaps) == {"68-22924-PC-002", "68-23272-PC-001", "68-23272-PC-002"}
    finally:
        province.lab("plug", PC)
    assert recovered(province), available(province)


def short_sighted_gaps(province: Province) -> dict[str, dict[str, Any]]:
    """HT06's gaps by short max ages, once the PC's last sightings at home are older (ARP remembers it for a while)."""
    for _ in range(10):
        time.sleep(SHORT_SECONDS / 4)
        province.collect(environment=SHORT)
        gaps = {row["asset"]: row for row in province.asked("gaps", "--indicator", "HT06", environment=SHORT)}
        if PC in gaps:
            return gaps
    pytest.fail(f"{PC} is still covered")


def test_a_moved_pc_is_in_the_wrong_place(province: Province) -> None:
    province.lab("move", PC, "68-22924")
    try:
        row = short_sighted_gaps(province)[PC]
        assert (row["verdict"], row["seen_at_unit"]) == ("wrong_place", "68-22924")
    finally:
        province.lab("move", PC, COMMUNE)
    assert recovered(province), available(province)
    assert PC not in province.gaps("HT06")


def test_a_killed_collector_is_silent_and_nothing_is_down(province: Province) -> None:
    interval = 5
    collector = subprocess.Popen(
        [sys.executable, "-m", "baophu", "collect", "--lab", province.name, "--interval", str(interval)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "BAOPHU_STORE": str(province.store)},
    )
    try:
        await_beats(province, collector)
        refused = province.run("collect", "--once", "--lab", province.name, check=False)
        assert refused.returncode == 1
        assert str(collector.pid) in refused.stderr
    finally:
        collector.send_signal(signal.SIGKILL)
        collector.wait(timeout=10)
    silent = set(available(province, datetime.now(UTC) + timedelta(minutes=10)).values())
    assert silent == {"collector_silent"}
    assert recovered(province)


def await_beats(province: Province, collector: "subprocess.Popen[bytes]") -> None:
    began = datetime.now(UTC)
    for _ in range(120):
        assert collector.poll() is None
        with open_store(f"sqlite:///{province.store}") as store:
            beats = store.heartbeats()
        if {beat.collector for beat in beats if beat.started_at > began} == set(COLLECTOR_OF.values()):
            return
        time.sleep(0.5)
    pytest.fail("the collectors finished no cycle within a minute")


def test_wrong_credentials_are_called_so(province: Province, tmp_path: Path) -> None:
    good = yaml.safe_load((Path(".baophu/run") / province.name / "credentials.yml").read_text(encoding="utf-8"))
    key = tmp_path / "wrong_key"
    key.touch(mode=0o600)
    key.write_text("not-the-right-passphrase", encoding="utf-8")
    wrong = tmp_path / "credentials.yml"
    wrong.touch(mode=0o600)
    wrong.write_text(yaml.safe_dump({**good, "snmp": {**good["snmp"], "auth_key_file": str(key)}}), encoding="utf-8")
    province.run("collect", "--once", "--lab", province.name, "--credentials", str(wrong))
    refused = {row.asset for row in rows(province) if row.availability == "auth_failed"}
    assert {"68-POP-RT-001", "68-22945-RT-001", "68-22945-SW-001", "68-TTDL-SV-001"} <= refused
    assert "down" not in available(province).values()
    assert recovered(province)
