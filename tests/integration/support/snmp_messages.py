"""SNMP as an agent speaks it, for agents that are played: requests read, replies made, good and bad."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from collectors.credentials import SnmpV3
from collectors.snmp.ber import (
    END_OF_MIB_VIEW,
    INTEGER,
    NO_SUCH_INSTANCE,
    OBJECT_ID,
    OCTET_STRING,
    SEQUENCE,
    TIME_TICKS,
    Oid,
    decode_integer,
    decode_oid,
    element,
    encode_integer,
    encode_oid,
    expect,
    tlv,
)
from collectors.snmp.pdu import PduType, Reply, variables
from collectors.snmp.usm import Keys
from collectors.snmp.usm_messages import AUTH, PRIV, Stat

#: A name, its value's tag and octets.
Varbind = tuple[Oid, int, bytes]
AUTH_PRIV, NO_AUTH = AUTH | PRIV, 0
NAMES_V3 = ("number", "size", "flags", "model", "engine id", "boots", "time", "user", "digest", "salt", "contents")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for; `repetitions` is of GETBULK."""

    kind: int
    number: int
    repetitions: int
    oids: tuple[Oid, ...]


def integer(value: int) -> tuple[int, bytes]:
    encoded = encode_integer(value)
    return INTEGER, encoded[2:]


def time_ticks(value: int) -> tuple[int, bytes]:
    return TIME_TICKS, integer(value)[1]


def octets(value: bytes) -> tuple[int, bytes]:
    return OCTET_STRING, value


def pdu(
    number: int, varbinds: Sequence[Varbind], status: int = 0, index: int = 0, kind: int = PduType.RESPONSE
) -> bytes:
    names = (tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(oid)) + tlv(tag, value)) for oid, tag, value in varbinds)
    return raw_pdu(number, b"".join(names), status, index, kind)


def raw_pdu(number: int, variables: bytes, status: int = 0, index: int = 0, kind: int = PduType.RESPONSE) -> bytes:
    """As `pdu`, with any octets for its variables."""
    return tlv(kind, encode_integer(number) + encode_integer(status) + encode_integer(index) + tlv(SEQUENCE, variables))


def community_message(pdu: bytes, community: bytes = b"public", version: int = 1) -> bytes:
    return tlv(SEQUENCE, encode_integer(version) + tlv(OCTET_STRING, community) + pdu)


def _asked(data: bytes, at: int, end: int) -> Asked:
    request = Reply(data, at, end)
    return Asked(
        request.kind,
        request.request_id,
        request.error_index,
        tuple(decode_oid(name) for name, *_ in variables(request)),
    )


def community_asked(datagram: bytes) -> Asked:
    at, end = expect(datagram, 0, len(datagram), SEQUENCE)
    _, at = decode_integer(datagram, at, end)
    _, at = expect(datagram, at, end, OCTET_STRING)
    return _asked(datagram, at, end)


def community_of(datagram: bytes) -> bytes:
    """Whose community a request has."""
    at, end = expect(datagram, 0, len(datagram), SEQUENCE)
    _, at = decode_integer(datagram, at, end)
    start, stop = expect(datagram, at, end, OCTET_STRING)
    return datagram[start:stop]


@dataclass(frozen=True, slots=True)
class Mib:
    """Rows by their OIDs, as an honest agent gives them."""

    rows: list[Varbind]

    def __call__(self, asked: Asked) -> list[Varbind]:
        if asked.kind == PduType.GET:
            held = {row[0]: row for row in self.rows}
            return [held.get(oid, (oid, NO_SUCH_INSTANCE, b"")) for oid in asked.oids]
        (oid,) = asked.oids
        first = bisect_right(self.rows, oid, key=itemgetter(0))
        count = asked.repetitions if asked.kind == PduType.GET_BULK else 1
        found = self.rows[first : first + count]
        return found if len(found) == count else [*found, (oid, END_OF_MIB_VIEW, b"")]


def mib(*tables: dict[Oid, tuple[int, bytes]]) -> Mib:
    return Mib(sorted((oid, *value) for table in tables for oid, value in table.items()))


def column(oid: Oid, cells: Sequence[tuple[int, bytes]]) -> dict[Oid, tuple[int, bytes]]:
    """Cells of the rows 1, 2, 3 …."""
    return {(*oid, row): cell for row, cell in enumerate(cells, 1)}


Reaction = Callable[[Asked], Sequence[Varbind]]


def community_agent(react: Reaction) -> Callable[[bytes], bytes]:
    """An SNMPv2c agent."""

    def answer(datagram: bytes) -> bytes:
        asked = community_asked(datagram)
        return community_message(pdu(asked.number, react(asked)))

    return answer


def _within(data: bytes, whole: slice) -> Iterator[slice]:
    """The contents of the elements in a part of `data`."""
    at = whole.start
    while at < whole.stop:
        _, start, at = element(data, at, whole.stop)
        yield slice(start, at)


