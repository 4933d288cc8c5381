"""A column of a conceptual table: its rows as they came, and the quick way to read the same rows again.

A poll's reply differs from the last one's in its values, hardly ever in its shape. So the shape of a reply is kept as a
`Layout`, shared by all devices that answer alike: one `struct` call takes all values out, and one comparison proves
that everything between them is the same to the byte. Whatever differs is read the long way, by `scan`.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from struct import Struct
from typing import Any
from weakref import WeakValueDictionary

from collectors.fault import Fault
from collectors.snmp.ber import (
    END_OF_MIB_VIEW,
    INTEGER,
    OBJECT_ID,
    OCTETS,
    SEQUENCE,
    UNSIGNED,
    BerError,
    Oid,
    Value,
    decode_oid,
    decode_row,
    decode_value,
    element,
)

#: How many shapes are kept at most: some 5 kB each.
MOST_LAYOUTS = 10_000
#: Rows that a switch's ports may have, not its forwarding table.
LONGEST_SHARED = 512
#: How many shapes of a column are tried on a device whose own isn't known.
MOST_RECENT = 3
#: 128 sub-identifiers of up to five octets.
LONGEST_NAME = 640
#: A value of so many octets is a number that `struct` reads itself.
DIRECT = {1: "B", 2: "H", 4: "I", 8: "Q"}
SIGNED = {length: code.lower() for length, code in DIRECT.items()}


class Column(Mapping[Oid, Value]):
    """`rows` are the indexes in the agent's order, `cells` their values.

    `fault` says why the column ends where it does; None: it is whole. An agent that doesn't have it gives no rows.
    """

    __slots__ = ("_by_row", "cells", "fault", "rows")

    def __init__(self, rows: tuple[Oid, ...] = (), cells: tuple[Value, ...] = (), fault: Fault | None = None) -> None:
        self.rows = rows
        self.cells = cells
        self.fault = fault
        self._by_row: dict[Oid, Value] | None = None

    @property
    def by_row(self) -> Mapping[Oid, Value]:
        """The cells by their rows."""
        if self._by_row is None:
            self._by_row = dict(zip(self.rows, self.cells, strict=True))
        return self._by_row

    def __getitem__(self, row: Oid) -> Value:
        return self.by_row[row]

    def __iter__(self) -> Iterator[Oid]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Part:
    """What one reply has of a column: `is_last` where another column, or the end of the MIB, follows in it."""

    __slots__ = ("cells", "is_last", "rows")

    def __init__(self, rows: tuple[Oid, ...], cells: tuple[Value, ...], *, is_last: bool) -> None:
        self.rows = rows
        self.cells = cells
        self.is_last = is_last


class Layout:
    """The shape of a reply's rows; `__weakref__` lets it go with the last device that answers so."""

    __slots__ = (
        "__weakref__",
        "_fixes",
        "_is_all_unsigned",
        "_prefix",
        "_skeleton",
        "_struct",
        "is_last",
        "row_octets",
        "rows",
    )

    def __init__(self, form: Struct, skeleton: bytes, fixes: tuple["Fix", ...], prefix: bytes, part: Part) -> None:
        self._struct = form
        self._skeleton = skeleton
        self._fixes = fixes
        self._prefix = prefix
        self._is_all_unsigned = len(fixes) == len(part.rows) and all(fix is UNSIGNED_FIX for _place, fix in fixes)
        self.rows = part.rows
        self.is_last = part.is_last
        self.row_octets = form.size / len(part.rows) if part.rows else 0.0

    def read(self, data: bytes, at: int, end: int) -> tuple[Value, ...] | None:
        """The cells, where the reply's rows have this shape to the byte; else None, also where `Scan` would raise."""
        form = self._struct
        tail = at + form.size
        if tail > end or (tail < end) is not self.is_last:
            return None
        pieces = form.unpack_from(data, at)
        if b"".join(pieces[0::2]) != self._skeleton or (self.is_last and not _ends(data, tail, end, self._prefix)):
            return None
        cells: tuple[Value, ...] = pieces[1::2]
        if not self._fixes:
            return cells
        try:
            return self._fixed(cells)
        except BerError:  # an OBJECT IDENTIFIER that is none
            return None

    def _fixed(self, cells: tuple[Value, ...]) -> tuple[Value, ...]:
        if self._is_all_unsigned:
            return tuple(map(UNSIGNED_FIX, cells))
        fixed = list(cells)
        for place, fix in self._fixes:
            fixed[place] = fix(fixed[place])
        return tuple(fixed)


#: A cell that `struct` gives as octets, and what they mean.
Meaning = Callable[[Any], Value]
Fix = tuple[int, Meaning]
#: Network order, unsigned: the defaults of int.from_bytes.
UNSIGNED_FIX: Meaning = int.from_bytes
_RECENT: dict[tuple[bytes, int], tuple[Layout, ...]] = {}
_KNOWN: WeakValueDictionary[tuple[str, bytes, bytes, bool], Layout] = WeakValueDictionary()


