"""Samples: what a poll hands on for metrics, column by column."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.fault import Fault
from collectors.snmp.ber import Oid, Value
from collectors.snmp.reading import DeviceReading, Read
from collectors.snmp.samples import DeviceSamples, Poll, Samples, narrow_counters, speeds_of, unique
from collectors.snmp.tables.interfaces import (
    IF_ADMIN_STATUS,
    IF_ALIAS,
    IF_DESCR,
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_HIGH_SPEED,
    IF_IN_DISCARDS,
    IF_IN_ERRORS,
    IF_IN_OCTETS,
    IF_LAST_CHANGE,
    IF_OPER_STATUS,
    IF_OUT_DISCARDS,
    IF_OUT_ERRORS,
    IF_OUT_OCTETS,
    IF_SPEED,
    IF_TYPE,
    Interfaces,
)
from collectors.snmp.tables.system import System
from collectors.snmp.tables.value import Partial
from ledger.observation import Failure
from ledger.plan import Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SWITCH, UNIT = "68-22945-SW-001", "68-22945"
SYSTEM = System(SWITCH, timedelta(seconds=86_400.5), "1.3.6.1.4.1.8072")
SILENT = Fault(Failure.NO_ANSWER, "silent")
Columns = Mapping[Oid, Sequence[Value | None]]
FAST_ETHERNET, BEYOND = 100_000_000, 1 << 32
PLAIN: Columns = {
    IF_IN_ERRORS: (1, 2),
    IF_OUT_ERRORS: (3, 4),
    IF_IN_DISCARDS: (5, 6),
    IF_OUT_DISCARDS: (7, 8),
    IF_LAST_CHANGE: (9, 10),
}
WIDE: Columns = {IF_HC_IN_OCTETS: (BEYOND, 12), IF_HC_OUT_OCTETS: (13, 14)}
NARROW: Columns = {IF_IN_OCTETS: (21, 22), IF_OUT_OCTETS: (23, 24)}
SPEEDS: Columns = {IF_SPEED: (FAST_ETHERNET, 0xFFFFFFFF), IF_HIGH_SPEED: (100, 10_000)}


def ports(
    *columns: Columns, names: tuple[str, ...] = ("up0", "p1"), rows: tuple[Oid, ...] = ((1,), (2,))
) -> Interfaces:
    found: dict[Oid, Sequence[Value | None]] = {IF_OPER_STATUS: (1, 2), IF_ADMIN_STATUS: (1, 1)}
    for some in columns:
        found |= some
    return Interfaces(rows, names, found[IF_OPER_STATUS], found[IF_ADMIN_STATUS], found)


class Polled:
    """One switch, polled every 30 seconds."""

    def __init__(self, plan: Plan) -> None:
        self.device = plan.devices[SWITCH]
        self.samples = Samples([SWITCH])
        self.at = NOON

    def __call__(
        self, interfaces: Read[Interfaces], *, system: System | Fault = SYSTEM, restarts: int = 0
    ) -> DeviceSamples:
        self.at += timedelta(seconds=30)
        poll = Poll(started_at=self.at - timedelta(seconds=0.25), finished_at=self.at, packets=31, restarts=restarts)
        self.samples.note(
            self.device, DeviceReading(device=SWITCH, at=self.at, system=system, interfaces=interfaces), poll
        )
        (found,) = self.samples.devices()
        return found


@pytest.fixture
def poll(lab_plan: Plan) -> Polled:
    return Polled(lab_plan)


def columns(samples: DeviceSamples) -> dict[str, list[int | None]]:
    return {key: list(cells) for key, cells in samples.columns.items()}


def test_a_poll_gives_every_column_under_its_key(poll: Polled) -> None:
    found = poll(ports(PLAIN, WIDE, SPEEDS))
    assert (found.device, found.unit, found.interfaces) == (SWITCH, UNIT, ("up0", "p1"))
    assert columns(found) == {
        "oper_status": [1, 2],
        "admin_status": [1, 1],
        "in_errors": [1, 2],
        "out_errors": [3, 4],
        "in_discards": [5, 6],
        "out_discards": [7, 8],
        "last_change_ticks": [9, 10],
        "speed_bits_per_second": [FAST_ETHERNET, 10_000_000_000],
        "in_octets": [BEYOND, 12],
        "out_octets": [13, 14],
        "counter_bits": [64, 64],
    }
    assert all(isinstance(cells, array) for cells in found.columns.values())
    assert found.scalars == {
        "up": 1.0,
        "uptime_seconds": 86_400.5,
        "poll_duration_seconds": 0.25,
        "poll_timestamp_seconds": (NOON + timedelta(seconds=30)).timestamp(),
        "packets": 31.0,
    }


def test_a_column_that_the_agent_does_not_have_is_not_made_up(poll: Polled) -> None:
    found = poll(ports({IF_LAST_CHANGE: (9, 10)}))
    assert columns(found) == {
        "oper_status": [1, 2],
        "admin_status": [1, 1],
        "last_change_ticks": [9, 10],
        "speed_bits_per_second": [None, None],
        "counter_bits": [64, 64],
    }


def test_a_device_that_did_not_answer_is_down_and_has_nothing_else(poll: Polled) -> None:
    poll(ports(PLAIN, WIDE))
    found = poll(None, system=SILENT)
    assert (found.scalars["up"], "uptime_seconds" in found.scalars) == (0.0, False)
    assert (found.interfaces, found.columns, found.descriptions) == ((), {}, {})


@pytest.mark.parametrize("interfaces", [None, SILENT, ports()], ids=["none", "fault", "states"])
def test_a_device_whose_counters_were_not_read_has_its_scalars_only(
    poll: Polled, interfaces: Interfaces | Fault | None
) -> None:
    found = poll(interfaces)
    assert (found.scalars["up"], found.interfaces, found.columns) == (1.0, (), {})


def test_an_agent_that_has_only_some_of_the_counters_shows_those(poll: Polled) -> None:
    assert columns(poll(ports(WIDE)))["in_octets"] == [BEYOND, 12]


def test_what_was_read_of_a_table_that_broke_off_is_kept(poll: Polled) -> None:
    found = poll(Partial(ports(PLAIN, WIDE), SILENT))
    assert (found.interfaces, columns(found)["in_octets"]) == (("up0", "p1"), [BEYOND, 12])


def test_only_devices_that_were_polled_are_given(lab_plan: Plan) -> None:
    assert list(Samples(["a", "b"]).devices()) == []


def test_32_bit_octets_are_flagged_and_count_on_over_a_wrap(poll: Polled) -> None:
    for cells, restarts, expected in (
        ((BEYOND - 10, 5), 0, [BEYOND - 10, 5]),
        ((10, 6), 0, [BEYOND + 10, 6]),
        ((20, 7), 1, [20, 7]),
    ):
        found = columns(poll(ports(PLAIN, NARROW, SPEEDS, {IF_IN_OCTETS: cells}), restarts=restarts))
        assert (found["in_octets"], found["out_octets"], found["counter_bits"]) == (expected, [23, 24], [32, 32])


def test_another_port_in_the_place_of_one_does_not_take_over_its_wraps(poll: Polled) -> None:
    for cells in ((BEYOND - 10, 5), (10, 6)):
        poll(ports(PLAIN, NARROW, SPEEDS, {IF_IN_OCTETS: cells}))
    found = poll(ports(PLAIN, NARROW, SPEEDS, {IF_IN_OCTETS: (11, 8)}, rows=((3,), (4,))))
    assert columns(found)["in_octets"] == [11, 8]


def test_64_bit_octets_are_taken_where_there_are_both(poll: Polled) -> None:
    found = columns(poll(ports(PLAIN, NARROW, WIDE)))
    assert (found["in_octets"], found["counter_bits"]) == ([BEYOND, 12], [64, 64])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((-1, 5), [None, 5]),
        ((None, 5), [None, 5]),
        ((b"text", 5), [None, 5]),
        (((1, 3), 5), [None, 5]),
        ((1 << 64, 5), [1 << 64, 5]),
        (((1 << 64) - 1, 0), [(1 << 64) - 1, 0]),
    ],
    ids=str,
)
def test_what_is_no_counter_is_none(poll: Polled, cells: tuple[Value | None, ...], expected: list[int | None]) -> None:
    assert columns(poll(ports(PLAIN, WIDE, {IF_IN_ERRORS: cells})))["in_errors"] == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (FAST_ETHERNET, 100, FAST_ETHERNET),
        (64_000, 0, 64_000),
        (0xFFFFFFFE, 4295, 0xFFFFFFFE),
        (0xFFFFFFFF, 10_000, 10_000_000_000),
        (0xFFFFFFFF, 0, None),
        (0, 10_000, 10_000_000_000),
        (0, 0, None),
        (None, 100, FAST_ETHERNET),
        (None, None, None),
        (-1, None, None),
        (b"x", b"y", None),
    ],
)
def test_a_speed_is_ifspeed_or_where_that_cannot_say_it_ifhighspeed(
    low: Value | None, high: Value | None, expected: int | None
) -> None:
    some = {oid: (cell,) for oid, cell in ((IF_SPEED, low), (IF_HIGH_SPEED, high)) if cell is not None}
    one = Interfaces(((1,),), ("up0",), (1,), (1,), some)
    assert list(speeds_of(one)) == [expected]


def test_ports_too_fast_for_32_bits_are_counted_where_the_agent_has_no_others() -> None:
    speeds: Columns = {IF_SPEED: (20_000_000, 20_000_001)}
    assert narrow_counters(ports(NARROW, speeds)) == 1
    assert narrow_counters(ports(NARROW, SPEEDS)) == 2
    assert narrow_counters(ports(NARROW)) == 0
    assert narrow_counters(ports(NARROW, WIDE, SPEEDS)) == 0
    assert narrow_counters(ports(SPEEDS)) == 0


def test_descriptions_are_texts_of_what_the_agent_has(poll: Polled) -> None:
    found = poll(ports(PLAIN, {IF_ALIAS: ("Phòng họp".encode(), None), IF_TYPE: (6, 24)}))
    assert found.descriptions == {"alias": ("Phòng họp", ""), "interface_type": ("6", "24")}
    assert poll(ports(PLAIN, {IF_DESCR: (b"eth0\n", b"")})).descriptions == {"description": ("eth0?", "")}
    assert poll(ports(PLAIN)).descriptions == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a", "b"), ("a", "b")),
        (("a", "a", "a"), ("a", "a#2", "a#3")),
        (("a", "a", "a#2"), ("a", "a#2", "a#2#3")),
        (("a#3", "a", "a"), ("a#3", "a", "a#3#3")),
        (("", ""), ("", "#2")),
    ],
)
def test_ports_of_one_name_are_told_apart_by_their_index(names: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert unique(names, tuple((number + 1,) for number in range(len(names)))) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("a#12", max_size=4), max_size=12))
def test_no_two_ports_have_one_name(names: list[str]) -> None:
    found = unique(tuple(names), tuple((number + 1,) for number in range(len(names))))
    assert len(set(found)) == len(names)
    assert all(label.startswith(name) for label, name in zip(found, names, strict=True))
