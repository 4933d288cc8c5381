"""SNMPv3 messages: what is believed of an agent's answers, and what is dropped and counted (RFC 3414 §3.2)."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.snmp.ber import (
    INTEGER,
    OBJECT_ID,
    OCTET_STRING,
    SEQUENCE,
    BerError,
    Oid,
    encode_integer,
    encode_oid,
    tlv,
)
from collectors.snmp.pdu import PduType, Reply, get, values
from collectors.snmp.usm import Keys
from collectors.snmp.usm_messages import (
    AUTH,
    AUTH_PRIV,
    DISCOVERY,
    LAST_BOOTS,
    PRIV,
    REPORTABLE,
    TIME_WINDOW,
    Dropped,
    Stat,
    UsmMessages,
    stat_of,
)

CREDENTIALS = SnmpV3(
    "baophu", AuthProtocol.SHA256, SecretStr("maplesyrup"), PrivProtocol.AES128, SecretStr("sugarmaple")
)
ENGINE, OTHER_ENGINE = b"\x80\0\x1f\x88\4engine", b"\x80\0\x1f\x88\4other"
NUMBER = 0x4A5B6C7D
NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
SALT = bytes(range(8))
Variables = Sequence[tuple[Oid, int, bytes]]
NAMED: Variables = ((NAME, OCTET_STRING, b"68-22945-SW-001"),)


def stats(stat: Stat) -> Variables:
    return (((*USM_STATS, stat.value, 0), 0x41, b"\1"),)


@dataclass(frozen=True)
class Said:
    """What an agent says, field by field; encoded by nothing of ours but tlv, encode_oid and the keys."""

    flags: int = AUTH_PRIV
    kind: int = PduType.RESPONSE
    variables: Variables = NAMED
    number: int = NUMBER
    request_id: int = NUMBER
    engine: bytes = ENGINE
    boots: int = 3
    time: int = 1000
    user: bytes = b"baophu"
    salt: bytes = SALT
    credentials: SnmpV3 = CREDENTIALS
    keys_of: bytes | None = None
    spoil: Callable[[bytes], bytes] = field(default=lambda digest: digest)

    def __bytes__(self) -> bytes:
        keys = Keys.localized(self.credentials, self.keys_of or self.engine)
        bindings = b"".join(
            tlv(SEQUENCE, tlv(OBJECT_ID, encode_oid(oid)) + tlv(tag, value)) for oid, tag, value in self.variables
        )
        pdu = tlv(self.kind, encode_integer(self.request_id) + encode_integer(0) * 2 + tlv(SEQUENCE, bindings))
        contents = tlv(SEQUENCE, tlv(OCTET_STRING, self.engine) + tlv(OCTET_STRING, b"") + pdu)
        if self.flags & PRIV and self.flags & AUTH:
            contents = tlv(OCTET_STRING, keys.encrypt(contents, self.boots, self.time, self.salt[:8].ljust(8)))
        zeros = bytes(keys.auth_length if self.flags & AUTH else 0)
        zeroed = self._message(contents, zeros)
        return self._message(contents, self.spoil(keys.digest(zeroed))) if zeros else zeroed

    def _message(self, contents: bytes, digest: bytes) -> bytes:
        strings = (self.user, digest, self.salt if self.flags & PRIV else b"")
        said = tlv(OCTET_STRING, self.engine) + encode_integer(self.boots) + encode_integer(self.time)
        said += b"".join(tlv(OCTET_STRING, octets) for octets in strings)
        header = encode_integer(self.number) + encode_integer(65507) + tlv(OCTET_STRING, bytes((self.flags,)))
        header = tlv(SEQUENCE, header + encode_integer(3))
        return tlv(SEQUENCE, encode_integer(3) + header + tlv(OCTET_STRING, tlv(SEQUENCE, said)) + contents)


RESPONSE = Said()
IN_CLEAR = Said(flags=0, kind=PduType.REPORT, boots=9, time=9999, user=b"")
FOUND = replace(IN_CLEAR, variables=stats(Stat.UNKNOWN_ENGINE_IDS))
UNTIMELY = Said(flags=AUTH, kind=PduType.REPORT, variables=stats(Stat.NOT_IN_TIME_WINDOWS), request_id=0)
DISCOVERED = bytes(FOUND)


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def knowing(clock: Callable[[], float] = Clock(), *said: Said) -> UsmMessages:  # noqa: B008 - one that stands still
    """The manager's side, that knows the engine, and its time from what was `said`."""
    usm = UsmMessages(CREDENTIALS, clock)
    assert usm.open(DISCOVERED, NUMBER) is not None
    for message in said:
        assert usm.open(bytes(message), NUMBER) is not None
    return usm


