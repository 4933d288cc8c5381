"""A proxy between our SNMP engine and two real agents, that spoils replies: what is then observed, and never a lie.

Over SNMPv2c nothing protects what a reply says: there only the structure is put to the proof, and whose reply it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from pydantic import SecretStr
from snmp_asking import SHORT, name, names, security, tell
from snmp_messages import MessageV3
from snmp_proxy import Passing, Proxy, Step, Tamper, honestly, only, proxied
from snmp_real import AGENT, MakeSnmpd, v3
from udp_peers import Said

from collectors.credentials import Snmp, SnmpV2c
from collectors.fault import Fault
from collectors.snmp.community import Version
from collectors.snmp.conversation import GARBLED, REJECTED, SILENT_V3, silent
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.tables.system import SYS_OBJECT_ID
from collectors.snmp.usm_messages import AUTH, PRIV, REPORTABLE

V3, V2C = v3(), SnmpV2c(SecretStr("lookhere"))
EITHER = pytest.mark.parametrize(
    ("credentials", "silence"), [(V3, SILENT_V3), (V2C, silent(Version.V2C))], ids=["v3", "v2c"]
)
#: The devices, as the client sees them; many more of them lead to the first agent.
FIRST, SECOND, NOBODY = "127.0.1.1", "127.0.1.2", "127.0.1.3"
CROWD = [f"127.0.2.{number}" for number in range(1, 60)]
NET_SNMP = (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10)
ENGINES = {"first": "80001f880401020304", "second": "80001f880405060708"}


@pytest.fixture(scope="module")
def agents(make_snmpd: MakeSnmpd) -> Iterator[Mapping[str, int]]:
    """Two agents with one user and one community, as in a province."""
    snmpds = {name: make_snmpd(name) for name in ENGINES}
    texts = {
        name: f"exactEngineID 0x{engine}\n{AGENT.replace('68-22945-SW-001', name)}" for name, engine in ENGINES.items()
    }
    with snmpds["first"](texts["first"]), snmpds["second"](texts["second"]):
        yield {FIRST: snmpds["first"].port, SECOND: snmpds["second"].port} | dict.fromkeys(CROWD, snmpds["first"].port)


@pytest.fixture
def proxy(agents: Mapping[str, int]) -> Iterator[Proxy]:
    with proxied(agents) as found:
        yield found


def flipped(data: bytes, at: int, bit: int = 1) -> bytes:
    return data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :]


def spoilt(reply: bytes, how: str) -> list[bytes]:
    """All that may become of a reply on a bad way."""
    match how:
        case "bits":
            return [flipped(reply, at, 1 << bit) for at in range(len(reply)) for bit in range(8)]
        case "cut":
            return [reply[:length] for length in range(len(reply))]
        case "longer":
            return [reply + more for more in (b"\0", b"\x05\0", reply, bytes(1000))]
        case _:
            return [reply[at:] for at in range(1, len(reply))]


@pytest.mark.parametrize("how", ["bits", "cut", "longer", "late in coming"])
def test_whatever_is_spoilt_of_an_answer_the_true_one_after_it_is_believed(proxy: Proxy, how: str) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, FIRST) == b"first"
        proxy.tamper = lambda passing: [Said(data) for data in (*spoilt(passing.reply, how), passing.reply)]
        assert await name(client, FIRST) == b"first"

    traffic = tell(story, V3, proxy.port).traffic
    count = len(spoilt(proxy.passed[-1].reply, how))
    assert (traffic.sent, traffic.received) == (4, 4 + count)
    assert traffic.garbled + traffic.mismatched == count
    assert (traffic.unexpected, traffic.retries, traffic.timeouts) == (0, 0, 0)
    if how == "bits":
        assert set(traffic.dropped) == {"unauthentic"}  # what is in clear is no scoped PDU, and so garbled
        assert traffic.dropped["unauthentic"] > count / 2


@pytest.mark.parametrize("how", ["cut", "longer", "late in coming"])
def test_over_v2c_what_is_no_message_is_told_from_the_answer_after_it(proxy: Proxy, how: str) -> None:
    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: [Said(data) for data in (*spoilt(passing.reply, how), passing.reply)]
        assert await name(client, FIRST) == b"first"

    traffic = tell(story, V2C, proxy.port).traffic
    count = len(spoilt(proxy.passed[-1].reply, how))
    assert (traffic.received, traffic.garbled, traffic.mismatched) == (count + 1, count, 0)


def at_parts(spoil: Callable[[MessageV3], bytes]) -> Tamper:
    return only(Step.ANSWER, lambda passing: [Said(spoil(MessageV3(passing.reply)))])


def in_part(part: str) -> Callable[[MessageV3], bytes]:
    """The lowest bit of a part's last octet."""
    return lambda message: flipped(message.data, message.parts[part].stop - 1)


