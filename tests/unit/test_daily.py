"""The days that are over are kept by themselves, once, and again after a silence."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from baophu.daily import keep_due, kept_daily
from ledger.keeping import LONGEST_ARREARS, Keeper
from ledger.max_age import MaxAges
from ledger.plan import Plan
from ledger.store import Store, open_store
from ledger.view import LedgerView


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/ledger.db")


@pytest.fixture
def keeper(store: Store, lab_plan: Plan, clock: Clock) -> Keeper:
    return Keeper(LedgerView(lab_plan, store, MaxAges.default(), clock), store, clock)


def test_each_day_is_kept_once(keeper: Keeper, store: Store, clock: Clock) -> None:
    keep_due(keeper, Event())
    keep_due(keeper, Event())
    assert [k.last for k in store.keepings()] == [date(2026, 11, 21)]
    clock.now += timedelta(days=2)
    keep_due(keeper, Event())
    assert [k.last for k in store.keepings()] == [date(2026, 11, day) for day in (21, 22, 23)]


def test_a_day_is_left_to_settle_after_midnight(keeper: Keeper, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 22, 17, 29, tzinfo=UTC)  # 00:29 in Viet Nam
    assert keeper.due() == (date(2026, 11, 21), date(2026, 11, 21))
    clock.now += timedelta(minutes=1)
    assert keeper.due() == (date(2026, 11, 22), date(2026, 11, 22))


def test_after_a_long_silence_not_all_is_made_up_for(keeper: Keeper, clock: Clock) -> None:
    keeper.keep(date(2020, 1, 1), date(2020, 1, 1))
    due = keeper.due()
    assert due is not None
    assert due[1] - due[0] == LONGEST_ARREARS


def test_it_stops_between_two_days(keeper: Keeper, store: Store, clock: Clock) -> None:
    stopped = Event()
    stopped.set()
    keep_due(keeper, stopped)
    assert store.keepings() == ()


def test_a_ledger_that_cannot_be_written_does_not_end_it(keeper: Keeper, store: Store) -> None:
    Path(store.name).chmod(0o400)
    Path(store.name).unlink()
    Path(store.name).mkdir()
    store.close()
    with kept_daily(keeper, look_seconds=0.01):
        pass