def state(usm: UsmMessages) -> tuple[object, ...]:
    """What no message may change that isn't believed."""
    return usm.engine_id, usm.boots, usm.time, usm._keys, usm._user, usm.is_proven


def open_and_count(usm: UsmMessages, said: Said) -> tuple[Reply | None, Counter[Dropped]]:
    before = state(usm)
    reply = usm.open(bytes(said), NUMBER)
    if reply is None:
        assert state(usm) == before
    return reply, usm.dropped


def test_a_response_at_the_level_that_was_asked_with_is_believed() -> None:
    usm = knowing(Clock(), RESPONSE)
    reply = usm.open(bytes(RESPONSE), NUMBER)
    assert reply is not None
    assert values(reply) == {encode_oid(NAME): b"68-22945-SW-001"}
    assert (usm.boots, usm.time, usm.is_proven, dict(usm.dropped)) == (3, 1000, True, {})


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RESPONSE, spoil=lambda digest: digest[:-1] + bytes((digest[-1] ^ 1,))),
        replace(RESPONSE, spoil=lambda digest: bytes(len(digest))),
        replace(RESPONSE, spoil=lambda digest: digest[:12]),
        replace(RESPONSE, spoil=lambda digest: digest + b"\0"),
        replace(RESPONSE, spoil=lambda _digest: b""),
        replace(RESPONSE, credentials=replace(CREDENTIALS, auth_key=SecretStr("maplesyruq"))),
        replace(RESPONSE, user=b"another"),
        replace(RESPONSE, engine=OTHER_ENGINE),
        replace(RESPONSE, engine=OTHER_ENGINE, keys_of=ENGINE),
        replace(UNTIMELY, spoil=lambda digest: bytes(len(digest))),
    ],
    ids=["bit", "zeros", "short", "long", "none", "key", "user", "engine", "engine id", "report"],
)
def test_what_is_not_authentic_is_dropped_and_counted(wrong: Said) -> None:
    assert open_and_count(knowing(Clock(), RESPONSE), replace(wrong, time=1001)) == (None, {Dropped.UNAUTHENTIC: 1})


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_message_with_any_bit_flipped_is_not_believed_and_changes_nothing(data: st.DataObject) -> None:
    said = bytes(data.draw(st.sampled_from([replace(RESPONSE, time=1001), replace(UNTIMELY, time=1001)])))
    bit = data.draw(st.integers(0, len(said) * 8 - 1))
    usm = knowing(Clock(), RESPONSE)
    before = state(usm)
    with suppress(BerError):
        assert usm.open((int.from_bytes(said) ^ 1 << bit).to_bytes(len(said)), NUMBER) is None
    assert state(usm) == before


def test_nothing_authenticated_is_believed_before_the_engine_is_known() -> None:
    usm = UsmMessages(CREDENTIALS, Clock())
    assert open_and_count(usm, RESPONSE) == (None, {Dropped.UNAUTHENTIC: 1})


@pytest.mark.parametrize("boots", [0, 3, LAST_BOOTS - 1])
@pytest.mark.parametrize(
    ("behind", "passed", "is_believed"),
    [(0, 0, True), (TIME_WINDOW, 0, True), (TIME_WINDOW + 1, 0, False), (50, 100, True), (50, 101, False)],
)
def test_a_reply_may_lag_150_seconds_and_not_one_more(
    boots: int, behind: int, passed: int, *, is_believed: bool
) -> None:
    clock = Clock()
    usm = knowing(clock, replace(RESPONSE, boots=boots))
    clock.now += passed
    reply, dropped = open_and_count(usm, replace(RESPONSE, boots=boots, time=1000 - behind))
    assert (reply is not None, dropped) == (is_believed, {} if is_believed else {Dropped.UNTIMELY: 1})
    assert usm.time == 1000 + passed  # what lags sets nothing back


def test_the_time_of_the_last_newer_reply_counts() -> None:
    clock = Clock()
    usm = knowing(clock, RESPONSE)
    clock.now = 10.0
    assert open_and_count(usm, replace(RESPONSE, time=1200))[0] is not None
    assert usm.time == 1200
    clock.now = 30.0
    assert open_and_count(usm, replace(RESPONSE, time=1100))[0] is not None
    assert usm.time == 1220
    assert open_and_count(usm, replace(RESPONSE, time=1069)) == (None, {Dropped.UNTIMELY: 1})


@pytest.mark.parametrize(
    ("boots", "time", "is_believed"),
    [(2, 5000, False), (0, 1000, False), (4, 0, True), (LAST_BOOTS - 1, 0, True), (LAST_BOOTS, 5000, False)],
)
def test_boots_may_grow_short_of_the_last_and_never_fall(boots: int, time: int, *, is_believed: bool) -> None:
    usm = knowing(Clock(), RESPONSE)
    reply, dropped = open_and_count(usm, replace(RESPONSE, boots=boots, time=time))
    assert (reply is not None, dropped) == (is_believed, {} if is_believed else {Dropped.UNTIMELY: 1})
    assert (usm.boots, usm.time) == ((boots, time) if is_believed else (3, 1000))


