"""Whatever an agent could send: valid messages of all kinds with something wrong, also inside of authentic ones."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.snmp import ber
from collectors.snmp.ber import BerError, Oid, encode_oid, tlv
from collectors.snmp.community import Version
from collectors.snmp.notification import Tag
from collectors.snmp.pdu import PduType
from collectors.snmp.usm import Keys
from collectors.snmp.usm_messages import AUTH, AUTH_PRIV, LAST_BOOTS, Stat, UsmMessages

NUMBER = 0x4A5B6C7D
LARGEST_DATAGRAM = 65_507
#: One input in so many is a large one.
LARGE_EVERY = 5000

ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
COLUMN = encode_oid((*ENTRY, 10))
ENGINE = b"\x80\0\x1f\x88\4fuzzed"
USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
COMMUNITY, KEY = b"public", SecretStr("maplesyrup")
TELLING = bytes.fromhex("000102040506303f40414344467f808182838485a0a2a8ffe0")


@dataclass
class Node:
    """An element, with elements in it or octets."""

    tag: int
    octets: bytes = b""
    inside: "list[Node] | None" = None

    def encode(self) -> bytes:
        body = self.octets if self.inside is None else b"".join(node.encode() for node in self.inside)
        return tlv(self.tag, body)


def parse(data: bytes, at: int, end: int) -> list[Node]:
    """The elements of a valid message; an OCTET STRING that holds elements is opened, too."""
    nodes = []
    while at < end:
        tag, start, at = ber.element(data, at, end)
        node = Node(tag, data[start:at])
        if tag & 0x20 or (tag == ber.OCTET_STRING and node.octets[:1] == b"\x30"):
            with suppress(BerError):
                node.inside = parse(data, start, at)
        nodes.append(node)
    return nodes


def variable(oid: bytes, tag: int, octets: bytes) -> bytes:
    return tlv(ber.SEQUENCE, tlv(ber.OBJECT_ID, oid) + tlv(tag, octets))


def pdu(variables: bytes, kind: int = PduType.RESPONSE, status: int = 0, index: int = 0) -> bytes:
    head = tlv(ber.INTEGER, NUMBER.to_bytes(4)) + ber.encode_integer(status) + ber.encode_integer(index)
    return tlv(kind, head + tlv(ber.SEQUENCE, variables))


def column(tag: int, *cells: bytes, ending: bytes = b"") -> bytes:
    return b"".join(variable(COLUMN + bytes((row + 1,)), tag, cell) for row, cell in enumerate(cells)) + ending


NEXT = variable(encode_oid((*ENTRY, 11, 1)), ber.COUNTER32, b"\1")
END = variable(COLUMN + b"\x09", ber.END_OF_MIB_VIEW, b"")
COLUMNS = (
    column(ber.COUNTER32, b"\1", b"\1\2", b"\1\2\3", b"\1\2\3\4"),
    column(ber.COUNTER64, b"\0" + b"\xff" * 8, bytes(8), b"\1", ending=NEXT),
    column(ber.INTEGER, b"\1", b"\2", b"\xff", b"\xff\xff\xfe", ending=END),
    column(ber.OCTET_STRING, b"up0", b"", b"p1" * 70, ending=NEXT),
    column(ber.OBJECT_ID, b"\x2b\6\1", b"\x2b\6\x81\1", b"\0"),
    column(ber.TIME_TICKS, *(bytes((0, 0, row)) for row in range(25)), ending=NEXT),
    column(ber.IP_ADDRESS, b"\x0a\x44\x18\1") + variable(COLUMN + b"\x81\x02\x05", ber.GAUGE32, b"\3"),
    NEXT,
    END,
)
SYSTEM = variable(encode_oid((1, 3, 6, 1, 2, 1, 1, 5, 0)), ber.OCTET_STRING, b"68-22945-SW-001") + variable(
    encode_oid((1, 3, 6, 1, 2, 1, 1, 9, 0)), ber.NO_SUCH_INSTANCE, b""
)
REPORTS = [variable(encode_oid((*USM_STATS, stat.value, 0)), ber.COUNTER32, b"\5") for stat in Stat]
PDUS = (
    *(pdu(variables) for variables in COLUMNS),
    pdu(SYSTEM),
    pdu(SYSTEM, status=2, index=2),
    pdu(b"", status=1),
    *(pdu(variables, PduType.REPORT) for variables in REPORTS),
)
HAPPENED = variable(encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0)), ber.TIME_TICKS, b"\1") + variable(
    encode_oid((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)), ber.OBJECT_ID, encode_oid((1, 3, 6, 1, 6, 3, 1, 1, 5, 3))
)
TRAP_V1 = tlv(
    Tag.TRAP_V1,
    tlv(ber.OBJECT_ID, encode_oid((1, 3, 6, 1, 4, 1, 8072)))
    + tlv(ber.IP_ADDRESS, b"\x0a\x44\0\1")
    + ber.encode_integer(6)
    + ber.encode_integer(17)
    + tlv(ber.TIME_TICKS, b"\1")
    + tlv(ber.SEQUENCE, SYSTEM),
)
NOTIFICATIONS = (pdu(HAPPENED + SYSTEM, Tag.TRAP), pdu(HAPPENED, Tag.INFORM))


def community_message(version: Version, contents: bytes) -> bytes:
    return tlv(ber.SEQUENCE, ber.encode_integer(version) + tlv(ber.OCTET_STRING, COMMUNITY) + contents)


def scoped(contents: bytes) -> bytes:
    return tlv(ber.SEQUENCE, tlv(ber.OCTET_STRING, ENGINE) + tlv(ber.OCTET_STRING, b"") + contents)


@dataclass
class Agent:
    """The other side, which has the keys: so that what is wrong inside of an authentic message is reached."""

    credentials: SnmpV3
    keys: Keys = field(init=False)
    messages: UsmMessages = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys.localized(self.credentials, ENGINE)
        self.messages = UsmMessages(self.credentials, lambda: 0.0)
        for contents, flags in ((PDUS[-3], 0), (PDUS[0], AUTH_PRIV)):
            if self.messages.open(self.seal(scoped(contents), flags), NUMBER) is None:
                raise AssertionError("discovery or a response is not understood")

    def seal(self, plain: bytes, flags: int, boots: int = 3, seconds: int = 1000, salt: bytes = bytes(8)) -> bytes:
        if flags & AUTH_PRIV == AUTH_PRIV:
            encrypted = self.keys.encrypt(plain, boots, seconds & 0xFFFFFFFF, salt[:8].ljust(8))
            plain = tlv(ber.OCTET_STRING, encrypted)
        else:
            salt = b""
        zeros = bytes(self.keys.auth_length if flags & AUTH else 0)
        fields = ber.encode_integer(boots) + ber.encode_integer(seconds)
        fields = tlv(ber.OCTET_STRING, ENGINE) + fields + tlv(ber.OCTET_STRING, b"baophu" if zeros else b"")
        said = tlv(
            ber.OCTET_STRING, tlv(ber.SEQUENCE, fields + tlv(ber.OCTET_STRING, zeros) + tlv(ber.OCTET_STRING, salt))
        )
        header = tlv(ber.INTEGER, NUMBER.to_bytes(4)) + ber.encode_integer(LARGEST_DATAGRAM)
        header = tlv(ber.SEQUENCE, header + tlv(ber.OCTET_STRING, bytes((flags,))) + ber.encode_integer(3))
        message = tlv(ber.SEQUENCE, ber.encode_integer(Version.V3) + header + said + plain)
        if not zeros:
            return message
        stop = len(message) - len(plain) - len(salt) - 2
        return message[: stop - len(zeros)] + self.keys.digest(message) + message[stop:]


AGENTS = tuple(
    Agent(SnmpV3("baophu", auth, KEY, PrivProtocol.AES128, KEY)) for auth in (AuthProtocol.SHA256, AuthProtocol.MD5)
)
SEEDS = (
    *(community_message(version, contents) for version in (Version.V1, Version.V2C) for contents in PDUS),
    *(agent.seal(scoped(contents), flags) for agent in AGENTS for contents in PDUS for flags in (0, AUTH, AUTH_PRIV)),
    *(community_message(version, contents) for version in (Version.V1, Version.V2C) for contents in NOTIFICATIONS),
    community_message(Version.V1, TRAP_V1),
    *(agent.seal(scoped(contents), AUTH_PRIV) for agent in AGENTS for contents in NOTIFICATIONS),
    *PDUS,
    *COLUMNS,
    COLUMN,
)
SCOPED = tuple(scoped(contents) for contents in (*PDUS, *NOTIFICATIONS))


class Inputs:
    """An endless stream of them, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - to be reproducible, not secret
        self._number = 0

    def __iter__(self) -> Iterator[bytes]:
        chance = self._random
        while True:
            self._number += 1
            if self._number % LARGE_EVERY == 0:
                yield self._large()
                continue
            choice = chance.random()
            if choice < 0.1:
                yield bytes(chance.choices(TELLING if choice < 0.05 else range(256), k=chance.randrange(80)))
            elif choice < 0.45:
                yield self._sealed()
            else:
                yield self._mutated(chance.choice(SEEDS))

    def _sealed(self) -> bytes:
        """Authentic, with something wrong inside."""
        chance = self._random
        boots = chance.choice((3, 3, 3, 2, 4, LAST_BOOTS - 1, LAST_BOOTS, 0))
        seconds = chance.choice((1000, 1001, 850, 849, 0, LAST_BOOTS, 1 << 33))
        salt = bytes(chance.choice((8, 8, 8, 8, 7, 9)))
        plain = self._mutated(chance.choice(SCOPED))
        return chance.choice(AGENTS).seal(plain, chance.choice((AUTH_PRIV, AUTH_PRIV, AUTH, 0)), boots, seconds, salt)

    def _mutated(self, data: bytes) -> bytes:
        for _ in range(self._random.choice((1, 1, 1, 2, 3, 6))):
            data = self._octets(data) if self._random.random() < 0.5 else self._elements(data)
        return data

    def _octets(self, data: bytes) -> bytes:
        """One change that knows nothing of elements."""
        chance = self._random
        at, span = chance.randrange(len(data) + 1), chance.randrange(1, 9)
        octet = data[at] if at < len(data) else 0
        match chance.randrange(8):
            case 0:
                put, taken = bytes((chance.choice(TELLING),)), 1
            case 1:
                put, taken = bytes((octet ^ 1 << chance.randrange(8),)), 1
            case 2:
                put, taken = bytes(((octet + chance.choice((-1, 1))) % 256,)), 1
            case 3:
                put, taken = b"", span
            case 4:
                put, taken = b"", len(data)
            case 5:
                put, taken = chance.randbytes(span), 0
            case 6:
                put, taken = data[at : at + span], 0
            case _:
                put, taken = chance.choice(SEEDS)[at:], len(data)
        return data[:at] + put + data[at + taken :]

    def _elements(self, data: bytes) -> bytes:
        """One change of one element; the lengths around it stay right."""
        try:
            nodes = parse(data, 0, len(data))
        except BerError:
            return self._octets(data)
        places = list(_places(nodes))
        if not places:
            return data
        chance = self._random
        siblings, place = chance.choice(places)
        node = siblings[place]
        match chance.randrange(7):
            case 0:
                node.tag = chance.choice(TELLING)
            case 1:
                del siblings[place]
            case 2:
                siblings.insert(place, node)
            case 3:
                siblings[place] = Node(node.tag, bytes(chance.choices(TELLING, k=chance.randrange(12))))
            case 4:
                siblings[place] = Node(node.tag, self._octets(node.encode()[2:]))
            case 5:
                chance.shuffle(siblings)
            case _:
                siblings[place] = chance.choice(siblings)
        return b"".join(node.encode() for node in nodes)

    def _large(self) -> bytes:
        """What is as long as a datagram can be: much of the same, or one thing without end."""
        chance = self._random
        one = self._mutated(chance.choice((*COLUMNS, COLUMN)))[:200] or b"\x81"
        one = chance.choice((one, b"\xff"))
        many = one * (chance.randrange(LARGEST_DATAGRAM) // len(one))
        rows = b"".join(
            variable(COLUMN + ber.encode_parts((row,)), 0x41, b"\1") for row in range(chance.randrange(2500))
        )
        endless = variable(COLUMN + many, ber.INTEGER, many[:9])
        return community_message(Version.V2C, pdu(chance.choice((many, rows, endless, rows + endless))))


def _places(nodes: list[Node]) -> Iterator[tuple[list[Node], int]]:
    for place, node in enumerate(nodes):
        yield nodes, place
        if node.inside is not None:
            yield from _places(node.inside)
