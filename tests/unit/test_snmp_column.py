"""Columns: what the quick way reads the long way reads too, and what the long way refuses the quick one refuses."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collectors.fault import Fault
from collectors.snmp import column
from collectors.snmp.ber import (
    COUNTER32,
    COUNTER64,
    END_OF_MIB_VIEW,
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    NO_SUCH_INSTANCE,
    OBJECT_ID,
    OCTET_STRING,
    OPAQUE,
    SEQUENCE,
    TIME_TICKS,
    BerError,
    Oid,
    Value,
    encode_oid,
    encode_parts,
    tlv,
)
from collectors.snmp.column import Column, Layout, OutOfOrderError, Scan
from ledger.observation import Failure

PREFIX: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
OCTETS = encode_oid(PREFIX)
NEXT_COLUMN, BEFORE = (*PREFIX[:-1], 11, 1), (*PREFIX[:-1], 9, 1)
NUMBERS = (INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64)
STRINGS = (OCTET_STRING, IP_ADDRESS, OPAQUE)
Row = tuple[Oid, int, bytes]


def variable(name: bytes, kind: int, value: bytes) -> bytes:
    return tlv(SEQUENCE, tlv(OBJECT_ID, name) + tlv(kind, value))


@dataclass(frozen=True)
class Reply:
    """Variables between what comes before and after them in a message."""

    rows: Sequence[Row]
    tail: bytes = b""
    before: bytes = b""
    after: bytes = b""

    @property
    def variables(self) -> bytes:
        return b"".join(variable(OCTETS + encode_parts(row), kind, value) for row, kind, value in self.rows) + self.tail

    @property
    def span(self) -> tuple[bytes, int, int]:
        """Data, start and end."""
        variables, start = self.variables, len(self.before)
        return self.before + variables + self.after, start, start + len(variables)


Read = tuple[tuple[Oid, ...], tuple[Value, ...], bool]


def scanned(span: tuple[bytes, int, int], after: Oid = ()) -> Read | None:
    """What the long way reads; None where it refuses."""
    try:
        part = Scan(*span, OCTETS, after).part
    except (BerError, OutOfOrderError):
        return None
    return part.rows, part.cells, part.is_last


def quick(layout: Layout, span: tuple[bytes, int, int]) -> Read | None:
    cells = layout.read(*span)
    return None if cells is None else (layout.rows, cells, layout.is_last)


def shape(reply: Reply) -> Layout:
    layout = Scan(*reply.span, OCTETS, ()).layout()
    assert layout is not None
    return layout


parts = st.integers(0, 300) | st.integers(0, 0xFFFFFFFF)
indexes = st.lists(st.lists(parts, min_size=1, max_size=4).map(tuple), max_size=6, unique=True).map(sorted)
cells = st.one_of(
    st.tuples(st.sampled_from(NUMBERS), st.binary(min_size=1, max_size=9)),
    st.tuples(st.sampled_from(STRINGS), st.binary(max_size=20) | st.binary(min_size=126, max_size=130)),
)
tails = st.sampled_from(
    [
        variable(encode_oid(NEXT_COLUMN), COUNTER32, b"\1"),
        variable(encode_oid((2, 0)), NO_SUCH_INSTANCE, b""),
        variable(OCTETS, END_OF_MIB_VIEW, b""),
        variable(encode_oid(NEXT_COLUMN), INTEGER, b"") + b"whatever",
    ]
)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    rows = [(row, *draw(cells)) for row in draw(indexes)]
    tail = draw(tails) if not rows or draw(st.booleans()) else b""
    return Reply(rows, tail, draw(st.binary(max_size=3)), draw(st.binary(max_size=3)))


@settings(max_examples=150, deadline=None)
@given(replies(), st.data())
def test_a_reply_of_the_same_shape_is_read_alike_both_ways(reply: Reply, data: st.DataObject) -> None:
    layout = shape(reply)
    assert quick(layout, reply.span) == scanned(reply.span)
    for _ in range(3):
        rows = [
            (row, kind, data.draw(st.binary(min_size=len(value), max_size=len(value))))
            for row, kind, value in reply.rows
        ]
        other = Reply(rows, data.draw(tails) if reply.tail else b"", data.draw(st.binary(max_size=3)))
        found = quick(layout, other.span)
        assert found is not None
        assert found == scanned(other.span)


@st.composite
def mutations(draw: st.DrawFn, length: int) -> list[tuple[int, int, bytes]]:
    """Where, how many octets are taken away, what is put there."""
    telling = st.sampled_from(
        [b"", b"\0", b"\1", b"\x02", b"\x04", b"\x05", b"\x06", b"\x30", b"\x41", b"\x80", b"\x82"]
    )
    one = st.tuples(st.integers(0, length), st.integers(0, 2), telling | st.binary(max_size=2))
    return draw(st.lists(one, min_size=1, max_size=3))


@settings(max_examples=400, deadline=None)
@given(replies(), st.data())
def test_what_the_quick_way_reads_of_a_mutilated_reply_the_long_way_reads_too(
    reply: Reply, data: st.DataObject
) -> None:
    layout = shape(reply)
    whole, start, end = reply.span
    mutilated = bytearray(whole)
    for at, taken, put in data.draw(mutations(len(whole))):
        mutilated[at : at + taken] = put
    moved = len(mutilated) - len(whole)
    for stop in {end, max(start, end + moved), len(mutilated)}:
        span = bytes(mutilated), start, min(stop, len(mutilated))
        found = quick(layout, span)
        assert found is None or found == scanned(span)


def test_every_octet_of_a_reply_counts() -> None:
    reply = Reply([((1,), COUNTER32, b"\1\2\3"), ((2, 300), OCTET_STRING, b"up0"), ((9,), INTEGER, b"\xff\xfe")], b"")
    for given_reply in (reply, Reply(reply.rows, variable(encode_oid(NEXT_COLUMN), COUNTER32, b"\1"))):
        layout = shape(given_reply)
        data, start, end = given_reply.span
        for at in range(end):
            for octet in {data[at] ^ 1, data[at] ^ 0x80, (data[at] + 1) % 256, 0, 0xFF} - {data[at]}:
                span = data[:at] + bytes((octet,)) + data[at + 1 :], start, end
                found = quick(layout, span)
                assert found is None or found == scanned(span)
        for span in ((data, start, end - 1), (data + b"\0", start, end + 1), (data, start + 1, end), (data, end, end)):
            assert quick(layout, span) is None or quick(layout, span) == scanned(span)


@pytest.mark.parametrize("wrong", [b"\x2b\x80\x01", b"\x2b\x06\x81"], ids=["padded", "breaks off"])
def test_a_value_that_is_no_object_identifier_is_refused_by_both_ways(wrong: bytes) -> None:
    layout = shape(Reply([((1,), OBJECT_ID, b"\x2b\x06\x01")]))
    span = Reply([((1,), OBJECT_ID, wrong)]).span
    assert scanned(span) is None
    assert quick(layout, span) is None


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        (INTEGER, b"\xff", -1),
        (INTEGER, b"\xff\xff\xfe", -2),
        (INTEGER, b"\x80" + bytes(7), -(1 << 63)),
        (INTEGER, b"\0" + b"\xff" * 8, (1 << 64) - 1),
        (COUNTER32, b"\xff", 255),
        (COUNTER32, b"\xff\xff\xfe", (1 << 24) - 2),
        (COUNTER64, b"\0" + b"\xff" * 8, (1 << 64) - 1),
        (COUNTER64, b"\xff" * 8, (1 << 64) - 1),
        (OCTET_STRING, b"", b""),
        (OCTET_STRING, b"\1", b"\1"),
        (IP_ADDRESS, b"\x0a\x44\x18\x01", b"\x0a\x44\x18\x01"),
        (OBJECT_ID, b"\x2b\x06\x81\x01", (1, 3, 6, 129)),
    ],
)
def test_a_cell_is_what_its_type_says_both_ways(kind: int, value: bytes, cell: Value) -> None:
    reply = Reply([((7,), kind, value)])
    assert quick(shape(reply), reply.span) == scanned(reply.span) == (((7,),), (cell,), False)


def test_columns_of_one_type_are_read_alike_both_ways_whatever_their_lengths() -> None:
    for length in range(1, 10):
        for kind in NUMBERS:
            rows = [((row,), kind, bytes((0xF0 + row,)) * length) for row in range(1, 4)]
            reply = Reply(rows)
            assert quick(shape(reply), reply.span) == scanned(reply.span)


ONE = ((1,), INTEGER, b"\1")


@pytest.mark.parametrize(
    "reply",
    [
        Reply([((2,), INTEGER, b"\1"), ONE]),
        Reply([ONE, ONE]),
        Reply([((1, 1), INTEGER, b"\1"), ONE]),
        Reply([], variable(OCTETS, INTEGER, b"\1")),
        Reply([ONE], variable(encode_oid(BEFORE), INTEGER, b"\1")),
        Reply([], variable(encode_oid((1, 3)), INTEGER, b"\1")),
    ],
    ids=["falling", "standing", "above", "itself", "column before", "far before"],
)
def test_rows_that_do_not_increase_are_refused(reply: Reply) -> None:
    with pytest.raises(OutOfOrderError):
        Scan(*reply.span, OCTETS, ())


def test_rows_come_after_the_last_reply() -> None:
    reply = Reply([((5,), INTEGER, b"\1")])
    for last in ((5,), (6,), (5, 1)):
        with pytest.raises(OutOfOrderError):
            Scan(*reply.span, OCTETS, last)
    assert scanned(reply.span, (4, 9)) == (((5,),), (1,), False)


@pytest.mark.parametrize(
    "wrong",
    [
        variable(OCTETS + b"\1", INTEGER, b""),
        variable(OCTETS + b"\1", NO_SUCH_INSTANCE, b""),
        variable(OCTETS + b"\1", 0x05, b""),
        variable(OCTETS + b"\x80\1", INTEGER, b"\1"),
        variable(OCTETS + b"\x81", INTEGER, b"\1"),
        variable(OCTETS + b"\1" * 640, INTEGER, b"\1"),
        tlv(SEQUENCE, tlv(OBJECT_ID, OCTETS + b"\1") + b"\2\1\1\5\0"),
        tlv(SEQUENCE, tlv(OBJECT_ID, OCTETS + b"\1")),
        tlv(OCTET_STRING, tlv(OBJECT_ID, OCTETS + b"\1") + b"\2\1\1"),
        tlv(SEQUENCE, tlv(OCTET_STRING, OCTETS + b"\1") + b"\2\1\1"),
        variable(OCTETS + b"\1", INTEGER, b"\1")[:-1],
        b"\x30",
    ],
    ids=[
        *("no number", "no instance", "null", "padded", "broken row", "endless name", "two values", "no value"),
        *("no sequence", "no name", "cut", "one octet"),
    ],
)
def test_what_is_no_row_is_refused(wrong: bytes) -> None:
    with pytest.raises(BerError):
        Scan(wrong, 0, len(wrong), OCTETS, ())
    with pytest.raises(BerError):
        Scan(*Reply([((0,), INTEGER, b"\1")], wrong).span, OCTETS, ())


def test_long_forms_of_lengths_are_read_too() -> None:
    name, value = b"\6\x81" + bytes((len(OCTETS) + 1,)) + OCTETS + b"\1", b"\2\x82\0\1\x2a"
    data = b"\x30\x82" + (len(name) + len(value)).to_bytes(2) + name + value
    assert scanned((data, 0, len(data))) == (((1,),), (42,), False)
    layout = Scan(data, 0, len(data), OCTETS, ()).layout()
    assert layout is not None
    assert quick(layout, (data, 0, len(data))) == (((1,),), (42,), False)
    assert quick(layout, Reply([((1,), INTEGER, b"\x2a")]).span) is None


def test_equal_shapes_are_one_layout_and_go_with_the_last_who_has_them() -> None:
    first = shape(Reply([((77, 1), COUNTER32, b"\1\2")]))
    again = shape(Reply([((77, 1), COUNTER32, b"\3\4")], b"", b"elsewhere"))
    assert first is again
    others = [
        Reply([((77, 1), COUNTER32, b"\1\2\3")]),
        Reply([((77, 1), GAUGE32, b"\1\2")]),
        Reply([((77, 2), COUNTER32, b"\1\2")]),
        Reply([((77, 1), COUNTER32, b"\1\2")], variable(OCTETS, END_OF_MIB_VIEW, b"")),
    ]
    assert len({id(first), *(id(layout) for layout in [shape(reply) for reply in others])}) == 5
    count = len(column._KNOWN)
    del first, again
    gc.collect()
    assert len(column._KNOWN) < count


def test_rows_are_one_object_for_all_who_have_them() -> None:
    replies = Reply([((78, 1), COUNTER32, b"\1\2")]), Reply([((78, 1), INTEGER, b"\1")])
    rows = [Scan(*reply.span, OCTETS, ()).part.rows for reply in replies]
    assert rows[0] is rows[1]


def test_no_more_shapes_are_kept_than_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    monkeypatch.setattr(column, "MOST_LAYOUTS", len(column._KNOWN) + 2)
    found = [Scan(*Reply([((79, row), INTEGER, b"\1")]).span, OCTETS, ()).layout() for row in range(4)]
    assert [layout is None for layout in found] == [False, False, True, True]
    again = Scan(*Reply([((79, 1), INTEGER, b"\2")]).span, OCTETS, ()).layout()
    assert again is found[1]


def test_a_row_takes_as_many_octets_as_its_variables_have_on_average() -> None:
    reply = Reply([((1,), INTEGER, b"\1"), ((2,), INTEGER, b"\1\2\3")], variable(OCTETS, END_OF_MIB_VIEW, b""))
    assert Scan(*reply.span, OCTETS, ()).row_octets == (len(reply.variables) - len(reply.tail)) / 2
    assert Scan(*Reply([], reply.tail).span, OCTETS, ()).row_octets == 0


@settings(max_examples=50, deadline=None)
@given(indexes)
@example([])
def test_a_column_is_a_mapping_of_its_rows(rows: list[Oid]) -> None:
    found = Column(tuple(rows), tuple(range(len(rows))), Fault(Failure.BAD_REPLY, "breaks off"))
    assert dict(found) == dict(zip(rows, range(len(rows)), strict=True))
    assert (list(found), len(found)) == (rows, len(rows))
