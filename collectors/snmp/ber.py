"""BER as SNMP uses it (X.690; RFC 3417 §8): definite lengths, tags of one byte."""

from functools import lru_cache

#: An object identifier, or the part of one that is a row's index.
Oid = tuple[int, ...]
#: What an agent answered: INTEGER and counters, OCTET STRING and IpAddress, OBJECT IDENTIFIER.
Value = int | bytes | Oid

INTEGER, OCTET_STRING, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
#: Application types of the SMI (RFC 2578 §7.1).
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
#: Instead of a value (RFC 3416 §3).
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
UNSIGNED = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64})
NUMBERS = UNSIGNED | {INTEGER}
OCTETS = frozenset({OCTET_STRING, IP_ADDRESS, OPAQUE})
EXCEPTIONS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})

#: RFC 2578 §3.5: at most 128 sub-identifiers, each at most 2^32 - 1.
MOST_PARTS, LARGEST_PART = 128, 0xFFFFFFFF
#: A Counter64 above 2^63 takes nine octets.
LONGEST_INTEGER = 9


class BerError(ValueError):
    """What was received is not BER, or not what SNMP allows of it."""


def tlv(tag: int, body: bytes) -> bytes:
    """One element."""
    length = len(body)
    if length < 0x80:
        return bytes((tag, length)) + body
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def encode_integer(value: int) -> bytes:
    """An INTEGER, in as few octets as it needs."""
    return tlv(INTEGER, value.to_bytes((8 + (value + (value < 0)).bit_length()) // 8, "big", signed=True))


@lru_cache(maxsize=4096)
def encode_oid(oid: Oid) -> bytes:
    """An object identifier's octets, without tag and length; raises ValueError where it can't be one."""
    parts = (40 * oid[0] + oid[1], *oid[2:]) if 2 <= len(oid) <= MOST_PARTS else (-1,)
    if min((*parts, *oid)) < 0 or max(parts) > LARGEST_PART or oid[0] > 2 or (oid[0] < 2 and oid[1] > 39):
        raise ValueError(f"{'.'.join(map(str, oid))} is no object identifier")
    return encode_parts(parts)


def encode_parts(parts: Oid) -> bytes:
    """Sub-identifiers in base 128; those below 128 are themselves."""
    octets = bytearray()
    for part in parts:
        if part < 0x80:
            octets.append(part)
            continue
        shift = (part.bit_length() - 1) // 7 * 7
        while shift:
            octets.append(0x80 | part >> shift & 0x7F)
            shift -= 7
        octets.append(part & 0x7F)
    return bytes(octets)


def decode_parts(octets: bytes) -> Oid:
    """Sub-identifiers; raises BerError where the last one breaks off, or one is padded or too large."""
    if octets.isascii():
        return tuple(octets)
    parts: list[int] = []
    part, started = 0, False
    for octet in octets:
        if octet == 0x80 and not started:
            raise BerError("a sub-identifier is padded")
        part, started = part << 7 | octet & 0x7F, octet >= 0x80
        if not started:
            parts.append(part)
            part = 0
        elif part > LARGEST_PART:
            break
    if started or max(parts) > LARGEST_PART:
        raise BerError("a sub-identifier breaks off or is larger than 2^32 - 1")
    return tuple(parts)


@lru_cache(maxsize=16_384)
def decode_row(octets: bytes) -> Oid:
    """The same, remembered: rows are many columns' and many devices'."""
    return decode_parts(octets)


@lru_cache(maxsize=4096)
def decode_oid(octets: bytes) -> Oid:
    """An object identifier from its octets; raises BerError."""
    parts = decode_parts(octets)
    if not parts or len(parts) >= MOST_PARTS:
        raise BerError("an object identifier has 2 to 128 parts")
    first = min(parts[0] // 40, 2)
    return (first, parts[0] - 40 * first, *parts[1:])


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the contents of the element at `at`; raises BerError where it reaches beyond `end`."""
    start = at + 2
    if start > end:
        raise BerError("an element breaks off")
    length = data[at + 1]
    if length >= 0x80:
        octets = length & 0x7F
        start += octets
        if not 1 <= octets <= 4 or start > end:
            raise BerError("an indefinite or endless length")
        length = int.from_bytes(data[start - octets : start], "big")
    stop = start + length
    if stop > end:
        raise BerError("an element is longer than what holds it")
    return data[at], start, stop


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Start and end of the contents of the element at `at`, whose tag must be `tag`; raises BerError."""
    if at + 2 <= end and data[at] == tag and data[at + 1] < 0x80:  # a short length, as nearly all are
        stop = at + 2 + data[at + 1]
        if stop <= end:
            return at + 2, stop
    found, start, stop = element(data, at, end)
    if found != tag:
        raise BerError(f"expected the tag {tag:#04x}, got {found:#04x}")
    return start, stop


def decode_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An INTEGER's value, and where the next element begins; raises BerError."""
    start, stop = expect(data, at, end, INTEGER)
    if not 1 <= stop - start <= LONGEST_INTEGER:
        raise BerError("an integer of no octets, or of more than nine")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def decode_value(tag: int, octets: bytes) -> Value | None:
    """A variable's value; None for noSuchObject, noSuchInstance and endOfMibView; raises BerError.

    A counter whose top bit is set without the zero before it is read as it is meant: agents send such.
    """
    if tag in NUMBERS:
        if not 1 <= len(octets) <= LONGEST_INTEGER:
            raise BerError("an integer of no octets, or of more than nine")
        return int.from_bytes(octets, "big", signed=tag == INTEGER)
    if tag in OCTETS:
        return octets
    if tag == OBJECT_ID:
        return decode_oid(octets)
    if tag in EXCEPTIONS:
        return None
    raise BerError(f"a value of the unknown type {tag:#04x}")
