"""Replies that somebody made up, in clear or with the keys: nothing of them is believed that must not be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import pairwise

import pytest
from pydantic import SecretStr
from snmp_asking import SHORT, Observed, name, names, security, tell
from snmp_messages import (
    AUTH_PRIV,
    NO_AUTH,
    MessageV3,
    PlayedEngine,
    community_agent,
    community_asked,
    mib,
    octets,
    pdu,
)
from snmp_proxy import Passing, Proxy, Step, honestly, only, proxied
from snmp_real import AGENT, MakeSnmpd, v3
from udp_peers import Said, peer, playing

from collectors.credentials import Snmp, SnmpV2c
from collectors.fault import Fault
from collectors.snmp.conversation import GARBLED, REJECTED, SILENT_V3, UNDECIPHERED
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.pdu import PduType
from collectors.snmp.tables.system import SYS_NAME
from collectors.snmp.usm_messages import AUTH, LAST_BOOTS, PRIV, Stat
from ledger.observation import Failure

V3 = v3()
AT = "127.0.1.1"
CROWD = [f"127.0.2.{number}" for number in range(1, 40)]
ENGINE_ID, ANOTHER_ID = bytes.fromhex("80001f880401020304"), bytes.fromhex("80001f8804ffffffff")
NAME = b"68-22945-SW-001"
FORGED = [(SYS_NAME, *octets(b"forged"))]


@pytest.fixture(scope="module")
def agent(make_snmpd: MakeSnmpd) -> Iterator[int]:
    snmpd = make_snmpd("true")
    with snmpd(f"exactEngineID 0x{ENGINE_ID.hex()}\n{AGENT}"):
        yield snmpd.port


@pytest.fixture
def proxy(agent: int) -> Iterator[Proxy]:
    with proxied(dict.fromkeys((AT, *CROWD), agent)) as found:
        yield found


def stranger(engine_id: bytes = ENGINE_ID) -> PlayedEngine:
    """One without the keys, who says that the engine is far in the future."""
    return PlayedEngine(v3(auth="stranger's key", priv="stranger's key"), engine_id, boots=1000, time=100_000)


def insider(passing: Passing) -> PlayedEngine:
    """One with the keys, who knows the engine's time too."""
    seen = MessageV3(passing.reply)
    return PlayedEngine(V3, ENGINE_ID, seen.integer("boots"), seen.integer("time"), salt=1 << 60)


def number(passing: Passing) -> int:
    return MessageV3(passing.request).integer("number")


def reports(passing: Passing) -> list[Said]:
    """Each kind in clear, of the engine and of another one."""
    return [
        Said(stranger(engine_id).report(number(passing), stat))
        for stat in Stat
        for engine_id in (ENGINE_ID, ANOTHER_ID)
    ]


def test_reports_in_clear_change_nothing_where_the_true_reply_follows(proxy: Proxy) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, AT) == NAME
        usm = security(client, AT)
        before = (usm.engine_id, usm.boots, usm._keys, usm._user)
        proxy.tamper = lambda passing: [*reports(passing), *honestly(passing)]
        assert await name(client, AT) == NAME
        assert (usm.engine_id, usm.boots, usm._keys, usm._user) == before
        assert usm._keys is before[2]
        assert usm.time < 1000

    traffic = tell(story, V3, proxy.port).traffic
    assert traffic.dropped == {"downgraded": 2 * len(Stat)}
    assert (traffic.sent, traffic.retries, traffic.timeouts) == (4, 0, 0)


def test_signed_reports_of_a_stranger_change_nothing(proxy: Proxy) -> None:
    def tamper(passing: Passing) -> Iterable[Said]:
        signed = [stranger().report(number(passing), stat, AUTH) for stat in Stat]
        return [*map(Said, signed), *honestly(passing)]

    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: honestly(passing) if passing.step is Step.DISCOVERY else tamper(passing)
        assert await name(client, AT) == NAME
        assert security(client, AT).time < 1000

    assert tell(story, V3, proxy.port).traffic.dropped == {"unauthentic": 2 * len(Stat)}


def refused(why: str) -> Fault:
    return Fault(Failure.AUTH_FAILED, f"the agent refused the SNMPv3 credentials ({why})")


ALONE: Mapping[Stat, Observed] = {
    Stat.UNSUPPORTED_SECURITY_LEVELS: refused("UnsupportedSecurityLevel"),
    Stat.UNKNOWN_USER_NAMES: refused("UnknownUserName"),
    Stat.WRONG_DIGESTS: refused("WrongDigest"),
    Stat.DECRYPTION_ERRORS: refused("DecryptionError"),
    Stat.NOT_IN_TIME_WINDOWS: REJECTED,
    Stat.UNKNOWN_ENGINE_IDS: NAME,  # the engine is looked for again, and found
}


