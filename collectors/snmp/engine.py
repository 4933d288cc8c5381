"""Asks thousands of agents at once: one UDP socket an address family, one loop, one timer wheel."""

import asyncio
import math
import os
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from struct import iter_unpack
from types import TracebackType
from typing import Any, Self

from collectors.snmp.ber import BerError
from collectors.snmp.conversation import Conversation, Talk
from collectors.snmp.pacing import SitePace
from collectors.snmp.pdu import Request
from collectors.snmp.traffic import Traffic
from collectors.snmp.usm_messages import UsmMessages
from collectors.snmp.wheel import Wheel

TICK_SECONDS = 0.02
#: Datagrams taken in before others of the loop get their turn.
BURST = 256
#: What the kernel is asked to hold of replies, and what one of them takes there.
RECEIVE_BUFFER, REPLY_BUFFER = 16 << 20, 4096
LARGEST_DATAGRAM = 65_535
#: Numbers of messages: the 31st bit set, so that all take four octets; the other 30 can't be guessed.
NUMBER_BIT, NUMBER_MASK = 0x40000000, 0x3FFFFFFF
#: Linux: set beyond net.core.rmem_max, where the user may (CAP_NET_ADMIN).
SO_RCVBUFFORCE = 33

Address = tuple[str, int]


class Exchange:
    """One conversation under way; `due` is when its request is given up, or sent where it waits for its site."""

    __slots__ = (
        "attempt",
        "comes_up",
        "data",
        "deadline",
        "due",
        "future",
        "is_queued",
        "is_waiting",
        "number",
        "pace",
        "request",
        "sent_at",
        "steps",
        "talk",
    )

    def __init__(
        self,
        talk: Talk,
        steps: Conversation[Any],
        future: "asyncio.Future[Any]",
        deadline: float,
        pace: SitePace | None,
    ) -> None:
        self.talk = talk
        self.steps = steps
        self.future = future
        self.deadline = deadline
        self.pace = pace
        self.attempt = 0
        self.number = 0
        self.request: Request | None = None
        self.data = b""
        self.due = self.sent_at = 0.0
        self.comes_up = math.inf  # when the wheel looks at it
        self.is_waiting = self.is_queued = False