def parts_v3(message: bytes) -> dict[str, slice]:
    """Where the parts of an SNMPv3 message are (RFC 3412 §6, RFC 3414 §2.4)."""
    (whole,) = _within(message, slice(0, len(message)))
    version, header, wrapped, contents = _within(message, whole)
    (parameters,) = _within(message, wrapped)
    places = (*_within(message, header), *_within(message, parameters), contents)
    return {"message": whole, "version": version, **dict(zip(NAMES_V3, places, strict=True))}


@dataclass(frozen=True, slots=True)
class MessageV3:
    """An SNMPv3 message as it is on the wire."""

    data: bytes
    parts: dict[str, slice] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", parts_v3(self.data))

    def octets(self, part: str) -> bytes:
        return self.data[self.parts[part]]

    def integer(self, part: str) -> int:
        return int.from_bytes(self.octets(part), "big", signed=True)

    @property
    def level(self) -> int:
        """AUTH_PRIV, AUTH or NO_AUTH."""
        return self.octets("flags")[0] & AUTH_PRIV


@dataclass(slots=True)
class PlayedEngine:
    """An SNMPv3 engine that knows the user's keys, and so can lie authentically: also about its id (`claimed`)."""

    credentials: SnmpV3
    engine_id: bytes
    boots: int = 7
    time: int = 1000
    salt: int = 0
    claimed: bytes | None = None

    @property
    def keys(self) -> Keys:
        return Keys.localized(self.credentials, self.engine_id)

    def asked(self, message: MessageV3) -> Asked:
        """What an encrypted request asks."""
        scoped, _start, at, end = self._scoped(message)
        return _asked(scoped, at, end)

    def context(self, message: MessageV3) -> bytes:
        """The context that an encrypted request names."""
        scoped, start, at, _end = self._scoped(message)
        return scoped[start:at]

    def _scoped(self, message: MessageV3) -> tuple[bytes, int, int, int]:
        """The scoped PDU, where its context begins and its PDU does, and where it ends."""
        scoped = self.keys.decrypt(
            message.octets("contents"), message.integer("boots"), message.integer("time"), message.octets("salt")
        )
        at, end = expect(scoped, 0, len(scoped), SEQUENCE)
        _, at = expect(scoped, at, end, OCTET_STRING)
        start, at = expect(scoped, at, end, OCTET_STRING)
        return scoped, start, at, end

    def report(self, number: int, stat: Stat, level: int = NO_AUTH) -> bytes:
        counter = ((1, 3, 6, 1, 6, 3, 15, 1, 1, stat.value, 0), 0x41, b"\x01")
        return self.sealed(number, pdu(0, [counter], kind=PduType.REPORT), level)

    def sealed(self, number: int, plain: bytes, level: int = AUTH_PRIV) -> bytes:
        """A message with a PDU, at a security level, signed where that has authentication."""
        self.salt += 1
        contents = tlv(SEQUENCE, tlv(OCTET_STRING, self.engine_id) + tlv(OCTET_STRING, b"") + plain)
        salt = self.salt.to_bytes(8, "big") if level & PRIV else b""
        if level & PRIV:
            contents = tlv(OCTET_STRING, self.keys.encrypt(contents, self.boots, self.time, salt))
        if not level & AUTH:
            return self._message(number, level, b"", salt, contents)
        unsigned = self._message(number, level, bytes(self.keys.auth_length), salt, contents)
        return self._message(number, level, self.keys.digest(unsigned), salt, contents)

    def _message(self, number: int, level: int, digest: bytes, salt: bytes, contents: bytes) -> bytes:
        header = encode_integer(number) + encode_integer(65507) + tlv(OCTET_STRING, bytes((level,))) + encode_integer(3)
        user = self.credentials.user.encode() if level & AUTH else b""
        parameters = (
            tlv(OCTET_STRING, self.claimed or self.engine_id)
            + encode_integer(self.boots)
            + encode_integer(self.time)
            + b"".join(tlv(OCTET_STRING, part) for part in (user, digest, salt))
        )
        wrapped = tlv(OCTET_STRING, tlv(SEQUENCE, parameters))
        return tlv(SEQUENCE, encode_integer(3) + tlv(SEQUENCE, header) + wrapped + contents)

    def __call__(self, datagram: bytes, react: Reaction) -> bytes:
        """An honest engine's reply."""
        message = MessageV3(datagram)
        number = message.integer("number")
        if message.level == NO_AUTH or message.octets("engine id") != self.engine_id:
            return self.report(number, Stat.UNKNOWN_ENGINE_IDS)
        if (message.integer("boots"), message.integer("time")) < (self.boots, self.time - 150):
            return self.report(number, Stat.NOT_IN_TIME_WINDOWS, AUTH)
        asked = self.asked(message)
        return self.sealed(number, pdu(asked.number, react(asked)))
