"""What a device printed, as a capture: cleaned, complete, without secrets and without what moves by itself."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from collectors.configuration.masking import mask
from collectors.configuration.platforms import Platform
from collectors.fault import Fault
from ledger.configuration import Capture, SecretsDigest
from ledger.observation import Failure

#: What is neither text nor a line's end: a device must not be able to steer the terminal of who looks at it.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
#: How a device begins its answer to a command that it doesn't know or doesn't allow.
REFUSED = re.compile(r"(?i)\s*(?:%|error\b|invalid\b|syntax error|unknown command|bad command|command fail)")
#: The device's own words are kept up to this length.
LONGEST_MESSAGE = 200
#: No device writes longer lines; patterns take longer than they should on a line without an end.
LONGEST_LINE = 32_768


@dataclass(frozen=True, slots=True)
class DigestKey:
    """The key of the digests of secrets; whoever has the store alone can't try secrets against a digest."""

    key: bytes

    @classmethod
    def derived(cls, private: bytes) -> "DigestKey":
        """The key that belongs to an SSH private key's file."""
        return cls(hmac.digest(private, b"baophu: digest of masked secrets", "sha256"))

    def digest(self, secrets: Sequence[str]) -> SecretsDigest:
        """The digest of all of a configuration's secrets together."""
        value = hmac.new(self.key, "\0".join(secrets).encode(), sha256).hexdigest()
        return SecretsDigest(sha256(self.key).hexdigest()[:16], value)


def captured(device: str, printed: str, platform: Platform, key: DigestKey, at: datetime) -> Capture | Fault:
    """What `device` printed as a capture; a Fault where it is no whole configuration."""
    text = CONTROL.sub("", ESCAPE.sub("", printed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")))
    if REFUSED.match(text):
        why = mask(text.strip().split("\n", 1)[0], platform.rules).text[:LONGEST_MESSAGE]
        return Fault(Failure.BAD_REPLY, f"the device refused '{platform.command}': {why}")
    message = _message(text, platform)
    lines = [line for line in map(str.rstrip, text.splitlines()) if not _moves(line, platform)]
    if any(len(line) > LONGEST_LINE for line in lines):
        return Fault(Failure.BAD_REPLY, f"the configuration has a line longer than {LONGEST_LINE} characters")
    whole = "\n".join(lines).strip("\n")
    if not whole.strip():
        return Fault(Failure.BAD_REPLY, "the device printed no configuration")
    if platform.last_line is not None and whole.rsplit("\n", 1)[-1] != platform.last_line:
        return Fault(Failure.BAD_REPLY, f"the configuration doesn't end with '{platform.last_line}': it is not whole")
    masked = mask(whole, platform.rules)
    digest = key.digest(masked.secrets) if platform.shows_secrets_alike else None
    return Capture(device=device, at=at, text=f"{masked.text}\n", digest=digest, message=message)


def _moves(line: str, platform: Platform) -> bool:
    return platform.volatile is not None and platform.volatile.fullmatch(line) is not None


def _message(text: str, platform: Platform) -> str | None:
    found = platform.changed_by.search(text) if platform.changed_by is not None else None
    return f"{found['who']} ({found['when']})"[:LONGEST_MESSAGE] if found else None
