"""Traps and informs of SNMPv1 and v2c, octet by octet; whatever isn't one is a BerError and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notified import INFORM, LINK_DOWN, TRAP, TRAP_OID, in_community, pdu, pdu_v1, variable

from collectors.snmp.ber import OBJECT_ID, OCTET_STRING, SEQUENCE, BerError, Oid, encode_oid, tlv
from collectors.snmp.community import Version
from collectors.snmp.notification import Notification, community_notification, version_of

CISCO: Oid = (1, 3, 6, 1, 4, 1, 9)


@pytest.mark.parametrize(
    ("generic", "specific", "kind"),
    [
        (0, 0, (1, 3, 6, 1, 6, 3, 1, 1, 5, 1)),
        (2, 0, LINK_DOWN),
        (3, 5, (1, 3, 6, 1, 6, 3, 1, 1, 5, 4)),
        (5, 0, (1, 3, 6, 1, 6, 3, 1, 1, 5, 6)),
        (6, 1, (*CISCO, 0, 1)),
        (6, 0x7FFFFFFF, (*CISCO, 0, 0x7FFFFFFF)),
    ],
)
def test_a_trap_of_version_1_has_the_kind_that_rfc_3584_gives_it(generic: int, specific: int, kind: Oid) -> None:
    found = community_notification(in_community(pdu_v1(generic, specific), version=0))
    assert found.notification == Notification(kind)
    assert (found.version, found.community, found.answer) == (Version.V1, b"for-traps", None)


def test_a_trap_of_version_2c_says_its_kind() -> None:
    found = community_notification(in_community(pdu()))
    assert found.notification == Notification(LINK_DOWN)
    assert (found.version, found.answer) == (Version.V2C, None)


def test_an_inform_is_answered_by_itself_as_a_response() -> None:
    data = in_community(pdu(INFORM))
    found = community_notification(data)
    assert found.notification == Notification(LINK_DOWN, is_inform=True)
    assert found.answer is not None
    assert found.answer == data.replace(b"\xa6", b"\xa2", 1)


def test_a_repr_shows_no_community() -> None:
    assert "for-traps" not in repr(community_notification(in_community(pdu(INFORM))))


GOOD = in_community(pdu())
WRONG = {
    "nothing": b"",
    "something after it": GOOD + b"\0",
    "cut off": GOOD[:-1],
    "a response": in_community(pdu(0xA2)),
    "a request": in_community(pdu(0xA0)),
    "version 2c in a trap of version 1": in_community(pdu_v1(2)),
    "version 1 with a trap of version 2": in_community(pdu(), version=0),
    "version 2": in_community(pdu(), version=2),
    "version 3": in_community(pdu(), version=3),
    "no kind": in_community(pdu(says=None)),
    "a kind that is text": in_community(pdu(says=None, more=variable(TRAP_OID, OCTET_STRING, b"\x2b\6"))),
    "a variable that breaks off": in_community(pdu(more=b"\x30\5\6\1")),
    "a variable of an unknown type": in_community(pdu(more=variable(LINK_DOWN, 0x55, b"\1"))),
    "a generic trap of no kind": in_community(pdu_v1(7), version=0),
    "a negative one": in_community(pdu_v1(-1), version=0),
    "a specific trap beyond 31 bits": in_community(pdu_v1(6, 1 << 31), version=0),
    "a variable of version 1 that breaks off": in_community(pdu_v1(2, more=b"\x30\5\6\1"), version=0),
    "a value followed by something": in_community(
        pdu_v1(2, more=tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(LINK_DOWN)) + b"\5\0\5\0")), version=0
    ),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
def test_what_is_no_notification_is_a_ber_error(data: bytes) -> None:
    with pytest.raises(BerError):
        community_notification(data)


@given(st.one_of(st.binary(max_size=200), st.tuples(st.integers(0, len(GOOD)), st.binary(max_size=4))))
def test_rubbish_is_a_ber_error_and_nothing_else(given_: bytes | tuple[int, bytes]) -> None:
    data = given_ if isinstance(given_, bytes) else GOOD[: given_[0]] + given_[1] + GOOD[given_[0] + len(given_[1]) :]
    try:
        version_of(data)
        found = community_notification(data)
    except BerError:
        return
    assert found.version in (Version.V1, Version.V2C)
    assert found.notification.kind
    assert TRAP in data or INFORM in data
