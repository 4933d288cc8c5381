"""Notifications of real hosts: the ledger follows within seconds, although the next cycle is minutes away."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from province import PLAN, Province

from ledger.store import open_store

POP, ROUTER, SERVER = "68-POP-RT-001", "68-22945-RT-001", "10.68.1.10"
UPLINK = "68-22945-LK-001"
INTERVAL_SECONDS = 300
METRICS_PORT = 18475
#: An agent reads its ports every 15 s, and looks every 10 s whether to say so; 20 s later it is polled once more.
PATIENCE_SECONDS = 75.0
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
CONFIG_CHANGE = "1.3.6.1.2.1.47.2.0.1"


def until(holds: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


@contextmanager
def running(province: Province, *arguments: str) -> Iterator[Path]:
    """`baophu …` at the collectors' seat, until the block ends; gives what it says."""
    log = province.store.with_name(f"{arguments[0]}.log")
    log.unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "baophu", "--lang", "en", *arguments, "--lab", province.name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "BAOPHU_PLAN": str(province.plan), "BAOPHU_STORE": str(province.store)},
        )
    try:
        yield log
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def listening(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The PoP's agent sends traps, the listener runs, and the collectors, who look every five minutes."""
    plan = tmp_path_factory.mktemp("notifications") / "plan"
    shutil.copytree(PLAN, plan)
    (plan / "group_vars/pop.yml").write_text(yaml.safe_dump({"monitoring_agent_notified": [SERVER]}), encoding="utf-8")
    mine = replace(province, plan=plan)
    with ExitStack() as stack:
        stack.callback(province.provision, "monitoring", "--limit", POP)
        mine.provision("monitoring", "--limit", POP)
        assert mine.provision("monitoring", "--limit", POP)[POP]["changed"] == 0
        collected = stack.enter_context(running(province, "collect", "--interval", str(INTERVAL_SECONDS)))
        stack.enter_context(running(province, "listen", "--port", str(METRICS_PORT)))
        assert until(lambda: "snmp" in collected.read_text(encoding="utf-8"), 120)
        assert until(lambda: counted(province).get("buffer", 0) > 0)
        yield province


def counted(province: Province) -> dict[str, float]:
    """What the listener says that it counted."""
    fetched = subprocess.run(
        ["curl", "-sf", f"http://127.0.0.1:{METRICS_PORT}/metrics"], capture_output=True, text=True, check=False
    ).stdout
    found = {"trap_v3": 0.0, "inform_v3": 0.0, "ignored": 0.0}
    for family in text_string_to_metric_families(fetched):
        for sample in family.samples:
            if sample.name == "baophu_listener_received_total":
                found[sample.labels["kind"]] = sample.value
            elif sample.name == "baophu_listener_ignored_total":
                found["ignored"] += sample.value
            elif sample.name == "baophu_listener_receive_buffer_bytes":
                found["buffer"] = sample.value
    return found


def link_is_up(province: Province) -> bool | None:
    with open_store(f"sqlite:///{province.store}") as store:
        states = [
            state for state in store.states() if (state.asset, state.check, state.source) == (UPLINK, "link", POP)
        ]
    return max(states, key=lambda state: state.last_at).ok if states else None


def passphrase(province: Province, name: str) -> str:
    """One of the province's, that devices themselves don't have."""
    return (province.place.state / "secrets" / name).read_text(encoding="utf-8").strip()


def informed(province: Province, kind: str, auth_key: str) -> int:
    """The exit code of an inform from the PoP; 0 is an answer that proves itself."""
    command = (
        f"snmpinform -v3 -l authPriv -u baophu -a SHA-256 -A {auth_key} -x AES -X {passphrase(province, 'snmp_priv')} "
        f"-r 1 -t 3 {SERVER} '' {kind}"
    )
    return province.on(POP, command, check=False).returncode


def test_an_agent_that_sees_a_port_go_down_and_up_makes_the_ledger_follow(listening: Province) -> None:
    assert link_is_up(listening) is True
    before = counted(listening)["trap_v3"]
    listening.lab("cut", UPLINK)
    try:
        assert until(lambda: link_is_up(listening) is False), "the next cycle is five minutes away"
        assert counted(listening)["trap_v3"] > before
    finally:
        listening.lab("mend", UPLINK)
    assert until(lambda: link_is_up(listening) is True)


def test_an_inform_is_answered_and_makes_the_ledger_follow(listening: Province) -> None:
    key = passphrase(listening, "snmp_auth")
    listening.lab("cut", UPLINK)
    try:
        assert informed(listening, LINK_DOWN, key) == 0
        assert until(lambda: link_is_up(listening) is False)
        assert counted(listening)["inform_v3"] == 1
    finally:
        listening.lab("mend", UPLINK)
    assert informed(listening, LINK_UP, key) == 0
    assert until(lambda: link_is_up(listening) is True)


def versions(province: Province) -> int:
    with open_store(f"sqlite:///{province.store}") as store:
        return len(store.configuration_versions(POP))


def test_a_changed_configuration_is_read_and_kept_at_once(listening: Province) -> None:
    listening.run("config", "collect", POP, "--lab", listening.name)
    before = versions(listening)
    route = "ip route 10.68.31.0/24 blackhole"
    try:
        listening.on(POP, f"vtysh -c configure -c '{route}'")
        assert informed(listening, CONFIG_CHANGE, passphrase(listening, "snmp_auth")) == 0
        assert until(lambda: versions(listening) == before + 1)
        assert f"\n+{route}\n" in listening.run("config", "diff", POP).stdout
    finally:
        listening.on(POP, f"vtysh -c configure -c 'no {route}'")
        listening.run("config", "collect", POP, "--lab", listening.name)


def test_an_inform_with_a_wrong_key_is_ignored(listening: Province) -> None:
    before = counted(listening)
    assert informed(listening, LINK_DOWN, "not-the-right-passphrase") != 0
    after = counted(listening)
    assert after["inform_v3"] == before["inform_v3"]
    assert after["ignored"] > before["ignored"]