def test_an_engine_that_booted_too_often_is_never_believed() -> None:
    # RFC 3414 §2.2.3: it needs new keys
    assert open_and_count(knowing(), replace(RESPONSE, boots=LAST_BOOTS)) == (None, {Dropped.UNTIMELY: 1})


@pytest.mark.parametrize(("boots", "time"), [(LAST_BOOTS + 1, 0), (3, LAST_BOOTS + 1), (-1, 0), (3, -1)])
def test_boots_and_time_have_31_bits(boots: int, time: int) -> None:
    usm = knowing(Clock(), RESPONSE)
    with pytest.raises(BerError):
        usm.open(bytes(replace(RESPONSE, flags=AUTH, boots=boots, time=time)), NUMBER)
    assert (usm.boots, usm.time) == (3, 1000)


@pytest.mark.parametrize("flags", [0, AUTH, REPORTABLE, AUTH | REPORTABLE], ids=bin)
def test_a_response_of_a_lower_level_is_dropped_and_counted(flags: int) -> None:
    assert open_and_count(knowing(Clock(), RESPONSE), replace(RESPONSE, flags=flags)) == (None, {Dropped.DOWNGRADED: 1})


@pytest.mark.parametrize("kind", [*PduType, 0xA3, 0xA6, 0xA7], ids=hex)
def test_only_responses_and_reports_are_answers(kind: int) -> None:
    reply, dropped = open_and_count(knowing(Clock(), RESPONSE), replace(RESPONSE, kind=kind))
    is_answer = kind in {PduType.RESPONSE, PduType.REPORT}
    assert (reply is not None, dropped) == (is_answer, {} if is_answer else {Dropped.DOWNGRADED: 1})


@pytest.mark.parametrize("stat", Stat)
def test_a_report_in_clear_is_a_hint_and_ends_and_changes_nothing(stat: Stat) -> None:
    usm = knowing(Clock(), RESPONSE)
    for engine in (ENGINE, OTHER_ENGINE):
        said = replace(IN_CLEAR, variables=stats(stat), engine=engine, user=b"baophu")
        assert open_and_count(usm, said)[0] is None
    assert (usm.hint, usm.dropped) == (stat, {Dropped.DOWNGRADED: 2})
    assert open_and_count(usm, RESPONSE)[0] is not None  # the query goes on, with the same keys and time
    assert usm.is_mistaken is (stat is Stat.UNKNOWN_ENGINE_IDS)


@pytest.mark.parametrize("stat", [stat for stat in Stat if stat is not Stat.UNKNOWN_ENGINE_IDS])
def test_no_other_report_than_unknown_engine_ids_tells_the_engine(stat: Stat) -> None:
    usm = UsmMessages(CREDENTIALS, Clock())
    assert open_and_count(usm, replace(FOUND, variables=stats(stat))) == (None, {Dropped.DOWNGRADED: 1})
    assert open_and_count(usm, replace(FOUND, kind=PduType.RESPONSE)) == (None, {Dropped.DOWNGRADED: 2})
    assert usm.engine_id is None


def test_discovery_believes_the_engine_and_not_its_clock() -> None:
    usm = UsmMessages(CREDENTIALS, Clock())
    reply = usm.open(DISCOVERED, NUMBER)
    assert reply is not None
    assert stat_of(reply) is Stat.UNKNOWN_ENGINE_IDS
    assert (usm.engine_id, usm.boots, usm.time, usm.is_proven) == (ENGINE, None, 0, False)
    assert open_and_count(usm, replace(FOUND, engine=OTHER_ENGINE)) == (None, {Dropped.DOWNGRADED: 1})


@pytest.mark.parametrize(("length", "is_one"), [(0, False), (4, False), (5, True), (32, True), (33, False)])
def test_an_engine_id_has_5_to_32_octets(length: int, *, is_one: bool) -> None:
    usm = UsmMessages(CREDENTIALS, Clock())
    said = bytes(replace(FOUND, engine=bytes(length)))
    if is_one:
        assert usm.open(said, NUMBER) is not None
    else:
        with pytest.raises(BerError):
            usm.open(said, NUMBER)
    assert usm.engine_id == (bytes(length) if is_one else None)