def test_a_report_in_clear_is_a_hint_where_nothing_better_comes(proxy: Proxy) -> None:
    """So a true refusal is told; a forged one costs that question, and nothing of it is left for the next."""
    asked = dict(zip(CROWD, Stat, strict=False))

    async def story(client: EngineClient) -> None:
        assert await names(client, asked) == dict.fromkeys(asked, NAME)
        seen = dict.fromkeys(asked, 0)

        def tamper(passing: Passing) -> Iterable[Said]:
            seen[passing.at] += 1
            is_first = seen[passing.at] == 1
            return [Said(stranger().report(number(passing), asked[passing.at]))] if is_first else honestly(passing)

        proxy.tamper = tamper
        found = await names(client, asked)
        assert {asked[at]: what for at, what in found.items()} == ALONE
        assert await names(client, asked) == dict.fromkeys(asked, NAME)

    tell(story, V3, proxy.port, timeout=SHORT)


def test_a_forged_discovery_costs_a_timeout_and_no_more(proxy: Proxy) -> None:
    async def story(client: EngineClient) -> None:
        def tamper(passing: Passing) -> Iterable[Said]:
            forged = stranger(ANOTHER_ID).report(number(passing), Stat.UNKNOWN_ENGINE_IDS)
            is_first = passing.step is Step.DISCOVERY and passing.count == 0
            return [Said(forged), *honestly(passing)] if is_first else honestly(passing)

        proxy.tamper = tamper
        assert await name(client, AT) == NAME
        assert security(client, AT).engine_id == ENGINE_ID
        assert security(client, AT).time < 1000

    assert tell(story, V3, proxy.port, timeout=SHORT).traffic.timeouts == 1


def test_a_discovery_that_is_always_forged_ends_after_a_few_packets(proxy: Proxy) -> None:
    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: [
            Said(stranger(ANOTHER_ID).report(number(passing), Stat.UNKNOWN_ENGINE_IDS)),
            *honestly(passing),
        ]
        assert await name(client, AT) == REJECTED
        proxy.tamper = honestly
        assert await name(client, AT) == NAME

    assert tell(story, V3, proxy.port, timeout=SHORT).traffic.sent <= 6 + 3


Forge = Callable[[PlayedEngine, int], bytes]
WITH_KEYS: Mapping[str, tuple[Forge, Observed, str]] = {
    "true": (
        lambda me, to: me.sealed(to, pdu(to, FORGED)),
        b"forged",
        "",
    ),  # so the others are refused for what they are
    "not encrypted": (lambda me, to: me.sealed(to, pdu(to, FORGED), AUTH), REJECTED, "downgraded"),
    "in clear": (lambda me, to: me.sealed(to, pdu(to, FORGED), NO_AUTH), REJECTED, "downgraded"),
    "encrypted but not signed": (lambda me, to: me.sealed(to, pdu(to, FORGED), PRIV), GARBLED, ""),
    "a question": (lambda me, to: me.sealed(to, pdu(to, FORGED, kind=PduType.GET)), REJECTED, "downgraded"),
    "another request's": (lambda me, to: me.sealed(to, pdu(to ^ 1, FORGED)), SILENT_V3, ""),
    "another message's": (lambda me, to: me.sealed(to ^ 1, pdu(to, FORGED)), SILENT_V3, ""),
    "another engine's": (
        lambda me, to: replace(me, engine_id=ANOTHER_ID).sealed(to, pdu(to, FORGED)),
        REJECTED,
        "unauthentic",
    ),
    "of an engine that it isn't": (
        lambda me, to: replace(me, claimed=ANOTHER_ID).sealed(to, pdu(to, FORGED)),
        REJECTED,
        "unauthentic",
    ),
    "another user's": (
        lambda me, to: replace(me, credentials=replace(V3, user="other")).sealed(to, pdu(to, FORGED)),
        REJECTED,
        "unauthentic",
    ),
    "signed with another key": (
        lambda me, to: replace(me, credentials=v3(auth="another key")).sealed(to, pdu(to, FORGED)),
        REJECTED,
        "unauthentic",
    ),
    "encrypted with another key": (
        lambda me, to: replace(me, credentials=v3(priv="another key")).sealed(to, pdu(to, FORGED)),
        UNDECIPHERED,
        "undeciphered",
    ),
    "of the last boots": (
        lambda me, to: replace(me, boots=LAST_BOOTS).sealed(to, pdu(to, FORGED)),
        NAME,  # the engine is looked for again, and found
        "untimely",
    ),
}


