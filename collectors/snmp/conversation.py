"""What is said to one agent, request by request: generators that know nothing of sockets and clocks.

A conversation yields each request and is sent the reply, or None where none came in time. An agent that doesn't answer
properly ends it with a Fault, never with an exception, after a bounded number of requests.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import TypeVar

from collectors.fault import Fault
from collectors.snmp.agent import Agent, ColumnMemory
from collectors.snmp.ber import BerError, Oid, Value, encode_oid, encode_parts
from collectors.snmp.column import Column, OutOfOrderError, Part, Scan, note_layout, recent_layouts, shared
from collectors.snmp.community import CommunityMessages, Version
from collectors.snmp.pdu import ErrorStatus, PduType, Reply, Request, get, get_bulk, get_next, values
from collectors.snmp.usm_messages import DISCOVERY, REFUSALS, Dropped, Stat, UsmMessages, misses_context, stat_of
from ledger.observation import Failure

T = TypeVar("T")
Conversation = Generator[Request, Reply | None, T]

#: A column that is longer than any device has is a loop, and so is one that comes in more replies than that.
LONGEST_COLUMN, MOST_REPLIES = 100_000, 5_000
#: What a device's columns may come to in one turn: half a million rows of a forwarding table, which takes 15 MB.
MOST_OCTETS = 16 << 20
#: An engine whose clock was learnt and is refused again won't be understood.
MOST_RESYNCS = 2

SILENT_V3 = Fault(Failure.NO_ANSWER, "no answer over SNMPv3")
# An agent deciphers with its own key and finds rubbish: RFC 3412 §7.2 has it dropped, so silence is all that tells.
UNDECIPHERED = Fault(Failure.AUTH_FAILED, "the agent answers discovery only: the SNMPv3 privacy key differs")
REJECTED = Fault(Failure.BAD_REPLY, "the replies failed SNMPv3's checks of authenticity and time")
GARBLED = Fault(Failure.BAD_REPLY, "what came back is no SNMP message")
NO_CONTEXT = Fault(Failure.BAD_REPLY, "the agent has no such SNMPv3 context")
TOO_BIG = Fault(Failure.BAD_REPLY, "the agent answered tooBig to the least that can be asked")
NOT_ASKED = Fault(Failure.NO_ANSWER, "not asked, the device had fallen silent")
NO_ROWS = Fault(Failure.BAD_REPLY, "the agent sent no rows")
NOT_INCREASING = Fault(Failure.BAD_REPLY, "the agent's OIDs do not increase")
TOO_MUCH = Fault(Failure.BAD_REPLY, f"more than {MOST_OCTETS >> 20} MiB of rows from one device")
TOO_LONG = Fault(
    Failure.BAD_REPLY, f"a column of more than {LONGEST_COLUMN} rows, or in more than {MOST_REPLIES} replies"
)


class Talk:
    """One device's turn to be asked; `octets` are those of the columns' replies so far.

    `fault`: why it is over, set where the agent is silent, its time is up, or it told more than any device has to tell.
    """

    __slots__ = ("agent", "deadline_seconds", "fault", "has_begun", "late", "octets", "packets", "tries")

    def __init__(self, agent: Agent, tries: int, deadline_seconds: float) -> None:
        """A dead agent gets one packet."""
        self.agent = agent
        self.has_begun = False
        self.tries = 1 if agent.is_dead else tries
        self.fault: Fault | None = None
        self.packets = self.octets = 0
        self.deadline_seconds = deadline_seconds
        self.late = Fault(Failure.NO_ANSWER, f"not read within {deadline_seconds:g} s")

    def begin(self) -> None:
        """Its agent is asked now: what went wrong before is forgotten, once."""
        if not self.has_begun:
            self.has_begun = True
            self.agent.begin_turn()

    @property
    def over(self) -> Fault:
        """Why nothing more is asked, once there is a fault."""
        return self.fault if self.fault is self.late or self.fault is TOO_MUCH else NOT_ASKED


def read_values(talk: Talk, oids: Sequence[Oid]) -> Conversation[Mapping[Oid, Value] | Fault]:
    """The instances' values; one that the agent doesn't have is left out."""
    wanted = {encode_oid(oid): oid for oid in oids}
    while wanted:
        reply = yield from _ask(talk, repeat(get([*wanted.values()]), talk.tries))
        if isinstance(reply, Fault):
            return reply
        if (
            reply.error_status == ErrorStatus.NO_SUCH_NAME
            and _is_v1(talk.agent)
            and 1 <= reply.error_index <= len(wanted)
        ):
            del wanted[list(wanted)[reply.error_index - 1]]  # SNMPv1 gives nothing where one is missing
            continue
        if reply.error_status:
            return refused(reply.error_status)
        try:
            found = values(reply)
        except BerError as error:
            return Fault(Failure.BAD_REPLY, str(error))
        return {wanted[name]: value for name, value in found.items() if value is not None and name in wanted}
    return {}


def read_columns(talk: Talk, oids: Sequence[Oid]) -> Conversation[dict[Oid, Column]]:
    """Whole columns, one after the other; once the agent is silent the rest isn't asked for."""
    found: dict[Oid, Column] = {}
    for oid in oids:
        found[oid] = Column(fault=talk.over) if talk.fault is not None else (yield from _read_column(talk, oid))
    return found


