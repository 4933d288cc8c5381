"""Agents that lie over SNMPv2c, where only its sense proves a reply: each ends in a reason, after a few packets."""

from collections.abc import Iterable, Mapping

import pytest
from snmp_asking import PATIENT, SHORT
from snmp_lies import BEYOND, COLUMN, UP, Lie, bad, hear, row, rows, saying, saying_octets
from snmp_messages import Asked, Mib, Varbind, column, community_asked, community_message, mib, octets, pdu

from collectors.fault import Fault
from collectors.snmp import conversation
from collectors.snmp.ber import (
    COUNTER32,
    COUNTER64,
    END_OF_MIB_VIEW,
    INTEGER,
    NO_SUCH_INSTANCE,
    OBJECT_ID,
    SEQUENCE,
    encode_oid,
    tlv,
)
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.engine_client import EngineSession
from collectors.snmp.pdu import PduType
from collectors.snmp.tables import system
from ledger.observation import Failure

#: An honest column is longer than the first reply.
ROWS, FIRST_REPLY = 30, 25


def read_column(lie: Lie, honest: Mib, timeout: float = PATIENT) -> tuple[Column, int]:
    """A column whose first reply is true."""
    asked_so_far: list[Asked] = []

    def answer(datagram: bytes) -> Iterable[bytes]:
        asked = community_asked(datagram)
        asked_so_far.append(asked)
        if len(asked_so_far) == 1:
            return [community_message(pdu(asked.number, honest(asked)))]
        reply = lie(asked)
        return [] if reply is None else [reply]

    async def question(session: EngineSession) -> Column:
        return (await session.columns([COLUMN]))[COLUMN]

    return hear(answer, question, timeout)


HONEST = mib(column(COLUMN, [UP] * ROWS), {BEYOND[0]: (BEYOND[1], BEYOND[2])})
LIES: Mapping[str, tuple[Lie, Fault, int]] = {
    "falls": (saying(*rows(3, 9)), conversation.NOT_INCREASING, 2),
    "falls further on": (saying(row(26), row(28), row(27)), conversation.NOT_INCREASING, 2),
    "says it all again": (saying(*rows(1, 25)), conversation.NOT_INCREASING, 2),
    "stands": (saying(row(26), row(26)), conversation.NOT_INCREASING, 2),
    "goes back to another column": (saying(((*COLUMN[:-1], 2, 1), *UP)), conversation.NOT_INCREASING, 2),
    "has no rows": (saying(), conversation.NO_ROWS, 2),
    "is never content": (saying(status=1), conversation.TOO_BIG, 6),
    "errs": (saying(status=5), bad("the agent answered error status 5"), 2),
    "errs unheard of": (saying(status=99), bad("the agent answered error status 99"), 2),
    "errs and still has rows": (saying(*rows(26, 30), status=5), bad("the agent answered error status 5"), 2),
    "has no such instance": (saying(row(26, NO_SUCH_INSTANCE, b"")), bad("a row without a value"), 2),
    "has a null": (saying(row(26, 0x05, b"")), bad("a value of the unknown type 0x05"), 2),
    "has a type of its own": (saying(row(26, 0x47, b"\1")), bad("a value of the unknown type 0x47"), 2),
    "has an integer of nothing": (
        saying(row(26, 0x02, b"")),
        bad("an integer of no octets, or of more than nine"),
        2,
    ),
    "has a counter beyond counting": (
        saying(row(26, COUNTER32, bytes(10))),
        bad("an integer of no octets, or of more than nine"),
        2,
    ),
    "breaks off within": (
        saying_octets(tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid((*COLUMN, 26))) + b"\x02\x04\x01")),
        bad("an element is longer than what holds it"),
        2,
    ),
    "breaks off before a value": (
        saying_octets(tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid((*COLUMN, 26))))),
        bad("an element breaks off"),
        2,
    ),
    "has no name": (
        saying_octets(tlv(SEQUENCE, b"\x02\x01\x01\x02\x01\x01")),
        bad("a variable is no sequence of a name and a value"),
        2,
    ),
    "has a name without end": (
        saying_octets(tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(COLUMN) + b"\x81" * 700 + b"\1") + b"\x02\x01\x01")),
        bad("a variable is no sequence of a name and a value"),
        2,
    ),
    "has a name too large": (
        saying_octets(tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(COLUMN) + b"\x9f\xff\xff\xff\x7f") + b"\x02\x01\x01")),
        bad("a sub-identifier breaks off or is larger than 2^32 - 1"),
        2,
    ),
    "is of no length": (
        saying_octets(b"\x30\x80" + bytes(20)),
        bad("an indefinite or endless length"),
        2,
    ),
}