def test_not_in_time_windows_sets_the_clock_where_it_is_authentic_and_only_then() -> None:
    usm = knowing()
    forged = replace(UNTIMELY, flags=0, user=b"baophu")
    assert open_and_count(usm, forged)[0] is None
    assert (usm.boots, usm.hint) == (None, Stat.NOT_IN_TIME_WINDOWS)
    reply, _ = open_and_count(usm, UNTIMELY)
    assert reply is not None
    assert stat_of(reply) is Stat.NOT_IN_TIME_WINDOWS
    assert (usm.boots, usm.time, usm.is_proven) == (3, 1000, False)


@pytest.mark.parametrize(
    ("said", "is_ours"),
    [
        (replace(UNTIMELY, request_id=0), True),  # RFC 3412 §7.1: the agent couldn't read the request's id
        (replace(UNTIMELY, request_id=NUMBER), True),
        (replace(UNTIMELY, request_id=NUMBER + 1), False),
        (replace(RESPONSE, request_id=0), False),
        (replace(RESPONSE, request_id=NUMBER + 1), False),
        (replace(RESPONSE, number=NUMBER + 1), False),
        (replace(FOUND, number=NUMBER + 1), False),
    ],
)
def test_a_reply_is_to_the_message_and_the_request(said: Said, *, is_ours: bool) -> None:
    assert (knowing(Clock(), RESPONSE).open(bytes(said), NUMBER) is not None) is is_ours


def test_what_was_encrypted_with_another_key_is_counted_as_such() -> None:
    other = replace(CREDENTIALS, priv_key=SecretStr("sugarmaplf"))
    assert open_and_count(knowing(Clock(), RESPONSE), replace(RESPONSE, credentials=other)) == (
        None,
        {Dropped.UNDECIPHERED: 1},
    )


@pytest.mark.parametrize("said", [RESPONSE, UNTIMELY, FOUND], ids=["response", "report", "discovery"])
def test_privacy_without_authentication_is_no_message(said: Said) -> None:
    # RFC 3412 §7.2 5 d
    for usm in (knowing(Clock(), RESPONSE), UsmMessages(CREDENTIALS, Clock())):
        before = state(usm)
        with pytest.raises(BerError):
            usm.open(bytes(replace(said, flags=PRIV)), NUMBER)
        assert (state(usm), dict(usm.dropped)) == (before, {})


@pytest.mark.parametrize("length", [0, 7, 9])
def test_a_salt_has_eight_octets(length: int) -> None:
    usm = knowing(Clock(), RESPONSE)
    with pytest.raises(BerError):
        usm.open(bytes(replace(RESPONSE, salt=bytes(length))), NUMBER)
    assert usm.open(bytes(replace(RESPONSE, salt=bytes(8))), NUMBER) is not None


def test_a_turn_begins_without_what_was_said_in_the_last() -> None:
    usm = knowing(Clock(), RESPONSE)
    usm.open(bytes(replace(IN_CLEAR, variables=stats(Stat.WRONG_DIGESTS))), NUMBER)
    before = state(usm)
    usm.begin_turn()
    assert (usm.hint, dict(usm.dropped), state(usm)) == (None, {}, before)


def test_starting_over_forgets_the_engine_and_all_that_was_learnt_of_it() -> None:
    usm = knowing(Clock(), RESPONSE)
    usm.start_over()
    assert (usm.engine_id, usm.boots, usm.time, usm._keys, usm.is_proven) == (None, None, 0, None, False)
    assert usm.open(bytes(replace(FOUND, engine=OTHER_ENGINE)), NUMBER) is not None
    assert usm.engine_id == OTHER_ENGINE
    assert usm.open(bytes(RESPONSE), NUMBER) is None
    assert usm.open(bytes(replace(RESPONSE, engine=OTHER_ENGINE, boots=1, time=2)), NUMBER) is not None
    assert (usm.boots, usm.time) == (1, 2)


def test_a_salt_is_never_used_twice_and_the_rest_is_as_the_agent_wants_it() -> None:
    clock = Clock()
    usm = knowing(clock, RESPONSE)
    usm._salt = (1 << 64) - 2
    clock.now = 7.9
    sealed = [usm.seal(get([NAME]), NUMBER) for _ in range(3)]
    salts = [message[message.index(b"baophu") + 6 + 2 + 24 :][2:10] for message in sealed]
    assert salts == [b"\xff" * 8, bytes(8), bytes(7) + b"\1"]
    for message in sealed:
        assert encode_integer(3) + encode_integer(1007) + b"\4\6baophu" in message
        assert tlv(INTEGER, NUMBER.to_bytes(4)) in message
        assert encode_oid(NAME) not in message


def test_discovery_names_no_user() -> None:
    sealed = UsmMessages(CREDENTIALS, Clock()).seal(DISCOVERY, NUMBER)
    assert b"baophu" not in sealed
    assert tlv(OCTET_STRING, bytes((REPORTABLE,))) in sealed
