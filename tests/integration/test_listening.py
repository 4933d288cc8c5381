"""Notifications of net-snmp's own commands against the listener as users start it: who is believed, and who isn't."""

from collections.abc import Iterator

import pytest
from listening_house import (
    AUTH_KEY,
    COMMUNITY,
    ENGINE,
    LINK_DOWN,
    POP,
    PRIV_KEY,
    RIGHT,
    SERVER,
    STRANGER,
    USER,
    House,
    await_true,
    listening_house,
)

from ledger.plan import Plan

WRONG_USER = tuple("somebody" if word == "baophu" else word for word in RIGHT)


@pytest.fixture(scope="module")
def listener(lab_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with listening_house(lab_plan, tmp_path_factory.mktemp("listening")) as house, house.listening():
        yield house


class Counted:
    """What was counted since, once it is there."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.before = house.metrics()

    def since(self, *names: str) -> dict[str, float]:
        def found() -> dict[str, float]:
            return {
                name: value - self.before.get(name, 0.0)
                for name, value in self.house.metrics().items()
                if name.startswith(("received", "ignored", "rule")) and value > self.before.get(name, 0.0)
            }

        await_true(lambda: set(names) <= found().keys(), seconds=60)
        return found()


@pytest.fixture
def counted(listener: House) -> Counted:
    return Counted(listener)


@pytest.mark.parametrize(
    ("command", "words", "expected"),
    [
        ("snmptrap", ("-v2c", "-c", COMMUNITY, "TO", *LINK_DOWN), "received_total trap_v2c"),
        ("snmptrap", ("-v1", "-c", COMMUNITY, "TO", "1.3.6.1.4.1.8072", "", "2", "0", ""), "received_total trap_v1"),
        ("snmptrap", (*RIGHT, "-e", "0x80001f880501020304", "TO", *LINK_DOWN), "received_total trap_v3"),
        ("snmpinform", ("-v2c", "-c", COMMUNITY, "TO", *LINK_DOWN), "received_total inform_v2c"),
        ("snmpinform", (*RIGHT, "TO", *LINK_DOWN), "received_total inform_v3"),
    ],
)
def test_a_notification_is_believed_and_an_inform_answered(
    listener: House, counted: Counted, command: str, words: tuple[str, ...], expected: str
) -> None:
    assert listener.notify(*words, command=command) == 0
    assert counted.since(expected) == {expected: 1.0}
    assert listener.metrics()["pending_devices"] >= 1, "no collector takes it, so it is kept"


@pytest.mark.parametrize(
    ("command", "words", "source", "expected"),
    [
        ("snmptrap", ("-v2c", "-c", "public", "TO", *LINK_DOWN), POP, "wrong_community"),
        ("snmptrap", ("-v2c", "-c", COMMUNITY, "TO", *LINK_DOWN), STRANGER, "unknown_sender"),
        ("snmptrap", (*RIGHT, *ENGINE, "TO", *LINK_DOWN), STRANGER, "unknown_sender"),
        ("snmptrap", (*USER, "-A", "another-key", "-X", PRIV_KEY, *ENGINE, "TO", *LINK_DOWN), POP, "auth_failed"),
        ("snmptrap", (*USER, "-A", AUTH_KEY, "-X", "another-key", *ENGINE, "TO", *LINK_DOWN), POP, "undeciphered"),
        ("snmptrap", (*WRONG_USER, *ENGINE, "TO", *LINK_DOWN), POP, "auth_failed"),
        ("snmptrap", ("-v3", "-l", "noAuthNoPriv", "-u", "baophu", *ENGINE, "TO", *LINK_DOWN), POP, "unauthenticated"),
        (
            "snmptrap",
            ("-v3", "-l", "authNoPriv", "-u", "baophu", "-a", "SHA-256", "-A", AUTH_KEY, *ENGINE, "TO", *LINK_DOWN),
            POP,
            "unauthenticated",
        ),
    ],
)
def test_what_is_not_to_be_believed_is_counted_by_why(
    listener: House, counted: Counted, command: str, words: tuple[str, ...], source: str, expected: str
) -> None:
    assert listener.notify(*words, command=command, source=source) == 0
    assert counted.since(f"ignored_total {expected}") == {f"ignored_total {expected}": 1.0}


@pytest.mark.parametrize(
    "options",
    [
        (*USER, "-A", "another-key", "-X", PRIV_KEY),
        WRONG_USER,
        ("-v2c", "-c", "public"),
        ("-v3", "-l", "noAuthNoPriv", "-u", "baophu"),
    ],
)
def test_an_inform_that_is_not_believed_gets_no_answer(
    listener: House, counted: Counted, options: tuple[str, ...]
) -> None:
    assert listener.notify(*options, "-r", "0", "-t", "1", "TO", *LINK_DOWN, command="snmpinform") != 0
    assert not [name for name in counted.since() if name.startswith("received")]


def test_syslog_is_read_by_rules_and_never_believed_from_strangers(listener: House, counted: Counted) -> None:
    say = (
        "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((sys.argv[1], 0)); "
        f"s.sendto(sys.argv[2].encode(), ('{SERVER}', 514))"
    )
    link = "<187>45: *Mar  1 18:46:11: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
    listener.namespace.python(say, POP, link)
    listener.namespace.python(say, STRANGER, link)
    listener.namespace.python(say, POP, "<13>1 2026-11-22T05:00:00Z pop cron - - - nothing happened")
    listener.namespace.python(say, POP, "no priority")
    listener.namespace.python(say, POP, "<13>" + "x" * 9000)
    names = [f"ignored_total {reason}" for reason in ("unknown_sender", "no_rule", "undecodable", "oversize")]
    assert counted.since(*names) == {
        **dict.fromkeys(names, 1.0),
        "received_total syslog": 1.0,
        "rule_messages_total cisco_link": 1.0,
    }
