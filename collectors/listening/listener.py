"""Takes what comes on both sockets, judges it, and tells the collectors which devices to ask."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from collectors.guard import guarded_call
from collectors.listening.believed import Believed
from collectors.listening.mailbox import Datagram, Mailbox
from collectors.listening.pending import Pending
from collectors.listening.rules import Rules, Trigger
from collectors.listening.snmp_judge import Handshake, Heard, SnmpJudge
from collectors.listening.syslog import syslog_text
from collectors.listening.tally import Kind, Reason, Tally

LOGGER = logging.getLogger(__name__)
#: How often a socket is asked what it dropped, and a collector that isn't there is tried again.
LOOK_SECONDS, RETRY_SECONDS = 1.0, 0.5
#: After a drop all devices are asked for, at most so often: whoever floods a port must not keep the network busy.
DROPS_SECONDS = 15.0
#: A device's configuration is read at most so often.
CONFIGURATION_SECONDS = 30.0
#: Who says something again and again is polled ever less often, down to once in so many times the least.
SLOWEST = 8
#: What stands for all devices, in `Pending`.
ALL = "all"


class Box(Protocol):
    """A socket, as the listener sees it."""

    def take(self) -> Sequence[Datagram]:
        """What is there, a batch of it at most."""

    def dropped(self) -> int:
        """How many datagrams the kernel dropped so far."""

    def answer(self, datagram: Datagram, data: bytes) -> None:
        """Answer the sender."""


class Outlet(Protocol):
    """The way to the collectors."""

    def send(self, polls: Sequence[str], configurations: Sequence[str]) -> int:
        """How many of all of these, in this order, were taken."""


@dataclass(slots=True, kw_only=True)
class Listener:
    """`clock` gives seconds that don't go back. A device is asked for at most every `least_seconds`.

    What came while nobody listened is as lost as what was dropped, so all devices are asked for at the start.
    """

    believed: Believed
    judge: SnmpJudge
    rules: Rules
    outlet: Outlet
    tally: Tally
    clock: Callable[[], float]
    least_seconds: float
    settle_seconds: float
    _polls: Pending = field(init=False)
    _configurations: Pending = field(init=False)
    _losses: Pending = field(init=False)
    _retry_at: float = 0.0
    _seen_drops: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._polls = Pending(least_seconds=self.least_seconds, settle_seconds=self.settle_seconds, slowest=SLOWEST)
        self._configurations = Pending(least_seconds=CONFIGURATION_SECONDS)
        self._losses = Pending(least_seconds=DROPS_SECONDS)
        self._losses.note([ALL], self.clock())

    def take_snmp(self, box: Box) -> None:
        """Take a batch of notifications."""
        for datagram in box.take():
            guarded_call(partial(self._notification, box, datagram), device=datagram.sender[0])

    def take_syslog(self, box: Box) -> None:
        """Take a batch of messages."""
        for datagram in box.take():
            guarded_call(partial(self._message, datagram), device=datagram.sender[0])

    def look_for_drops(self, name: str, box: Box) -> None:
        """What was dropped may have been anybody's: all devices are asked for."""
        now_dropped = box.dropped()
        lost = (now_dropped - self._seen_drops.get(name, 0)) % (1 << 32)
        self._seen_drops[name] = now_dropped
        if lost:
            self.tally.dropped[name] += lost
            self._losses.note([ALL], self.clock())
            LOGGER.warning(
                "the kernel dropped datagrams: all devices are asked for", extra={"port": name, "lost": lost}
            )

    def deliver(self) -> float:
        """Tell the collectors what is due, and give the seconds until more may be."""
        now = self.clock()
        if self._losses.due(now):
            self._polls.note(self.believed.devices(), now)
            self._losses.sent([ALL], now)
        if now >= self._retry_at:
            self._send(now)
        self.tally.pending = len(self._polls)
        times = [
            at for at in (p.next_at() for p in (self._polls, self._configurations, self._losses)) if at is not None
        ]
        return max(0.0, max(min(times, default=now + LOOK_SECONDS), self._retry_at) - now)

    def _send(self, now: float) -> None:
        polls, configurations = self._polls.due(now), self._configurations.due(now)
        if not polls and not configurations:
            return
        taken = self.outlet.send(polls, configurations)
        sent_polls, sent_configurations = polls[:taken], configurations[: max(0, taken - len(polls))]
        self._polls.sent(sent_polls, now)
        self._configurations.sent(sent_configurations, now)
        self.tally.triggers[Trigger.POLL] += len(sent_polls)
        self.tally.triggers[Trigger.CONFIGURATION] += len(sent_configurations)
        if taken < len(polls) + len(configurations):
            self.tally.untaken += 1
            self._retry_at = now + RETRY_SECONDS

    def _notification(self, box: Box, datagram: Datagram) -> None:
        device = self.believed.device_at(datagram.sender[0])
        if device is None:
            self.tally.ignored[Reason.UNKNOWN_SENDER] += 1
            return
        verdict = self.judge.judge(datagram.data, datagram.sender, device.id, partial(box.answer, datagram))
        match verdict:
            case Heard():
                self._trigger(device.id, verdict.kind, self.rules.of_notification(verdict.says))
            case Handshake():
                self.tally.handshakes += 1
            case Reason():
                self.tally.ignored[verdict] += 1

    def _message(self, datagram: Datagram) -> None:
        device = self.believed.device_at(datagram.sender[0])
        if device is None:
            self.tally.ignored[Reason.UNKNOWN_SENDER] += 1
            return
        text = syslog_text(datagram.data)
        if isinstance(text, Reason):
            self.tally.ignored[text] += 1
            return
        rule = self.rules.of_syslog(text)
        if rule is None:
            self.tally.ignored[Reason.NO_RULE] += 1
            return
        self.tally.rules[rule.name] += 1
        self._trigger(device.id, Kind.SYSLOG, rule.triggers)

    def _trigger(self, device: str, kind: Kind, trigger: Trigger) -> None:
        self.tally.received[kind] += 1
        now = self.clock()
        self._polls.note([device], now)
        if trigger is Trigger.CONFIGURATION:
            self._configurations.note([device], now)


async def listen(listener: Listener, snmp: Mailbox, syslog: Mailbox, stop: asyncio.Event) -> None:
    """Listen until `stop` is set."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def take(take: Callable[[Box], None], box: Box) -> None:
        take(box)
        woken.set()

    loop.add_reader(snmp.fileno(), take, listener.take_snmp, snmp)
    loop.add_reader(syslog.fileno(), take, listener.take_syslog, syslog)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            listener.look_for_drops("snmp", snmp)
            listener.look_for_drops("syslog", syslog)
            seconds = min(LOOK_SECONDS, listener.deliver())
            waking = asyncio.ensure_future(woken.wait())
            await asyncio.wait({waking, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            woken.clear()
    finally:
        stopping.cancel()
        loop.remove_reader(snmp.fileno())
        loop.remove_reader(syslog.fileno())