def in_tag_of(part: str) -> Callable[[MessageV3], bytes]:
    """A part that isn't what it should be."""
    return lambda message: flipped(message.data, message.parts[part].start - 2, 0x40)


def with_flags(flags: int) -> Callable[[MessageV3], bytes]:
    return lambda message: (
        message.data[: message.parts["flags"].start] + bytes((flags,)) + message.data[message.parts["flags"].stop :]
    )


UNBELIEVABLE: Mapping[str, tuple[Callable[[MessageV3], bytes], Fault]] = {
    "version": (in_part("version"), GARBLED),
    "number": (in_part("number"), SILENT_V3),  # to another question, and so no answer to this one
    "largest size": (in_part("size"), REJECTED),
    "flags: reportable": (with_flags(AUTH | PRIV | REPORTABLE), REJECTED),
    "flags: no privacy": (with_flags(AUTH), REJECTED),
    "flags: no authentication": (with_flags(PRIV), GARBLED),
    "flags: nothing": (with_flags(0), GARBLED),
    "model": (in_part("model"), GARBLED),
    "engine id": (in_part("engine id"), REJECTED),
    "boots": (in_part("boots"), REJECTED),
    "time": (in_part("time"), REJECTED),
    "user": (in_part("user"), REJECTED),
    "digest": (in_part("digest"), REJECTED),
    "salt": (in_part("salt"), REJECTED),
    "what is encrypted": (in_part("contents"), REJECTED),
    "tag of engine id": (in_tag_of("engine id"), GARBLED),
    "tag of time": (in_tag_of("time"), GARBLED),
    "tag of digest": (in_tag_of("digest"), GARBLED),
    "tag of what is encrypted": (in_tag_of("contents"), REJECTED),
    "nothing": (lambda _message: b"", GARBLED),
    "half": (lambda message: message.data[: len(message.data) // 2], GARBLED),
    "all but one": (lambda message: message.data[:-1], GARBLED),
    "one more": (lambda message: message.data + b"\0", GARBLED),
    "twice": (lambda message: message.data * 2, GARBLED),
    "digest cut": (lambda message: flipped(message.data, message.parts["digest"].start - 1, 24 ^ 12), GARBLED),
}


def test_an_answer_that_is_spoilt_in_any_part_is_a_fault_that_says_so(proxy: Proxy) -> None:
    asked = dict(zip(CROWD, UNBELIEVABLE, strict=False))

    async def story(client: EngineClient) -> None:
        assert await names(client, asked) == dict.fromkeys(asked, b"first")
        proxy.tamper = lambda passing: at_parts(UNBELIEVABLE[asked[passing.at]][0])(passing)
        found = await names(client, asked)
        assert {asked[at]: why for at, why in found.items()} == {
            part: fault for part, (_, fault) in UNBELIEVABLE.items()
        }

    traffic = tell(story, V3, proxy.port, timeout=SHORT).traffic
    rejected = sum(fault is REJECTED for _, fault in UNBELIEVABLE.values())
    garbled = sum(fault is GARBLED for _, fault in UNBELIEVABLE.values())
    assert traffic.dropped == {"unauthentic": rejected}
    assert (traffic.garbled, traffic.mismatched, traffic.unexpected) == (garbled, rejected + 1, 0)


def test_an_answer_that_is_spoilt_once_is_asked_for_again(proxy: Proxy) -> None:
    asked = dict(zip(CROWD, UNBELIEVABLE, strict=False))

    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: (
            at_parts(UNBELIEVABLE[asked[passing.at]][0])(passing) if passing.count == 0 else honestly(passing)
        )
        assert await names(client, asked) == dict.fromkeys(asked, b"first")

    traffic = tell(story, V3, proxy.port, timeout=SHORT, retries=1).traffic
    assert traffic.retries >= len(asked)


def test_a_spoilt_discovery_costs_a_try_and_no_more(proxy: Proxy) -> None:
    """Nothing signs it: a wrong engine id is believed, until nobody answers to it."""
    parts = [part for part in UNBELIEVABLE if not part.startswith(("flags", "tag of what is", "digest"))]
    asked = dict(zip(CROWD, parts, strict=False))

    def tamper(passing: Passing) -> Iterable[Said]:
        is_first = passing.step is Step.DISCOVERY and passing.count == 0
        spoil = UNBELIEVABLE[asked[passing.at]][0]
        return [Said(spoil(MessageV3(passing.reply)) if is_first else passing.reply)]

    async def story(client: EngineClient) -> None:
        proxy.tamper = tamper
        assert await names(client, asked) == dict.fromkeys(asked, b"first")
        assert {security(client, at).engine_id for at in asked} == {bytes.fromhex(ENGINES["first"])}

    tell(story, V3, proxy.port, timeout=SHORT, retries=1)


@EITHER
def test_an_earlier_reply_is_not_taken_for_a_later_one(proxy: Proxy, credentials: Snmp, silence: Fault) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, FIRST) == b"first"
        earlier = [passing.reply for passing in proxy.passed]
        proxy.tamper = lambda passing: [Said(data) for data in (*earlier, passing.reply)]
        assert await name(client, FIRST) == b"first"
        other = await client.session(IPv4Address(FIRST), deadline_seconds=60).get([SYS_OBJECT_ID])
        assert other == {SYS_OBJECT_ID: NET_SNMP}
        assert client.traffic.mismatched == 2 * len(earlier)
        proxy.tamper = lambda _passing: [Said(data) for data in earlier]
        assert await name(client, FIRST) == silence

    traffic = tell(story, credentials, proxy.port, timeout=SHORT).traffic
    assert (traffic.garbled, traffic.unexpected, traffic.dropped) == (0, 0, {})


def numbered(reply: bytes, request: bytes) -> bytes:
    """A reply made to fit a request: all that one without the keys can do."""
    place = MessageV3(reply).parts["number"]
    return reply[: place.start] + MessageV3(request).octets("number") + reply[place.stop :]


def test_an_earlier_reply_with_its_number_changed_is_not_believed(proxy: Proxy) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, FIRST) == b"first"
        (earlier,) = (passing.reply for passing in proxy.passed if passing.step is Step.ANSWER)
        proxy.tamper = lambda passing: [Said(numbered(earlier, passing.request))]
        assert await name(client, FIRST) == REJECTED
        proxy.tamper = lambda passing: [Said(numbered(earlier, passing.request)), *honestly(passing)]
        assert await name(client, FIRST) == b"first"

    assert tell(story, V3, proxy.port, timeout=SHORT).traffic.dropped == {"unauthentic": 2}


