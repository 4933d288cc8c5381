"""What a device says unasked, octet by octet: encoded by nothing of ours but tlv, encode_oid and the keys."""

from dataclasses import dataclass

from pydantic import SecretStr

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.snmp.ber import OBJECT_ID, OCTET_STRING, SEQUENCE, TIME_TICKS, Oid, encode_integer, encode_oid, tlv
from collectors.snmp.usm import Keys
from collectors.snmp.usm_messages import AUTH, PRIV

USER = SnmpV3("baophu", AuthProtocol.SHA256, SecretStr("maplesyrup"), PrivProtocol.AES128, SecretStr("sugarmaple"))
ENGINE, OURS = b"\x80\0\x1f\x88\4engine", b"\x80\0\x1f\x88\4ours"
LINK_DOWN: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5, 3)
TRAP_V1, INFORM, TRAP = 0xA4, 0xA6, 0xA7
UP_TIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
TRAP_OID = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)


def variable(oid: Oid, tag: int, octets: bytes) -> bytes:
    return tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(oid)) + tlv(tag, octets))


def pdu(kind: int = TRAP, says: Oid | None = LINK_DOWN, more: bytes = b"") -> bytes:
    """A PDU of SNMPv2."""
    told = variable(UP_TIME, TIME_TICKS, b"\1")
    told += variable(TRAP_OID, OBJECT_ID, encode_oid(says)) if says is not None else b""
    head = encode_integer(77) + encode_integer(0) + encode_integer(0)
    return tlv(kind, head + tlv(SEQUENCE, told + more))


def pdu_v1(generic: int, specific: int = 0, more: bytes = b"") -> bytes:
    """A Trap-PDU of SNMPv1, that names another sender than who sends it."""
    return tlv(
        TRAP_V1,
        tlv(OBJECT_ID, encode_oid((1, 3, 6, 1, 4, 1, 9)))
        + tlv(0x40, b"\1\2\3\4")
        + encode_integer(generic)
        + encode_integer(specific)
        + tlv(TIME_TICKS, b"\1")
        + tlv(SEQUENCE, more),
    )


def in_community(contents: bytes, community: bytes = b"for-traps", version: int = 1) -> bytes:
    return tlv(SEQUENCE, encode_integer(version) + tlv(OCTET_STRING, community) + contents)


@dataclass(frozen=True)
class Sealed:
    """A message of SNMPv3, field by field."""

    contents: bytes = b""
    credentials: SnmpV3 = USER
    user: bytes = b"baophu"
    engine: bytes = ENGINE
    flags: int = AUTH | PRIV
    boots: int = 3
    time: int = 1000

    def encode(self) -> bytes:
        keys = Keys.localized(self.credentials, self.engine or ENGINE)
        contents = tlv(SEQUENCE, tlv(OCTET_STRING, self.engine) + tlv(OCTET_STRING, b"") + (self.contents or pdu()))
        salt = bytes(8) if self.flags & PRIV else b""
        if self.flags & PRIV:
            contents = tlv(OCTET_STRING, keys.encrypt(contents, self.boots, self.time, salt))
        zeros = bytes(keys.auth_length if self.flags & AUTH else 0)
        said = tlv(OCTET_STRING, self.engine) + encode_integer(self.boots) + encode_integer(self.time)
        said += tlv(OCTET_STRING, self.user) + tlv(OCTET_STRING, zeros) + tlv(OCTET_STRING, salt)
        header = encode_integer(1) + encode_integer(65_507) + tlv(OCTET_STRING, bytes((self.flags,)))
        message = encode_integer(3) + tlv(SEQUENCE, header + encode_integer(3))
        message = tlv(SEQUENCE, message + tlv(OCTET_STRING, tlv(SEQUENCE, said)) + contents)
        if not zeros:
            return message
        stop = len(message) - len(contents) - len(salt) - 2
        return message[: stop - len(zeros)] + keys.digest(message) + message[stop:]
