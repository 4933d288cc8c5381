"""Asks a web service over HTTPS, at one address, as a browser would: no redirect is followed, no body is read."""

import re
import ssl
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol
from urllib.parse import urlsplit

from collectors.dialogue import Dialogue, Refused, answered, rounded_up
from collectors.fault import Fault
from collectors.tls import Certificate, Trust, certificate_of, why_not_believed
from ledger.observation import Failure

STATUS = re.compile(r"HTTP/1\.[01] ([1-5]\d\d)( .*)?")
UNREADABLE = Fault(Failure.BAD_REPLY, "TLS: no readable certificate")
#: No answer that matters has more headers, nor more interim answers before it (RFC 9110 §15.2).
MOST_LINES, MOST_INTERIM = 200, 5


@dataclass(frozen=True, slots=True)
class HttpsAnswer:
    """What a service said: its status, after how many seconds (rounded up), and its certificate."""

    status: int
    seconds: float
    certificate: Certificate | Fault


class WebProber(Protocol):
    """Asks a service; whatever doesn't answer properly is a Fault, never an exception."""

    async def get(self, url: str, address: IPv4Address | IPv6Address) -> HttpsAnswer | Fault:
        """What `url` (https://name/path) answers at `address`, whatever its certificate."""


class NetworkWebProber:
    """Asks over the network; nothing secret is ever sent."""

    def __init__(self, trust: Trust, *, port: int = 443, deadline_seconds: float = 10.0) -> None:
        self._trust = trust
        self._port = port
        self._deadline_seconds = deadline_seconds

    async def get(self, url: str, address: IPv4Address | IPv6Address) -> HttpsAnswer | Fault:
        """Over checked TLS; where the certificate doesn't hold, once more to see what it is and what is answered."""
        return await answered(self._get(url, str(address)), "HTTPS", self._deadline_seconds)

    async def _get(self, url: str, address: str) -> HttpsAnswer:
        try:
            return await self._asked(url, address, self._trust.checked, None)
        except ssl.SSLCertVerificationError as error:
            return await self._asked(url, address, self._trust.unchecked, why_not_believed(error))

    async def _asked(self, url: str, address: str, trust: ssl.SSLContext, fault: str | None) -> HttpsAnswer:
        parts = urlsplit(url)
        name = parts.hostname or ""
        started_at = time.monotonic()
        async with await Dialogue.begin(address, self._port, trust=trust, name=name) as dialogue:
            request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: baophu\r\nConnection: close\r\n"
            await dialogue.say(request)
            status = await _status(dialogue)
            seconds = rounded_up(time.monotonic() - started_at)
            return HttpsAnswer(status, seconds, certificate_of(dialogue.peer, fault) or UNREADABLE)


async def _status(dialogue: Dialogue) -> int:
    """The final status (RFC 9112 §4); interim answers are passed over with their headers."""
    for _ in range(MOST_INTERIM):
        found = STATUS.fullmatch(await dialogue.line())
        if found is None:
            raise Refused(Failure.BAD_REPLY, "no HTTP server")
        status = int(found[1])
        if status >= 200:
            return status
        for _header in range(MOST_LINES):
            if not await dialogue.line():
                break
    raise Refused(Failure.BAD_REPLY, "interim answers without end")
