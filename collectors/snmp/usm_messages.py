"""SNMPv3 messages with one agent (RFC 3412 §6, RFC 3414 §3): what it takes to believe what comes back."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import lru_cache, partial

from collectors.credentials import SnmpV3
from collectors.snmp.ber import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    BerError,
    decode_integer,
    encode_integer,
    encode_oid,
    expect,
    tlv,
)
from collectors.snmp.community import Version
from collectors.snmp.pdu import PduType, Reply, Request, get, variables
from collectors.snmp.usm import Keys

#: Flags of a message (RFC 3412 §6.4).
AUTH, PRIV, REPORTABLE = 0x01, 0x02, 0x04
AUTH_PRIV = AUTH | PRIV
SECURITY_MODEL_USM = 3
MAX_MESSAGE_SIZE = 65507
#: Seconds by which an engine's time may lag, and the boots that no engine goes beyond (RFC 3414 §2.2.3).
TIME_WINDOW, LAST_BOOTS = 150, 0x7FFFFFFF
#: A report can't always tell which request it is about (RFC 3412 §7.1, 3 c); its message's number can.
UNKNOWN_ID = defaultdict[int, tuple[int, ...]](tuple, {PduType.REPORT: (0,)})
#: RFC 3411 §5: SnmpEngineID.
SHORTEST_ENGINE_ID, LONGEST_ENGINE_ID = 5, 32
SALT = 8
#: Of an encrypted message with long lengths, what isn't engine id (twice), user name, digest, context and variables.
FIXED_OCTETS = 86

#: The default context, as an OCTET STRING.
NO_CONTEXT = b"\x04\x00"
#: Empty on purpose: any answer will do, it is the engine's id that is asked for (RFC 3414 §4).
DISCOVERY = get(())


class Stat(Enum):
    """What a report says (RFC 3414 §5, usmStats)."""

    UNSUPPORTED_SECURITY_LEVELS = 1
    NOT_IN_TIME_WINDOWS = 2
    UNKNOWN_USER_NAMES = 3
    UNKNOWN_ENGINE_IDS = 4
    WRONG_DIGESTS = 5
    DECRYPTION_ERRORS = 6


#: What a report says of a context that isn't there (RFC 3413 §3.2, snmpUnavailableContexts and snmpUnknownContexts).
NO_SUCH_CONTEXT = frozenset(encode_oid((1, 3, 6, 1, 6, 3, 12, 1, number, 0)) for number in (4, 5))
STAT_OF = {encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1, stat.value, 0)): stat for stat in Stat}
#: Said in clear, by anybody: a hint that is believed only once nothing better came.
REFUSALS = {
    Stat.UNSUPPORTED_SECURITY_LEVELS: "UnsupportedSecurityLevel",
    Stat.UNKNOWN_USER_NAMES: "UnknownUserName",
    Stat.WRONG_DIGESTS: "WrongDigest",
    Stat.DECRYPTION_ERRORS: "DecryptionError",
}


class Dropped(StrEnum):
    """Why a message was not looked at any further."""

    UNAUTHENTIC = "unauthentic"  # wrong HMAC, user or engine
    UNTIMELY = "untimely"  # an engine time of the past
    DOWNGRADED = "downgraded"  # a lower security level than was asked with
    UNDECIPHERED = "undeciphered"  # authentic, but encrypted with another key


@dataclass(slots=True)
class UsmMessages:
    """Seals requests to one agent and opens what it answers; `clock` gives seconds from any start.

    `boots` and `time` come from authenticated messages only. `is_proven`: an encrypted reply was understood. `hint` is
    what an unauthenticated report said since the agent's turn began, or since `start_over`. `dropped` counts what was
    not believed; who adds it up clears it. `context` is contextName (RFC 3411 §3.3.1), encoded.
    """

    credentials: SnmpV3
    clock: Callable[[], float]
    engine_id: bytes | None = None
    boots: int | None = None
    is_proven: bool = False
    hint: Stat | None = None
    dropped: Counter[Dropped] = field(default_factory=Counter)
    context: bytes = NO_CONTEXT
    _settled: Counter[Dropped] = field(default_factory=Counter)
    _keys: Keys | None = None
    _user: bytes = b""
    _time: int = 0
    _time_at: float = 0.0
    _salt: int = field(default_factory=lambda: int.from_bytes(os.urandom(SALT), "big"), repr=False)

    @property
    def time(self) -> int:
        """The engine's time now, in seconds since it started, as far as is known."""
        return 0 if self.boots is None else self._time + int(self.clock() - self._time_at)

    @property
    def header_octets(self) -> int:
        """What a reply takes beside its variables, at most: the fields of fixed length, and those that aren't."""
        digest = self._keys.auth_length if self._keys is not None else 0
        return FIXED_OCTETS + 2 * len(self.engine_id or b"") + len(self._user) + digest + len(self.context)

    @property
    def doubts(self) -> Counter[Dropped]:
        """What was dropped since this question began, or since `start_over`."""
        return self.dropped - self._settled

    @property
    def is_mistaken(self) -> bool:
        """Whether what wasn't believed may be another engine's, or this one's with its clock set back."""
        return self.hint is Stat.UNKNOWN_ENGINE_IDS or self.doubts[Dropped.UNTIMELY] > 0

    def start_over(self) -> None:
        """Forget the engine; what was dropped still counts."""
        self.engine_id = self.boots = self._keys = self.hint = None
        self.is_proven = False
        self.begin_question()

    def in_vlan(self, vlan: int) -> "UsmMessages":
        """Messages to the same engine, as far as it is known, in a VLAN's context, as Cisco's IOS calls it."""
        return replace(
            self,
            context=tlv(OCTET_STRING, b"vlan-%d" % vlan),
            hint=None,
            dropped=Counter(),
            _settled=Counter(),
            _salt=int.from_bytes(os.urandom(SALT), "big"),
        )

    def begin_turn(self) -> None:
        """Forget what was said and dropped."""
        self.hint = None
        self.dropped.clear()
        self.begin_question()

    def begin_question(self) -> None:
        """Doubt nothing of what was dropped so far; it still counts."""
        self._settled = self.dropped.copy()

    def seal(self, request: Request, number: int) -> bytes:
        """The message; `number` is its msgID and request id. Before the engine is known, only DISCOVERY can be asked.

        Raises ValueError for keys that can't be used.
        """
        octets = number.to_bytes(4, "big")
        pdu = request.head() + octets + request.tail
        if self.engine_id is None or self._keys is None:
            parameters = _parameters(b"", 0, 0, b"", b"", b"")
            return _message(octets, REPORTABLE, parameters, _scoped(b"", pdu))
        boots, time = self.boots or 0, self.time
        self._salt = (self._salt + 1) & 0xFFFFFFFFFFFFFFFF
        salt = self._salt.to_bytes(SALT, "big")
        encrypted = tlv(OCTET_STRING, self._keys.encrypt(_scoped(self.engine_id, pdu, self.context), boots, time, salt))
        zeros = bytes(self._keys.auth_length)
        parameters = _parameters(self.engine_id, boots, time, self._user, zeros, salt)
        message = _message(octets, AUTH_PRIV | REPORTABLE, parameters, encrypted)
        stop = len(message) - len(encrypted) - len(salt) - 2
        return message[: stop - len(zeros)] + self._keys.digest(message) + message[stop:]

    @classmethod
    def of_sender(cls, credentials: SnmpV3, engine_id: bytes, clock: Callable[[], float]) -> "UsmMessages":
        """With an engine that sends unasked; nothing is believed of it yet. Raises ValueError for unusable keys."""
        messages = cls(credentials, clock, engine_id)
        messages._keys = Keys.localized(credentials, engine_id)
        messages._user = credentials.user.encode()
        return messages

    def open_unasked(self, message: "V3Message") -> Reply | None:
        """What the engine says unasked, authPriv alone, or None where it isn't to be believed; raises BerError."""
        if message.flags & AUTH_PRIV != AUTH_PRIV:
            self.dropped[Dropped.DOWNGRADED] += 1
        elif not self.is_authentic(message):
            self.dropped[Dropped.UNAUTHENTIC] += 1
        elif not self._is_timely(message):
            self.dropped[Dropped.UNTIMELY] += 1
        else:
            return self._deciphered(message)
        return None

    def open(self, data: bytes, number: int) -> Reply | None:
        """The reply to the message `number`, or None where it is another's or not to be believed; raises BerError."""
        message = V3Message(data)
        if message.number != number:
            return None
        if not message.flags & AUTH:
            return self._open_in_clear(message)
        if not self.is_authentic(message):
            self.dropped[Dropped.UNAUTHENTIC] += 1
            return None
        if not self._is_timely(message):
            self.dropped[Dropped.UNTIMELY] += 1
            return None
        reply = self._open_authentic(message)
        return None if reply is None or reply.request_id not in (number, *UNKNOWN_ID[reply.kind]) else reply

    def is_authentic(self, message: "V3Message") -> bool:
        """Whether the message is this user's, at this engine (RFC 3414 §3.2 6)."""
        keys = self._keys
        return (
            keys is not None
            and message.engine_id == self.engine_id
            and message.user == self._user
            and keys.is_authentic(message.zeroed(), message.digest)
        )

    def _is_timely(self, message: "V3Message") -> bool:
        """RFC 3414 §3.2 7 b; what is newer is kept."""
        if message.boots >= LAST_BOOTS:
            return False
        if self.boots is not None:
            if message.boots < self.boots:
                return False
            if message.boots == self.boots and message.time < self.time - TIME_WINDOW:
                return False
        if self.boots is None or (message.boots, message.time) > (self.boots, self._time):
            self.boots, self._time, self._time_at = message.boots, message.time, self.clock()
        return True

    def _open_authentic(self, message: "V3Message") -> Reply | None:
        reply = self._deciphered(message)
        if reply is None:
            return None
        is_lower = not message.flags & PRIV
        is_report = reply.kind == PduType.REPORT
        if (is_lower and not is_report) or (not is_report and reply.kind != PduType.RESPONSE):
            self.dropped[Dropped.DOWNGRADED] += 1
            return None
        self.is_proven = self.is_proven or not is_report
        return reply

    def _deciphered(self, message: "V3Message") -> Reply | None:
        assert self._keys is not None  # noqa: S101 - the message was found to be ours
        plain = message.contents
        if message.flags & PRIV:
            start, stop = expect(plain, 0, len(plain), OCTET_STRING)
            plain = self._keys.decrypt(plain[start:stop], message.boots, message.time, message.salt)
        try:
            return scoped_pdu(plain)
        except BerError:
            self.dropped[Dropped.UNDECIPHERED] += 1
            return None

    def _open_in_clear(self, message: "V3Message") -> Reply | None:
        """Only an engine's id is believed, and only while it is asked for."""
        reply = scoped_pdu(message.contents)
        stat = stat_of(reply) if reply.kind == PduType.REPORT else None
        if stat is Stat.UNKNOWN_ENGINE_IDS and self.engine_id is None:
            if not SHORTEST_ENGINE_ID <= len(message.engine_id) <= LONGEST_ENGINE_ID:
                raise BerError("an engine id of a wrong length")
            self.engine_id = message.engine_id
            self._keys = Keys.localized(self.credentials, message.engine_id)
            self._user = self.credentials.user.encode()
            return reply
        self.dropped[Dropped.DOWNGRADED] += 1
        self.hint = stat or self.hint
        return None


