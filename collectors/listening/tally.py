"""What the listener counts: all that moves."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What was received, and believed."""

    TRAP_V1 = "trap_v1"
    TRAP_V2C = "trap_v2c"
    INFORM_V2C = "inform_v2c"
    TRAP_V3 = "trap_v3"
    INFORM_V3 = "inform_v3"
    SYSLOG = "syslog"


class Reason(StrEnum):
    """Why something was ignored."""

    UNKNOWN_SENDER = "unknown_sender"  # no address of a planned device that is ours and in use
    UNDECODABLE = "undecodable"
    OVERSIZE = "oversize"
    WRONG_COMMUNITY = "wrong_community"
    COMMUNITY_NOT_TAKEN = "community_not_taken"  # v1 or v2c, and the credentials have no community
    V3_NOT_TAKEN = "v3_not_taken"  # v3, and the credentials have no user; or a trap with DES
    UNAUTHENTICATED = "unauthenticated"  # v3 without authentication or encryption
    AUTH_FAILED = "auth_failed"  # wrong user or HMAC
    TOO_MANY_HANDSHAKES = "too_many_handshakes"  # a sender that asks for our engine again and again
    UNTIMELY = "untimely"  # authentic, and of the past: said again by somebody else
    UNDECIPHERED = "undeciphered"  # authentic, and encrypted with another key
    NO_RULE = "no_rule"  # syslog that says nothing of links or configurations


@dataclass(slots=True)
class Tally:
    """Counts since the process started; `handshakes` are what informs of v3 need before the first one is believed."""

    received: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(Kind, 0)))
    ignored: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(Reason, 0)))
    rules: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    buffers: dict[str, int] = field(default_factory=dict)
    handshakes: int = 0
    triggers: Counter[str] = field(default_factory=Counter)
    untaken: int = 0
    pending: int = 0
