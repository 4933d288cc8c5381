"""A recording of a device, played as a session: what its agent would have answered.

A `.snmprec` file (as snmpsim records and plays it), compressed by bzip2 or not, has lines `OID|TAG|VALUE`: the tag is
the BER tag in decimal, `x` after it says that the value is in hexadecimal. Lines that are made up by one of snmpsim's
variation modules (`67:numeric|rate=100`) hold no value and are left out.
"""

import bz2
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from collectors.fault import Fault
from collectors.snmp.ber import INTEGER, IP_ADDRESS, NUMBERS, OBJECT_ID, OCTETS, Oid, Value
from collectors.snmp.client import Unasked
from collectors.snmp.column import Column
from collectors.snmp.conversation import LONGEST_COLUMN, TOO_LONG
from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.observation import Failure

#: Uncompressed; the longest recording at hand, of 3.4 million lines, has 230 MiB.
MOST_OCTETS = 256 * 1024 * 1024
CHUNK_OCTETS = 1024 * 1024
NOT_RECORDED = Fault(Failure.BAD_REPLY, "a recording has no VLAN's context")
#: How many rows of a column come in one reply, to tell how many requests a real agent would have been sent.
ROWS_A_REPLY = 25
#: So many faults of a recording are listed.
MOST_FAULTS = 20

_PLAIN = rb"\.?[0-9]+(?:\.[0-9]+)*\|(?:[0-9]+\|[^\n]*|[0-9]+x\|(?:[0-9a-fA-F]{2})*\r?$)"
_ODD = re.compile(rb"^(?!" + _PLAIN + rb")[^\r\n]+", re.MULTILINE)
_LINE = re.compile(_PLAIN, re.MULTILINE)
_NAME = re.compile(rb"[0-9]+(?:\.[0-9]+)*")
#: A variation module's line, or a value in an encoding of its own (`4e|`).
_VARIED = re.compile(rb"\.?[0-9]+(?:\.[0-9]+)*\|[0-9]+(?:[a-wyz]|x?:)")


class RecordingError(ConfigurationError):
    """A recording can't be read: whoever gave it must act."""


class RecordingLinesError(RecordingError):
    """Several lines are none; each has its message."""

    def __init__(self, faults: Sequence[RecordingError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)))

    def text(self, translate: Callable[[str], str]) -> str:
        """Every fault on a line of its own."""
        return "\n".join(fault.text(translate) for fault in self.faults)