class V3Message:
    """An SNMPv3 message's parts (RFC 3412 §6, RFC 3414 §2.4); raises BerError where it is none."""

    __slots__ = (
        "_data",
        "_digest_at",
        "boots",
        "contents",
        "digest",
        "engine_id",
        "flags",
        "number",
        "salt",
        "time",
        "user",
    )

    def __init__(self, data: bytes) -> None:
        self._data = data
        at, end = expect(data, 0, len(data), SEQUENCE)
        version, at = decode_integer(data, at, end)
        if version != Version.V3 or end != len(data):
            raise BerError("no SNMPv3 message")
        at = self._read_header(data, *expect(data, at, end, SEQUENCE))
        start, at = expect(data, at, end, OCTET_STRING)
        self._read_parameters(data, *expect(data, start, at, SEQUENCE))
        self.contents = data[at:end]

    def _read_header(self, data: bytes, at: int, end: int) -> int:
        self.number, at = decode_integer(data, at, end)
        _, at = expect(data, at, end, INTEGER)
        start, at = expect(data, at, end, OCTET_STRING)
        model, stop = decode_integer(data, at, end)
        if at - start != 1 or model != SECURITY_MODEL_USM or stop != end:
            raise BerError("no message of the user-based security model")
        self.flags = data[start]
        if self.flags & AUTH_PRIV == PRIV:
            raise BerError("privacy without authentication")  # RFC 3412 §7.2 5 d
        return end

    def _read_parameters(self, data: bytes, at: int, end: int) -> None:
        start, at = expect(data, at, end, OCTET_STRING)
        self.engine_id = data[start:at]
        self.boots, at = decode_integer(data, at, end)
        self.time, at = decode_integer(data, at, end)
        start, at = expect(data, at, end, OCTET_STRING)
        self.user = data[start:at]
        self._digest_at, at = expect(data, at, end, OCTET_STRING)
        self.digest = data[self._digest_at : at]
        start, at = expect(data, at, end, OCTET_STRING)
        self.salt = data[start:at]
        if at != end or not (0 <= self.boots <= LAST_BOOTS and 0 <= self.time <= LAST_BOOTS):
            raise BerError("no parameters of the user-based security model")
        if self.flags & PRIV and len(self.salt) != SALT:
            raise BerError("a salt of a wrong length")

    def zeroed(self) -> bytes:
        """The message as it was when its digest was made."""
        length = len(self.digest)
        return self._data[: self._digest_at] + bytes(length) + self._data[self._digest_at + length :]


