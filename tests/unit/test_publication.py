"""Publications: figures follow from what was frozen with them, and one changed byte anywhere is found and named."""

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from ledger import document
from ledger.declared.amount import Amount, AmountUnit
from ledger.declared.statement import Import, Mark, Place, Scope, Statement
from ledger.errors import CallError
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.period import read_period
from ledger.plan import Level, Plan
from ledger.publication.chain import BEGINNING, Broken, Sealed, opened, sealed
from ledger.publication.frozen import Frozen
from ledger.publication.frozen import lines_of as written_lines
from ledger.publication.published import PublicationError, Published
from ledger.publication.thawing import thawed
from ledger.publishing import Publisher
from ledger.reconcile.version import RULES, rule_files
from ledger.seen import Seen
from ledger.store import Store, open_store

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
    publisher = Publisher(store, lambda: NOW)
    for period in periods or ("2026-10",):
        publisher.publish(plan, MaxAges.default(), read_period(period), "lan")
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


def test_units_of_other_days_come_back_from_the_lines(store: Store, lab_plan: Plan) -> None:
    third = replace(lab_plan.history.successions[0], share=Fraction(1, 3))
    history = replace(lab_plan.history, codes=(), successions=(third, *lab_plan.history.successions[1:]))
    publish(store, replace(lab_plan, history=history))
    read = thawed(lines_of(store)).frozen.plan()
    assert read.history == history
    assert read.on(date(2025, 6, 30)).units == lab_plan.on(date(2025, 6, 30)).units
    assert read.on(NOW.date()) is read


def test_what_does_not_follow_from_its_evidence_is_never_published(
    store: Store, lab_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.publishing.lines_of", lines_without_targets)
    with pytest.raises(PublicationError, match=r"nothing was published"):
        publish(store, lab_plan)
    assert store.publications() == ()
    monkeypatch.undo()
    assert publish(store, lab_plan).check()[0].is_sound


def lines_without_targets(frozen: Frozen) -> Iterator[str]:
    return written_lines(replace(frozen, targets=()))


def test_a_publication_in_between_is_what_the_next_hangs_on(store: Store, lab_plan: Plan) -> None:
    """The figures are worked out before the turn to write: what is published then comes first."""
    with open_store(f"sqlite:///{store.name}") as other:

        class Late(Store):
            def publish(self, make: Callable[[int, str], tuple[Published, Sealed]]) -> Published:
                publish(other, lab_plan, "2026-09")
                return super().publish(make)

        late = Late(store._engine)
        publisher = publish(late, lab_plan, "2026-10")
        assert [(p.number, p.period) for p in store.publications()] == [(1, "2026-09"), (2, "2026-10")]
        assert [check.is_sound for check in publisher.check()] == [True, True]


def test_an_import_while_it_is_published_is_in_figures_and_evidence_or_in_neither(store: Store, lab_plan: Plan) -> None:
    class Hasty(Store):
        def seen(self, at: datetime | None = None) -> Seen:
            found = super().seen(at)
            self.undo_import(1, "lan", NOW)
            return found

    hasty = Hasty(store._engine)
    publisher = publish(hasty, lab_plan)
    assert publisher.check()[0].is_sound
    assert any(line.startswith('["declared"') for line in lines_of(store))


def test_what_figures_come_to_say_later_is_none_of_what_was_published(
    store: Store, lab_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = publish(store, lab_plan)
    monkeypatch.setattr(document, "FIGURE_KEYS", (*document.FIGURE_KEYS, "is_main"))
    assert publisher.check()[0].is_sound
    publish(store, lab_plan)
    assert [check.is_sound for check in publisher.check()] == [True, True]


def test_a_published_figure_says_all_that_its_format_has(store: Store, lab_plan: Plan) -> None:
    publisher = publish(store, lab_plan)
    lines = lines_of(store)
    sort, values = json.loads(lines[-1])
    del values["reasons"], values["unit"]
    reseal(store, [*lines[:-1], json.dumps([sort, values])])
    (check,) = publisher.check()
    assert (check.line, str(check.reason)) == (len(lines), "its evidence gives another figure (reasons, unit)")


@pytest.mark.parametrize(("made", "is_sound"), [(1, True), (99, False)])
def test_the_header_tells_its_format(store: Store, lab_plan: Plan, made: int, is_sound: bool) -> None:
    publisher = publish(store, lab_plan)
    first, *lines = lines_of(store)
    assert ',"format":2}]' in first
    former = first.replace(',"format":2}]', "}]" if made == 1 else f',"format":{made}}}]')
    others = [line for line in lines if made > 1 or not line.startswith(('["span"', '["succession"'))]
    reseal(store, [former, *others])
    (check,) = publisher.check()
    assert check.is_sound is is_sound
    if not is_sound:
        assert (check.line, check.row) == (1, "header 1")
        assert "newer version" in str(check.reason)


@pytest.mark.parametrize(
    "line", ["{}", "[]", '["unit",{}]', '["unit",7]', '["row",{"verdict":"new"}]', '["figure",null]']
)
def test_evidence_that_makes_no_sense_is_told(store: Store, lab_plan: Plan, line: str) -> None:
    publisher = publish(store, lab_plan)
    reseal(store, [*lines_of(store), line])
    (check,) = publisher.check()
    assert not check.is_sound


#: What only puts things into words, or says that they went wrong.
WORDS = {"ledger", "ledger.errors", "ledger.language", "ledger.remark", "ledger.wording"}


def source(module: str) -> Path:
    path = Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> Iterator[tuple[str, str]]:
    """Module and name of every import of the ledger's."""
    for node in ast.walk(ast.parse(source(module).read_text())):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "ledger":
            yield from ((str(node.module), each.name) for each in node.names)


def home(module: str, name: str) -> str:
    """The module that a name comes from, where a package hands it on."""
    if source(f"{module}.{name}").exists():
        return f"{module}.{name}"
    if source(module).name == "__init__.py":
        return next((home(*each) for each in imports(module) if each[1] == name), module)
    return module


def test_the_rules_have_every_module_that_judges() -> None:
    found: set[str] = set()
    ahead = ["ledger.reconcile.snapshot", "ledger.reconcile.figures"]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead += [home(*each) for each in imports(module)]
    needed = {source(module).relative_to("ledger").as_posix() for module in found - WORDS}
    assert needed - set(rule_files()) == set()
    assert {"attainment.py", "units/succession.py", "plan/indicator.py", "plan/indicators.yml"} <= set(rule_files())
    assert not any("sheet" in name or "wording" in name for name in rule_files())


def test_every_rule_that_is_named_is_there() -> None:
    assert [each for each in RULES if not list(Path("ledger").glob(each))] == []
