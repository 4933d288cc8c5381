"""What a device says unasked (RFC 3416 §4.2.6 and §4.2.7, RFC 1157 §4.1.6): traps and informs, only decoded."""

from dataclasses import dataclass, field
from enum import IntEnum

from collectors.snmp.ber import (
    IP_ADDRESS,
    OBJECT_ID,
    OCTET_STRING,
    SEQUENCE,
    TIME_TICKS,
    BerError,
    Oid,
    decode_integer,
    decode_oid,
    decode_value,
    element,
    encode_oid,
    expect,
)
from collectors.snmp.community import Version
from collectors.snmp.pdu import PduType, Reply, variables

SNMP_TRAP_OID = encode_oid((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0))
#: coldStart to egpNeighborLoss of RFC 1157 are these and their number plus one (RFC 3584 §3.1).
SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
ENTERPRISE_SPECIFIC = 6


class Tag(IntEnum):
    """The tags of what is said unasked."""

    TRAP_V1 = 0xA4
    INFORM = 0xA6
    TRAP = 0xA7


@dataclass(frozen=True, slots=True)
class Notification:
    """What happened, by the OID of its kind; `is_inform`: the sender waits for an answer."""

    kind: Oid
    is_inform: bool = False


@dataclass(frozen=True, slots=True)
class CommunityNotification:
    """A notification in a message of SNMPv1 or v2c; `answer` is what the sender of an inform waits for."""

    version: Version
    notification: Notification
    community: bytes = field(repr=False)
    answer: bytes | None = field(repr=False)


def version_of(data: bytes) -> int:
    """The version that a message says it has; raises BerError."""
    at, end = expect(data, 0, len(data), SEQUENCE)
    version, _ = decode_integer(data, at, end)
    return version


def community_notification(data: bytes) -> CommunityNotification:
    """The notification in a message of SNMPv1 or v2c; raises BerError where it is none."""
    at, end = expect(data, 0, len(data), SEQUENCE)
    number, at = decode_integer(data, at, end)
    if end != len(data) or number not in (Version.V1, Version.V2C):
        raise BerError("no message of SNMPv1 or SNMPv2c")
    version = Version(number)
    start, at = expect(data, at, end, OCTET_STRING)
    community = data[start:at]
    if version is Version.V1:
        return CommunityNotification(version, _trap_v1(data, at, end), community, None)
    notification = notification_of(Reply(data, at, end))
    answer = data[:at] + bytes((PduType.RESPONSE,)) + data[at + 1 :] if notification.is_inform else None
    return CommunityNotification(version, notification, community, answer)


def notification_of(pdu: Reply) -> Notification:
    """The notification of a PDU of SNMPv2; raises BerError where it is none, or has a value that can't be read."""
    if pdu.kind not in (Tag.TRAP, Tag.INFORM):
        raise BerError(f"a PDU of the type {pdu.kind:#04x} is no notification")
    kind = None
    for name, tag, start, stop in variables(pdu):
        value = decode_value(tag, pdu.data[start:stop])
        if name == SNMP_TRAP_OID and kind is None and isinstance(value, tuple):
            kind = value
    if kind is None:
        raise BerError("a notification without snmpTrapOID")
    return Notification(kind, is_inform=pdu.kind == Tag.INFORM)


def _trap_v1(data: bytes, at: int, end: int) -> Notification:
    """RFC 1157 §4.1.6; where it says that it comes from is nothing to go by, and is left alone."""
    at, stop = expect(data, at, end, Tag.TRAP_V1)
    if stop != end:
        raise BerError("something follows the PDU")
    start, at = expect(data, at, end, OBJECT_ID)
    enterprise = decode_oid(data[start:at])
    start, at = expect(data, at, end, IP_ADDRESS)
    generic, at = decode_integer(data, at, end)
    specific, at = decode_integer(data, at, end)
    _, at = expect(data, at, end, TIME_TICKS)
    start, stop = expect(data, at, end, SEQUENCE)
    if stop != end:
        raise BerError("something follows the variables")
    _check_variables(data, start, end)
    return Notification(_kind_v1(enterprise, generic, specific))


def _kind_v1(enterprise: Oid, generic: int, specific: int) -> Oid:
    """RFC 3584 §3.1, 2 and 3."""
    if not 0 <= generic <= ENTERPRISE_SPECIFIC or not 0 <= specific <= 0x7FFFFFFF:
        raise BerError("a trap of no kind")
    return (*enterprise, 0, specific) if generic == ENTERPRISE_SPECIFIC else (*SNMP_TRAPS, generic + 1)


def _check_variables(data: bytes, at: int, end: int) -> None:
    while at < end:
        start, at = expect(data, at, end, SEQUENCE)
        name, name_end = expect(data, start, at, OBJECT_ID)
        decode_oid(data[name:name_end])
        tag, value, value_end = element(data, name_end, at)
        if value_end != at:
            raise BerError("something follows a variable's value")
        decode_value(tag, data[value:value_end])
