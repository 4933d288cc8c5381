"""Links' samples in the store: days in Viet Nam, what was measured stays, old days go."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import isnan
from pathlib import Path

import pytest

from ledger.load import BUCKET, PER_DAY, DayLoad, LoadSample
from ledger.store import Store, open_store

ONE, OTHER = "68-22945-LK-001", "68-22924-LK-001"
#: Midnight in Viet Nam.
MIDNIGHT = datetime(2026, 11, 21, 17, tzinfo=UTC)
DAY = date(2026, 11, 22)
ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


def sample(place: int, from_unit: float | None, to_unit: float | None = 1.0, link: str = ONE) -> LoadSample:
    return LoadSample(link=link, begins_at=MIDNIGHT + place * BUCKET, from_unit=from_unit, to_unit=to_unit)


def measured(day: DayLoad) -> dict[int, tuple[float, float]]:
    """The places at which anything was measured, and both directions' values there."""
    ways = zip(day.from_unit, day.to_unit, strict=True)
    return {place: both for place, both in enumerate(ways) if not all(map(isnan, both))}


def kept(store: Store) -> dict[tuple[str, date], dict[int, tuple[float, float]]]:
    return {(day.link, day.day): measured(day) for day in store.load(*ALWAYS)}


def test_samples_stand_at_their_places_in_their_day(store: Store) -> None:
    store.record_load([sample(0, 5e6), sample(287, 7e6), sample(288, 9e6), sample(0, 3e6, link=OTHER)])
    assert kept(store) == {
        (OTHER, DAY): {0: (3e6, 1.0)},
        (ONE, DAY): {0: (5e6, 1.0), 287: (7e6, 1.0)},
        (ONE, DAY + timedelta(days=1)): {0: (9e6, 1.0)},
    }
    assert {len(way) for day in store.load(*ALWAYS) for way in (day.from_unit, day.to_unit)} == {PER_DAY}


def test_what_comes_later_joins_what_is_there(store: Store) -> None:
    store.record_load([sample(3, 5e6)])
    store.record_load([sample(4, 6e6), sample(3, 8e6, None)])
    assert kept(store) == {(ONE, DAY): {3: (8e6, 1.0), 4: (6e6, 1.0)}}


def test_a_direction_that_was_not_measured_is_missing(store: Store) -> None:
    store.record_load([sample(3, None, 2.0)])
    (found,) = store.load(*ALWAYS)
    assert isnan(found.from_unit[3])
    assert found.to_unit[3] == 2.0


def test_only_the_days_asked_for_are_read(store: Store) -> None:
    store.record_load([sample(day * PER_DAY, 1.0) for day in range(4)])
    days = [DAY + timedelta(days=number) for number in range(4)]
    assert [found.day for found in store.load(days[1], days[2])] == days[1:3]


def test_old_days_are_deleted_and_no_others(store: Store) -> None:
    store.record_load([sample(day * PER_DAY, 1.0) for day in range(4)])
    assert store.forget_load(DAY + timedelta(days=2)) == 2
    assert [found.day for found in store.load(*ALWAYS)] == [DAY + timedelta(days=2), DAY + timedelta(days=3)]
    assert store.forget_load(DAY) == 0


def test_samples_change_no_figure_so_the_stores_version_stays(store: Store) -> None:
    before = store.version()
    store.record_load([])
    store.record_load([sample(0, 1.0)])
    assert store.version() == before


def test_a_thousand_links_fit_one_call(store: Store) -> None:
    names = [f"LK-{number:04}" for number in range(1000)]
    for place in (0, 1):
        store.record_load([sample(place, float(number), link=name) for number, name in enumerate(names)])
    assert kept(store) == {(name, DAY): {p: (float(n), 1.0) for p in (0, 1)} for n, name in enumerate(names)}
