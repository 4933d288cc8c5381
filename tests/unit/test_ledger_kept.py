"""Kept figures: only changes are written, what was reported stays, what is known better is told as such."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import CallError
from ledger.figure import Figure, Snapshot
from ledger.keeping import Keeper
from ledger.kept import GONE, FigureKey, Keeping, Numbers, day_closes, packed, unpacked
from ledger.language import N_, Language, Text
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.plan import Plan
from ledger.points import turns_of
from ledger.reconcile.series import reported, restated
from ledger.remark import Remark, said
from ledger.store import Store, open_store
from ledger.view import LedgerView

FIRST = date(2026, 10, 1)
KNOWN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/ledger.db")


def key(name: str) -> FigureKey:
    return FigureKey(name, "HT06", "", "", "measured")


def numbers(count: int) -> Numbers:
    return Numbers(count, 10, 10, None, "", '{"x":1}')


def making(first: date, last: date, known_at: datetime) -> Keeping:
    return Keeping(number=0, first=first, last=last, known_at=known_at, plan_version="p", rule_version="r", changed=0)


def day(place: int) -> date:
    return FIRST + timedelta(days=place)


def keep(store: Store, first: int, series: list[dict[str, int]], known_at: datetime = KNOWN) -> Keeping:
    days = [
        (day(first + place), {key(name): numbers(count) for name, count in figures.items()})
        for place, figures in enumerate(series)
    ]
    return store.keep_figures(making(days[0][0], days[-1][0], known_at), days)


def told(store: Store, place: int, known_at: datetime | None = None) -> dict[str, int | None]:
    return {found.unit: n.numerator for found, n in store.kept_figures(day(place), known_at).items()}


def test_only_changes_make_rows(store: Store) -> None:
    assert keep(store, 0, [{"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 3}]).changed == 3
    assert keep(store, 3, [{"a": 1, "b": 3}]).changed == 0
    assert [told(store, place) for place in range(4)] == [{"a": 1, "b": 2}] * 2 + [{"a": 1, "b": 3}] * 2
    assert [bool(store.keeping_of(day(place))) for place in (-1, 0, 3, 4)] == [False, True, True, False]


def test_a_figure_that_is_no_more_is_gone_from_its_day_on(store: Store) -> None:
    keep(store, 0, [{"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 4}])
    assert [told(store, place) for place in range(3)] == [{"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 4}]


def test_a_correction_does_not_change_what_was_reported(store: Store) -> None:
    keep(store, 0, [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 5}], KNOWN)
    later = KNOWN + timedelta(days=3)
    keep(store, 1, [{"a": 2}, {"a": 2}], later)
    assert [told(store, place)["a"] for place in range(4)] == [1, 2, 2, 5]
    assert [told(store, place, KNOWN)["a"] for place in range(4)] == [1, 1, 1, 5]
    assert told(store, 1, KNOWN - timedelta(seconds=1)) == {}


def test_after_the_corrected_days_what_was_known_counts_again(store: Store) -> None:
    keep(store, 0, [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}], KNOWN)
    assert keep(store, 1, [{"a": 2}], KNOWN + timedelta(days=1)).changed == 2
    assert [told(store, place)["a"] for place in range(4)] == [1, 2, 1, 1]


def test_what_a_clock_ahead_dated_is_put_right_by_what_came_after(store: Store) -> None:
    keep(store, 0, [{"a": 1}], KNOWN + timedelta(days=60))
    keep(store, 0, [{"a": 2}], KNOWN)
    assert told(store, 0) == {"a": 2}
    assert told(store, 0, KNOWN) == {"a": 2}
    assert told(store, 0, KNOWN - timedelta(hours=1)) == {}


timelines = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=6)
corrections = st.lists(st.tuples(st.integers(0, 5), timelines), max_size=4)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its schema, to be copied."""
    path = tmp_path_factory.mktemp("kept") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@given(start=timelines, corrections=corrections)
def test_every_day_is_told_as_it_was_last_said_and_as_it_was_said_by_then(
    empty: Path,
    start: list[dict[str, int]],
    corrections: list[tuple[int, list[dict[str, int]]]],
) -> None:
    copy = empty.with_name("ledger.db")
    shutil.copyfile(empty, copy)
    with open_store(f"sqlite:///{copy}") as store:
        truths: list[dict[int, dict[str, int]]] = []
        truth: dict[int, dict[str, int]] = {}
        for number, (first, series) in enumerate([(0, start), *corrections]):
            place = min(first, len(truth))
            keep(store, place, series, KNOWN + timedelta(hours=number))
            truth = {**truth, **{place + offset: figures for offset, figures in enumerate(series)}}
            truths.append(truth)
        for number, then in enumerate(truths):
            for place, figures in then.items():
                assert told(store, place, KNOWN + timedelta(hours=number)) == figures
        for changed_key, on, state in store.kept_changes(day(0), day(max(truth))):
            figures = truth[(on - FIRST).days]
            assert (None if state == GONE else state.numerator) == figures.get(changed_key.unit)


def test_a_figure_comes_back_whole(evaluate: Callable[..., Snapshot], lab_plan: Plan) -> None:
    seen = [
        Observation(
            asset=f"68-SKHCN-PC-00{n}", check=check, ok=True, at=datetime(2026, 11, 22, 11, tzinfo=UTC), source="sw"
        )
        for n in (1, 2)
        for check in (Check.FDB, Check.TSLCD_VLAN)
    ]
    snapshot = evaluate(seen)
    found = unpacked(packed(lab_plan, snapshot.figures), snapshot.as_of)
    wanted = [f for f in snapshot.figures if f.denominator or f.target is not None]
    assert found == [replace(f, legal_basis=f.legal_basis) for f in wanted]


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def view_of(plan: Plan, store: Store, clock: Clock) -> LedgerView:
    return LedgerView(plan, store, MaxAges.default(), clock)


