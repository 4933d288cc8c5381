"""BER: what is encoded comes back, pyasn1 and pysnmp agree, and arbitrary octets raise nothing but BerError."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]  # no types exist
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]  # no types exist
from pyasn1.type import univ  # type: ignore[import-untyped]  # no types exist
from pysnmp.proto import rfc1902, rfc1905

from collectors.snmp import ber
from collectors.snmp.ber import BerError, Oid, decode_integer, decode_oid, decode_parts, decode_value, element

moderately = settings(max_examples=80, deadline=None)
#: What nine octets hold.
integers = st.integers(1 - (1 << 71), (1 << 71) - 1) | st.integers(-300, 300)
parts = st.integers(0, 300) | st.integers(0, ber.LARGEST_PART)
heads = st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(st.just(2), st.integers(0, ber.LARGEST_PART - 80))
oids = st.tuples(heads, st.lists(parts, max_size=126)).map(lambda pair: (*pair[0], *pair[1]))
octets = st.binary(max_size=60)
#: Octets with which BER means something, far oftener than chance has them.
telling = st.lists(st.sampled_from(b"\x00\x01\x02\x04\x06\x30\x41\x46\x7f\x80\x81\x82\x84\x85\xff"), max_size=40).map(
    bytes
)


def body(encoded: bytes) -> bytes:
    _, start, stop = element(encoded, 0, len(encoded))
    assert stop == len(encoded)
    return encoded[start:stop]


@moderately
@given(integers)
def test_integers_come_back_and_pyasn1_and_we_read_each_other(value: int) -> None:
    encoded = ber.encode_integer(value)
    assert decode_integer(b"\0" + encoded + b"\0", 1, 1 + len(encoded)) == (value, 1 + len(encoded))
    assert decoder.decode(encoded) == (value, b"")
    theirs = encoder.encode(univ.Integer(value))  # -128 takes two octets there, so the encodings aren't compared
    assert decode_value(ber.INTEGER, body(theirs)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "020100"),
        (127, "02017f"),
        (128, "02020080"),
        (-1, "0201ff"),
        (-128, "020180"),
        (-129, "0202ff7f"),
        ((1 << 31) - 1, "02047fffffff"),
        (1 << 63, "0209008000000000000000"),
    ],
)
def test_integers_take_as_few_octets_as_they_need(value: int, expected: str) -> None:
    assert ber.encode_integer(value).hex() == expected


@pytest.mark.parametrize("length", [0, 10])
@pytest.mark.parametrize("tag", [ber.INTEGER, *ber.UNSIGNED])
def test_an_integer_has_one_to_nine_octets(tag: int, length: int) -> None:
    with pytest.raises(BerError):
        decode_value(tag, bytes(length))
    with pytest.raises(BerError):
        decode_integer(bytes((2, length)) + bytes(length), 0, 2 + length)
    assert decode_value(tag, bytes(8) + b"\1") == 1
    assert decode_integer(b"\2\x09" + bytes(8) + b"\1", 0, 11) == (1, 11)


@moderately
@given(oids)
@example((2, ber.LARGEST_PART - 80))
@example((1, 39))
@example((2, 0))
def test_object_identifiers_come_back_and_are_those_of_pyasn1(oid: Oid) -> None:
    encoded = ber.encode_oid(oid)
    assert decode_oid(encoded) == oid
    assert encoded == body(encoder.encode(univ.ObjectIdentifier(oid)))


@pytest.mark.parametrize(
    "oid",
    [(), (1,), (3, 1), (0, 40), (1, 40), (1, 3, -1), (1, -1), (1, 3) * 64 + (1,), (1, 3, 1 << 32), (2, (1 << 32) - 80)],
    ids=str,
)
def test_what_is_no_object_identifier_is_not_encoded(oid: Oid) -> None:
    with pytest.raises(ValueError, match=r"is no object identifier$"):
        ber.encode_oid(oid)


@pytest.mark.parametrize(
    ("encoded", "oid"),
    [("00", (0, 0)), ("27", (0, 39)), ("28", (1, 0)), ("4f", (1, 39)), ("50", (2, 0)), ("883703", (2, 999, 3))],
)
def test_the_first_octets_hold_two_parts(encoded: str, oid: Oid) -> None:
    # X.690 §8.19.4; the last is its own example
    assert decode_oid(bytes.fromhex(encoded)) == oid


def test_an_object_identifier_has_at_most_128_parts() -> None:
    assert len(decode_oid(bytes(127))) == 128
    for refused in (b"", bytes(128), b"\x81\0" + bytes(127)):
        with pytest.raises(BerError):
            decode_oid(refused)


@moderately
@given(st.lists(parts, max_size=150).map(tuple))
@example((0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0xFFFFFFF, 0x10000000, ber.LARGEST_PART))
def test_sub_identifiers_come_back(some: Oid) -> None:
    assert decode_parts(ber.encode_parts(some)) == some
    assert ber.decode_row(ber.encode_parts(some)) == some


@pytest.mark.parametrize("broken", ["81", "0181", "8001", "018001", "9080808000", "ffffffffffffff7f", "80"])
def test_padded_broken_and_too_large_sub_identifiers_are_refused(broken: str) -> None:
    with pytest.raises(BerError):
        decode_parts(bytes.fromhex(broken))


def test_a_zero_within_a_sub_identifier_is_no_padding() -> None:
    assert decode_parts(bytes.fromhex("818001")) == (1 << 14 | 1,)
    assert decode_parts(bytes.fromhex("8fffffff7f")) == (ber.LARGEST_PART,)


@moderately
@given(octets | telling)
def test_what_is_read_as_an_object_identifier_is_one_to_pyasn1_and_encodes_to_the_same(data: bytes) -> None:
    try:
        found = decode_oid(data)
    except BerError:
        found = None
    try:
        theirs, _ = decoder.decode(ber.tlv(ber.OBJECT_ID, data), asn1Spec=univ.ObjectIdentifier())
        expected = tuple(theirs)
    except PyAsn1Error:
        expected = None
    if found is not None:
        assert ber.encode_oid(found) == data
        assert found == expected
    elif expected is not None:
        assert len(expected) > ber.MOST_PARTS or max((expected[0] * 40 + expected[1], *expected)) > ber.LARGEST_PART


LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000)


@pytest.mark.parametrize("length", LENGTHS)
def test_elements_of_every_length_come_back_and_are_those_of_pyasn1(length: int) -> None:
    contents = b"\x5a" * length
    encoded = ber.tlv(ber.OCTET_STRING, contents)
    assert encoded == encoder.encode(univ.OctetString(contents))
    tag, start, stop = element(b"before" + encoded + b"after", 6, 6 + len(encoded))
    assert (tag, start, stop) == (ber.OCTET_STRING, 6 + len(encoded) - length, 6 + len(encoded))
    assert ber.expect(encoded, 0, len(encoded), ber.OCTET_STRING) == (start - 6, stop - 6)


@pytest.mark.parametrize("form", ["03", "8103", "820003", "83000003", "8400000003"])
def test_every_form_of_a_length_is_read(form: str) -> None:
    header = b"\x04" + bytes.fromhex(form)
    assert element(header + b"abc", 0, len(header) + 3) == (4, len(header), len(header) + 3)


@pytest.mark.parametrize("header", ["0480", "04850000000003000000", "04ff", "0481", "048200", "0484000000", "04", ""])
def test_an_indefinite_endless_or_broken_length_is_refused(header: str) -> None:
    data = bytes.fromhex(header)
    with pytest.raises(BerError):
        element(data, 0, len(data))


@pytest.mark.parametrize("length", LENGTHS[:-2])
def test_an_element_that_breaks_off_is_refused_wherever_it_does(length: int) -> None:
    encoded = ber.tlv(ber.SEQUENCE, bytes(length))
    for cut in range(len(encoded)):
        with pytest.raises(BerError):
            element(encoded[:cut], 0, cut)
        with pytest.raises(BerError):
            element(encoded, 0, cut)  # what holds it ends there


def test_another_tag_than_expected_is_refused() -> None:
    with pytest.raises(BerError, match=r"^expected the tag 0x30, got 0x04$"):
        ber.expect(b"\4\0", 0, 2, ber.SEQUENCE)
    with pytest.raises(BerError):
        decode_integer(b"\4\1\0", 0, 3)


VALUES: tuple[tuple[int, Callable[..., Any], st.SearchStrategy[Any]], ...] = (
    (ber.INTEGER, rfc1902.Integer32, st.integers(-(1 << 31), (1 << 31) - 1)),
    (ber.COUNTER32, rfc1902.Counter32, st.integers(0, (1 << 32) - 1)),
    (ber.GAUGE32, rfc1902.Gauge32, st.integers(0, (1 << 32) - 1)),
    (ber.TIME_TICKS, rfc1902.TimeTicks, st.integers(0, (1 << 32) - 1)),
    (ber.COUNTER64, rfc1902.Counter64, st.integers(0, (1 << 64) - 1)),
    (ber.OCTET_STRING, rfc1902.OctetString, st.binary(max_size=300)),
    (ber.OPAQUE, rfc1902.Opaque, st.binary(max_size=300)),
    (ber.IP_ADDRESS, rfc1902.IpAddress, st.binary(min_size=4, max_size=4)),
    (ber.OBJECT_ID, rfc1902.ObjectIdentifier, oids),
)


@pytest.mark.parametrize(("tag", "theirs", "values"), VALUES, ids=[kind.__name__ for _, kind, _ in VALUES])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_values_are_those_that_pysnmp_encodes(
    tag: int, theirs: Callable[..., Any], values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    value = data.draw(values)
    encoded = encoder.encode(theirs(value))
    assert encoded[0] == tag
    assert decode_value(tag, body(encoded)) == value


@pytest.mark.parametrize(
    ("tag", "theirs"),
    [
        (ber.NO_SUCH_OBJECT, rfc1905.noSuchObject),
        (ber.NO_SUCH_INSTANCE, rfc1905.noSuchInstance),
        (ber.END_OF_MIB_VIEW, rfc1905.endOfMibView),
    ],
)
def test_exceptions_are_those_of_pysnmp_and_no_value(tag: int, theirs: Any) -> None:
    assert encoder.encode(theirs) == bytes((tag, 0))
    assert decode_value(tag, b"") is None


@pytest.mark.parametrize("tag", ber.UNSIGNED)
def test_a_counter_without_its_leading_zero_is_read_as_it_is_meant(tag: int) -> None:
    assert decode_value(tag, b"\xff\xff\xff\xfe") == decode_value(tag, b"\0\xff\xff\xff\xfe") == (1 << 32) - 2
    assert decode_value(ber.INTEGER, b"\xff\xff\xff\xfe") == -2


def test_a_value_of_an_unknown_type_is_refused() -> None:
    known = {ber.INTEGER, ber.OBJECT_ID} | ber.UNSIGNED | ber.OCTETS | ber.EXCEPTIONS
    assert len(known) == 12
    for tag in set(range(256)) - known:
        with pytest.raises(BerError):
            decode_value(tag, b"\1")


@settings(max_examples=300, deadline=None)
@given(data=octets | telling, at=st.integers(0, 45), end=st.integers(0, 60), tag=st.integers(0, 255))
def test_arbitrary_octets_raise_nothing_but_a_ber_error(data: bytes, at: int, end: int, tag: int) -> None:
    end = min(end, len(data))
    with suppress(BerError):
        found, start, stop = element(data, at, end)
        assert (found, at + 2 <= start <= stop <= end) == (data[at], True)
    with suppress(BerError):
        start, stop = ber.expect(data, at, end, tag)
        assert (data[at], at + 2 <= start <= stop <= end) == (tag, True)
    with suppress(BerError):
        number, stop = decode_integer(data, at, end)
        assert -(1 << 71) <= number < 1 << 71
        assert at + 3 <= stop <= end
    for read in (decode_parts, ber.decode_row, decode_oid):
        with suppress(BerError):
            assert all(0 <= part <= ber.LARGEST_PART for part in read(data))
    with suppress(BerError):
        assert isinstance(decode_value(tag, data), int | bytes | tuple | None)