class Engine:
    """Open it with `async with` in the loop that uses it; it only ever reads."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self._asked: dict[Address, Exchange] = {}
        self._queue: deque[Exchange] = deque()
        self._numbers = _numbers()
        self._sockets: dict[int, socket.socket] = {}
        self._ticking = False

    async def __aenter__(self) -> Self:
        """Open the sockets; a machine without IPv6 has one."""
        self._loop = asyncio.get_running_loop()
        self._wheel: Wheel[Exchange] = Wheel(self._loop.time(), TICK_SECONDS)
        self._window = 0
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                opened = _opened(family)
            except OSError:
                continue
            self._sockets[family] = opened
            self._window += opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // REPLY_BUFFER
            self._loop.add_reader(opened, self._receive_all, opened)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the sockets; who still waits is told that it is over."""
        for opened in self._sockets.values():
            self._loop.remove_reader(opened)
            opened.close()
        self._sockets.clear()
        for exchange in (*self._asked.values(), *self._queue):
            exchange.future.cancel()

    def now(self) -> float:
        """The loop's time, in seconds; raises RuntimeError where the engine isn't open."""
        if not self._sockets:
            raise RuntimeError("the SNMP engine is not open")
        return self._loop.time()

    async def converse(
        self, talk: Talk, steps: Conversation[Any], deadline: float, pace: SitePace | None = None
    ) -> Any:
        """What the conversation gives; past `deadline` (loop time) it is told that its time is up."""
        exchange = Exchange(talk, steps, self._loop.create_future(), deadline, pace)
        if talk.agent.address in self._asked or len(self._asked) >= self._window:
            self._queue.append(exchange)
            exchange.is_queued, exchange.due = True, deadline
            self._wheel.add(exchange)
            self._tick()
        else:
            self._begin(exchange)
        try:
            return await exchange.future
        finally:
            if not exchange.future.done() or exchange.future.cancelled():
                self._forget(exchange)

    def _begin(self, exchange: Exchange) -> None:
        self._asked[exchange.talk.agent.address] = exchange
        exchange.is_queued = False
        exchange.talk.begin()
        self._go_on(exchange, None, first=True)

    def _go_on(self, exchange: Exchange, reply: Any, *, first: bool = False) -> None:
        """Give the conversation what it waits for, and send what it asks next."""
        try:
            request = next(exchange.steps) if first else exchange.steps.send(reply)
        except StopIteration as end:
            self._end(exchange)
            if not exchange.future.done():
                exchange.future.set_result(end.value)
        except Exception as error:  # noqa: BLE001 - it is raised where the conversation is awaited
            self._end(exchange)
            if not exchange.future.done():
                exchange.future.set_exception(error)
        else:
            self._ask(exchange, request)

    def _ask(self, exchange: Exchange, request: Request) -> None:
        if request is not exchange.request or exchange.attempt == 0:
            exchange.request = request
            exchange.number = next(self._numbers)
            exchange.data = b""
        now = self._loop.time()
        if exchange.pace is not None and (wait := exchange.pace.reserve(now)) > 0:
            exchange.is_waiting, exchange.due = True, now + wait
        else:
            self._send(exchange, now)
        if exchange.due < exchange.comes_up:
            exchange.comes_up = exchange.due
            self._wheel.add(exchange)
            self._tick()

    def _send(self, exchange: Exchange, now: float) -> None:
        agent = exchange.talk.agent
        assert exchange.request is not None  # noqa: S101 - set by _ask
        exchange.data = exchange.data or agent.messages.seal(exchange.request, exchange.number)
        exchange.is_waiting = False
        exchange.sent_at = now
        wait = agent.timeout(exchange.attempt, is_last=exchange.attempt + 1 >= exchange.talk.tries)
        exchange.due = min(now + wait, max(exchange.deadline, now))
        self.traffic.sent += 1
        exchange.talk.packets += 1
        self.traffic.retries += exchange.attempt > 0
        try:
            self._sockets[agent.family].sendto(exchange.data, agent.address)
        except (OSError, KeyError):
            self.traffic.unsent += 1  # a full buffer, no route, no IPv6: as good as lost on the way

    def _receive_all(self, opened: socket.socket) -> None:
        receive = opened.recvfrom
        for _ in range(BURST):
            try:
                data, source = receive(LARGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # what the network said of an earlier datagram
            self._receive(data, source[:2])

    def _receive(self, data: bytes, source: Address) -> None:
        self.traffic.received += 1
        exchange = self._asked.get(source)
        if exchange is None or exchange.is_waiting:
            self.traffic.unexpected += 1
            return
        agent = exchange.talk.agent
        try:
            reply = agent.messages.open(data, exchange.number)
        except BerError:
            self.traffic.garbled += 1
            agent.garbled += 1
            return
        if reply is None:
            self.traffic.mismatched += 1
            return
        now = self._loop.time()
        if exchange.attempt == 0:
            agent.note_round_trip(now - exchange.sent_at)
        if exchange.pace is not None:
            exchange.pace.note(len(data))
        exchange.attempt = 0
        if now >= exchange.deadline:
            self._end_turn(exchange)
        self._go_on(exchange, reply)

    def _end_turn(self, exchange: Exchange) -> None:
        """The device's time is up: the conversation ends at its next request."""
        if exchange.talk.fault is None:
            exchange.talk.fault = exchange.talk.late

    def _tick(self) -> None:
        if not self._ticking and len(self._wheel):
            self._ticking = True
            self._loop.call_later(TICK_SECONDS, self._turn)

    def _turn(self) -> None:
        self._ticking = False
        now = self._loop.time()
        for exchange in list(self._wheel.turn(now)):
            if exchange.future.done() or exchange.due > now:
                continue
            exchange.comes_up = math.inf
            if exchange.is_queued:
                self._end_turn(exchange)
                self._go_on(exchange, None, first=True)
            elif exchange.is_waiting and now < exchange.deadline:
                self._send(exchange, now)
                self._wheel.add(exchange)
            else:
                self._give_up(exchange, now)
        self._tick()

    def _give_up(self, exchange: Exchange, now: float) -> None:
        self.traffic.timeouts += 1
        exchange.attempt += 1
        exchange.is_waiting = False
        if now >= exchange.deadline:
            self._end_turn(exchange)
        self._go_on(exchange, None)

    def _end(self, exchange: Exchange) -> None:
        messages = exchange.talk.agent.messages
        if isinstance(messages, UsmMessages):
            for why, count in messages.dropped.items():
                self.traffic.dropped[why] = self.traffic.dropped.get(why, 0) + count
            messages.dropped.clear()
        self._forget(exchange)

    def _forget(self, exchange: Exchange) -> None:
        address = exchange.talk.agent.address
        if self._asked.get(address) is exchange:
            del self._asked[address]
            self._begin_next()
        elif exchange in self._queue:
            self._queue.remove(exchange)
        exchange.steps.close()

    def _begin_next(self) -> None:
        """Start what waited longest of those whose agent isn't being asked."""
        for _ in range(len(self._queue)):
            waiting = self._queue.popleft()
            if waiting.talk.agent.address not in self._asked:
                self._loop.call_soon(self._begin_if_wanted, waiting)
                return
            self._queue.append(waiting)

    def _begin_if_wanted(self, exchange: Exchange) -> None:
        if exchange.future.done():
            self._begin_next()
        elif exchange.talk.agent.address in self._asked:
            self._queue.append(exchange)
        else:
            self._begin(exchange)


def _opened(family: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    with suppress(PermissionError):  # as much as net.core.rmem_max allows; fewer agents are then asked at once
        opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    return opened


def _numbers() -> Iterator[int]:
    """30 bits of the kernel's CSPRNG at a time."""
    while True:
        for (number,) in iter_unpack(">I", os.urandom(4096)):
            yield NUMBER_BIT | number & NUMBER_MASK