def stat_of(reply: Reply) -> Stat | None:
    """What a report says; None: something else. Raises BerError."""
    return next((STAT_OF.get(name) for name, *_ in variables(reply)), None)


def misses_context(reply: Reply) -> bool:
    """Whether a report says that the engine doesn't have the context; raises BerError."""
    return any(name in NO_SUCH_CONTEXT for name, *_ in variables(reply))


def scoped_pdu(data: bytes) -> Reply:
    """The PDU of a scoped one, whatever its context; raises BerError."""
    at, end = expect(data, 0, len(data), SEQUENCE)
    _, at = expect(data, at, end, OCTET_STRING)
    _, at = expect(data, at, end, OCTET_STRING)
    return Reply(data, at, end)


def _scoped(engine_id: bytes, pdu: bytes, context: bytes = NO_CONTEXT) -> bytes:
    return tlv(SEQUENCE, _octet_string(engine_id) + context + pdu)


def _parameters(engine_id: bytes, boots: int, time: int, user: bytes, digest: bytes, salt: bytes) -> bytes:
    fields = (_octet_string(engine_id), _integer(boots), _integer(time), _octet_string(user), _octet_string(digest))
    return tlv(OCTET_STRING, tlv(SEQUENCE, b"".join(fields) + tlv(OCTET_STRING, salt)))


def _message(number: bytes, flags: int, parameters: bytes, contents: bytes) -> bytes:
    before, after = _header(flags)
    return tlv(SEQUENCE, before + number + after + parameters + contents)


#: What is in every message to an agent, or in every one of the same second.
_octet_string = lru_cache(maxsize=4096)(partial(tlv, OCTET_STRING))
_integer = lru_cache(maxsize=4096)(encode_integer)


@lru_cache
def _header(flags: int) -> tuple[bytes, bytes]:
    """Version and msgGlobalData before and after the four octets of msgID."""
    after = encode_integer(MAX_MESSAGE_SIZE) + tlv(OCTET_STRING, bytes((flags,))) + encode_integer(SECURITY_MODEL_USM)
    head = tlv(SEQUENCE, tlv(INTEGER, bytes(4)) + after)
    return encode_integer(Version.V3) + head[: -len(after) - 4], after
