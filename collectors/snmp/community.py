"""Messages of SNMPv1 and SNMPv2c (RFC 1157 §4, RFC 1901 §3): a community in clear, which proves nothing."""

from enum import IntEnum

from collectors.snmp.ber import OCTET_STRING, SEQUENCE, BerError, decode_integer, encode_integer, expect, tlv
from collectors.snmp.pdu import PduType, Reply, Request


class Version(IntEnum):
    """As the message says it."""

    V1 = 0
    V2C = 1
    V3 = 3


class CommunityMessages:
    """Seals requests and opens replies with one community, for any number of agents."""

    def __init__(self, version: Version, community: bytes) -> None:
        self.version = version
        self._community = community
        self._head = encode_integer(version) + tlv(OCTET_STRING, community)

    def in_vlan(self, vlan: int) -> "CommunityMessages":
        """Messages in a VLAN's context, by Cisco's community string indexing."""
        return CommunityMessages(self.version, b"%b@%d" % (self._community, vlan))

    def seal(self, request: Request, number: int) -> bytes:
        """The message; `number` (30 bits, the 31st set) is its request id."""
        frame = request.frames.get(self)
        if frame is None:
            frame = request.frames[self] = self._frame(request)
        return frame[0] + number.to_bytes(4, "big") + frame[1]

    def _frame(self, request: Request) -> tuple[bytes, bytes]:
        head = request.head()
        length = len(self._head) + len(head) + 4 + len(request.tail)
        outer = tlv(SEQUENCE, bytes(length))[:-length]
        return outer + self._head + head, request.tail

    def _after_head(self, data: bytes, at: int, end: int) -> int:
        """Where the PDU begins; nearly always the head is the very same that was sent."""
        if data.startswith(self._head, at):
            return at + len(self._head)
        version, at = decode_integer(data, at, end)
        start, at = expect(data, at, end, OCTET_STRING)
        if version != self.version or data[start:at] != self._community:
            raise BerError("another version or community")
        return at

    def open(self, data: bytes, number: int) -> Reply | None:
        """The reply to the request `number`, None where it is another's; raises BerError, also on another community."""
        at, end = expect(data, 0, len(data), SEQUENCE)
        if end != len(data):
            raise BerError("something follows the message")
        reply = Reply(data, self._after_head(data, at, end), end)
        if reply.kind != PduType.RESPONSE:
            raise BerError("no response")
        return reply if reply.request_id == number else None
