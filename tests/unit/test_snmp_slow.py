"""What hardly ever changes: when it is asked for again, and what counts as a restart."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from collectors.fault import Fault
from collectors.snmp.ber import Oid, Value
from collectors.snmp.column import Column
from collectors.snmp.slow import ENT_LAST_CHANGE, KEPT, SLACK_TICKS, SLOW, TICKS_BEYOND, SlowTables
from collectors.snmp.tables.interfaces import IF_ALIAS, IF_NAME, IF_OPER_STATUS, IF_TABLE_LAST_CHANGE
from collectors.snmp.tables.lldp import LOC_CHASSIS_ID, LOC_PORT_ID, REM_CHASSIS_ID
from collectors.snmp.tables.system import SYS_UP_TIME
from ledger.observation import Failure

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
ROWS: tuple[Oid, ...] = ((1,), (2,))
NAMES = Column(ROWS, (b"up0", b"p1"))
SECONDS = 30
TICKS = SECONDS * 100


def read(up_time: int | None = 1_000_000, **others: int) -> SlowTables:
    """What was read of a device at noon."""
    slow = SlowTables()
    slow.look(values(up_time, **others), NOON)
    slow.keep({IF_NAME: NAMES, IF_OPER_STATUS: Column(ROWS, (1, 1))}, IF_OPER_STATUS, ROWS)
    return slow


def values(up_time: int | None, if_table: int | None = None, entities: int | None = None) -> Mapping[Oid, Value]:
    given = {SYS_UP_TIME: up_time, IF_TABLE_LAST_CHANGE: if_table, ENT_LAST_CHANGE: entities}
    return {oid: value for oid, value in given.items() if value is not None}


def later(slow: SlowTables, up_time: int | None, seconds: float = SECONDS, **others: int) -> tuple[bool, int]:
    """Whether the names are still known, and how often the device has restarted."""
    slow.look(values(up_time, **others), NOON + timedelta(seconds=seconds))
    return IF_NAME in slow.known([IF_NAME]), slow.restarts


def test_names_are_known_and_states_never() -> None:
    slow = read()
    assert slow.known([IF_NAME, IF_ALIAS, IF_OPER_STATUS]) == {IF_NAME: NAMES}
    assert later(slow, 1_000_000 + TICKS) == (True, 0)


@pytest.mark.parametrize(
    ("up_time", "is_restart"),
    [
        (0, True),
        (TICKS, True),
        (1_000_000 + TICKS - SLACK_TICKS - 1, True),
        (1_000_000 + TICKS - SLACK_TICKS, False),
        (1_000_000 + TICKS + 10 * SLACK_TICKS, False),
    ],
)
def test_an_up_time_that_lags_is_a_restart(up_time: int, *, is_restart: bool) -> None:
    assert later(read(), up_time) == (not is_restart, int(is_restart))


def test_a_restart_during_a_long_silence_is_seen_though_the_up_time_grew() -> None:
    assert later(read(1_000_000), 2_000_000, seconds=80_000) == (False, 1)
    assert later(read(1_000_000), 1_000_000 + 80_000 * 100, seconds=80_000) == (True, 0)


@pytest.mark.parametrize(
    "before", [TICKS_BEYOND - 1, TICKS_BEYOND - TICKS, TICKS_BEYOND - TICKS - 10, TICKS_BEYOND - 10]
)
@pytest.mark.parametrize("drift", [-SLACK_TICKS, -20, 0, 20, SLACK_TICKS])
def test_an_up_time_that_runs_over_after_497_days_is_no_restart(before: int, drift: int) -> None:
    assert later(read(before), (before + TICKS + drift) % TICKS_BEYOND) == (True, 0)


@pytest.mark.parametrize("up_time", [2 * SLACK_TICKS + TICKS, TICKS_BEYOND // 2, 5_000_000])
def test_a_restart_is_seen_also_when_the_up_time_should_run_over(up_time: int) -> None:
    assert later(read(TICKS_BEYOND - 1), up_time) == (False, 1)


def test_a_restart_long_before_the_up_time_would_run_over_is_one() -> None:
    assert later(read(TICKS_BEYOND - 100 * SLACK_TICKS), 500) == (False, 1)


def test_restarts_are_counted_and_what_is_read_after_one_is_kept() -> None:
    slow = read()
    assert later(slow, 5) == (False, 1)
    slow.keep({IF_NAME: NAMES}, IF_OPER_STATUS, ROWS)
    assert later(slow, 5 + TICKS, seconds=2 * SECONDS) == (True, 1)
    assert later(slow, 0, seconds=4 * SECONDS) == (False, 2)


@pytest.mark.parametrize("marker", ["if_table", "entities"])
def test_a_marker_that_moves_or_comes_or_goes_has_the_names_read_again(marker: str) -> None:
    now = 1_000_000 + TICKS
    assert later(read(**{marker: 7}), now, **{marker: 7}) == (True, 0)
    assert later(read(**{marker: 7}), now, **{marker: 8}) == (False, 0)
    assert later(read(**{marker: 7}), now) == (False, 0)
    assert later(read(), now, **{marker: 7}) == (False, 0)


def test_after_a_day_the_names_are_read_again_whatever_the_markers_say() -> None:
    day = int(KEPT.total_seconds())
    assert day == 86_400
    assert later(read(0), (day - 1) * 100, seconds=day - 1) == (True, 0)
    assert later(read(0), day * 100, seconds=day) == (False, 0)


def test_a_device_without_an_up_time_is_never_restarted() -> None:
    slow = read(None)
    assert later(slow, None) == (True, 0)
    assert later(slow, 5, seconds=2 * SECONDS) == (True, 0)
    assert later(slow, None, seconds=3 * SECONDS) == (True, 0)
    assert later(slow, 4, seconds=10 * SECONDS) == (False, 1)


def test_other_rows_do_not_fit_what_was_read_beside_them() -> None:
    slow = read()
    assert slow.fits(IF_OPER_STATUS, ROWS)
    assert slow.fits(IF_OPER_STATUS, tuple([(1,), (2,)]))  # noqa: C409 - equal, and another object
    for other in (((1,),), ((1,), (3,)), ((2,), (1,)), ()):
        assert not slow.fits(IF_OPER_STATUS, other)
    assert not SlowTables().fits(IF_OPER_STATUS, ROWS)


def test_each_table_has_rows_of_its_own() -> None:
    slow = read()
    slow.keep({LOC_PORT_ID: Column(((1,),), (b"up0",))}, REM_CHASSIS_ID, ())
    assert slow.fits(REM_CHASSIS_ID, ())
    assert slow.fits(IF_OPER_STATUS, ROWS)
    assert not slow.fits(REM_CHASSIS_ID, ROWS)
    assert set(slow.known(SLOW)) == {IF_NAME, LOC_PORT_ID}


def test_a_table_that_is_not_there_may_come_yet() -> None:
    slow = read()
    slow.keep({LOC_PORT_ID: Column()}, REM_CHASSIS_ID, ())
    assert slow.known([LOC_PORT_ID]) == {}


def test_what_could_not_be_read_again_is_not_known_any_more() -> None:
    """Else the names that were read beside other rows would be given to the rows that there are now."""
    slow = read()
    other: tuple[Oid, ...] = ((1,), (2,), (3,))
    broken = Column((), (), Fault(Failure.NO_ANSWER, "silent"))
    slow.keep({IF_NAME: broken}, IF_OPER_STATUS, other)
    assert slow.fits(IF_OPER_STATUS, other)
    assert slow.known([IF_NAME]) == {}


def test_an_own_chassis_id_that_comes_later_is_asked_for_and_an_alias_that_never_comes_is_not() -> None:
    slow = read()
    slow.keep({LOC_PORT_ID: Column(((1,),), (b"up0",)), LOC_CHASSIS_ID: Column()}, REM_CHASSIS_ID, ())
    slow.keep({IF_NAME: NAMES, IF_ALIAS: Column()}, IF_OPER_STATUS, ROWS)
    assert set(slow.known([LOC_PORT_ID, LOC_CHASSIS_ID, IF_ALIAS])) == {LOC_PORT_ID, IF_ALIAS}


def test_a_column_that_broke_off_is_not_kept() -> None:
    slow = read()
    broken = Column(ROWS, (b"a", b"b"), Fault(Failure.NO_ANSWER, "silent"))
    slow.keep({IF_ALIAS: broken, IF_NAME: NAMES}, IF_OPER_STATUS, ROWS)
    assert slow.known(SLOW) == {IF_NAME: NAMES}
