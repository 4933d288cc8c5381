"""As much of IMAP as probes need (RFC 9051, in the form that RFC 3501 servers take). No message is ever fetched."""

from contextlib import suppress
from itertools import count

from pydantic import SecretStr

from collectors.dialogue import Dialogue, Refused
from ledger.observation import Failure

#: No answer that matters has more lines; a probe's mailbox is all but empty.
MOST_LINES = 1000


class Imap:
    """An IMAP session over a dialogue that is on TLS already; a "no" raises Refused."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._tags = (f"a{number}" for number in count(1))

    async def greet(self) -> None:
        """Take the server's greeting."""
        if not (await self._dialogue.line()).upper().startswith("* OK"):
            raise Refused(Failure.BAD_REPLY, "no IMAP server")

    async def login(self, user: str, password: SecretStr) -> None:
        """LOGIN; over TLS that was checked only."""
        _lines, verdict = await self._command(f"LOGIN {_quoted(user)} {_quoted(password.get_secret_value())}")
        if verdict == "NO":
            raise Refused(Failure.AUTH_FAILED, "the probe's password was refused")
        if verdict != "OK":
            raise Refused(Failure.BAD_REPLY, "LOGIN was not understood")

    async def open_inbox(self) -> None:
        """SELECT the inbox."""
        await self._done("SELECT INBOX")

    async def find(self, criteria: str) -> tuple[int, ...]:
        """The UIDs of messages that meet `criteria` (RFC 9051 §6.4.4), as of now."""
        await self._done("NOOP")
        lines = await self._done(f"UID SEARCH {criteria}")
        words = [word for line in lines if line.upper().startswith("* SEARCH") for word in line.split()[2:]]
        if not all(word.isascii() and word.isdigit() for word in words):
            raise Refused(Failure.BAD_REPLY, "SEARCH was answered with no numbers")
        return tuple(int(word) for word in words)

    async def remove(self, uids: tuple[int, ...]) -> None:
        """Delete messages of one's own, for good."""
        if uids:
            await self._done(f"UID STORE {','.join(map(str, uids))} +FLAGS.SILENT (\\Deleted)")
            await self._done("EXPUNGE")

    async def leave(self) -> None:
        """LOGOUT, so that the server has nothing to complain of."""
        with suppress(EOFError, OSError, Refused):
            await self._command("LOGOUT")

    async def _done(self, text: str) -> list[str]:
        lines, verdict = await self._command(text)
        if verdict != "OK":
            word = text.split(" ")[1 if text.startswith("UID ") else 0]
            raise Refused(Failure.BAD_REPLY, f"{word} was answered with {verdict}")
        return lines

    async def _command(self, text: str) -> tuple[list[str], str]:
        """The untagged lines, and OK, NO or BAD."""
        tag = next(self._tags)
        await self._dialogue.say(f"{tag} {text}")
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            line = await self._dialogue.line()
            if line.startswith(f"{tag} "):
                verdict = line.split(" ")[1].upper()
                return lines, verdict if verdict in ("OK", "NO") else "BAD"
            lines.append(line)
        raise Refused(Failure.BAD_REPLY, "an answer without end")


def header_holds(text: str) -> str:
    """A criterion: the header Message-ID holds `text`."""
    return f"HEADER Message-ID {_quoted(text)}"


def _quoted(text: str) -> str:
    """A quoted string (RFC 9051 §4.3); line breaks can't be quoted, and are never in what is said here."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
