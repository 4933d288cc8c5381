"""Devices played over UDP: one thread answers on every address of 127.0.0.0/8, from any address that it likes."""

import heapq
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Linux: the address that a datagram was sent to, and the one to send from (ip(7)).
IP_PKTINFO = 8
RECEIVE_BUFFER = 4 << 20
LARGEST_DATAGRAM = 65_535
NEVER = 3600.0


@dataclass(frozen=True, slots=True)
class Said:
    """A datagram back to who asked: `at` is whom it comes from, None: who was asked; `after` is in seconds.

    `is_elsewhere`: from another port of the same address.
    """

    data: bytes
    at: str | None = None
    after: float = 0.0
    is_elsewhere: bool = False


#: What is said to (the address that was asked, a datagram).
Answer = Callable[[str, bytes], Iterable[Said]]


@contextmanager
def playing(answer: Answer) -> Iterator[int]:
    """Answer with what `answer` gives, in its thread; gives the port. What `answer` raises is raised at the end."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as speaking,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere,
    ):
        for one in (speaking, elsewhere):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")  # nobody but this machine is answered
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            one.bind(("0.0.0.0", 0))  # noqa: S104 - all of loopback, as said above
        stage = _Stage(answer, speaking, elsewhere)
        thread = threading.Thread(target=stage.run)
        thread.start()
        try:
            yield speaking.getsockname()[1]
        finally:
            stage.is_over = True
            elsewhere.sendto(b"", ("127.0.0.1", speaking.getsockname()[1]))  # wakes it
            thread.join()
        if stage.error is not None:
            raise stage.error


@contextmanager
def peer(answer: Callable[[bytes], Iterable[bytes]], speaking_as: str | None = None) -> Iterator[int]:
    """One that answers each datagram with any number of others, from itself or another address; gives its port."""
    with playing(lambda _at, datagram: [Said(reply, speaking_as) for reply in answer(datagram)]) as port:
        yield port


@dataclass(slots=True)
class _Stage:
    answer: Answer
    speaking: socket.socket
    elsewhere: socket.socket
    is_over: bool = False
    error: Exception | None = None
    _count: int = 0
    _late: list[tuple[float, int, Said, str, tuple[str, int]]] = field(default_factory=list)

    def run(self) -> None:
        try:
            while not self.is_over:
                self._turn()
        except Exception as error:  # noqa: BLE001 - it is raised where the test can see it
            self.error = error

    def _turn(self) -> None:
        self.speaking.settimeout(max(self._late[0][0] - time.monotonic(), 1e-6) if self._late else NEVER)
        try:
            data, extra, _, sender = self.speaking.recvmsg(LARGEST_DATAGRAM, 64)
        except TimeoutError:
            pass
        else:
            if self.is_over:
                return
            at = socket.inet_ntoa(extra[0][2][8:12])
            for said in self.answer(at, data):
                if said.after:
                    self._count += 1
                    heapq.heappush(self._late, (time.monotonic() + said.after, self._count, said, at, sender))
                else:
                    self._say(said, at, sender)
        while self._late and self._late[0][0] <= time.monotonic():
            _, _, said, at, sender = heapq.heappop(self._late)
            self._say(said, at, sender)

    def _say(self, said: Said, at: str, sender: tuple[str, int]) -> None:
        source = struct.pack("I4s4s", 0, socket.inet_aton(said.at or at), bytes(4))
        speaking = self.elsewhere if said.is_elsewhere else self.speaking
        speaking.sendmsg([said.data], [(socket.IPPROTO_IP, IP_PKTINFO, source)], 0, sender)