def _read_column(talk: Talk, oid: Oid) -> Conversation[Column]:
    prefix = encode_oid(oid)
    parts: list[Part] = []
    count, after = 0, prefix
    memory = talk.agent.column(prefix)
    for _ in range(MOST_REPLIES):
        reply = yield from _ask_rows(talk, after, talk.agent.repetitions(memory))
        part = reply if isinstance(reply, Fault) else _part(talk, prefix, parts, reply)
        if isinstance(part, Fault):
            return _whole(parts, part)
        parts.append(part)
        count += len(part.rows)
        if part.is_last:
            memory.rows = count
            return _whole(parts, None)
        if talk.octets > MOST_OCTETS:
            talk.fault = TOO_MUCH
            return _whole(parts, TOO_MUCH)
        if count > LONGEST_COLUMN:
            break
        after = prefix + encode_parts(part.rows[-1])
    return _whole(parts, TOO_LONG)


def _part(talk: Talk, prefix: bytes, before: list[Part], reply: Reply) -> Part | Fault:
    """What a reply has of the column: by the shape of its last reply where that still fits."""
    agent = talk.agent
    talk.octets += len(reply.data)
    memory = agent.column(prefix)
    if reply.error_status == ErrorStatus.NO_SUCH_NAME and _is_v1(agent):
        return Part((), (), is_last=True)  # SNMPv1 has no endOfMibView
    if reply.error_status or reply.start == reply.stop:
        return refused(reply.error_status) if reply.error_status else NO_ROWS
    number, last = len(before), before[-1].rows[-1] if before else ()
    try:
        return _of_known_shape(memory, prefix, number, last, reply) or _scanned(memory, prefix, number, last, reply)
    except OutOfOrderError:
        return NOT_INCREASING
    except BerError as error:
        return Fault(Failure.BAD_REPLY, str(error))


def _of_known_shape(memory: ColumnMemory, prefix: bytes, number: int, last: Oid, reply: Reply) -> Part | None:
    """Raises BerError where the shape is known, but a value is none."""
    known = memory.layouts[number] if number < len(memory.layouts) else None
    for layout in (known,) if known is not None else recent_layouts(prefix, number):
        cells = layout.read(reply.data, reply.start, reply.stop)
        if cells is not None and (not layout.rows or layout.rows[0] > last):
            if known is None:
                memory.learn(number, layout, layout.row_octets)
            return Part(layout.rows, cells, is_last=layout.is_last)
    return None


def _scanned(memory: ColumnMemory, prefix: bytes, number: int, last: Oid, reply: Reply) -> Part:
    """Raises BerError, OutOfOrderError."""
    scan = Scan(reply.data, reply.start, reply.stop, prefix, last)
    shape = scan.layout()
    memory.learn(number, shape, scan.row_octets)
    if shape is not None:
        note_layout(prefix, number, shape)
    return scan.part


def _whole(parts: list[Part], fault: Fault | None) -> Column:
    if len(parts) == 1:
        return Column(parts[0].rows, parts[0].cells, fault)
    rows = shared(tuple(chain.from_iterable(part.rows for part in parts)))
    return Column(rows, tuple(chain.from_iterable(part.cells for part in parts)), fault)


def _ask_rows(talk: Talk, after: bytes, repetitions: int) -> Conversation[Reply | Fault]:
    """The rows after an OID; an agent that finds them too big to send, or doesn't answer, is asked for half as many."""
    agent = talk.agent
    if _is_v1(agent):
        return (yield from _ask(talk, repeat(get_next(after), talk.tries)))
    while True:
        reply = yield from _ask(talk, _ever_fewer(talk, after, repetitions))
        if isinstance(reply, Fault) or reply.error_status != ErrorStatus.TOO_BIG:
            return reply
        if repetitions == 1:
            return TOO_BIG
        repetitions = agent.most_repetitions = repetitions // 2


