"""From the listener to the collectors: what is asked for gets there, and what doesn't is tried again."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from collectors.triggers import MOST_DEVICES, TriggerInbox, TriggerOutlet, Triggers


def test_what_comes_while_it_is_taken_is_kept_for_the_next_time() -> None:
    triggers = Triggers()
    triggers.note(["a", "b"], ["b"])
    assert triggers.polls_came.is_set()
    assert triggers.configurations_came.is_set()
    assert triggers.take_polls() == {"a", "b"}
    triggers.note(["a"], [])
    assert triggers.polls_came.is_set()
    assert triggers.take_polls() == {"a"}
    assert not triggers.polls_came.is_set()
    assert triggers.take_configurations() == {"b"}
    assert triggers.take_polls() == triggers.take_configurations() == frozenset()


def test_nobody_there_takes_nothing(tmp_path: Path) -> None:
    with TriggerOutlet(tmp_path / "socket") as outlet:
        assert outlet.send(["a"], ["a"]) == 0
    with TriggerOutlet(tmp_path / "nowhere" / "socket") as outlet:
        assert outlet.send(["a"], []) == 0


def test_many_devices_get_there_and_nobody_else_may_send(tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 20) / ("deeper" * 20) / "ledger.db.triggers"
    path.parent.mkdir(parents=True)
    names = [f"68-22945-SW-{number:03}" for number in range(3 * MOST_DEVICES)]

    async def tell() -> Triggers:
        triggers = Triggers()
        with TriggerInbox(path, triggers), TriggerOutlet(path) as outlet:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert outlet.send(names, names[:2]) == len(names) + 2
            await asyncio.wait_for(triggers.configurations_came.wait(), 5)
        return triggers

    triggers = asyncio.run(tell())
    assert triggers.take_polls() == set(names)
    assert triggers.take_configurations() == set(names[:2])
    assert not path.exists()


def test_a_full_queue_says_how_much_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "socket"

    async def tell() -> tuple[int, Triggers]:
        triggers = Triggers()
        with TriggerInbox(path, triggers), TriggerOutlet(path) as outlet:
            names = [str(number) for number in range(MOST_DEVICES * 1000)]
            taken = outlet.send(names, [])  # the inbox gets no turn meanwhile
            await asyncio.wait_for(triggers.polls_came.wait(), 5)
            return taken, triggers

    taken, triggers = asyncio.run(tell())
    assert 0 < taken < MOST_DEVICES * 1000
    assert taken % MOST_DEVICES == 0
    assert len(triggers.take_polls()) == taken


@pytest.mark.parametrize(
    "rubbish", [b"", b"\xff", b"[]", b"{}", b'{"poll": "a", "configuration": []}', b'{"poll": [1]}']
)
def test_rubbish_is_ignored(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "socket"

    async def tell() -> Triggers:
        triggers = Triggers()
        with (
            TriggerInbox(path, triggers),
            TriggerOutlet(path) as outlet,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other,
        ):
            other.sendto(rubbish, str(path))
            assert outlet.send(["a"], []) == 1
            await asyncio.wait_for(triggers.polls_came.wait(), 5)
        return triggers

    assert asyncio.run(tell()).take_polls() == {"a"}


def test_an_inbox_takes_the_place_of_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))

    async def tell() -> int:
        with TriggerInbox(path, Triggers()), TriggerOutlet(path) as outlet:
            return outlet.send(["a"], [])

    assert asyncio.run(tell()) == 1
