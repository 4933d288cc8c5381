"""Feeds whatever an agent could send to all that reads it: `make fuzz`, or `make fuzz INPUTS=10000000 SEED=7`.

Seeded and reproducible: a failing input is printed in hex, with how to read it again.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from collectors.listening.snmp_judge import Heard, NoInforms, SnmpJudge
from collectors.listening.syslog import syslog_text
from collectors.listening.tally import Kind, Reason
from collectors.snmp import ber
from collectors.snmp.ber import BerError, encode_oid
from collectors.snmp.column import LONGEST_NAME, Layout, OutOfOrderError, Scan
from collectors.snmp.community import CommunityMessages, Version
from collectors.snmp.pdu import Reply, values
from collectors.snmp.usm_messages import UsmMessages, V3Message, stat_of
from tests.fuzz.snmp_inputs import AGENTS, COLUMN, COLUMNS, COMMUNITY, NUMBER, Inputs

PROGRESS_SECONDS = 5.0
#: No input may take longer: generous, for it is there to find what grows faster than the input.
MOST_SECONDS, MOST_SECONDS_PER_OCTET = 0.05, 10e-6
OURS = b"\x80\0\x1f\x88\4ours"
V1, V2C = (CommunityMessages(version, COMMUNITY) for version in (Version.V1, Version.V2C))


def _is_authentic(messages: UsmMessages, data: bytes) -> bool:
    """As the RFC has it, beside what the module does."""
    message, keys = V3Message(data), messages._keys
    is_known = (message.engine_id, message.user) == (messages.engine_id, messages._user)
    return is_known and keys is not None and keys.is_authentic(message.zeroed(), message.digest)


class Readers:
    """Everything that looks at what came; raises AssertionError, or what it should not raise, on a finding."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._layouts = [found for data in COLUMNS if (found := Scan(data, 0, len(data), COLUMN, ()).layout())]

    def read(self, data: bytes) -> None:
        for name, way in (("v1", V1.open), ("v2c", V2C.open)):
            self._look(name, lambda way=way: way(data, NUMBER))  # type: ignore[misc]  # bound at once
        for agent in AGENTS:
            self._look("v3", lambda agent=agent: self._open_secured(agent.messages, data))  # type: ignore[misc]
        unknown = UsmMessages(AGENTS[0].credentials, lambda: 0.0)
        self._look("discovery", lambda: unknown.open(data, NUMBER))
        self._look("PDU", lambda: Reply(data, 0, len(data)))
        self._unasked(data)
        self._column(data, 0, len(data))
        self._parts(data)

    def _look(self, name: str, way: Callable[[], Reply | None]) -> None:
        try:
            reply = way()
        except BerError:
            return
        if reply is None:
            return
        self.counts[name] += 1
        with suppress(BerError):
            values(reply)
        with suppress(BerError):
            stat_of(reply)
        self._column(reply.data, reply.start, reply.stop)

    def _unasked(self, data: bytes) -> None:
        """What the listener takes: its judge raises nothing, and believes nothing that isn't authentic."""
        for agent in AGENTS:
            judge = SnmpJudge(agent.credentials, [COMMUNITY], informs=NoInforms(), engine_id=OURS, clock=lambda: 0.0)
            answers: list[bytes] = []
            verdict = judge.judge(data, ("10.68.0.1", 161), "device", answers.append)
            if isinstance(verdict, Heard):
                self.counts[verdict.kind] += 1
                if verdict.kind is Kind.TRAP_V3 and not _is_authentic(agent.messages, data):
                    raise AssertionError("a notification that is not authentic was believed")
            if any(len(answer) != len(data) for answer in answers):
                raise AssertionError("an answer is longer than what it answers")
        self.counts["syslog"] += not isinstance(syslog_text(data), Reason)

    @staticmethod
    def _open_secured(messages: UsmMessages, data: bytes) -> Reply | None:
        """What isn't authentic changes nothing; what is gets forgotten before the next input."""
        engine = messages.engine_id, messages._keys, messages._user
        clock = messages.boots, messages._time, messages._time_at
        try:
            reply = messages.open(data, NUMBER)
            has_changed = clock != (messages.boots, messages._time, messages._time_at)
            if (has_changed or reply is not None) and not _is_authentic(messages, data):
                raise AssertionError("a message that is not authentic was believed")
            if engine != (messages.engine_id, messages._keys, messages._user):
                raise AssertionError("a message has changed the engine")
            return reply
        finally:
            messages.boots, messages._time, messages._time_at = clock
            messages.begin_turn()

    def _column(self, data: bytes, at: int, end: int) -> None:
        try:
            scan = Scan(data, at, end, COLUMN, ())
        except (BerError, OutOfOrderError):
            scan = None
        for layout in (*self._layouts, None if scan is None else scan.layout()):
            if layout is not None:
                self._compare(layout, scan, data[:end], at)

    def _compare(self, layout: Layout, scan: Scan | None, data: bytes, at: int) -> None:
        cells = layout.read(data, at, len(data))
        if cells is None:
            return
        self.counts["quick"] += 1
        read = None if scan is None else (scan.part.rows, scan.part.cells, scan.part.is_last)
        if read != (layout.rows, cells, layout.is_last):
            raise AssertionError(f"the quick way reads {cells!r}, the long way {read!r}")

    def _parts(self, data: bytes) -> None:
        end = len(data)
        for at in {0, end // 2}:
            with suppress(BerError):
                tag, start, stop = ber.element(data, at, end)
                if not at + 2 <= start <= stop <= end:
                    raise AssertionError("an element is not where it was found")
                value = ber.decode_value(tag, data[start:stop])
                if isinstance(value, int) and value.bit_length() > 8 * ber.LONGEST_INTEGER:
                    raise AssertionError("a number has more than nine octets")
            with suppress(BerError):
                ber.decode_integer(data, at, end)
        with suppress(BerError):
            ber.decode_parts(data)
        with suppress(BerError):
            ber.decode_row(data[:LONGEST_NAME])
        with suppress(BerError):
            if encode_oid(ber.decode_oid(data)) != data:
                raise AssertionError("an object identifier is another one when it is encoded again")
        if data:
            with suppress(BerError):
                ber.decode_value(data[0], data[1:])


def check(readers: Readers, data: bytes) -> str | None:
    """What is wrong with how the input is read; None: nothing. A slow one gets three more chances."""
    allowed = MOST_SECONDS + MOST_SECONDS_PER_OCTET * len(data)
    try:
        for _ in range(4):
            before = time.thread_time()
            readers.read(data)
            if time.thread_time() - before <= allowed:
                return None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error}"
    return f"it takes longer than {allowed:.3f} s"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fuzz(seed: int, most: int | None, seconds: float) -> int:
    """Read inputs until so many were read, or so much time has passed; gives the exit status."""
    readers = Readers()
    started = shown = time.monotonic()
    count, now, slowest = 0, started, 0.0
    for count, data in enumerate(Inputs(seed), 1):
        wrong = check(readers, data)
        if wrong is not None:
            say(f"fuzz: input {count} of seed {seed}: {wrong}")
            say(data.hex())
            say("again: .venv/bin/python -m tests.fuzz.fuzz_snmp --replay HEX (or -, and the hex on standard input)")
            return 1
        before, now = now, time.monotonic()
        slowest = max(slowest, now - before)
        is_over = count >= most if most is not None else now - started >= seconds
        if is_over or now - shown >= PROGRESS_SECONDS:
            shown = now
            read = ", ".join(f"{number:,} {name}" for name, number in sorted(readers.counts.items()))
            rate = count / (now - started)
            say(f"fuzz: {count:,} inputs of seed {seed}, {rate:,.0f} a second, slowest {slowest:.3f} s; read: {read}")
        if is_over:
            break
    return 0


def replay(given: str) -> int:
    data = bytes.fromhex(sys.stdin.read() if given == "-" else given)
    wrong = check(Readers(), data)
    say(f"fuzz: {len(data)} octets: {wrong or 'nothing wrong'}")
    if wrong is not None:
        Readers().read(data)  # once more, for the traceback
    return int(wrong is not None)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--inputs", type=int, help="so many, however long it takes")
    options.add_argument("--seconds", type=float, default=60.0, help="as many as fit, where --inputs isn't given")
    options.add_argument("--replay", metavar="HEX", help="one input instead")
    given = options.parse_args()
    return replay(given.replay) if given.replay is not None else fuzz(given.seed, given.inputs, given.seconds)


if __name__ == "__main__":
    sys.exit(main())