class Recording:
    """One device's recording, played as a `Session`; of lines with equal OIDs the first counts.

    It is read as far as the lookups need: lines stand in the order of their OIDs, as snmpsim wants them. Where they are
    seen not to, all of it is read.
    """

    def __init__(self, path: Path, content: BinaryIO, most_octets: int = MOST_OCTETS) -> None:
        """`content` has the lines, uncompressed, of which there are no more than `most_octets`."""
        self.path = path
        self.packets = 0
        self._content = content
        self._most_octets = most_octets
        self._text, self._rest = bytearray(b"\n"), b""
        self._last: Oid = ()
        self._is_ordered = self._has_more = True

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that wasn't recorded is left out. Raises RecordingError where a line is none."""
        self.packets += 1
        found: dict[Oid, Value] = {}
        for oid in oids:
            at = self._find(b"\n%b|" % dotted(oid), oid, 0)
            value = self._value(at) if at >= 0 else None
            if value is not None:
                found[oid] = value
        return found

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        """Whole columns, their rows in order; raises RecordingError where a line is none."""
        return {oid: self._column(oid) for oid in oids}

    def in_vlan(self, vlan: int) -> Unasked:
        """A VLAN's context, of which nothing was recorded."""
        del vlan
        return Unasked(NOT_RECORDED)

    def _column(self, oid: Oid) -> Column:
        cells: dict[Oid, Value] = {}
        fault: Fault | None = None
        for row, at in self._rows(oid):
            value = self._value(at)
            if value is not None:
                cells.setdefault(row, value)
            if len(cells) > LONGEST_COLUMN:
                fault = TOO_LONG
                break
        self.packets += 1 + len(cells) // ROWS_A_REPLY
        rows = tuple(sorted(cells))
        return Column(rows, tuple(cells[row] for row in rows), fault)

    def _rows(self, oid: Oid) -> Iterator[tuple[Oid, int]]:
        """Indexes, and where their lines begin."""
        prefix = b"\n%b." % dotted(oid)
        at = self._find(prefix, oid, 0)
        while at >= 0:
            start = at + len(prefix)
            index = self._text[start : self._text.find(b"|", start)]
            try:
                yield tuple(map(int, index.split(b"."))), at
            except ValueError:
                raise self._fault(at) from None
            at = self._find(prefix, oid, start)

    def _find(self, wanted: bytes, oid: Oid, start: int) -> int:
        """Where `wanted`, which is `oid` or below it, begins; -1: nowhere. Reads on as far as it may still come."""
        at = self._text.find(wanted, start)
        while at < 0 and not self._is_beyond(oid):
            seen = len(self._text)
            if not self.read_on():
                break
            at = self._text.find(wanted, max(start, seen - 1))
        return at

    def _is_beyond(self, oid: Oid) -> bool:
        """Whether what was read ends behind `oid` and all below it."""
        return self._is_ordered and self._last > oid and self._last[: len(oid)] != oid

    def read_on(self) -> bool:
        """Read further lines, whole ones; False: there are no more. Raises RecordingError."""
        if not self._has_more:
            return False
        try:
            chunk = self._content.read(CHUNK_OCTETS)
        except (EOFError, OSError) as error:
            raise _unreadable(self.path, error) from None
        lines, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        if not chunk:
            lines, newline, self._rest, self._has_more = lines + newline + self._rest, b"\n", b"", False
        self._text += lines + newline
        if len(self._text) > self._most_octets:
            raise RecordingError(
                N_("recording: '{path}' has more than {most} MiB; leave out tables that don't matter"),
                path=self.path,
                most=self._most_octets // (1024 * 1024),
            )
        self._note_order(lines)
        return True

    def _note_order(self, lines: bytes) -> None:
        for line in (lines[: lines.find(b"\n")], lines[lines.rfind(b"\n") + 1 :]):
            name = line.partition(b"|")[0]
            oid = tuple(map(int, name.split(b"."))) if _NAME.fullmatch(name) else self._last
            self._is_ordered = self._is_ordered and oid >= self._last
            self._last = max(oid, self._last)

    def _value(self, at: int) -> Value | None:
        """The value of the line that follows the newline at `at`; None where it was recorded that there is none."""
        end = self._text.find(b"\n", at + 1)
        line = bytes(self._text[at + 1 : end if end >= 0 else len(self._text)]).removesuffix(b"\r")
        if _VARIED.match(line):
            return None
        try:
            _name, tag, value = line.split(b"|", 2)
            is_hex = tag.endswith(b"x")
            return decoded(
                int(tag.removesuffix(b"x")), bytes.fromhex(value.decode("ascii")) if is_hex else value, is_hex
            )
        except ValueError:
            raise self._fault(at) from None

    def check(self) -> int:
        """Look at every line; gives how many are left out, raises RecordingLinesError with those that are none."""
        while self.read_on():
            pass
        varied = 0
        faults: list[RecordingError] = []
        for odd in _ODD.finditer(self._text):
            if odd.group().startswith(b"#") or not odd.group().strip():
                continue
            if _VARIED.match(odd.group()):
                varied += 1
            elif len(faults) < MOST_FAULTS:
                faults.append(self._fault(odd.start() - 1))
        if faults:
            raise RecordingLinesError(faults)
        return varied

    def refuse_other(self) -> None:
        """Tell a file of another kind at once: it has no line of a recording at its beginning."""
        self.read_on()
        if not _LINE.search(self._text) and not _VARIED.search(self._text):
            raise RecordingError(
                N_("recording: '{path}' is no recording: it has no line OID|TAG|VALUE"), path=self.path
            )

    def _fault(self, at: int) -> RecordingError:
        end = self._text.find(b"\n", at + 1)
        line = self._text[at + 1 : min(at + 61, end if end >= 0 else at + 61)].decode("utf-8", "replace")
        return RecordingError(
            N_("recording: {path}, line {line}: '{value}' is not OID|TAG|VALUE, such as 1.3.6.1.2.1.1.5.0|4|router"),
            path=self.path,
            line=self._text.count(b"\n", 0, at + 1),
            value="".join(character if character.isprintable() else "?" for character in line),
        )


def dotted(oid: Oid) -> bytes:
    """An OID as recordings have it."""
    return ".".join(map(str, oid)).encode("ascii")


def decoded(tag: int, raw: bytes, is_hex: bool) -> Value | None:
    """A value by its tag; raises ValueError. None: the agent said that there is none (RFC 3416 §3)."""
    if tag == OBJECT_ID:
        return tuple(map(int, raw.decode("ascii").strip(".").split(".")))
    if tag == IP_ADDRESS and not is_hex:
        return bytes(map(int, raw.split(b".")))
    if tag in OCTETS:
        return raw
    if tag in NUMBERS:
        return int.from_bytes(raw, signed=tag == INTEGER) if is_hex else int(raw)
    return None


def open_recording(path: Path, most_octets: int = MOST_OCTETS) -> Recording:
    """A recording, compressed or not; raises RecordingError where it can't be read, or begins like something else."""
    try:
        packed = io.BytesIO(path.read_bytes())
    except FileNotFoundError:
        raise RecordingError(N_("recording: '{path}' does not exist; name a .snmprec file"), path=path) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    content = cast("BinaryIO", bz2.BZ2File(packed)) if path.suffix == ".bz2" else packed
    recording = Recording(path, content, most_octets)
    recording.refuse_other()
    return recording


def _unreadable(path: Path, error: Exception) -> RecordingError:
    reason = getattr(error, "strerror", None) or str(error)
    return RecordingError(N_("recording: '{path}' can't be read: {reason}"), path=path, reason=reason)
