"""Which notifications are believed: the whole table, and that what isn't believed leaves nothing behind."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from notified import ENGINE, INFORM, LINK_DOWN, OURS, TRAP, USER, Sealed, in_community, pdu, pdu_v1
from pydantic import SecretStr

from collectors.credentials import PrivProtocol, Snmp, SnmpV1, SnmpV2c
from collectors.listening.snmp_judge import HANDSHAKE, MOST_ENGINES, MOST_HANDSHAKES, Heard, NoInforms, SnmpJudge
from collectors.listening.tally import Kind, Reason
from collectors.snmp.ber import Oid
from collectors.snmp.usm_messages import AUTH, PRIV, REPORTABLE

PEER = ("10.68.0.1", 1024)
COMMUNITY = SecretStr("for-traps")


class Informs:
    """Plays pysnmp: believes what it is given, where that is an inform."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.kinds: list[Oid] = [LINK_DOWN]

    def receive(self, data: bytes, sender: tuple[str, int], answer: Callable[[bytes], None]) -> list[Oid]:
        assert sender == PEER
        self.given.append(data)
        answer(b"answer")
        return self.kinds


class Bench:
    """A judge at noon, with what it answered."""

    def __init__(self, snmp: Snmp = USER, *communities: bytes) -> None:
        self.now = 0.0
        self.informs = Informs()
        self.answers: list[bytes] = []
        self.judge = SnmpJudge(snmp, communities, informs=self.informs, engine_id=OURS, clock=lambda: self.now)

    def __call__(self, data: bytes, device: str = "a") -> object:
        return self.judge.judge(data, PEER, device, self.answers.append)


V2C = in_community(pdu())
OTHER_KEY = replace(USER, auth_key=SecretStr("another-key"))
OTHER_CIPHER_KEY = replace(USER, priv_key=SecretStr("another-key"))


@pytest.mark.parametrize(
    ("communities", "data", "verdict"),
    [
        ([b"for-traps"], V2C, Heard(Kind.TRAP_V2C, LINK_DOWN)),
        ([b"else", b"for-traps"], V2C, Heard(Kind.TRAP_V2C, LINK_DOWN)),
        ([b"for-traps"], in_community(pdu(INFORM)), Heard(Kind.INFORM_V2C, LINK_DOWN)),
        ([b"for-traps"], in_community(pdu_v1(2), version=0), Heard(Kind.TRAP_V1, LINK_DOWN)),
        ([b"for-trap"], V2C, Reason.WRONG_COMMUNITY),
        ([b"for-traps"], in_community(pdu(), b""), Reason.WRONG_COMMUNITY),
        ([b"else"], in_community(pdu(INFORM)), Reason.WRONG_COMMUNITY),
        ([], V2C, Reason.COMMUNITY_NOT_TAKEN),
        ([b"for-traps"], V2C[:-1], Reason.UNDECODABLE),
        ([b"for-traps"], b"", Reason.UNDECODABLE),
        ([b"for-traps"], in_community(pdu(0xA2)), Reason.UNDECODABLE),
        ([], Sealed().encode(), Heard(Kind.TRAP_V3, LINK_DOWN)),
        ([], Sealed(credentials=OTHER_KEY).encode(), Reason.AUTH_FAILED),
        ([], Sealed(user=b"somebody").encode(), Reason.AUTH_FAILED),
        ([], Sealed(credentials=OTHER_CIPHER_KEY).encode(), Reason.UNDECIPHERED),
        ([], Sealed(flags=AUTH).encode(), Reason.UNAUTHENTICATED),
        ([], Sealed(flags=0).encode(), Reason.UNAUTHENTICATED),
        ([], Sealed(contents=pdu(INFORM)).encode(), Reason.UNDECODABLE),
        ([], Sealed(contents=pdu(0xA2)).encode(), Reason.UNDECODABLE),
        ([], Sealed(engine=b"four").encode(), Reason.UNDECODABLE),
        ([], Sealed(engine=bytes(33)).encode(), Reason.UNDECODABLE),
        ([], Sealed(engine=OURS, contents=pdu(INFORM)).encode(), Heard(Kind.INFORM_V3, LINK_DOWN)),
        ([], Sealed(engine=OURS, credentials=OTHER_KEY).encode(), Reason.AUTH_FAILED),
        ([], Sealed(engine=OURS, flags=0).encode(), Reason.UNAUTHENTICATED),
        ([], Sealed(engine=OURS, flags=AUTH).encode(), Reason.UNAUTHENTICATED),
    ],
)
def test_who_is_believed(communities: list[bytes], data: bytes, verdict: object) -> None:
    bench = Bench(USER, *communities)
    assert bench(data) == verdict
    is_answered = isinstance(verdict, Heard) and verdict.kind in (Kind.INFORM_V2C, Kind.INFORM_V3)
    assert bool(bench.answers) == bool(is_answered or bench.informs.given)


