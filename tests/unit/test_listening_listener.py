"""From a datagram to what the collectors are told: by whom, how often, and what is kept where nobody takes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from notified import INFORM, OURS, USER, Sealed, in_community, pdu

from collectors.listening.believed import Believed
from collectors.listening.listener import CONFIGURATION_SECONDS, DROPS_SECONDS, RETRY_SECONDS, Listener
from collectors.listening.mailbox import Datagram
from collectors.listening.rules import read_rules
from collectors.listening.snmp_judge import NoInforms, SnmpJudge
from collectors.listening.tally import Tally
from ledger.plan import Exemption, Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
POP, SWITCH = "68-POP-RT-001", "68-22945-SW-001"
POP_ADDRESS, POP_LINK_END, SWITCH_ADDRESS, STRANGER = "10.68.0.1", "10.68.2.5", "10.68.28.2", "10.68.99.99"
CONFIG_CHANGE = (1, 3, 6, 1, 2, 1, 47, 2, 0, 1)


class Box:
    """Plays a socket."""

    def __init__(self) -> None:
        self.waiting: list[Datagram] = []
        self.lost = 0
        self.answers: list[tuple[tuple[str, int], bytes]] = []

    def put(self, data: bytes, sender: str = POP_ADDRESS) -> None:
        self.waiting.append(Datagram(data, (sender, 1024)))

    def take(self) -> list[Datagram]:
        taken, self.waiting = self.waiting, []
        return taken

    def dropped(self) -> int:
        return self.lost

    def answer(self, datagram: Datagram, data: bytes) -> None:
        self.answers.append((datagram.sender, data))


class Outlet:
    """Plays the collectors; `room` is how many they take at once."""

    def __init__(self) -> None:
        self.room = 10_000
        self.told: list[tuple[list[str], list[str]]] = []

    def send(self, polls: Sequence[str], configurations: Sequence[str]) -> int:
        wanted = len(polls) + len(configurations)
        taken = min(self.room, wanted)
        if taken:
            self.told.append((list(polls[:taken]), list(configurations[: max(0, taken - len(polls))])))
        return taken


class Scene:
    """A listener that has asked for all devices already, as it does at its start."""

    def __init__(self, plan: Plan) -> None:
        self.now = 0.0
        self.today = NOON
        self.snmp, self.syslog, self.outlet, self.tally = Box(), Box(), Outlet(), Tally()
        clock = lambda: self.now  # noqa: E731 - two callers
        self.listener = Listener(
            believed=Believed(plan, lambda: self.today),
            judge=SnmpJudge(USER, [b"for-traps"], informs=NoInforms(), engine_id=OURS, clock=clock),
            rules=read_rules(),
            outlet=self.outlet,
            tally=self.tally,
            clock=clock,
            least_seconds=2.0,
            settle_seconds=0.0,
        )
        self.listener.deliver()
        self.first = self.outlet.told.pop()

    def trap(self, sender: str = POP_ADDRESS, data: bytes = in_community(pdu())) -> None:
        self.snmp.put(data, sender)
        self.listener.take_snmp(self.snmp)

    def say(self, text: str, sender: str = POP_ADDRESS) -> None:
        self.syslog.put(text.encode(), sender)
        self.listener.take_syslog(self.syslog)

    def ignored(self) -> dict[str, int]:
        return {reason: number for reason, number in self.tally.ignored.items() if number}

    def told(self, at: float) -> list[tuple[list[str], list[str]]]:
        """What the collectors are told from now until `at`."""
        self.outlet.told.clear()
        while True:
            seconds = self.listener.deliver()
            if self.now + seconds > at:
                self.now = at
                return self.outlet.told
            self.now += seconds


@pytest.fixture
def scene(lab_plan: Plan) -> Scene:
    scene = Scene(lab_plan)
    scene.now = 100.0
    return scene


def test_at_its_start_all_devices_are_asked_for(scene: Scene, lab_plan: Plan) -> None:
    assert scene.first == (list(lab_plan.devices), [])


@pytest.mark.parametrize("sender", [POP_ADDRESS, POP_LINK_END])
def test_a_notification_makes_its_sender_be_polled(scene: Scene, sender: str) -> None:
    scene.trap(sender)
    assert scene.told(100.0) == [([POP], [])]
    assert scene.tally.received["trap_v2c"] == 1
    assert scene.tally.triggers["poll"] == len(scene.first[0]) + 1


def test_a_stranger_is_counted_and_nothing_else(scene: Scene) -> None:
    scene.trap(STRANGER, in_community(pdu(INFORM)))
    scene.trap(STRANGER, b"rubbish")
    scene.say("<13>%LINK-3-UPDOWN", STRANGER)
    assert scene.told(200.0) == []
    assert scene.ignored() == {"unknown_sender": 3}
    assert scene.snmp.answers == []


def test_an_inform_is_answered(scene: Scene) -> None:
    scene.trap(data=in_community(pdu(INFORM)))
    ((sender, data),) = scene.snmp.answers
    assert (sender, data[:2]) == ((POP_ADDRESS, 1024), in_community(pdu(INFORM))[:2])


def test_a_storm_is_few_polls_and_one_after_its_end(scene: Scene) -> None:
    told: list[float] = []
    for number in range(1000):
        scene.now = 100.0 + number / 100
        scene.trap(data=Sealed(time=1000 + number // 100).encode())
        scene.outlet.told.clear()
        scene.listener.deliver()
        told += [scene.now for _ in scene.outlet.told]
    assert [round(at) for at in told] == [100, 102, 106]
    assert scene.told(130.0) == [([POP], [])]
    assert scene.tally.received["trap_v3"] == 1000


def test_a_changed_configuration_is_read_and_its_device_polled(scene: Scene) -> None:
    scene.trap(data=in_community(pdu(says=CONFIG_CHANGE)))
    scene.say("<189>%SYS-5-CONFIG_I: Configured from console by vty2", SWITCH_ADDRESS)
    assert scene.told(100.0) == [([POP, SWITCH], [POP, SWITCH])]
    scene.say("<189>%SYS-5-CONFIG_I: Configured from console by vty2", SWITCH_ADDRESS)
    assert scene.told(100.0 + CONFIGURATION_SECONDS) == [([SWITCH], []), ([], [SWITCH])]
    assert scene.tally.rules == {"cisco_config": 2}
    assert scene.tally.triggers["configuration"] == 3


def test_what_nobody_takes_is_kept_and_tried_again(scene: Scene) -> None:
    scene.outlet.room = 0
    scene.trap(data=in_community(pdu(says=CONFIG_CHANGE)))
    scene.trap(SWITCH_ADDRESS)
    assert scene.told(101.0) == []
    assert scene.tally.untaken == 3
    assert scene.tally.pending == 2
    scene.outlet.room = 1
    assert scene.told(101.0 + 3 * RETRY_SECONDS) == [([POP], []), ([SWITCH], []), ([], [POP])]
    assert scene.tally.pending == 0


def test_after_a_drop_all_devices_are_asked_for_but_not_again_and_again(scene: Scene, lab_plan: Plan) -> None:
    polled: list[float] = []
    for second in count(100):
        scene.now = float(second)
        if second > 160:
            break
        scene.snmp.lost += 1 if second < 120 else 0
        scene.listener.look_for_drops("snmp", scene.snmp)
        scene.outlet.told.clear()
        scene.listener.deliver()
        polled += [scene.now for polls, _ in scene.outlet.told if len(polls) == len(lab_plan.devices)]
    assert polled == [100.0, 100.0 + DROPS_SECONDS, 100.0 + 2 * DROPS_SECONDS]
    assert polled[-1] >= 119.0, "one comes after the last drop"
    assert scene.tally.dropped == {"snmp": 20}


def test_a_counter_of_drops_that_begins_anew_is_understood(scene: Scene) -> None:
    scene.snmp.lost = (1 << 32) - 2
    scene.listener.look_for_drops("snmp", scene.snmp)
    scene.snmp.lost = 3
    scene.listener.look_for_drops("snmp", scene.snmp)
    assert scene.tally.dropped["snmp"] == (1 << 32) - 2 + 5


def test_a_crash_on_one_message_stops_no_other(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_self: object, _address: str) -> None:
        raise LookupError

    with monkeypatch.context() as patched:
        patched.setattr(Believed, "device_at", crash)
        scene.trap()
    scene.trap()
    assert scene.told(100.0) == [([POP], [])]


BELIEVED = {
    "ours and in use": ({}, True),
    "somebody else's": ({"owner": "vnpt"}, False),
    "not yet planned": ({"planned_from": date(2026, 11, 23)}, False),
    "retired": ({"retired_on": date(2026, 11, 22)}, False),
    "exempt": ({"exemption": Exemption("flood", date(2026, 12, 31))}, False),
}


@pytest.mark.parametrize(("changes", "is_believed"), BELIEVED.values(), ids=BELIEVED)
def test_who_is_believed_by_address(lab_plan: Plan, changes: dict[str, object], *, is_believed: bool) -> None:
    pop = replace(lab_plan.devices[POP], **changes)  # type: ignore[arg-type]
    believed = Believed(replace(lab_plan, devices={**lab_plan.devices, POP: pop}), lambda: NOON)
    assert (POP in believed.devices()) is is_believed
    for address in (POP_ADDRESS, POP_LINK_END):
        assert (believed.device_at(address) is not None) is is_believed
    assert believed.device_at(SWITCH_ADDRESS) is lab_plan.devices[SWITCH]
    assert believed.device_at(STRANGER) is None


def test_who_is_in_use_is_worked_out_each_day(lab_plan: Plan) -> None:
    now = [NOON]
    pop = replace(lab_plan.devices[POP], retired_on=date(2026, 11, 23))
    believed = Believed(replace(lab_plan, devices={POP: pop}, links={}), lambda: now[0])
    assert believed.devices() == (POP,)
    now[0] += timedelta(days=1)
    assert believed.devices() == ()
