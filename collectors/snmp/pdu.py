"""Protocol data units (RFC 3416 §3, RFC 1157 §4.1): what is asked, and what came back."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache

from collectors.snmp.ber import (
    NULL,
    OBJECT_ID,
    SEQUENCE,
    BerError,
    Oid,
    Value,
    decode_integer,
    decode_value,
    element,
    encode_integer,
    encode_oid,
    expect,
    tlv,
)

#: error-status 0 and error-index 0.
NO_ERROR = b"\x02\x01\x00\x02\x01\x00"


class PduType(IntEnum):
    """The tags that a reader sends and gets; there is no SET here."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    GET_BULK = 0xA5
    REPORT = 0xA8


#: What can be asked; nothing of it changes a device.
ASKED = frozenset({PduType.GET, PduType.GET_NEXT, PduType.GET_BULK})


class ErrorStatus(IntEnum):
    """Of RFC 3416 §3, those that a reader acts on."""

    TOO_BIG = 1
    NO_SUCH_NAME = 2
    AUTHORIZATION_ERROR = 16


class Request:
    """A PDU without its request id, so that it can be sent again and again, to any device.

    `tail` is what follows the request id. `frames` is what a message format puts around the id, `dict[format, (before,
    after)]`: filled by the format, once.
    """

    __slots__ = ("frames", "kind", "tail")

    def __init__(self, kind: PduType, tail: bytes) -> None:
        """Raises ValueError for what is not ASKED."""
        if kind not in ASKED:
            raise ValueError(f"pdu: {kind:#04x} is nothing that is asked")
        self.kind = kind
        self.tail = tail
        self.frames: dict[object, tuple[bytes, bytes]] = {}

    def head(self) -> bytes:
        """What comes before the four octets of the request id."""
        length = len(self.tail) + 6
        return tlv(self.kind, bytes(length))[:-length] + b"\x02\x04"


class Reply:
    """A PDU that came back; its variables are `data[start:stop]`, not looked at yet."""

    __slots__ = ("data", "error_index", "error_status", "kind", "request_id", "start", "stop")

    def __init__(self, data: bytes, at: int, end: int) -> None:
        """Read the header; raises BerError."""
        self.data = data
        self.kind, start, stop = element(data, at, end)
        if stop != end:
            raise BerError("something follows the PDU")
        if data.startswith(b"\x02\x04", start) and data.startswith(NO_ERROR, start + 6):  # as nearly all are
            self.request_id = int.from_bytes(data[start + 2 : start + 6], "big", signed=True)
            self.error_status = self.error_index = 0
            start += 12
        else:
            self.request_id, start = decode_integer(data, start, stop)
            self.error_status, start = decode_integer(data, start, stop)
            self.error_index, start = decode_integer(data, start, stop)
        self.start, self.stop = expect(data, start, stop, SEQUENCE)
        if self.stop != stop:
            raise BerError("something follows the variables")


def get(oids: Sequence[Oid]) -> Request:
    """GET: the instances themselves."""
    return _request(PduType.GET, 0, 0, b"".join(_variable(encode_oid(oid)) for oid in oids))


@lru_cache(maxsize=1024)
def get_next(after: bytes) -> Request:
    """GETNEXT: the first instance after an OID, given by its octets."""
    return _request(PduType.GET_NEXT, 0, 0, _variable(after))


@lru_cache(maxsize=1024)
def get_bulk(after: bytes, repetitions: int) -> Request:
    """GETBULK: as many instances after an OID."""
    return _request(PduType.GET_BULK, 0, repetitions, _variable(after))


def variables(reply: Reply) -> Iterator[tuple[bytes, int, int, int]]:
    """Each variable's OID octets, its value's tag, start and end; raises BerError."""
    data, at, end = reply.data, reply.start, reply.stop
    while at < end:
        start, at = expect(data, at, end, SEQUENCE)
        name, name_end = expect(data, start, at, OBJECT_ID)
        tag, value, value_end = element(data, name_end, at)
        if value_end != at:
            raise BerError("something follows a variable's value")
        yield data[name:name_end], tag, value, value_end


def values(reply: Reply) -> dict[bytes, Value | None]:
    """The variables by their OIDs' octets; None: the agent has no such instance. Raises BerError."""
    return {name: decode_value(tag, reply.data[start:stop]) for name, tag, start, stop in variables(reply)}


def _variable(name: bytes) -> bytes:
    return tlv(SEQUENCE, tlv(OBJECT_ID, name) + bytes((NULL, 0)))


def _request(kind: PduType, second: int, third: int, names: bytes) -> Request:
    return Request(kind, encode_integer(second) + encode_integer(third) + tlv(SEQUENCE, names))
