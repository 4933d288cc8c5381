"""Lines to and from a server over TCP, in clear or over TLS: bounded, with deadlines, and failures as values."""

import asyncio
import os
import ssl
from collections.abc import Awaitable
from types import TracebackType
from typing import Self, TypeVar

from collectors.fault import Fault
from collectors.tls import why_not_believed
from ledger.observation import Failure

T = TypeVar("T")
#: No line that matters is longer; RFC 5321 §4.5.3.1 asks for 512 octets, HTTP servers send headers of some KB.
LONGEST_BYTES = 64 * 1024


class Refused(Exception):  # noqa: N818 - it names what was found; `answered` turns it into a Fault
    """A server said no, or nonsense. `detail` is stable, and never a server's own text."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


class Dialogue:
    """One connection; `async with` ends it at once, whatever state it is in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def begin(
        cls, address: str, port: int, *, trust: ssl.SSLContext | None = None, name: str | None = None
    ) -> Self:
        """Connect to an address (never a name), over TLS at once where `trust` is given, asking for `name`."""
        streams = await asyncio.open_connection(
            address, port, limit=LONGEST_BYTES, ssl=trust, server_hostname=name if trust is not None else None
        )
        return cls(*streams)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.transport.abort()

    @property
    def peer(self) -> ssl.SSLObject | None:
        """The TLS session, for its certificate; None in clear."""
        found: ssl.SSLObject | None = self._writer.get_extra_info("ssl_object")
        return found

    @property
    def own_address(self) -> str:
        """The address at this end."""
        return str(self._writer.get_extra_info("sockname")[0])

    async def start_tls(self, trust: ssl.SSLContext, name: str) -> None:
        """Go on over TLS, asking for `name`."""
        await self._writer.start_tls(trust, server_hostname=name)

    async def say(self, text: str) -> None:
        """Send one line."""
        await self.send(text.encode() + b"\r\n")

    async def send(self, data: bytes) -> None:
        """Send as it is."""
        self._writer.write(data)
        await self._writer.drain()

    async def line(self) -> str:
        """The next line, without its end; bytes that aren't UTF-8 are replaced."""
        return (await self._reader.readuntil(b"\n")).decode("utf-8", "replace").rstrip("\r\n")


async def answered(work: Awaitable[T], what: str, seconds: float) -> T | Fault:
    """What `work` gives within `seconds`; what can go wrong with a server is a Fault that begins with `what`."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        return Fault(Failure.NO_ANSWER, f"{what}: no answer within {seconds:g} s")
    except (Refused, asyncio.LimitOverrunError, EOFError, OSError) as error:
        failure, said = _why(error)
        return Fault(failure, f"{what}: {said}")


def _why(error: Exception) -> tuple[Failure, str]:
    match error:
        case Refused():
            return error.failure, str(error)
        case ssl.SSLCertVerificationError():
            return Failure.AUTH_FAILED, f"certificate: {why_not_believed(error)}"
        case ssl.SSLError():
            return Failure.BAD_REPLY, f"TLS: {error.reason or 'no handshake'}"
        case EOFError():
            return Failure.NO_ANSWER, "the server hung up"
        case OSError():
            return Failure.NO_ANSWER, os.strerror(error.errno) if error.errno is not None else "no connection"
        case _:
            return Failure.BAD_REPLY, "a line without end"


def sanely(text: str, longest: int = 120) -> str:
    """A server's word as it may be written down: printable, and not without end."""
    return "".join(c for c in text if c.isprintable())[:longest]


def rounded_up(seconds: float) -> float:
    """The next of 0.001, 0.002, 0.005, 0.01 …: a time that varies a little stays one and the same observation."""
    step = 0.001
    while True:
        for factor in (1, 2, 5):
            if seconds <= step * factor:
                return round(step * factor, 3)
        step *= 10