@EITHER
def test_a_delay_within_the_timeout_is_no_failure(proxy: Proxy, credentials: Snmp, silence: Fault) -> None:
    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: [Said(passing.reply, after=0.1)]
        assert await name(client, FIRST) == b"first"

    assert tell(story, credentials, proxy.port).traffic.retries == 0


@EITHER
def test_a_reply_that_comes_while_it_is_asked_again_will_do(proxy: Proxy, credentials: Snmp, silence: Fault) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, FIRST) == b"first"
        held: list[Said] = []

        def tamper(passing: Passing) -> Iterable[Said]:
            held.append(Said(passing.reply))
            return held[:1] if len(held) == 2 else ()

        proxy.tamper = tamper
        assert await name(client, FIRST) == b"first"
        assert len(held) == 2

    traffic = tell(story, credentials, proxy.port, timeout=SHORT, retries=1).traffic
    assert (traffic.timeouts, traffic.mismatched) == (1, 0)


@EITHER
def test_a_reply_that_comes_too_late_is_not_the_next_ones(proxy: Proxy, credentials: Snmp, silence: Fault) -> None:
    async def story(client: EngineClient) -> None:
        assert await name(client, FIRST) == b"first"
        proxy.tamper = lambda _passing: ()
        assert await name(client, FIRST) == silence
        late, count = Said(proxy.passed[-1].reply), len(proxy.passed)
        proxy.tamper = lambda passing: [late, *honestly(passing)]
        assert await name(client, FIRST) == b"first"
        assert client.traffic.mismatched == len(proxy.passed) - count

    tell(story, credentials, proxy.port, timeout=SHORT)


