"""What is declared, kept: everything of a value comes back, the same file counts once, an undone one no more."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.statement import Declared, Import, Mark, Place, Scope, Statement, in_force
from ledger.plan import Level
from ledger.store import Store, open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 10, 31)
STATEMENTS = (
    Statement(
        indicator="UD06",
        unit="49",
        day=DAY,
        amount=Amount(value=Decimal(1), unit=AmountUnit.RATIO, numerator=18, denominator=18),
        scope=Scope.LEVEL,
        level=Level.DISTRICT,
        place=Place("Biểu 1", 7, "C"),
    ),
    Statement(
        indicator="DT01",
        unit="60",
        day=DAY,
        amount=Amount(value=Decimal(65401) * 10**6, unit=AmountUnit.VND, qualifier=Qualifier.OVER, is_estimated=True),
        field="CNTT tỉnh",
        mark=Mark.DERIVED,
    ),
    Statement(indicator="UD05", unit="49", day=DAY, amount=Amount(state=ValueState.NO_DATA), scope=Scope.OWN),
)


def taken(sha256: str = "a" * 64, at: datetime = NOON) -> Import:
    return Import(number=0, file="bieu.csv", sha256=sha256, mapping_sha256="m" * 64, by="lan", at=at, values=0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/ledger.db")


def test_all_of_a_value_comes_back(store: Store) -> None:
    kept = store.record_import(taken(), STATEMENTS)
    assert kept is not None
    assert (kept.number, kept.values, kept.undone_at) == (1, 3, None)
    assert store.declared() == tuple(Declared(said, 1) for said in STATEMENTS)
    assert store.seen().declared == store.declared()


def test_the_same_content_counts_once_and_moves_no_version(store: Store) -> None:
    store.record_import(taken(), STATEMENTS)
    version = store.version()
    assert store.record_import(taken(at=NOON + timedelta(days=1)), STATEMENTS) is None
    assert (store.version(), len(store.declared())) == (version, 3)


def test_what_was_undone_was_known_before(store: Store) -> None:
    store.record_import(taken(), STATEMENTS)
    assert store.undo_import(1, "hoa", NOON + timedelta(days=2))
    assert not store.undo_import(1, "hoa", NOON + timedelta(days=3))
    assert not store.undo_import(7, "hoa", NOON)
    assert store.declared() == ()
    assert store.declared(NOON - timedelta(seconds=1)) == ()
    assert len(store.declared(NOON + timedelta(days=1))) == 3
    assert [(each.undone_by, each.undone_at) for each in store.imports()] == [("hoa", NOON + timedelta(days=2))]
    again = store.record_import(taken(at=NOON + timedelta(days=4)), STATEMENTS)
    assert again is not None
    assert again.number == 2


def test_the_latest_value_of_a_thing_is_in_force(store: Store) -> None:
    first = STATEMENTS[0]
    later = Statement(indicator="UD06", unit="49", day=date(2026, 11, 1), amount=first.amount, scope=Scope.SUBTREE)
    corrected = Statement(
        indicator="UD06",
        unit="49",
        day=DAY,
        amount=Amount(value=Decimal("0.5"), unit=AmountUnit.RATIO, numerator=9, denominator=18),
        scope=Scope.LEVEL,
        level=Level.DISTRICT,
    )
    declared = [Declared(first, 1), Declared(later, 1), Declared(corrected, 2)]
    assert in_force(declared, date(2026, 10, 30)) == ()
    assert in_force(declared, DAY) == (corrected,)
    assert in_force(declared[::-1], DAY) == (corrected,)
    assert in_force(declared, date(2026, 12, 1)) == (corrected, later)