@pytest.mark.parametrize("how", LIES)
def test_a_column_that_goes_wrong_keeps_its_rows_and_says_why(how: str) -> None:
    lie, fault, packets = LIES[how]
    found, sent = read_column(lie, HONEST)
    assert (found.fault, sent) == (fault, packets)
    assert dict(found) == {(number,): 1 for number in range(1, FIRST_REPLY + 1)}


def cut(asked: Asked) -> bytes:
    return community_message(pdu(asked.number, rows(26, 30)))[:-1]


def beyond(asked: Asked) -> bytes:
    """Its length says a gigabyte."""
    return b"\x30\x84\x40\x00\x00\x00" + community_message(pdu(asked.number, rows(26, 30)))[2:]


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (cut, conversation.GARBLED),
        (beyond, conversation.GARBLED),
        (lambda asked: community_message(pdu(asked.number, rows(26, 30)), b"private"), conversation.GARBLED),
        (lambda asked: community_message(pdu(asked.number, rows(26, 30)), version=0), conversation.GARBLED),
        (lambda asked: community_message(pdu(asked.number, rows(26, 30), kind=PduType.REPORT)), conversation.GARBLED),
        (lambda asked: community_message(pdu(asked.number ^ 1, rows(26, 30))), None),
        (lambda _asked: None, None),
    ],
    ids=["cut", "beyond the packet", "community", "version", "report", "number", "silence"],
)
def test_a_column_whose_next_reply_is_none_keeps_its_rows_and_says_so(lie: Lie, fault: Fault | None) -> None:
    found, sent = read_column(lie, HONEST, SHORT)
    expected = fault or Fault(Failure.NO_ANSWER, "no answer over SNMPv2c; a wrong community looks the same")
    assert (found.fault, len(found), sent) == (expected, FIRST_REPLY, 2)


@pytest.mark.parametrize(
    "lie",
    [
        saying(*rows(26, 30), ((*COLUMN, 30), END_OF_MIB_VIEW, b"")),
        saying(*rows(26, 30), ((*COLUMN, 30), END_OF_MIB_VIEW, b""), *rows(31, 40)),
        saying(*rows(26, 30), BEYOND, *rows(31, 40)),
    ],
    ids=["end of MIB", "rows after the end of MIB", "rows after another column"],
)
def test_a_column_is_over_where_it_ends_whatever_comes_after(lie: Lie) -> None:
    found, sent = read_column(lie, HONEST)
    assert (found.fault, len(found), sent) == (None, ROWS, 2)


def test_more_rows_than_were_asked_for_are_taken_up_to_the_largest_datagram() -> None:
    many = rows(26, 3500)
    reply = community_message(pdu(1 << 30, many))
    assert 60_000 < len(reply) < 65_507
    found, sent = read_column(
        lambda asked: saying(*(many if asked.oids == ((*COLUMN, 25),) else [BEYOND]))(asked), HONEST
    )
    assert (found.fault, len(found), sent) == (None, 3500, 3)


def test_a_value_as_large_as_a_datagram_is_taken() -> None:
    large = b"x" * 65_300
    lie = saying(row(26, 4, large), ((*COLUMN, 26), END_OF_MIB_VIEW, b""))
    found, sent = read_column(lie, HONEST)
    assert (found.fault, found[26,], sent) == (None, large, 2)


@pytest.mark.parametrize(("at_once", "packets"), [(25, 3), (1, 10)])
def test_a_column_without_end_is_left_after_so_many_rows_or_replies(
    monkeypatch: pytest.MonkeyPatch, at_once: int, packets: int
) -> None:
    monkeypatch.setattr(conversation, "LONGEST_COLUMN", 50)
    monkeypatch.setattr(conversation, "MOST_REPLIES", 10)

    def more(asked: Asked) -> list[Varbind]:
        (oid,) = asked.oids
        first = oid[len(COLUMN)] + 1 if len(oid) > len(COLUMN) else 1
        return rows(first, first + at_once - 1)

    async def question(session: EngineSession) -> Column:
        return (await session.columns([COLUMN]))[COLUMN]

    def answer(datagram: bytes) -> Iterable[bytes]:
        asked = community_asked(datagram)
        return [community_message(pdu(asked.number, more(asked)))]

    found, sent = hear(answer, question)
    assert (found.fault, sent) == (conversation.TOO_LONG, packets)
    assert len(found) == packets * at_once


