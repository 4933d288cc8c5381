"""A UDP socket with as much room as it can get, that counts what the kernel dropped of what was sent to it."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ledger.errors import ConfigurationError
from ledger.language import N_

#: Of asm-generic/socket.h: Python has no names for them.
SO_RCVBUFFORCE, SO_RXQ_OVFL, SO_MEMINFO = 33, 40, 55
#: Where SO_MEMINFO has the number of dropped datagrams (linux/sock_diag.h, SK_MEMINFO_DROPS), and how long it is.
MEMINFO_DROPS, MEMINFO_OCTETS = 8, 36
IP_PKTINFO = 8
#: ipi_ifindex, ipi_spec_dst, ipi_addr (ip(7)).
PKTINFO = struct.Struct("=I4s4s")
COUNT = struct.Struct("=I")
WRAP = 1 << 32
LARGEST_DATAGRAM = 65_535
ANCILLARY = socket.CMSG_SPACE(PKTINFO.size) + socket.CMSG_SPACE(COUNT.size)
#: Datagrams that are taken before anything else gets its turn.
BATCH = 256


@dataclass(frozen=True, slots=True)
class Datagram:
    """What came, from whom, and to which of our addresses (None: the kernel didn't say)."""

    data: bytes = field(repr=False)
    sender: tuple[str, int]
    to: bytes | None = None


class Mailbox:
    """Open it with `with`. `buffer_bytes` is asked for; `got_bytes` is what the kernel gave, of which half is its own.

    The kernel tells how much it dropped with the datagrams that came later; for what it dropped at the very end it is
    asked (`dropped`).
    """

    def __init__(self, address: tuple[str, int], *, buffer_bytes: int) -> None:
        self._address = address
        self._buffer_bytes = buffer_bytes
        self._seen_drops = 0
        self.got_bytes = 0

    def __enter__(self) -> Self:
        """Listen; raises ConfigurationError where that can't be."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            self._grow()
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            self._socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            self._socket.bind(self._address)
        except OSError as error:
            self._socket.close()
            raise ConfigurationError(
                N_("listen: UDP {host}:{port} can't be listened on ({strerror}); give another port or end who has it"),
                host=self._address[0],
                port=self._address[1],
                strerror=error.strerror,
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    def fileno(self) -> int:
        """To wait for it."""
        return self._socket.fileno()

    def take(self) -> list[Datagram]:
        """What is there, a batch of it at most."""
        found: list[Datagram] = []
        with suppress(BlockingIOError, ConnectionError):
            while len(found) < BATCH:
                data, ancillary, _, sender = self._socket.recvmsg(LARGEST_DATAGRAM, ANCILLARY)
                found.append(Datagram(data, sender, self._told(ancillary)))
        return found

    def dropped(self) -> int:
        """How many datagrams the kernel dropped since the socket was opened (modulo 2^32)."""
        told = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, MEMINFO_OCTETS)
        if len(told) == MEMINFO_OCTETS:
            self._note_drops(COUNT.unpack_from(told, MEMINFO_DROPS * COUNT.size)[0])
        return self._seen_drops

    def answer(self, datagram: Datagram, data: bytes) -> None:
        """Send `data` to the sender, from the address that it sent to; what can't be sent is sent again by it."""
        ancillary = (
            [] if datagram.to is None else [(socket.IPPROTO_IP, IP_PKTINFO, PKTINFO.pack(0, datagram.to, bytes(4)))]
        )
        try:
            self._socket.sendmsg([data], ancillary, 0, datagram.sender)
        except OSError:
            return

    def _grow(self) -> None:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, self._buffer_bytes)
        except PermissionError:  # then as much as net.core.rmem_max allows
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer_bytes)
        self.got_bytes = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def _told(self, ancillary: list[tuple[int, int, bytes]]) -> bytes | None:
        to = None
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
                self._note_drops(COUNT.unpack(data)[0])
            elif (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                to = PKTINFO.unpack(data)[1]
        return to

    def _note_drops(self, count: int) -> None:
        """A datagram's count is older than what was asked for since; the counter may have begun anew."""
        if 0 < (count - self._seen_drops) % WRAP < WRAP // 2:
            self._seen_drops = count
