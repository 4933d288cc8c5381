"""The ledger's store: what was seen, kept in a database that several processes share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, select, update

from ledger.configuration import Capture, ChangingRun, Kept, Version
from ledger.declared.statement import Declared, Import, Statement
from ledger.kept import FigureKey, Keeping, Numbers
from ledger.load import DayLoad, LoadLog, LoadSample
from ledger.max_age import MaxAges
from ledger.observation import Heartbeat, Observation, RunResult
from ledger.publication.chain import Sealed
from ledger.publication.published import Published
from ledger.seen import History, Provisioning, Seen, State
from ledger.store.beats import read_beats, write_beat
from ledger.store.configurations import read_changing_runs, read_text, read_versions, write_captures
from ledger.store.engine import connect, connect_to_read, reading, remove_if_empty, store_name, store_url, writing
from ledger.store.history import read_history
from ledger.store.kept import (
    Keys,
    last_number,
    read_changes,
    read_keepings,
    read_kept,
    write_kept,
)
from ledger.store.loads import delete_load, read_load, write_load
from ledger.store.migration import require_current, upgrade
from ledger.store.publications import (
    last_publication,
    read_publications,
    read_sealed,
    write_publication,
)
from ledger.store.runs import read_provisioning, write_runs
from ledger.store.schema import change
from ledger.store.statements import read_declared, read_imports, undo_import, write_import
from ledger.store.states import Writer, read_changed, read_latest, read_latest_at


class Store(LoadLog):
    """Short transactions on one database. Every method raises StoreError; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys = Keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @property
    def name(self) -> str:
        """What messages call the store; holds no password."""
        return store_name(self._engine.url)

    def record(self, observations: Sequence[Observation], *, max_ages: MaxAges) -> None:
        """Join observations to the history, all or none; the same ones again change nothing."""

        def write(connection: Connection, seq: int) -> bool:
            writer = Writer(connection, max_ages, seq)
            writer.write(observations)
            return writer.changed

        if observations:
            self._write(write)

    def record_beat(self, heartbeat: Heartbeat) -> None:
        """Note a finished cycle of a collector."""
        self._write(lambda connection, seq: write_beat(connection, heartbeat, seq))

    def record_runs(self, results: Sequence[RunResult]) -> None:
        """Keep each host's part in a provisioning run."""

        def write(connection: Connection, seq: int) -> bool:
            write_runs(connection, results, seq)
            return True

        if results:
            self._write(write)

    def version(self) -> int:
        """The number of the latest write: it grows with every write that may change a figure."""
        with reading(self._engine) as connection:
            return _version(connection)

    def seen(self, at: datetime | None = None) -> Seen:
        """Everything seen until now, or until a past instant, from one state of the store."""
        with reading(self._engine) as connection:
            return Seen(
                version=_version(connection),
                states=tuple(_states(connection, at)),
                heartbeats=read_beats(connection, at),
                provisioning=read_provisioning(connection, at),
                declared=read_declared(connection, None),
            )

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction of one's own that has the turn to write."""
        return writing(self._engine)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction for questions of one's own, which sees one state of the store throughout."""
        return reading(self._engine)

    @contextmanager
    def changed_since(self, version: int) -> Iterator[tuple[int, Iterator[Sequence[Sequence[Any]]]]]:
        """The store's version, and all states of each asset in which anything changed after `version` (0: everything).

        The states come as rows, some thousands at a time, and are read inside the block: asset, check, source, unit
        (empty: none), what applies of IS_YES, IS_FAILURE and HAS_VALUE, first_at and last_at in microseconds.
        """
        with reading(self._engine) as connection:
            yield _version(connection), read_changed(connection, version)

    def history(self, asset: str, limit: int) -> History:
        """What is known of one asset: at most `limit` intervals and as many runs, the newest of each."""
        with reading(self._engine) as connection:
            return read_history(connection, asset, limit)

    def states(self, at: datetime | None = None) -> tuple[State, ...]:
        """The latest interval per asset, check, source, sort of answer and unit."""
        with reading(self._engine) as connection:
            return tuple(_states(connection, at))

    def heartbeats(self, at: datetime | None = None) -> tuple[Heartbeat, ...]:
        """Each collector's latest finished cycle."""
        with reading(self._engine) as connection:
            return read_beats(connection, at)

    def runs(self, at: datetime | None = None) -> Mapping[str, Provisioning]:
        """What each asset's provisioning runs came to, check mode left out."""
        with reading(self._engine) as connection:
            return read_provisioning(connection, at)

    def record_captures(self, captures: Sequence[Capture]) -> tuple[Kept, ...]:
        """Keep configurations that were read; no figure depends on them, so the store's version stays."""
        with writing(self._engine) as connection:
            return write_captures(connection, captures)

    def configuration_versions(self, device: str | None = None) -> tuple[Version, ...]:
        """The versions of one device's configuration, or of all, by device and number; without their texts."""
        with reading(self._engine) as connection:
            return read_versions(connection, device)

    def configuration_text(self, device: str, number: int) -> str | None:
        """The text of one version, None where there is no such version."""
        with reading(self._engine) as connection:
            return read_text(connection, device, number)

    def changing_runs(self, device: str | None = None) -> tuple[ChangingRun, ...]:
        """The provisioning runs that changed something on one device, or on any, by when they ended."""
        with reading(self._engine) as connection:
            return read_changing_runs(connection, device)

    def record_load(self, samples: Sequence[LoadSample]) -> None:
        """Keep samples; what is judged of them is an observation, so the store's version stays."""
        if samples:
            with writing(self._engine) as connection:
                write_load(connection, samples)

    def load(self, first: date, last: date) -> tuple[DayLoad, ...]:
        """The days from `first` to `last` of every link that has any, by link and day."""
        with reading(self._engine) as connection:
            return tuple(read_load(connection, first, last))

    def forget_load(self, before: date) -> int:
        """Delete the days before `before`; how many rows there were."""
        with writing(self._engine) as connection:
            return delete_load(connection, before)

    def record_import(self, taken: Import, statements: Sequence[Statement]) -> Import | None:
        """Keep a file's values, all or none, and give the import with its number; None where the same ones count."""
        kept: list[Import | None] = []

        def write(connection: Connection, _seq: int) -> bool:
            kept.append(write_import(connection, taken, statements))
            return kept[-1] is not None

        self._write(write)
        return kept[-1]

    def undo_import(self, number: int, by: str, at: datetime) -> bool:
        """Let an import's values count no longer; False where there is none that counts."""
        undone: list[bool] = []

        def write(connection: Connection, _seq: int) -> bool:
            undone.append(undo_import(connection, number, by, at))
            return undone[-1]

        self._write(write)
        return undone[-1]

    def imports(self) -> tuple[Import, ...]:
        """Every import, undone ones too, in the order in which they came."""
        with reading(self._engine) as connection:
            return read_imports(connection)

    def declared(self, known_at: datetime | None = None) -> tuple[Declared, ...]:
        """The declared values that count, now or as known at an instant."""
        with reading(self._engine) as connection:
            return read_declared(connection, known_at)

    def keep_figures(self, made: Keeping, days: Sequence[tuple[date, Mapping[FigureKey, Numbers]]]) -> Keeping:
        """Keep the figures of days that follow one another, all or none; the store's version stays.

        `made` has who keeps them by what; it comes back with its number and how many rows changed.
        """
        with writing(self._engine) as connection:
            return write_kept(connection, made, days)

    def kept_figures(self, day: date, known_at: datetime | None = None) -> Mapping[FigureKey, Numbers]:
        """A day's figures as they were kept, now or as known at an instant; the last before where it has none."""
        with reading(self._engine) as connection:
            return read_kept(connection, day, last_number(connection, known_at), self._keys)

    def kept_changes(
        self, first: date, last: date, *, indicator: str | None = None, evidence: str = "measured"
    ) -> tuple[tuple[FigureKey, date, Numbers], ...]:
        """By figure and day: what each was on `first`, and what it changed to on each later day until `last`."""
        with reading(self._engine) as connection:
            known = last_number(connection, None)
            return tuple(read_changes(connection, first, last, indicator=indicator, evidence=evidence, known=known))

    def keeping_of(self, day: date, known_at: datetime | None = None) -> Keeping | None:
        """The last keeping, now or until an instant, that kept the figures of a day; None: none did."""
        known = [each for each in self.keepings() if known_at is None or each.known_at <= known_at]
        return next((each for each in reversed(known) if each.covers(day)), None)

    def keepings(self) -> tuple[Keeping, ...]:
        """Every time that figures were kept."""
        with reading(self._engine) as connection:
            return read_keepings(connection)

    def publish(self, make: Callable[[int, str], tuple[Published, Sealed]]) -> Published:
        """Add the publication that `make` gives for its number and the digest of the one before it."""
        with writing(self._engine) as connection:
            number, digest = last_publication(connection)
            made, sealed = make(number + 1, digest)
            write_publication(connection, made, sealed)
            return made

    def publications(self) -> tuple[Published, ...]:
        """Every publication, in the order of their numbers."""
        with reading(self._engine) as connection:
            return read_publications(connection)

    def publication(self, made: Published) -> Sealed:
        """A publication's sealed parts, as they are stored."""
        with reading(self._engine) as connection:
            return read_sealed(connection, made)

    def _write(self, write: Callable[[Connection, int], bool]) -> None:
        with writing(self._engine) as connection:
            seq = _version(connection) + 1
            if write(connection, seq):
                connection.execute(update(change).values(seq=seq))


def open_store(url: str, *, create: bool = True) -> Store:
    """Open the store at an SQLAlchemy URL and bring its schema up to date.

    Raises CallError for a URL that isn't supported, StoreError where the store is missing (its folder always,
    itself unless `create`), read-only, on a full disk, damaged, or made by a newer version.
    """
    parsed = store_url(url)
    engine = connect(parsed, create=create)
    is_new = parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists()
    try:
        with writing(engine) as connection:
            upgrade(connection, store_name(engine.url))
    except BaseException:
        engine.dispose()
        if is_new:
            remove_if_empty(parsed)
        raise
    return Store(engine)


def open_store_to_read(url: str) -> Store:
    """Open a store that is there, and write nothing, not even its schema; a full or read-only disk will do.

    Raises CallError for a URL that isn't supported, StoreError where the store is missing, damaged, or has another
    schema than this version's.
    """
    engine = connect_to_read(store_url(url))
    try:
        with reading(engine) as connection:
            require_current(connection, store_name(engine.url))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _version(connection: Connection) -> int:
    seq: int = connection.execute(select(change.c.seq)).scalar_one()
    return seq


def _states(connection: Connection, at: datetime | None) -> Iterable[State]:
    return read_latest(connection) if at is None else read_latest_at(connection, at)