def read_twice(*lies: Lie) -> list[tuple[dict[Oid, Value], Fault | None]]:
    """A column of one reply, read once for each lie: from the second on the shape of the reply is known."""
    told = iter(lies)

    def answer(datagram: bytes) -> Iterable[bytes]:
        reply = next(told)(community_asked(datagram))
        return [] if reply is None else [reply]

    async def question(session: EngineSession) -> list[Column]:
        return [(await session.columns([COLUMN]))[COLUMN] for _ in lies]

    return [(dict(found), found.fault) for found in hear(answer, question)[0]]


def test_a_value_that_goes_bad_where_its_shape_is_known_is_a_reason() -> None:
    found = read_twice(
        saying(row(1, OBJECT_ID, b"\x2b\x06\x01"), BEYOND), saying(row(1, OBJECT_ID, b"\x2b\x80\x01"), BEYOND)
    )
    assert found == [({(1,): (1, 3, 6, 1)}, None), ({}, bad("a sub-identifier is padded"))]


def test_rows_that_change_where_their_shape_is_known_are_the_new_ones() -> None:
    """Replies of one length, octet for octet in the same places."""
    other = (*COLUMN[:-1], 7, 2)
    found = read_twice(
        saying(row(1), row(2), BEYOND),
        saying(row(1), row(3), BEYOND),
        saying(row(3), row(2), BEYOND),
        saying(row(1), row(2, 4), BEYOND),
        saying(row(1), (other, *UP), BEYOND),
        saying(row(1), row(2), BEYOND),
    )
    assert found == [
        ({(1,): 1, (2,): 1}, None),
        ({(1,): 1, (3,): 1}, None),
        ({}, conversation.NOT_INCREASING),
        ({(1,): 1, (2,): b"\1"}, None),
        ({}, conversation.NOT_INCREASING),
        ({(1,): 1, (2,): 1}, None),
    ]


@pytest.mark.parametrize(
    ("tag", "value", "meant"),
    [
        (INTEGER, b"\xff", -1),
        (INTEGER, b"\xff\xff\xff", -1),
        (COUNTER32, b"\xff\xff\xff\xff", 0xFFFFFFFF),
        (COUNTER32, b"\xff\xff\xff", 0xFFFFFF),
        (COUNTER32, b"\0\xff\xff\xff\xff", 0xFFFFFFFF),
        (COUNTER64, b"\xff" * 8, 0xFFFFFFFFFFFFFFFF),
    ],
)
def test_a_counter_without_its_leading_zero_is_read_as_it_is_meant(tag: int, value: bytes, meant: int) -> None:
    lie = saying(row(1, tag, value), BEYOND)
    assert read_twice(lie, lie) == [({(1,): meant}, None)] * 2


SCALARS = (system.SYS_OBJECT_ID, system.SYS_UP_TIME, system.SYS_NAME)
NAMED: Varbind = (system.SYS_NAME, *octets(b"switch"))


@pytest.mark.parametrize(
    ("lie", "expected", "packets"),
    [
        (saying(NAMED), {system.SYS_NAME: b"switch"}, 1),
        (saying(NAMED, ((*system.SYS_NAME[:-1], 1), *octets(b"other"))), {system.SYS_NAME: b"switch"}, 1),
        (saying(), {}, 1),
        (saying((system.SYS_NAME, END_OF_MIB_VIEW, b"")), {}, 1),
        (saying(NAMED, status=5), bad("the agent answered error status 5"), 1),
        (saying(status=1), conversation.TOO_BIG, 1),
        (saying(NAMED, status=16), Fault(Failure.AUTH_FAILED, "the agent answered authorizationError"), 1),
        (saying(NAMED, status=2), bad("the agent answered error status 2"), 1),
        (
            lambda asked: community_message(pdu(asked.number, [NAMED], 2, 9)),
            bad("the agent answered error status 2"),
            1,
        ),
        (
            lambda asked: community_message(pdu(asked.number, [NAMED], 2, 1)),  # RFC 3416: SNMPv1's alone
            bad("the agent answered error status 2"),
            1,
        ),
        (saying((system.SYS_NAME, 0x47, b"")), bad("a value of the unknown type 0x47"), 1),
        (saying_octets(b"\x30\x05"), bad("an element is longer than what holds it"), 1),
    ],
    ids=[
        *("one of three", "others too", "nothing", "end of MIB", "genErr", "tooBig", "authorizationError"),
        *("noSuchName without index", "noSuchName beyond", "noSuchName over v2c", "unknown type", "cut short"),
    ],
)
def test_scalars_are_what_was_asked_for_or_a_reason(
    lie: Lie, expected: Mapping[Oid, Value] | Fault, packets: int
) -> None:
    def answer(datagram: bytes) -> Iterable[bytes]:
        reply = lie(community_asked(datagram))
        return [] if reply is None else [reply]

    assert hear(answer, lambda session: session.get(SCALARS)) == (expected, packets)