class Scan:
    """The long way: every variable of a reply, checked; the shape can then be kept."""

    __slots__ = ("_data", "_prefix", "_spans", "_start", "part")

    def __init__(self, data: bytes, at: int, end: int, prefix: bytes, after: Oid) -> None:
        """Read variables below `prefix` whose rows come after the row `after`; raises BerError, OutOfOrderError."""
        self._data, self._start, self._prefix = data, at, prefix
        self._spans: list[tuple[int, int, int]] = []
        self.part = self._read(end, after)

    def _read(self, end: int, last: Oid) -> Part:
        data, at, prefix, spans = self._data, self._start, self._prefix, self._spans
        length = len(prefix)
        rows: list[Oid] = []
        cells: list[Value] = []
        while at < end:
            name, name_end, kind, value, at = _variable(data, at, end)
            if _is_beyond(data, name, name_end, kind, prefix):
                if kind != END_OF_MIB_VIEW and not _is_after(data[name:name_end], prefix):
                    raise OutOfOrderError
                return Part(shared(tuple(rows)), tuple(cells), is_last=True)
            row = decode_row(data[name + length : name_end])
            if row <= last:
                raise OutOfOrderError
            cell = decode_value(kind, data[value:at])
            if cell is None:
                raise BerError("a row without a value")
            rows.append(row)
            cells.append(cell)
            spans.append((value, at, kind))
            last = row
        return Part(shared(tuple(rows)), tuple(cells), is_last=False)

    @property
    def row_octets(self) -> float:
        """What a row took in the reply; 0 where there was none."""
        return (self._spans[-1][1] - self._start) / len(self._spans) if self._spans else 0.0

    def layout(self) -> Layout | None:
        """The shape of what was read; None where enough are known."""
        at = self._start
        codes, pieces, fixes = [">"], [], []
        for place, (start, stop, kind) in enumerate(self._spans):
            code, fix = _code(kind, stop - start)
            codes.append(f"{start - at}s{code}")
            pieces.append(self._data[at:start])
            if fix is not None:
                fixes.append((place, fix))
            at = stop
        key = ("".join(codes), b"".join(pieces), self._prefix, self.part.is_last)
        known = _KNOWN.get(key)
        if known is None and len(_KNOWN) < MOST_LAYOUTS:
            known = _KNOWN[key] = Layout(Struct(key[0]), key[1], tuple(fixes), self._prefix, self.part)
        return known


def _variable(data: bytes, at: int, end: int) -> tuple[int, int, int, int, int]:
    """Start and end of the name, the value's tag, start and end; raises BerError."""
    if at + 6 <= end and data[at + 1] < 0x80 and data[at + 3] < 0x80:  # as nearly all are: short lengths
        stop, name_end = at + 2 + data[at + 1], at + 4 + data[at + 3]
        value = name_end + 2
        is_short = value <= stop <= end and data[name_end + 1] < 0x80 and value + data[name_end + 1] == stop
        if is_short and data[at] == SEQUENCE and data[at + 2] == OBJECT_ID:
            return at + 4, name_end, data[name_end], value, stop
    tag, name, stop = element(data, at, end)
    mark, name, name_end = element(data, name, stop)
    kind, value, value_end = element(data, name_end, stop)
    if tag != SEQUENCE or mark != OBJECT_ID or value_end != stop or name_end - name > LONGEST_NAME:
        raise BerError("a variable is no sequence of a name and a value")
    return name, name_end, kind, value, value_end


def _is_beyond(data: bytes, name: int, name_end: int, kind: int, prefix: bytes) -> bool:
    """Whether the column is over: another's row, or the end of the MIB."""
    length = len(prefix)
    return kind == END_OF_MIB_VIEW or data[name : name + length] != prefix or name_end - name <= length


def _ends(data: bytes, at: int, end: int, prefix: bytes) -> bool:
    """Whether the variable at `at` is a proper one beyond the column."""
    try:
        name, name_end, kind, _value, _stop = _variable(data, at, end)
    except BerError:
        return False
    return _is_beyond(data, name, name_end, kind, prefix) and (
        kind == END_OF_MIB_VIEW or _is_after(data[name:name_end], prefix)
    )


@lru_cache(maxsize=4096)
def _is_after(name: bytes, prefix: bytes) -> bool:
    try:
        return decode_oid(name) > decode_oid(prefix)
    except BerError:
        return False


def recent_layouts(prefix: bytes, number: int) -> tuple[Layout, ...]:
    """The shapes that other devices' replies to a column lately had: the next of their model answers alike."""
    return _RECENT.get((prefix, number), ())


def note_layout(prefix: bytes, number: int, layout: Layout) -> None:
    """Remember the shape of the reply `number` (from 0) to a column."""
    recent = _RECENT.get((prefix, number), ())
    if layout not in recent:
        _RECENT[prefix, number] = (layout, *recent[: MOST_RECENT - 1])


class OutOfOrderError(ValueError):
    """The agent's OIDs don't increase: it may loop for ever."""


def shared(rows: tuple[Oid, ...]) -> tuple[Oid, ...]:
    """The same rows for all columns and devices that have them; long tables are few, and change too often."""
    return _shared(rows) if len(rows) <= LONGEST_SHARED else rows


@lru_cache(maxsize=4096)
def _shared(rows: tuple[Oid, ...]) -> tuple[Oid, ...]:
    return rows


def _code(kind: int, length: int) -> tuple[str, Meaning | None]:
    if kind in OCTETS:
        return f"{length}s", None
    if kind == OBJECT_ID:
        return f"{length}s", decode_oid
    direct = SIGNED if kind == INTEGER else DIRECT
    if length in direct:
        return direct[length], None
    return f"{length}s", UNSIGNED_FIX if kind in UNSIGNED else _signed


def _signed(octets: bytes) -> int:
    return int.from_bytes(octets, "big", signed=True)
