"""The sink: changes go through at once, repetitions are held back for a tenth of the max age at most."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.errors import StoreError
from ledger.max_age import LONGEST_HOLD, MaxAges
from ledger.observation import Check, Heartbeat, Observation
from ledger.sink import LedgerSink
from ledger.store import Store, open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AGES = MaxAges({check: timedelta(seconds=100) for check in Check})  # held for 10 s at most
SEEN = Observation(asset="pc", check=Check.PING, ok=True, at=NOON, source="server", unit="home")
LOST = replace(SEEN, ok=False)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


@pytest.fixture
def see(store: Store, clock: Clock) -> Callable[..., None]:
    """Hand in sightings `seconds` after noon, at that time."""
    sink = LedgerSink(store, AGES, clock)

    def accept(seconds: float, *observations: Observation) -> None:
        clock.now = NOON + seconds * SECOND
        sink.accept([replace(item, at=clock.now) for item in observations])

    return accept


def last_seen(store: Store) -> dict[tuple[str, bool], float]:
    return {(state.asset, state.ok): (state.last_at - NOON) / SECOND for state in store.states()}


def test_an_unchanged_sighting_is_held_back_and_a_change_brings_it_along(
    store: Store, see: Callable[..., None]
) -> None:
    see(0, SEEN)
    see(3, SEEN)
    see(6, SEEN)
    assert last_seen(store) == {("pc", True): 0}
    see(8, LOST)
    assert last_seen(store) == {("pc", True): 6, ("pc", False): 8}


def test_it_is_flushed_a_tenth_of_the_max_age_after_it_was_first_held(store: Store, see: Callable[..., None]) -> None:
    see(0, SEEN)
    see(5, SEEN)
    see(14.9, SEEN)
    assert last_seen(store) == {("pc", True): 0}
    see(15)  # nobody saw it; time alone
    assert last_seen(store) == {("pc", True): 14.9}


def test_a_heartbeat_flushes_what_is_due(store: Store, clock: Clock) -> None:
    sink = LedgerSink(store, AGES, clock)
    sink.accept([SEEN])
    clock.now = NOON + SECOND
    sink.accept([replace(SEEN, at=clock.now)])
    for seconds, flushed in ((10, 0), (11, 1)):
        clock.now = NOON + seconds * SECOND
        end = clock.now
        sink.beat(
            Heartbeat(collector="icmp", started_at=end - SECOND, finished_at=end, cycle_seconds=5, asked=1, failed=0)
        )
        assert last_seen(store) == {("pc", True): flushed}
    assert [beat.collector for beat in store.heartbeats()] == ["icmp"]


def test_closing_flushes_everything(store: Store, clock: Clock) -> None:
    with LedgerSink(store, AGES, clock) as sink:
        sink.accept([SEEN])
        clock.now = NOON + SECOND
        sink.accept([replace(SEEN, at=clock.now)])
    assert last_seen(store) == {("pc", True): 1}


def test_nothing_is_held_longer_than_a_quarter_of_an_hour() -> None:
    ages = MaxAges.default()
    assert ages.flush_after(Check.FDB) == LONGEST_HOLD == timedelta(minutes=15)
    assert AGES.flush_after(Check.FDB) == timedelta(seconds=10)


def test_what_follows_a_change_in_the_same_batch_goes_with_it(store: Store, clock: Clock) -> None:
    sink = LedgerSink(store, AGES, clock)
    sink.accept([SEEN])
    clock.now = NOON + 5 * SECOND
    sink.accept([replace(LOST, at=NOON + 2 * SECOND), replace(SEEN, at=NOON + 4 * SECOND)])
    assert last_seen(store) == {("pc", True): 4, ("pc", False): 2}
    assert {state.first_at for state in store.states() if state.ok} == {NOON + 4 * SECOND}


def test_a_sighting_from_a_clock_ahead_counts_as_now(store: Store, clock: Clock) -> None:
    LedgerSink(store, AGES, clock).accept([replace(SEEN, at=NOON + 999 * SECOND)])
    assert last_seen(store) == {("pc", True): 0}


def test_the_same_sighting_again_costs_nothing(store: Store, clock: Clock) -> None:
    sink = LedgerSink(store, AGES, clock)
    sink.accept([SEEN])
    version = store.version()
    clock.now = NOON + 60 * SECOND
    sink.accept([SEEN])  # a lease with its last ACK
    sink.flush()
    assert store.version() == version


def test_a_sighting_after_more_than_max_age_begins_anew(store: Store, see: Callable[..., None]) -> None:
    see(0, SEEN)
    see(101, SEEN)
    assert {state.first_at for state in store.states()} == {NOON + 101 * SECOND}


def test_another_process_may_have_written_in_between(store: Store, see: Callable[..., None]) -> None:
    see(0, SEEN)
    store.record([replace(LOST, at=NOON + 3 * SECOND)], max_ages=AGES)
    see(5, SEEN)  # this sink believes that nothing changed
    see(20)
    assert last_seen(store) == {("pc", True): 5, ("pc", False): 3}


def test_what_the_store_refused_is_taken_again(store: Store, clock: Clock) -> None:
    sink = LedgerSink(store, AGES, clock)
    sink.accept([SEEN])
    clock.now = NOON + 5 * SECOND
    sink.accept([replace(SEEN, at=clock.now)])
    change = replace(LOST, at=NOON + 6 * SECOND)

    def full(_connection: object, cursor: object, *_: object) -> None:
        raise OSError("no space left")

    engine = store._engine
    event.listen(engine, "before_cursor_execute", full)
    clock.now = NOON + 6 * SECOND
    with pytest.raises(StoreError, match="no space left"):
        sink.accept([change])
    event.remove(engine, "before_cursor_execute", full)
    assert last_seen(store) == {("pc", True): 0}
    sink.accept([change])
    assert last_seen(store) == {("pc", True): 5, ("pc", False): 6}


def test_a_large_batch_is_written_in_several_short_transactions(store: Store, clock: Clock) -> None:
    LedgerSink(store, AGES, clock).accept([replace(SEEN, asset=f"pc{n}") for n in range(20_001)])
    assert (len(store.states()), store.version()) == (20_001, 3)
