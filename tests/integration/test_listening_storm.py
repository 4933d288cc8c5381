"""More notifications than can be looked at one by one: the ledger is right afterwards, and what was lost is noticed."""

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest
from listening_house import ENGINE, LINK_DOWN, POP, RIGHT, SERVER, STRANGER, House, await_true, listening_house

from ledger.plan import Plan

CAPTURE = (
    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
    f"s.bind(('{SERVER}', 9162)); s.settimeout(20); print('ready', flush=True); print(s.recv(9999).hex(), flush=True)"
)


@pytest.fixture(scope="module")
def house(lab_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with listening_house(lab_plan, tmp_path_factory.mktemp("storm")) as opened:
        yield opened


def trap_of(house: House) -> str:
    """A trap of SNMPv3 as net-snmp sends it, in hexadecimal."""
    with house.namespace.running(sys.executable, "-c", CAPTURE, log=house.folder / "capture.log") as capture:
        await_true(lambda: "ready" in (house.folder / "capture.log").read_text(encoding="ascii"), capture)
        house.notify(*RIGHT, *ENGINE, "TO", *LINK_DOWN, port=9162)
        capture.wait(20)
    return (house.folder / "capture.log").read_text(encoding="ascii").split()[-1]


def test_a_storm_leaves_the_ledger_equal_to_a_poll(house: House) -> None:
    """10,000 authentic traps while a port goes down and up again and again; it ends down."""
    seconds = float(os.environ.get("BAOPHU_TEST_STORM_SECONDS", "5"))
    house.plug("up")
    data = trap_of(house)
    storm = [sys.executable, "tests/integration/support/storm.py", POP, SERVER, "162", "10000", str(seconds), data]
    with house.collecting(), house.listening():
        await_true(lambda: house.link_is_up() is True)
        with house.namespace.running(*storm, log=house.folder / "storm.log") as sending:
            for state in ("down", "up", "down", "up", "down"):
                house.plug(state)
                time.sleep(seconds / 6)
            assert sending.wait(60) == 0
        ended = time.monotonic()
        await_true(lambda: house.link_is_up() is False, seconds=30)
        took = time.monotonic() - ended
        found = house.metrics()
        assert found["received_total trap_v3"] + found.get("dropped_total snmp", 0) == 10_000
        assert found["triggers_total poll"] < 200
    house.store.with_name("fresh.db").unlink(missing_ok=True)
    fresh = house.folder / "fresh.db"
    house.namespace.run(sys.executable, "-m", "baophu", "collect", "--once", *house.arguments(fresh))
    assert house.states() == house.states(fresh)
    assert took < 30


def test_what_was_dropped_makes_all_devices_be_polled(house: House) -> None:
    """A paused listener with hardly any room."""
    with house.listening(BAOPHU_RECEIVE_BYTES="4096", BAOPHU_SETTLE_SECONDS="0") as process, house.collecting():
        await_true(lambda: house.metrics()["pending_devices"] == 0, seconds=60)
        before = house.metrics()["triggers_total poll"]
        process.send_signal(signal.SIGSTOP)
        try:
            storm = [sys.executable, "tests/integration/support/storm.py", STRANGER, SERVER, "162", "500", "0.1", "30"]
            house.namespace.run(*storm)
        finally:
            process.send_signal(signal.SIGCONT)
        await_true(lambda: house.metrics()["dropped_total snmp"] > 0, seconds=60)
        await_true(lambda: house.metrics()["triggers_total poll"] >= before + 15, seconds=60)
        found = house.metrics()
        assert found["dropped_total snmp"] + found["ignored_total unknown_sender"] == 500
