"""As much of SMTP as probes need (RFC 5321, RFC 3207, RFC 4954, RFC 3461)."""

import base64
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from pydantic import SecretStr

from collectors.dialogue import Dialogue, Refused, sanely
from ledger.observation import Failure

REPLY = re.compile(r"(\d{3})([ -]?)(.*)")
#: No reply that matters has more lines.
MOST_LINES = 100
#: What AUTH says of wrong credentials (RFC 4954 §6).
WRONG_CREDENTIALS = frozenset({535, 534, 538})


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to one command; `lines` without their codes."""

    code: int
    lines: tuple[str, ...]


class Smtp:
    """An SMTP session over a dialogue; a "no" raises Refused."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self.extensions: frozenset[str] = frozenset()

    async def greet(self) -> str:
        """Take the server's greeting and say EHLO; gives the name that the server calls itself (RFC 5321 §4.2)."""
        greeting = await self._expect(220, "the greeting")
        await self._hello()
        return sanely(greeting.lines[0].split(" ", maxsplit=1)[0])

    async def start_tls(self, trust: ssl.SSLContext, name: str) -> None:
        """Go on over TLS; what was said in clear is forgotten."""
        if "STARTTLS" not in self.extensions:
            raise Refused(Failure.BAD_REPLY, "STARTTLS is not offered")
        await self._dialogue.say("STARTTLS")
        await self._expect(220, "STARTTLS")
        await self._dialogue.start_tls(trust, name)
        await self._hello()

    async def login(self, user: str, password: SecretStr) -> None:
        """AUTH PLAIN; over TLS that was checked only."""
        token = base64.b64encode(f"\0{user}\0{password.get_secret_value()}".encode()).decode("ascii")
        await self._dialogue.say(f"AUTH PLAIN {token}")
        reply = await self._reply()
        if reply.code in WRONG_CREDENTIALS:
            raise Refused(Failure.AUTH_FAILED, "the probe's password was refused")
        if reply.code != 235:
            raise Refused(Failure.BAD_REPLY, f"AUTH ended with {reply.code}")

    async def send(self, sender: str, recipient: str, message: str) -> None:
        """Submit a message of short lines that don't begin with a dot; where it can't be delivered nobody is told."""
        await self._command(f"MAIL FROM:<{sender}>", 250, "the sender")
        silently = " NOTIFY=NEVER" if "DSN" in self.extensions else ""
        await self._command(f"RCPT TO:<{recipient}>{silently}", 250, "the recipient")
        await self._command("DATA", 354, "DATA")
        await self._dialogue.send(message.replace("\n", "\r\n").encode() + b"\r\n.\r\n")
        await self._expect(250, "the message")

    async def quit(self) -> None:
        """End the session properly, so that the server has nothing to complain of."""
        with suppress(EOFError, OSError, Refused):
            await self._command("QUIT", 221, "QUIT")

    async def _hello(self) -> None:
        own = ip_address(self._dialogue.own_address)
        literal = f"[{own}]" if own.version == 4 else f"[IPv6:{own}]"
        reply = await self._command(f"EHLO {literal}", 250, "EHLO")
        self.extensions = frozenset(line.split(" ")[0].upper() for line in reply.lines[1:])

    async def _command(self, text: str, wanted: int, what: str) -> Reply:
        await self._dialogue.say(text)
        return await self._expect(wanted, what)

    async def _expect(self, wanted: int, what: str) -> Reply:
        reply = await self._reply()
        if reply.code != wanted:
            raise Refused(Failure.BAD_REPLY, f"{what} was answered with {reply.code}")
        return reply

    async def _reply(self) -> Reply:
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            found = REPLY.fullmatch(await self._dialogue.line())
            if found is None:
                raise Refused(Failure.BAD_REPLY, "no SMTP server")
            lines.append(found[3])
            if found[2] != "-":
                return Reply(int(found[1]), tuple(lines))
        raise Refused(Failure.BAD_REPLY, "a reply without end")