def figure(figures: tuple[Figure, ...], unit: str = "68") -> Figure:
    (found,) = (f for f in figures if (f.unit, f.indicator) == (unit, "HT06") and f.is_main)
    return found


def test_correcting_the_plan_does_not_change_what_was_reported(store: Store, lab_plan: Plan, clock: Clock) -> None:
    keeper = Keeper(view_of(lab_plan, store, clock), store, clock)
    assert keeper.due() == (date(2026, 11, 21), date(2026, 11, 21))
    keeper.keep(date(2026, 11, 19), date(2026, 11, 21))
    assert keeper.due() is None
    reported = clock.now
    clock.now += timedelta(days=1)
    fewer = {id_: pc for id_, pc in lab_plan.workstations.items() if id_ != "68-22945-PC-002"}
    corrected = view_of(replace(lab_plan, workstations=fewer, version="corrected"), store, clock)
    Keeper(corrected, store, clock).keep(date(2026, 11, 20), date(2026, 11, 20))
    on = date(2026, 11, 20)
    assert figure(corrected.figures_on(on)).denominator == 7
    assert figure(corrected.figures_on(on, known_at=reported)).denominator == 8
    assert figure(corrected.figures_on(date(2026, 11, 21))).denominator == 8
    assert [k.plan_version for k in store.keepings()] == [lab_plan.version, "corrected"]


def test_a_day_that_is_not_kept_is_worked_out_anew_and_not_as_known_before(
    store: Store, lab_plan: Plan, clock: Clock
) -> None:
    view = view_of(lab_plan, store, clock)
    assert figure(view.figures_on(date(2026, 11, 20))).as_of == day_closes(date(2026, 11, 20))
    with pytest.raises(CallError):
        view.figures_on(date(2026, 11, 20), known_at=clock.now)


def test_days_between_kept_ones_are_not_kept(store: Store, lab_plan: Plan, clock: Clock) -> None:
    view = view_of(lab_plan, store, clock)
    keeper = Keeper(view, store, clock)
    keeper.keep(date(2026, 11, 20), date(2026, 11, 20))
    keeper.keep(date(2026, 11, 1), date(2026, 11, 2))
    assert len(view.figures_on(date(2026, 11, 10))) == len(view.at(day_closes(date(2026, 11, 10))).figures)
    with pytest.raises(CallError):
        view.figures_on(date(2026, 11, 10), known_at=clock.now)


def test_a_kept_day_is_carried_over_by_the_units_that_it_was_kept_with(
    store: Store, lab_plan: Plan, clock: Clock
) -> None:
    Keeper(view_of(lab_plan, store, clock), store, clock).keep(date(2024, 11, 20), date(2024, 11, 20))
    before = figure(view_of(lab_plan, store, clock).figures_on(date(2024, 11, 20)))
    without = {id_: unit for id_, unit in lab_plan.units.items() if id_ != "68-22924"}
    sites = {id_: site for id_, site in lab_plan.sites.items() if site.unit != "68-22924"}
    fewer = replace(lab_plan, units=without, sites=sites, version="fewer")
    for plan in (lab_plan, fewer):
        view = view_of(plan, store, clock)
        told_on = view.figures_on(date(2024, 11, 20), on_map=date(2026, 11, 20))
        assert figure(told_on).denominator == before.denominator, plan.version
        former = view.figures_on(date(2024, 11, 20), on_map=date(2025, 6, 30))
        tops = [figure(former, unit).denominator or 0 for unit in ("60", "67", "68")]
        assert sum(tops) == before.denominator
        changes = store.kept_changes(date(2024, 11, 20), date(2024, 11, 20), indicator="HT06")
        turns = turns_of(plan, store.keepings(), date(2026, 11, 20))
        moved = {change.unit: change for change in restated(plan, reported(changes), date(2026, 11, 20), turns)}
        assert moved["68"].denominator == before.denominator


def test_what_a_clock_ahead_kept_is_due_again(store: Store, lab_plan: Plan, clock: Clock) -> None:
    keeper = Keeper(view_of(lab_plan, store, clock), store, clock)
    today = clock.now
    clock.now += timedelta(days=60)
    keeper.keep(date(2026, 11, 20), date(2027, 1, 20))
    clock.now = today
    assert keeper.due() == (date(2026, 11, 21), date(2026, 11, 21))
    assert keeper.ahead() == today + timedelta(days=60)
    keeper.keep(date(2026, 11, 21), date(2026, 11, 21))
    assert keeper.due() is None


def test_a_kept_remark_speaks_the_readers_language(lab_plan: Plan, evaluate: Callable[..., Snapshot]) -> None:
    message = N_("the whole says {whole}, its parts come to {parts}")
    snapshot = evaluate()
    (one,) = (f for f in snapshot.main_figures if (f.unit, f.indicator) == ("68", "HT06"))
    told_of = replace(one, detail=Remark(message, whole="0.98", parts="0.97"))
    (again,) = unpacked(packed(lab_plan, [told_of]), snapshot.as_of)
    assert again == told_of
    assert said(again.detail, Text(Language.VI)) == "tổng ghi 0.98, các phần cộng lại là 0.97"