@EITHER
def test_replies_that_come_three_times_count_once(proxy: Proxy, credentials: Snmp, silence: Fault) -> None:
    async def story(client: EngineClient) -> None:
        proxy.tamper = lambda passing: [*honestly(passing)] * 3
        for _ in range(3):
            assert await name(client, FIRST) == b"first"

    traffic = tell(story, credentials, proxy.port).traffic
    assert traffic.sent == len(proxy.passed)
    assert traffic.mismatched + traffic.unexpected >= 2 * (traffic.sent - 1)
    assert traffic.mismatched + traffic.unexpected == traffic.received - traffic.sent


def crossing(among: tuple[str, str], send: Callable[[Passing, Passing], Iterable[Said]]) -> Tamper:
    """Hold an answer until the other device has answered too, then send what becomes of both."""
    held: dict[str, Passing] = {}

    def tamper(passing: Passing) -> Iterable[Said]:
        held[passing.at] = passing
        return send(held.pop(among[0]), held.pop(among[1])) if len(held) == 2 else ()

    return only(Step.ANSWER, tamper)


#: Two devices, and two that are clones of each other to the engine id.
TWO = pytest.mark.parametrize("two", [(FIRST, SECOND), (CROWD[0], CROWD[1])], ids=["two engines", "clones"])


@TWO
@EITHER
def test_answers_in_another_order_find_who_asked(
    proxy: Proxy, credentials: Snmp, silence: Fault, two: tuple[str, str]
) -> None:
    async def story(client: EngineClient) -> None:
        true = await names(client, two)
        assert true == dict(zip(two, (b"first", b"second" if SECOND in two else b"first"), strict=True))
        proxy.tamper = crossing(two, lambda one, other: [Said(other.reply, other.at), Said(one.reply, one.at)])
        assert await names(client, two) == true

    traffic = tell(story, credentials, proxy.port).traffic
    assert (traffic.mismatched, traffic.unexpected, traffic.received) == (0, 0, traffic.sent)


@TWO
@EITHER
def test_answers_of_each_other_are_nobodys(
    proxy: Proxy, credentials: Snmp, silence: Fault, two: tuple[str, str]
) -> None:
    async def story(client: EngineClient) -> None:
        true = await names(client, two)
        proxy.tamper = crossing(two, lambda one, other: [Said(other.reply, one.at), Said(one.reply, other.at)])
        assert await names(client, two) == dict.fromkeys(two, silence)
        proxy.tamper = honestly
        assert await names(client, two) == true

    traffic = tell(story, credentials, proxy.port, timeout=SHORT).traffic
    assert (traffic.mismatched, traffic.unexpected, traffic.dropped) == (2, 0, {})


@TWO
def test_answers_of_each_other_with_their_numbers_changed_are_not_believed(proxy: Proxy, two: tuple[str, str]) -> None:
    def swap(one: Passing, other: Passing) -> Iterable[Said]:
        return [Said(numbered(mine.reply, yours.request), yours.at) for mine, yours in ((one, other), (other, one))]

    async def story(client: EngineClient) -> None:
        true = await names(client, two)
        proxy.tamper = crossing(two, swap)
        assert await names(client, two) == dict.fromkeys(two, REJECTED)
        proxy.tamper = honestly
        assert await names(client, two) == true

    assert tell(story, V3, proxy.port, timeout=SHORT).traffic.dropped == {"unauthentic": 2}


@pytest.mark.parametrize(
    "from_whom", [Said(b"", NOBODY), Said(b"", is_elsewhere=True), Said(b"", SECOND)], ids=["address", "port", "device"]
)
@EITHER
def test_an_answer_from_elsewhere_is_not_heard(
    proxy: Proxy, credentials: Snmp, silence: Fault, from_whom: Said
) -> None:
    async def story(client: EngineClient) -> None:
        assert await names(client, (FIRST, SECOND)) == {FIRST: b"first", SECOND: b"second"}
        count = len(proxy.passed)
        proxy.tamper = lambda passing: [replace(from_whom, data=passing.reply)]
        assert await name(client, FIRST) == silence
        proxy.tamper = lambda passing: [replace(from_whom, data=passing.reply), *honestly(passing)]
        assert await name(client, FIRST) == b"first"
        assert client.traffic.unexpected == len(proxy.passed) - count

    tell(story, credentials, proxy.port, timeout=SHORT)
