"""Conversations, played by hand: what is asked of an agent, how often, and what its answers come to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from pydantic import SecretStr

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.fault import Fault
from collectors.snmp import ber, conversation
from collectors.snmp.agent import FIRST_REPETITIONS, MOST_REPETITIONS, Agent
from collectors.snmp.ber import Oid
from collectors.snmp.column import Column
from collectors.snmp.community import CommunityMessages, Version
from collectors.snmp.conversation import Conversation, T, Talk, read_columns, read_values
from collectors.snmp.pdu import PduType, Reply, Request, variables
from collectors.snmp.usm_messages import Dropped, Stat, UsmMessages
from ledger.observation import Failure

COLUMN: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8)
OTHER: Oid = (*COLUMN[:-1], 9)
USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
V1, V2C = (CommunityMessages(version, b"public") for version in (Version.V1, Version.V2C))
Variables = Sequence[tuple[Oid, int | bytes]]
NO_INSTANCE, END = bytes((ber.NO_SUCH_INSTANCE, 0)), bytes((ber.END_OF_MIB_VIEW, 0))
SILENT = Fault(Failure.NO_ANSWER, "no answer over SNMPv2c; a wrong community looks the same")


@dataclass(frozen=True)
class Asked:
    """A request, taken apart."""

    kind: PduType
    repetitions: int
    names: tuple[Oid, ...]

    @classmethod
    def of(cls, request: Request) -> "Asked":
        data = request.head() + bytes(4) + request.tail
        read = Reply(data, 0, len(data))
        return cls(request.kind, read.error_index, tuple(ber.decode_oid(name) for name, *_ in variables(read)))


def reply(rows: Variables = (), *, status: int = 0, index: int = 0, kind: int = PduType.RESPONSE) -> Reply:
    """Integers by their OIDs, or the octets that stand instead."""
    values = (value if isinstance(value, bytes) else ber.encode_integer(value) for _, value in rows)
    names = (ber.tlv(ber.OBJECT_ID, ber.encode_oid(oid)) for oid, _ in rows)
    bindings = b"".join(ber.tlv(ber.SEQUENCE, name + value) for name, value in zip(names, values, strict=True))
    head = ber.encode_integer(1) + ber.encode_integer(status) + ber.encode_integer(index)
    data = ber.tlv(kind, head + ber.tlv(ber.SEQUENCE, bindings))
    return Reply(data, 0, len(data))


@dataclass
class Device:
    """Answers as a good agent does; `asked` is what it was asked."""

    rows: Mapping[Oid, int]
    is_v1: bool = False
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, request: Asked) -> Reply | None:
        self.asked.append(request)
        if request.kind is PduType.GET:
            return self._values(request)
        (after,) = request.names
        wanted = request.repetitions if request.kind is PduType.GET_BULK else 1
        following = sorted(oid for oid in self.rows if oid > after)[:wanted]
        if following:
            return reply([(oid, self.rows[oid]) for oid in following])
        return reply([(after, 0)], status=2, index=1) if self.is_v1 else reply([(after, END)])

    def _values(self, request: Asked) -> Reply:
        missing = [place for place, name in enumerate(request.names) if name not in self.rows]
        if missing and self.is_v1:
            return reply([(name, 0) for name in request.names], status=2, index=missing[0] + 1)
        return reply([(name, self.rows.get(name, NO_INSTANCE)) for name in request.names])


Answer = Callable[[Asked], Reply | None]


def play(steps: Conversation[T], answer: Answer) -> T:
    """What a conversation comes to with an agent that answers so; None stands for silence."""
    try:
        request = next(steps)
        for _ in range(2000):  # more than any may ask
            request = steps.send(answer(Asked.of(request)))
    except StopIteration as end:
        found: T = end.value
        return found
    raise AssertionError("it asks for ever")


def agent_of(messages: CommunityMessages | UsmMessages = V2C, *, is_dead: bool = False) -> Agent:
    return Agent(("192.0.2.1", 161), messages, 1.0, is_dead=is_dead)


def talk(agent: Agent | None = None, tries: int = 2) -> Talk:
    (begun := Talk(agent or agent_of(), tries, 20)).begin()
    return begun


def walk(answer: Answer, turn: Talk | None = None, columns: Sequence[Oid] = (COLUMN,)) -> list[Column]:
    return list(play(read_columns(turn or talk(), columns), answer).values())


def table(count: int, *columns: Oid) -> dict[Oid, int]:
    return {(*column, row): row * 10 for column in columns for row in range(1, count + 1)}


def cells(count: int) -> dict[Oid, int]:
    return {(row,): row * 10 for row in range(1, count + 1)}


def recording(answers: Iterator[Reply | None], asked: list[int]) -> Answer:
    """Plays the answers one after the other, and notes how many rows were asked for."""

    def answer(request: Asked) -> Reply | None:
        asked.append(request.repetitions)
        return next(answers)

    return answer


def test_a_column_that_ends_within_a_reply_takes_one_request() -> None:
    device = Device(table(24, COLUMN, OTHER))
    assert walk(device) == [cells(24)]
    assert device.asked == [Asked(PduType.GET_BULK, FIRST_REPETITIONS, (COLUMN,))]


def test_a_column_is_asked_for_with_one_row_more_than_it_had() -> None:
    device, agent = Device(table(40, COLUMN, OTHER)), agent_of()
    for _ in range(2):
        assert walk(device, talk(agent)) == [cells(40)]
    assert [request.repetitions for request in device.asked] == [25, 25, 41]


@pytest.mark.parametrize("size", [0, 3, 25])
@pytest.mark.parametrize("others", [{}, {(*OTHER, 1): 7}], ids=["the end of the MIB", "another column"])
def test_a_column_ends_where_something_else_begins(size: int, others: dict[Oid, int]) -> None:
    (found,) = walk(Device(table(size, COLUMN) | others))
    assert (dict(found), found.fault) == (cells(size), None)


def test_v1_is_walked_row_by_row_to_no_such_name() -> None:
    for rows in (table(3, COLUMN), table(3, COLUMN, OTHER)):
        device = Device(rows, is_v1=True)
        (found,) = walk(device, talk(agent_of(V1)))
        assert (dict(found), found.fault) == (cells(3), None)
        assert device.asked == [Asked(PduType.GET_NEXT, 0, (oid,)) for oid in (COLUMN, *table(3, COLUMN))]


def test_too_big_halves_what_is_asked_for_and_that_is_remembered() -> None:
    agent, asked = agent_of(), list[int]()
    device = Device(table(5, COLUMN, OTHER))

    def answer(request: Asked) -> Reply | None:
        asked.append(request.repetitions)
        return reply(status=1) if request.repetitions > 7 else device(request)

    for _ in range(2):
        assert walk(answer, talk(agent)) == [cells(5)]
    assert asked == [25, 12, 6, 6]
    assert agent.most_repetitions == 6


def test_an_agent_to_which_a_single_row_is_too_big_is_at_fault() -> None:
    asked: list[int] = []
    (found,) = walk(recording((reply(status=1) for _ in count()), asked))
    assert (asked, found.fault) == ([25, 12, 6, 3, 1], conversation.TOO_BIG)


def test_timeouts_halve_what_is_asked_for_and_the_next_turn_asks_for_more_again() -> None:
    agent, asked = agent_of(), list[int]()
    device = Device(table(100, COLUMN, OTHER))

    def answer(request: Asked) -> Reply | None:
        asked.append(request.repetitions)
        return None if request.repetitions > 12 else device(request)

    assert walk(answer, talk(agent)) == [cells(100)]
    assert asked == [25, *[12] * 9]
    assert (agent.eased, agent.most_repetitions) == (12, MOST_REPETITIONS)
    asked.clear()
    assert walk(device, talk(agent)) == [cells(100)]
    assert [request.repetitions for request in device.asked[-5:]] == [24] * 5
    for _ in range(3):
        talk(agent)
    assert agent.eased == MOST_REPETITIONS


def test_a_silent_device_is_asked_nothing_more() -> None:
    asked: list[int] = []
    turn = talk()
    found = walk(recording(iter([None, None]), asked), turn, [COLUMN, OTHER, (1, 3, 9)])
    assert asked == [25, 12]
    assert [column.fault for column in found] == [SILENT, conversation.NOT_ASKED, conversation.NOT_ASKED]
    assert play(read_values(turn, [COLUMN]), lambda _: pytest.fail("asked")) == conversation.NOT_ASKED


def test_a_dead_agent_gets_one_packet() -> None:
    for messages in (V2C, usm()):
        agent = agent_of(messages, is_dead=True)
        asked: list[int] = []
        found = play(read_values(talk(agent, tries=5), [COLUMN]), recording(iter([None]), asked))
        assert isinstance(found, Fault)
        assert (found.failure, len(asked)) == (Failure.NO_ANSWER, 1)


def test_rows_that_came_before_the_agent_fell_silent_are_kept_with_the_fault() -> None:
    answers = iter([reply([((*COLUMN, 1), 10), ((*COLUMN, 2), 20)]), None, None])
    (found,) = walk(recording(answers, []))
    assert (dict(found), found.fault) == (cells(2), SILENT)


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (reply([((*COLUMN, 3), 1)], status=5), Fault(Failure.BAD_REPLY, "the agent answered error status 5")),
        (reply(status=16), Fault(Failure.AUTH_FAILED, "the agent answered authorizationError")),
        (reply(), conversation.NO_ROWS),
        (reply([((*COLUMN, 2), 1)]), conversation.NOT_INCREASING),
        (reply([((*COLUMN, 1), 1)]), conversation.NOT_INCREASING),
        (reply([(COLUMN, 1)]), conversation.NOT_INCREASING),
        (reply([((*COLUMN[:-1], 7, 1), 1)]), conversation.NOT_INCREASING),
        (reply([((*COLUMN, 3), NO_INSTANCE)]), Fault(Failure.BAD_REPLY, "a row without a value")),
    ],
    ids=["genErr", "authorizationError", "no rows", "standing", "falling", "itself", "before", "no instance"],
)
def test_a_column_that_breaks_off_keeps_its_rows_and_says_why(last: Reply, fault: Fault) -> None:
    first = reply([((*COLUMN, 1), 10), ((*COLUMN, 2), 20)])
    device = Device(table(1, OTHER))
    answers = iter([first, last])
    found = walk(lambda asked: next(answers, None) or device(asked), talk(), [COLUMN, OTHER])
    assert (dict(found[0]), found[0].fault) == (cells(2), fault)
    assert (dict(found[1]), found[1].fault) == (cells(1), None)  # the device still answers, so it is asked on


@pytest.mark.parametrize(
    ("bound", "most", "at_once", "read"), [("MOST_REPLIES", 7, 1, 7), ("LONGEST_COLUMN", 50, 20, 60)]
)
def test_an_agent_that_never_comes_to_an_end_is_left(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int, at_once: int, read: int
) -> None:
    monkeypatch.setattr(conversation, bound, most)
    rows = count(1)
    (found,) = walk(lambda _: reply([((*COLUMN, next(rows)), 1) for _ in range(at_once)]))
    assert (len(found), found.fault) == (read, conversation.TOO_LONG)


def test_a_turn_whose_time_is_up_says_so_and_asks_nothing_more() -> None:
    turn = talk()
    late = Fault(Failure.NO_ANSWER, "not read within 20 s")

    def answer(_: Asked) -> None:
        turn.fault = turn.late  # as the engine does

    found = walk(answer, turn, [COLUMN, OTHER])
    assert [column.fault for column in found] == [late, late]
    assert play(read_values(turn, [COLUMN]), lambda _: pytest.fail("asked")) == late


def test_a_reply_that_came_as_time_was_up_still_counts() -> None:
    turn, device = talk(), Device(table(3, COLUMN, OTHER))

    def answer(asked: Asked) -> Reply | None:
        turn.fault = turn.late
        return device(asked)

    found = walk(answer, turn, [COLUMN, OTHER])
    assert (dict(found[0]), found[0].fault, found[1].fault) == (cells(3), None, turn.late)


@pytest.mark.parametrize(("messages", "requests"), [(V2C, 1), (V1, 3)], ids=["v2c", "v1"])
def test_values_that_an_agent_does_not_have_are_left_out(messages: CommunityMessages, requests: int) -> None:
    device = Device(table(2, COLUMN), is_v1=messages is V1)
    names = [(*COLUMN, row) for row in (1, 7, 2, 8)]
    assert play(read_values(talk(agent_of(messages)), names), device) == table(2, COLUMN)
    assert len(device.asked) == requests


@pytest.mark.parametrize("index", [0, 2, -1])
def test_no_such_name_of_nothing_that_was_asked_is_an_error(index: int) -> None:
    found = play(read_values(talk(), [COLUMN]), lambda _: reply([(COLUMN, 0)], status=2, index=index))
    assert found == Fault(Failure.BAD_REPLY, "the agent answered error status 2")


def test_values_that_were_not_asked_for_are_not_taken() -> None:
    assert play(read_values(talk(), [COLUMN]), lambda _: reply([(OTHER, 1), (COLUMN, 2)])) == {COLUMN: 2}


def test_what_is_no_snmp_is_a_bad_reply_and_not_silence() -> None:
    turn = talk()

    def answer(_: Asked) -> None:
        turn.agent.garbled += 1

    assert play(read_values(turn, [COLUMN]), answer) == conversation.GARBLED


def usm() -> UsmMessages:
    key = SecretStr("maplesyrup")
    return UsmMessages(SnmpV3("baophu", AuthProtocol.SHA256, key, PrivProtocol.AES128, key), lambda: 0.0)


def report(stat: Stat) -> Reply:
    return reply([((*USM_STATS, stat.value, 0), 1)], kind=PduType.REPORT)


def secured(said: Callable[[UsmMessages, int], Any], tries: int = 2) -> tuple[object, list[str], UsmMessages]:
    """What comes of an agent that answers the requests, numbered from 0, so; and which were asked."""
    messages, asked = usm(), list[str]()

    def answer(request: Asked) -> Reply | None:
        asked.append("discovery" if not request.names else "value")
        if asked[-1] == "value":
            assert messages.engine_id is not None  # nothing is asked in clear
        found: Reply | None = said(messages, len(asked) - 1)
        return found

    turn = talk(agent_of(messages), tries)
    return play(read_values(turn, [COLUMN]), answer), asked, messages


def discover(messages: UsmMessages) -> Reply:
    messages.engine_id = b"engine"
    return report(Stat.UNKNOWN_ENGINE_IDS)


def test_the_engine_and_its_time_are_learnt_before_anything_is_read() -> None:
    later = [report(Stat.NOT_IN_TIME_WINDOWS), reply([(COLUMN, 7)])]
    found, asked, _ = secured(lambda messages, number: later[number - 1] if number else discover(messages))
    assert (found, asked) == ({COLUMN: 7}, ["discovery", "value", "value"])


@pytest.mark.parametrize("stat", [Stat.NOT_IN_TIME_WINDOWS, Stat.UNKNOWN_ENGINE_IDS])
def test_an_agent_that_reports_the_same_for_ever_is_left_after_a_few(stat: Stat) -> None:
    found, asked, _ = secured(lambda messages, number: report(stat) if number else discover(messages))
    assert found == conversation.REJECTED
    assert asked == ["discovery", *["value"] * (conversation.MOST_RESYNCS + 1)]


def test_an_authentic_refusal_ends_the_conversation() -> None:
    found, asked, _ = secured(lambda m, number: report(Stat.UNSUPPORTED_SECURITY_LEVELS) if number else discover(m))
    assert isinstance(found, Fault)
    assert (found.failure, asked) == (Failure.AUTH_FAILED, ["discovery", "value"])


def test_a_hint_is_believed_only_once_all_tries_were_silent() -> None:
    def said(messages: UsmMessages, number: int) -> Reply | None:
        if number == 0:
            return discover(messages)
        messages.hint = Stat.WRONG_DIGESTS
        messages.dropped[Dropped.DOWNGRADED] += 1
        return reply([(COLUMN, 7)]) if number == tries else None

    tries = 3
    assert secured(said, tries)[:2] == ({COLUMN: 7}, ["discovery", *["value"] * 3])
    tries = 9
    found, asked, _ = secured(said, 3)
    assert found == Fault(Failure.AUTH_FAILED, "the agent refused the SNMPv3 credentials (WrongDigest)")
    assert asked == ["discovery", *["value"] * 3]


@pytest.mark.parametrize(
    ("dropped", "fault"),
    [(Dropped.UNAUTHENTIC, conversation.REJECTED), (Dropped.UNDECIPHERED, conversation.UNDECIPHERED)],
)
def test_replies_that_are_not_believed_are_no_silence(dropped: Dropped, fault: Fault) -> None:
    def said(messages: UsmMessages, number: int) -> Reply | None:
        messages.dropped[dropped] += number > 0
        return None if number else discover(messages)

    assert secured(said)[0] == fault


def test_an_agent_that_answers_discovery_only_has_another_privacy_key() -> None:
    answered = lambda m, number: discover(m) if number in {0, 3} else None  # noqa: E731 - said three ways
    assert secured(answered)[:2] == (conversation.UNDECIPHERED, ["discovery", "value", "value", "discovery"])
    found, asked, messages = secured(lambda m, number: None if number else discover(m))
    assert (found, asked[-1], messages.engine_id) == (conversation.SILENT_V3, "discovery", None)


def test_another_engine_at_the_address_is_discovered_and_bounded() -> None:
    def said(messages: UsmMessages, number: int) -> Reply | None:
        if messages.engine_id is None:
            return discover(messages)
        messages.hint = Stat.UNKNOWN_ENGINE_IDS
        messages.dropped[Dropped.DOWNGRADED] += 1
        return reply([(COLUMN, 7)]) if number == good else None

    good = 3
    assert secured(said)[:2] == ({COLUMN: 7}, ["discovery", "value"] * 2)
    good = -1
    found, asked, _ = secured(said)
    assert (found, asked) == (conversation.REJECTED, ["discovery", "value"] * (conversation.MOST_RESYNCS + 1))
