"""Asks mail servers as a stranger, as the probe of a domain, and as its reader."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol, TypeVar
from uuid import uuid4

from collectors.credentials import MailProbe
from collectors.dialogue import Dialogue, Refused, answered, rounded_up
from collectors.fault import Fault
from collectors.mail.imap import Imap, header_holds
from collectors.mail.smtp import Smtp
from collectors.names import Names
from collectors.tls import Certificate, Trust, certificate_of, why_not_believed
from ledger.observation import Failure

#: How the Message-ID of every probe begins; nothing else in a probe's mailbox is touched.
MARK = "baophu-probe."
POLL_SECONDS = 0.5
UNREADABLE = Fault(Failure.BAD_REPLY, "TLS: no readable certificate")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the host that takes a domain's mail said: its name by DNS, the name it calls itself, its certificate."""

    host: str
    called: str
    certificate: Certificate | Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPorts:
    """Where mail servers listen, and how many seconds they have.

    Dovecot keeps whoever gave a wrong password waiting, for 17 seconds at most: a refusal is worth waiting for.
    """

    smtp: int = 25
    submission: int = 587
    imaps: int = 993
    deadline_seconds: float = 8.0
    login_seconds: float = 20.0
    delivery_seconds: float = 12.0


class MailProber(Protocol):
    """Asks a domain's mail; whatever doesn't answer properly is a Fault, never an exception."""

    async def greet(self, domain: str) -> Greeting | Fault:
        """Ask the domain's MX as a stranger would, and go on over TLS."""

    async def log_in(self, domain: str) -> Fault | None:
        """Log in to the domain's probe mailbox over IMAPS; None where it went well."""

    async def round_trip(self, sender: str, recipient: str) -> float | Fault:
        """Seconds from submission at the domain `sender` to being found at the domain `recipient`, rounded up."""


class NetworkMailProber:
    """Asks over the network. Passwords go over checked TLS only; messages are found by Message-ID, and never read."""

    def __init__(
        self,
        probe: MailProbe,
        names: Names,
        trust: Trust,
        ports: MailPorts,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._probe = probe
        self._names = names
        self._trust = trust
        self._ports = ports
        self._sleep = sleep

    async def greet(self, domain: str) -> Greeting | Fault:
        """Over checked TLS; where the certificate doesn't hold, once more to see what it is."""
        return await answered(self._greeting(domain), "SMTP", self._ports.deadline_seconds)

    async def log_in(self, domain: str) -> Fault | None:
        """Log in, and clear away what earlier probes left."""

        async def clear() -> None:
            async with self._inbox(domain) as inbox:
                await inbox.remove(await inbox.find(header_holds(MARK)))
                await inbox.leave()

        return await answered(clear(), "IMAP", self._ports.login_seconds)

    async def round_trip(self, sender: str, recipient: str) -> float | Fault:
        """The reader is there before the message is sent."""
        mark, seconds = f"{MARK}{uuid4()}", self._ports.deadline_seconds
        async with AsyncExitStack() as stack:
            opening = stack.enter_async_context(self._inbox(recipient))
            inbox = await answered(opening, f"IMAP of {recipient}", self._ports.login_seconds)
            if isinstance(inbox, Fault):
                return inbox
            started_at = time.monotonic()
            refused = await answered(self._submit(sender, recipient, mark), f"submission at {sender}", seconds)
            if refused is not None:
                return refused
            arriving = self._arrival(inbox, mark)
            lost = await answered(arriving, f"delivery at {recipient}", self._ports.delivery_seconds)
            return lost or rounded_up(time.monotonic() - started_at)

    async def _greeting(self, domain: str) -> Greeting:
        host = _or_refused(await self._names.exchange(domain))
        if host is None:
            raise Refused(Failure.NO_ANSWER, "the domain has no MX record")
        address = await self._address(host)
        async with await Dialogue.begin(address, self._ports.smtp) as dialogue:
            smtp = Smtp(dialogue)
            called = await smtp.greet()
            return Greeting(host, called, await self._certificate(smtp, dialogue, host, address))

    async def _certificate(self, smtp: Smtp, dialogue: Dialogue, host: str, address: str) -> Certificate | Fault:
        try:
            await smtp.start_tls(self._trust.checked, host)
        except ssl.SSLCertVerificationError as error:
            return await self._shown(host, address, why_not_believed(error))
        except ssl.SSLError as error:
            return Fault(Failure.BAD_REPLY, f"TLS: {error.reason or 'no handshake'}")
        await smtp.quit()
        return certificate_of(dialogue.peer, None) or UNREADABLE

    async def _shown(self, host: str, address: str, fault: str) -> Certificate | Fault:
        """The certificate that isn't believed."""
        async with await Dialogue.begin(address, self._ports.smtp) as dialogue:
            smtp = Smtp(dialogue)
            await smtp.greet()
            await smtp.start_tls(self._trust.unchecked, host)
            await smtp.quit()
            return certificate_of(dialogue.peer, fault) or UNREADABLE

    @asynccontextmanager
    async def _inbox(self, domain: str) -> AsyncIterator[Imap]:
        """The inbox of the domain's probe."""
        host = f"mail.{domain}"
        address = await self._address(host)
        async with await Dialogue.begin(address, self._ports.imaps, trust=self._trust.checked, name=host) as dialogue:
            inbox = Imap(dialogue)
            await inbox.greet()
            await inbox.login(self._mailbox(domain), self._probe.password)
            await inbox.open_inbox()
            yield inbox

    async def _submit(self, sender: str, recipient: str, mark: str) -> None:
        host = f"mail.{sender}"
        address = await self._address(host)
        async with await Dialogue.begin(address, self._ports.submission) as dialogue:
            smtp = Smtp(dialogue)
            await smtp.greet()
            await smtp.start_tls(self._trust.checked, host)
            await smtp.login(self._mailbox(sender), self._probe.password)
            message = _message(self._mailbox(sender), self._mailbox(recipient), f"{mark}@{sender}")
            await smtp.send(self._mailbox(sender), self._mailbox(recipient), message)
            await smtp.quit()

    async def _arrival(self, inbox: Imap, mark: str) -> None:
        """Wait for the message, and take it away."""
        while not (found := await inbox.find(header_holds(mark))):
            await self._sleep(POLL_SECONDS)
        await inbox.remove(found)
        await inbox.leave()

    def _mailbox(self, domain: str) -> str:
        return f"{self._probe.local_part}@{domain}"

    async def _address(self, host: str) -> str:
        found = _or_refused(await self._names.addresses(host))
        address = next((str(address) for address in (*found.v4, *found.v6)), None)
        if address is None:
            raise Refused(Failure.NO_ANSWER, f"{host} has no address")
        return address


def _or_refused(found: T | Fault) -> T:
    if isinstance(found, Fault):
        raise Refused(found.failure, found.detail)
    return found


def _message(sender: str, recipient: str, message_id: str) -> str:
    return (
        f"From: <{sender}>\n"
        f"To: <{recipient}>\n"
        f"Date: {format_datetime(datetime.now(UTC))}\n"
        f"Message-ID: <{message_id}>\n"
        "Subject: Bao Phu probe\n"
        "Auto-Submitted: auto-generated\n"
        "\n"
        "This message only tells that mail is delivered. It is removed at once."
    )