def test_an_answer_that_is_right_but_for_one_thing_is_not_believed(proxy: Proxy) -> None:
    asked = dict(zip(CROWD, WITH_KEYS, strict=False))

    async def story(client: EngineClient) -> None:
        assert await names(client, asked) == dict.fromkeys(asked, NAME)

        def forged(passing: Passing) -> Iterable[Said]:
            if passing.count > 1:
                return honestly(passing)
            return [Said(WITH_KEYS[asked[passing.at]][0](insider(passing), number(passing)))]

        proxy.tamper = only(Step.ANSWER, forged)
        found = await names(client, asked)
        assert {asked[at]: what for at, what in found.items()} == {how: what for how, (_, what, _) in WITH_KEYS.items()}

    dropped = [why for _, _, why in WITH_KEYS.values() if why]
    assert tell(story, V3, proxy.port, timeout=SHORT).traffic.dropped == {why: dropped.count(why) for why in dropped}


SYSTEM = mib({SYS_NAME: octets(NAME)})


def reply_of(engine: PlayedEngine, later: PlayedEngine) -> Callable[[str, bytes], Iterable[Said]]:
    """An agent that is `engine` once it was asked; every other time its answer is from `later`'s time."""
    answers = 0

    def answer(_at: str, datagram: bytes) -> Iterable[Said]:
        nonlocal answers
        message = MessageV3(datagram)
        reply = engine(datagram, SYSTEM)
        if MessageV3(reply).level == AUTH_PRIV:
            answers += 1
            if answers == 2:
                asked = engine.asked(message)
                reply = later.sealed(message.integer("number"), pdu(asked.number, SYSTEM(asked)))
        return [Said(reply)]

    return answer


@pytest.mark.parametrize(
    ("boots", "seconds", "is_timely"),
    [
        (0, 0, True),
        (0, -140, True),  # RFC 3414 §2.2.3 allows 150
        (0, -160, False),
        (0, 100_000, True),
        (-1, 0, False),
        (-1, 100_000, False),
        (1, -500, True),
    ],
)
def test_a_signed_answer_of_the_past_is_dropped_and_the_engine_looked_for_again(
    boots: int, seconds: int, is_timely: bool
) -> None:
    engine = PlayedEngine(V3, ENGINE_ID)
    later = replace(engine, boots=engine.boots + boots, time=engine.time + seconds, salt=1 << 60)

    async def story(client: EngineClient) -> None:
        assert await name(client, AT) == NAME
        assert await name(client, AT) == NAME
        assert (security(client, AT).boots, security(client, AT).time) >= (engine.boots, engine.time)

    with playing(reply_of(engine, later)) as port:
        traffic = tell(story, V3, port, timeout=SHORT).traffic
    assert traffic.dropped == ({} if is_timely else {"untimely": 1})
    assert traffic.sent == (4 if is_timely else 7)


@pytest.mark.parametrize("stat", [Stat.NOT_IN_TIME_WINDOWS, Stat.UNKNOWN_ENGINE_IDS])
def test_an_agent_that_signs_the_same_report_for_ever_ends_after_a_few_packets(stat: Stat) -> None:
    engine = PlayedEngine(V3, ENGINE_ID)

    def answer(datagram: bytes) -> Iterable[bytes]:
        message = MessageV3(datagram)
        return [
            engine(datagram, SYSTEM)
            if message.level == NO_AUTH
            else engine.report(message.integer("number"), stat, AUTH)
        ]

    async def story(client: EngineClient) -> None:
        session = client.session(IPv4Address(AT), deadline_seconds=SHORT)
        assert await session.get([SYS_NAME]) == REJECTED
        assert session.packets <= 4

    with peer(answer) as port:
        tell(story, V3, port)


@pytest.mark.parametrize("credentials", [V3, SnmpV2c(SecretStr("public"))], ids=["v3", "v2c"])
def test_the_numbers_of_two_hundred_questions_cannot_be_guessed(credentials: Snmp) -> None:
    numbers: list[int] = []
    engine = PlayedEngine(V3, ENGINE_ID)

    def answer(datagram: bytes) -> Iterable[bytes]:
        if credentials is V3:
            numbers.append(MessageV3(datagram).integer("number"))
            return [engine(datagram, SYSTEM)]
        numbers.append(community_asked(datagram).number)
        return [community_agent(SYSTEM)(datagram)]

    async def story(client: EngineClient) -> None:
        for _ in range(200):
            assert await name(client, AT) == NAME

    with peer(answer) as port:
        tell(story, credentials, port)
    assert len(set(numbers)) == len(numbers) >= 200
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    assert len(set(steps)) == len(steps)
    assert 60 < sum(step > 0 for step in steps) < 140
    # Thirty bits of each are drawn: every bit is set about half of the time (seven standard deviations are allowed).
    set_bits = [sum(one >> bit & 1 for one in numbers) / len(numbers) for bit in range(30)]
    assert min(set_bits) > 0.25
    assert max(set_bits) < 0.75
