"""Publications: figures follow from what was frozen with them, and one changed byte anywhere is found and named."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from ledger.declared.amount import Amount, AmountUnit
from ledger.declared.statement import Import, Mark, Place, Scope, Statement
from ledger.errors import CallError
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.period import read_period
from ledger.plan import Level, Plan
from ledger.publication.chain import BEGINNING, Broken, Sealed, opened, sealed
from ledger.publishing import Publisher
from ledger.store import Store, open_store
from ledger.view import LedgerView

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OCTOBER = read_period("2026-10")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    seen = [
        Observation(
            asset=f"68-SKHCN-PC-00{n}", check=check, ok=True, at=datetime(2026, 10, 30, tzinfo=UTC), source="sw"
        )
        for n in (1, 2)
        for check in (Check.FDB, Check.TSLCD_VLAN)
    ]
    store.record(seen, max_ages=MaxAges.default())
    said = Statement(
        indicator="UD06",
        unit="68",
        day=date(2026, 9, 30),
        amount=Amount(value=Decimal(1), unit=AmountUnit.RATIO, numerator=2, denominator=2),
        scope=Scope.LEVEL,
        level=Level.COMMUNE,
        mark=Mark.DOCUMENT,
        place=Place("Biểu 1", 7, "C"),
    )
    taken = Import(number=0, file="a.csv", sha256="a", mapping_sha256="m", by="lan", at=NOW, values=1)
    store.record_import(taken, [said])
    return store


def publish(store: Store, plan: Plan, *periods: str) -> Publisher:
    view = LedgerView(plan, store, MaxAges.default(), lambda: NOW)
    publisher = Publisher(store, lambda: NOW)
    for period in periods or ("2026-10",):
        publisher.publish(view, read_period(period), "lan")
    return publisher


def spoil(store: Store, statement: str, **values: object) -> None:
    with create_engine(f"sqlite:///{store.name}").begin() as connection:
        connection.execute(text(statement), values)


def test_what_is_published_follows_from_its_evidence(store: Store, lab_plan: Plan) -> None:
    publisher = publish(store, lab_plan, "2026-09", "2026-10")
    first, second = publisher.check()
    assert (first.is_sound, second.is_sound) == (True, True)
    assert second.figures > 60
    assert [p.period for p in store.publications()] == ["2026-09", "2026-10"]
    assert store.publications()[0].digest != store.publications()[1].digest


def test_it_stays_so_whatever_the_plan_becomes(store: Store, lab_plan: Plan) -> None:
    publisher = publish(store, lab_plan)
    before = store.publications()
    fewer = replace(lab_plan, workstations={}, targets=(), version="other")
    publish(store, fewer)
    assert store.publications()[:1] == before
    assert [check.is_sound for check in publisher.check()] == [True, True]


def test_a_period_that_is_not_over_is_refused(store: Store, lab_plan: Plan) -> None:
    with pytest.raises(CallError):
        publish(store, lab_plan, "2026-11")


def test_a_changed_byte_anywhere_is_found(store: Store, lab_plan: Plan) -> None:
    publisher = publish(store, lab_plan)
    (made,) = store.publications()
    (part,) = store.publication(made).parts
    for place in range(0, len(part), max(1, len(part) // 100)):
        changed = part[:place] + bytes([part[place] ^ 0x10]) + part[place + 1 :]
        spoil(store, "UPDATE publication_part SET body = :body", body=changed)
        (check,) = publisher.check()
        assert check.reason is not None, place
        assert check.line is not None
    spoil(store, "UPDATE publication_part SET body = :body", body=part)
    assert publisher.check()[0].is_sound


def lines_of(store: Store) -> list[str]:
    (made,) = store.publications()
    return list(opened(store.publication(made), BEGINNING))


def reseal(store: Store, lines: list[str]) -> None:
    """Who can write to the ledger can seal anew; only evidence and digest then tell."""
    new = sealed(lines, BEGINNING)
    spoil(store, "UPDATE publication_part SET body = :body", body=new.parts[0])
    spoil(store, "UPDATE publication SET lines = :lines, digest = :digest", lines=new.lines, digest=new.digest)


@pytest.mark.parametrize(
    ("sort", "old", "new", "named"),
    [
        ("row", '"verdict":"covered"', '"verdict":"stale"', "figure HT06 68 province measured"),
        (
            "figure",
            '"numerator":2,"denominator":8',
            '"numerator":8,"denominator":8',
            "figure HT06 68 province measured",
        ),
        ("declared", '"numerator":2', '"numerator":1', "figure UD06 68 province declared"),
        ("target", '"value":1.0', '"value":0.1', "figure HT02 68 department measured"),
    ],
)
def test_a_change_under_new_seals_shows_in_the_first_figure_that_does_not_follow(
    store: Store, lab_plan: Plan, sort: str, old: str, new: str, named: str
) -> None:
    publisher = publish(store, lab_plan)
    lines = lines_of(store)
    place = next(n for n, line in enumerate(lines) if line.startswith(f'["{sort}"') and old in line)
    lines[place] = lines[place].replace(old, new, 1)
    reseal(store, lines)
    (check,) = publisher.check()
    assert (check.row, check.is_sound) == (named, False)


def test_a_publication_that_was_replaced_breaks_the_next_ones_chain(store: Store, lab_plan: Plan) -> None:
    publisher = publish(store, lab_plan, "2026-09", "2026-10")
    first, _ = store.publications()
    lines = [line.replace('"by":"lan"', '"by":"ai"') for line in opened(store.publication(first), BEGINNING)]
    new = sealed(lines, BEGINNING)
    spoil(store, "UPDATE publication_part SET body = :body WHERE publication = 1", body=new.parts[0])
    spoil(store, "UPDATE publication SET digest = :digest, \"by\" = 'ai' WHERE number = 1", digest=new.digest)
    assert [(check.is_sound, check.line) for check in publisher.check()] == [(True, None), (False, 1)]


@pytest.mark.parametrize("column", ["period", "by", "digest"])
def test_what_the_list_says_is_held_against_what_was_sealed(store: Store, lab_plan: Plan, column: str) -> None:
    publisher = publish(store, lab_plan)
    spoil(store, f"UPDATE publication SET \"{column}\" = '2026-09'")  # noqa: S608 - a name of ours
    assert not publisher.check()[0].is_sound
    spoil(store, "UPDATE publication SET lines = lines + 1")
    assert not publisher.check()[0].is_sound


lines_to_seal = st.lists(
    st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=8
)


@given(
    lines=lines_to_seal, place=st.integers(0), bit=st.integers(0, 7), previous=st.sampled_from([BEGINNING, "1" * 64])
)
def test_sealed_lines_come_back_and_a_flipped_bit_never_does(
    lines: list[str], place: int, bit: int, previous: str
) -> None:
    stored = sealed(lines, previous)
    assert list(opened(stored, previous)) == lines
    (part,) = stored.parts
    place %= len(part)
    spoilt = Sealed(
        (part[:place] + bytes([part[place] ^ (1 << bit)]) + part[place + 1 :],), stored.lines, stored.digest
    )
    with pytest.raises(Broken):
        list(opened(spoilt, previous))
    with pytest.raises(Broken):
        list(opened(stored, "2" * 64))


def test_as_of_is_the_periods_last_second(store: Store, lab_plan: Plan) -> None:
    publish(store, lab_plan)
    header = lines_of(store)[0]
    assert '"as_of":"2026-10-31T16:59:59Z"' in header
    assert f'"previous":"{BEGINNING}"' in header
    assert OCTOBER.last + timedelta(days=1) == date(2026, 11, 1)