def _is_v1(agent: Agent) -> bool:
    return isinstance(agent.messages, CommunityMessages) and agent.messages.version is Version.V1


def _ever_fewer(talk: Talk, after: bytes, repetitions: int) -> Iterator[Request]:
    yield get_bulk(after, repetitions)
    for _ in range(talk.tries - 1):
        repetitions = talk.agent.eased = max(1, repetitions // 2)
        yield get_bulk(after, repetitions)


def _ask(talk: Talk, tries: Iterator[Request]) -> Conversation[Reply | Fault]:
    """The reply to the first of the requests that gets one."""
    if talk.fault is not None:
        return talk.over
    messages = talk.agent.messages
    if isinstance(messages, UsmMessages):
        reply = yield from _ask_secured(talk, messages, tries)
    else:
        reply = yield from _ask_openly(talk, messages, tries)
    if isinstance(reply, Fault):
        talk.fault = talk.fault or reply
    return reply


def _ask_openly(talk: Talk, messages: CommunityMessages, tries: Iterator[Request]) -> Conversation[Reply | Fault]:
    for request in tries:
        reply = yield request
        if reply is not None:
            return reply
        if talk.fault is not None:
            return talk.fault
    if talk.agent.garbled:
        return GARBLED
    return silent(messages.version)


def _ask_secured(talk: Talk, usm: UsmMessages, tries: Iterator[Request]) -> Conversation[Reply | Fault]:
    """Find the engine where it isn't known, and its time where ours is refused (RFC 3414 §4)."""
    resyncs = 0
    usm.begin_question()
    request = next(tries)
    while resyncs <= MOST_RESYNCS:
        asked = request if usm.engine_id is not None else DISCOVERY
        reply = yield asked
        if talk.fault is not None:
            return talk.fault
        if reply is None:
            further = next(tries, None)
            if usm.is_mistaken:  # another engine may answer now: it gets a try of its own
                usm.start_over()
                resyncs += 1
            elif further is None:
                return (yield from _silence(talk, usm))
            request = further or request
        elif reply.kind != PduType.REPORT:
            return reply
        else:
            stat = _stat(reply)
            if stat is None and _misses_context(reply):
                return NO_CONTEXT
            if stat not in {Stat.NOT_IN_TIME_WINDOWS, Stat.UNKNOWN_ENGINE_IDS}:
                return _report(stat)
            resyncs += asked is not DISCOVERY
    return REJECTED


def _silence(talk: Talk, usm: UsmMessages) -> Conversation[Fault]:
    """Why an agent doesn't answer over SNMPv3."""
    if usm.hint in REFUSALS:
        return _report(usm.hint)
    if usm.doubts[Dropped.UNDECIPHERED]:
        return UNDECIPHERED
    if usm.doubts:
        return REJECTED
    if talk.agent.garbled:
        return GARBLED
    if usm.engine_id is None or usm.is_proven or talk.agent.is_dead:
        usm.start_over()
        return SILENT_V3
    usm.start_over()
    return SILENT_V3 if (yield DISCOVERY) is None else UNDECIPHERED


def _stat(reply: Reply) -> Stat | None:
    try:
        return stat_of(reply)
    except BerError:
        return None


def _misses_context(reply: Reply) -> bool:
    try:
        return misses_context(reply)
    except BerError:
        return False


def _report(stat: Stat | None) -> Fault:
    name = REFUSALS.get(stat) if stat is not None else None
    if name is None:
        return Fault(Failure.BAD_REPLY, "the agent reports what RFC 3414 doesn't know")
    return Fault(Failure.AUTH_FAILED, f"the agent refused the SNMPv3 credentials ({name})")


def silent(version: Version) -> Fault:
    """Nothing came, and a community proves nothing."""
    name = "1" if version is Version.V1 else "2c"
    return Fault(Failure.NO_ANSWER, f"no answer over SNMPv{name}; a wrong community looks the same")


def refused(status: int) -> Fault:
    """What an error status (RFC 3416 §3) comes to."""
    if status == ErrorStatus.AUTHORIZATION_ERROR:
        return Fault(Failure.AUTH_FAILED, "the agent answered authorizationError")
    if status == ErrorStatus.TOO_BIG:
        return TOO_BIG
    return Fault(Failure.BAD_REPLY, f"the agent answered error status {status}")