def test_an_unauthentic_message_never_reaches_pysnmp() -> None:
    bench = Bench()
    for data in (
        Sealed(engine=OURS, credentials=OTHER_KEY),
        Sealed(engine=OURS, user=b"x"),
        Sealed(engine=OURS, flags=0),
    ):
        bench(data.encode())
    assert bench.informs.given == []


@pytest.mark.parametrize("snmp", [SnmpV2c(COMMUNITY), SnmpV1(COMMUNITY)])
def test_without_a_user_version_3_is_not_taken(snmp: Snmp) -> None:
    bench = Bench(snmp, b"for-traps")
    assert bench(Sealed().encode()) is Reason.V3_NOT_TAKEN
    assert bench(Sealed(engine=OURS).encode()) is Reason.V3_NOT_TAKEN
    assert bench(V2C) == Heard(Kind.TRAP_V2C, LINK_DOWN)


def test_with_des_only_pysnmp_can_look_so_traps_are_not_taken_and_informs_are() -> None:
    bench = Bench(replace(USER, priv_protocol=PrivProtocol.DES))
    assert bench(Sealed().encode()) is Reason.V3_NOT_TAKEN
    assert bench(Sealed(engine=OURS, contents=pdu(INFORM)).encode()) == Heard(Kind.INFORM_V3, LINK_DOWN)


@pytest.mark.parametrize(
    ("boots", "time", "later", "verdict"),
    [
        (3, 1000, 0.0, Heard(Kind.TRAP_V3, LINK_DOWN)),
        (3, 850, 0.0, Heard(Kind.TRAP_V3, LINK_DOWN)),
        (3, 849, 0.0, Reason.UNTIMELY),
        (3, 1000, 150.0, Heard(Kind.TRAP_V3, LINK_DOWN)),
        (3, 1000, 151.0, Reason.UNTIMELY),
        (2, 5000, 0.0, Reason.UNTIMELY),
        (4, 0, 0.0, Heard(Kind.TRAP_V3, LINK_DOWN)),
        (0x7FFFFFFF, 0, 0.0, Reason.UNTIMELY),
    ],
)
def test_a_trap_of_the_past_is_not_believed(boots: int, time: int, later: float, verdict: object) -> None:
    bench = Bench()
    assert bench(Sealed().encode()) == Heard(Kind.TRAP_V3, LINK_DOWN)
    bench.now = later
    assert bench(Sealed(boots=boots, time=time).encode()) == verdict


def test_engines_are_remembered_of_who_has_the_key_alone_and_only_some() -> None:
    bench = Bench()
    for number in range(100):
        bench(Sealed(engine=b"\x80\0\0\0\4" + bytes((number,)), credentials=OTHER_KEY).encode())
    known = bench.judge._senders["a"]
    assert known == {}
    for number in range(10):
        bench(Sealed(engine=b"\x80\0\0\0\4" + bytes((number,))).encode())
    assert list(known) == [b"\x80\0\0\0\4" + bytes((number,)) for number in range(10 - MOST_ENGINES, 10)]


def test_questions_for_our_engine_are_answered_but_not_without_end() -> None:
    bench = Bench()
    bench.informs.kinds = []
    question = Sealed(engine=b"", user=b"", flags=REPORTABLE).encode()
    found = [bench(question) for _ in range(MOST_HANDSHAKES + 2)]
    assert found == [HANDSHAKE] * MOST_HANDSHAKES + [Reason.TOO_MANY_HANDSHAKES] * 2
    assert bench(question, "another device") is HANDSHAKE
    bench.now = 1.0
    assert bench(question) is HANDSHAKE
    untimely = Sealed(engine=OURS, flags=AUTH | PRIV | REPORTABLE).encode()
    assert bench(untimely) is HANDSHAKE, "authentic, and pysnmp asked for another time"


def test_without_informs_nobody_is_answered() -> None:
    assert NoInforms().receive(b"", PEER, lambda _data: pytest.fail("answered")) == []


def test_a_trap_is_not_a_wish_to_be_answered() -> None:
    bench = Bench(USER, b"for-traps")
    for data in (V2C, Sealed(contents=pdu(TRAP)).encode(), Sealed(engine=ENGINE).encode()):
        bench(data)
    assert bench.answers == []
