"""Blocks are the client library's own bytes, are rendered only where something changed, and keep to their budget."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polled import ClientFamilies, Polled, switch
from prometheus_client import generate_latest

from exporter.blocks import Blocks
from exporter.samples import FAMILIES, INFO_LABELS, Kind

DEVICE_KEYS = tuple(family.key for family in FAMILIES if not family.is_by_row)
ROW_KEYS = tuple(family.key for family in FAMILIES if family.is_by_row and family.kind is not Kind.INFO)
COUNTERS = tuple(family.key for family in FAMILIES if family.kind is Kind.COUNTER)

NFC, NFD = (normalize(form, "Phường Phan Thiết") for form in ("NFC", "NFD"))
HOSTILE = ("", '"', "\\", "\n", "\\n", '\\"', 'a"b\\c\nd', NFC, NFD, "{x='1'}", "100%s {0}", "\r\t\x00", "\u2028🙂")
texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
floats = st.floats() | st.sampled_from((0.0, -0.0, 1.0, -1.5, 999_999.0, 1e6, 1.5e6, 1e15, 1e16, 1e-7, 2.0**64))
edges = [sign * (10**power + step) for power in range(20) for step in (-1, 0, 1) for sign in (1, -1)]
integers = st.sampled_from((*edges, 2**53 - 1, 2**53, 2**53 + 1, 2**63, 2**64 - 1)) | st.integers(-(2**63), 2**64 - 1)


@st.composite
def columns(draw: st.DrawFn, rows: int) -> Sequence[int | None]:
    if draw(st.booleans()):
        return array("Q", draw(st.lists(st.integers(0, 2**64 - 1), min_size=rows, max_size=rows)))
    return tuple(draw(st.lists(integers | st.none(), min_size=rows, max_size=rows)))


@st.composite
def polls(draw: st.DrawFn) -> Polled:
    interfaces = tuple(draw(st.lists(texts, max_size=4)))
    rows = len(interfaces)
    described = st.lists(texts, min_size=rows, max_size=rows)
    return Polled(
        device=draw(texts),
        unit=draw(texts),
        scalars=draw(st.dictionaries(st.sampled_from((*DEVICE_KEYS, "unknown")), floats)),
        interfaces=interfaces,
        columns=draw(st.dictionaries(st.sampled_from((*ROW_KEYS, "unknown")), columns(rows))),
        descriptions=draw(st.dictionaries(st.sampled_from(INFO_LABELS), described)),
    )


def official(*devices: Polled) -> bytes:
    return generate_latest(ClientFamilies(devices))


@settings(deadline=None)
@given(st.lists(polls(), max_size=4, unique_by=lambda samples: samples.device))
def test_the_text_is_the_client_librarys(devices: list[Polled]) -> None:
    assert Blocks().text(devices) == official(*devices)


@settings(deadline=None)
@given(polls(), polls(), st.sets(st.sampled_from(ROW_KEYS)), st.booleans())
def test_after_another_poll_too(first: Polled, other: Polled, kept: set[str], described: bool) -> None:
    """Whatever of the first poll is given again, and whatever is not."""
    second = replace(other, device=first.device)
    if len(second.interfaces) == len(first.interfaces):
        columns = {key: tuple(values) for key, values in first.columns.items() if key in kept}
        second = replace(second, interfaces=first.interfaces, columns={**second.columns, **columns})
        second = replace(second, unit=first.unit, descriptions=first.descriptions if described else {})
    blocks = Blocks()
    for samples in (first, second, second, first):
        assert blocks.text([samples]) == official(samples)


@pytest.mark.parametrize("value", [0, 1, 4095, 4096, 999_999, 1_000_000, 1_200_000, 10**15 - 1, 10**15, 2**64 - 1, -7])
def test_integers_at_the_borders_of_each_way_to_render_them(value: int) -> None:
    samples = Polled(interfaces=("a",), columns=dict.fromkeys(ROW_KEYS, (value,)))
    assert Blocks().text([samples]) == official(samples)


def test_what_the_text_looks_like() -> None:
    columns = {"in_octets": array("Q", [123_456_789, 0]), "oper_status": (1, None)}
    samples = Polled(interfaces=("Gi0/1", 'Gi"2'), columns=columns, scalars={"up": 1.0})
    lines = [line for line in Blocks().text([samples]).decode().splitlines() if not line.startswith("#")]
    assert lines == [
        'baophu_snmp_up{device="68-22945-SW-001",unit="68-22945"} 1.0',
        'baophu_interface_in_octets_total{device="68-22945-SW-001",interface="Gi0/1",unit="68-22945"} 1.23456789e+08',
        'baophu_interface_in_octets_total{device="68-22945-SW-001",interface="Gi\\"2",unit="68-22945"} 0.0',
        'baophu_interface_oper_status{device="68-22945-SW-001",interface="Gi0/1",unit="68-22945"} 1.0',
    ]


def test_a_column_of_another_length_is_a_bug_that_is_named() -> None:
    samples = Polled(interfaces=("a", "b"), columns={"in_octets": (1,)})
    with pytest.raises(ValueError, match="68-22945-SW-001: 1 values of in_octets, 2 interfaces"):
        Blocks().text([samples])


def test_the_same_poll_is_rendered_once() -> None:
    blocks, samples = Blocks(), switch()
    blocks.text([samples])
    assert blocks.rendered_blocks == len(FAMILIES)
    blocks.text([samples])
    assert blocks.rendered_blocks == len(FAMILIES)


def test_of_a_new_poll_only_what_changed_is_rendered() -> None:
    blocks, first = Blocks(), switch(octets=5)
    blocks.text([first, switch("other")])
    before = blocks.rendered_blocks
    second = replace(first, columns={**first.columns, "in_octets": (7, 8), "out_errors": (0, 0)})
    assert blocks.text([second]) == official(second)
    assert blocks.rendered_blocks - before == len(DEVICE_KEYS) + 2


@pytest.mark.parametrize("change", [{"unit": "68-22924"}, {"interfaces": ("Gi0/1", "Gi0/9")}])
def test_where_a_label_changed_all_is_rendered(change: dict[str, str]) -> None:
    blocks, first = Blocks(), switch()
    blocks.text([first])
    second = replace(first, **change)  # type: ignore[arg-type]  # two fields of two types
    assert blocks.text([second]) == official(second)
    assert blocks.rendered_blocks == 2 * len(FAMILIES)


def test_minus_zero_after_zero_is_told_apart() -> None:
    blocks = Blocks()
    blocks.text([Polled(scalars={"up": 0.0})])
    assert b" -0.0\n" in blocks.text([Polled(scalars={"up": -0.0})])


def size_of_one() -> int:
    blocks = Blocks()
    blocks.text([switch("d00")])
    return blocks.held_bytes


@pytest.mark.parametrize(("room", "kept"), [(0, 0), (1, 1), (3, 3), (10, 10), (11, 10)])
def test_the_budget_is_kept_and_the_text_is_whole(room: int, kept: int) -> None:
    blocks = Blocks(room * size_of_one())
    devices = [switch(f"d{number:02}") for number in range(10)]
    for _ in range(3):
        assert blocks.text(devices) == official(*devices)
        assert blocks.held_bytes <= room * size_of_one()
    assert blocks.held_devices == kept


def test_scraped_in_turn_what_is_kept_stays_useful() -> None:
    """A plain least-recently-used cache would drop each device just before it is asked for, and keep nothing."""
    blocks = Blocks(6 * size_of_one())
    devices = [switch(f"d{number:02}") for number in range(10)]
    blocks.text(devices)
    for _ in range(3):
        before = blocks.rendered_blocks
        for samples in devices:
            blocks.text([samples])
        assert blocks.rendered_blocks - before == 4 * len(FAMILIES)


def test_what_is_no_longer_scraped_makes_room() -> None:
    blocks = Blocks(2 * size_of_one())
    blocks.text([switch("d01"), switch("d02")])
    devices = [switch("d03"), switch("d04")]
    for _ in range(2):
        blocks.text(devices)
    before = blocks.rendered_blocks
    blocks.text(devices)
    assert blocks.rendered_blocks == before
    assert blocks.dropped_devices == 4


def test_forgotten_devices_take_nothing() -> None:
    blocks = Blocks()
    blocks.text([switch("d01"), switch("d02")])
    blocks.forget(["d01", "d02", "never there"])
    assert (blocks.held_bytes, blocks.held_devices) == (0, 0)
