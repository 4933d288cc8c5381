"""`baophu coverage` and `baophu gaps`: what the ledger says."""

from typing import Annotated

import typer

from baophu.commands.options import (
    AtOption,
    IndicatorOption,
    JsonOption,
    PlanOption,
    StoreOption,
    UnitOption,
    refuse_unknown,
)
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, instant, opened_to_read, utc_now
from baophu.tables import console, coverage_table, gaps_table
from baophu.units import day_of
from ledger.document import figure_document, row_document
from ledger.errors import CallError
from ledger.figure import Figure, Snapshot
from ledger.language import LOCAL_ZONE, N_
from ledger.plan import Level, Plan
from ledger.view import LedgerView

COVERAGE_HELP = N_("Show how far each unit is: numerator, denominator, target, due date, gap and its reasons.")
GAPS_HELP = N_("List every asset in a gap with its one reason, since when, and when and where it was last seen.")
ByLevelOption = Annotated[
    bool, typer.Option("--by-level", help=N_("What was measured of each level in a unit, too: of its communes, ..."))
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=N_("The figures of this day, as they were reported."))
]
KnownAtOption = Annotated[
    str | None,
    typer.Option("--known-at", metavar="TIME", help=N_("As was known at this time, such as 2026-11-05T09:00.")),
]
MapOption = Annotated[
    str | None, typer.Option("--map", metavar="DATE", help=N_("Told on this day's map of units, totals conserved."))
]
LevelOption = Annotated[Level | None, typer.Option("--level", help=N_("Only units of this level."))]


def show_coverage(  # noqa: PLR0913 - the options of one command
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    level: LevelOption = None,
    indicator: IndicatorOption = None,
    at: AtOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    on_map: MapOption = None,
    by_level: ByLevelOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print figures of every node of the unit tree, or of those asked for."""
    if (as_of, known_at, on_map) == (None, None, None):
        province, snapshot = evaluated(plan, store, at, unit, indicator)
        found = snapshot.figures
    else:
        province, found = _of_a_day(plan, store, as_of=as_of, known_at=known_at, on_map=on_map, at=at)
        refuse_unknown("--indicator", indicator, [*province.indicators, *{figure.indicator for figure in found}])
        refuse_unknown("--unit", unit, [*province.units, *{figure.unit for figure in found}])
    figures = [
        figure
        for figure in found
        if unit in (None, figure.unit) and level in (None, figure.level) and indicator in (None, figure.indicator)
        if by_level or figure.is_told_by_default
    ]
    if as_json:
        print_json([figure_document(figure) for figure in figures])
    else:
        console().print(coverage_table(figures, province, SPEAKING.get()))


def _of_a_day(
    plan: PlanOption, store: StoreOption, *, as_of: str | None, known_at: str | None, on_map: str | None, at: str | None
) -> tuple[Plan, tuple[Figure, ...]]:
    """The plan and the figures of a day, as they were kept or worked out anew, on its own map or another one."""
    if at is not None:
        raise CallError(N_("--at evaluates anew; give --as-of, a day, with --known-at or --map"))
    settings = chosen_settings(plan=plan, store=store)
    province, known = chosen_plan(settings), instant(known_at, "--known-at")
    now = utc_now()
    day = day_of("--as-of", as_of) if as_of else (known or now).astimezone(LOCAL_ZONE).date()
    with opened_to_read(settings) as opened:
        view = LedgerView(province, opened, settings.max_ages(), utc_now)
        told_on = day_of("--map", on_map) if on_map else None
        if as_of is None and known is not None:  # the last day that was known of then
            day = max((each.last for each in opened.keepings() if each.known_at <= known), default=day)
        figures = view.figures_on(day, known_at=known, on_map=told_on)
    if told_on is not None:
        province = province.with_units(province.history.at(told_on))
    return province, figures


def show_gaps(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    indicator: IndicatorOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the rows that make up the gaps."""
    province, snapshot = evaluated(plan, store, at, unit, indicator)
    below = set(province.subtree(unit)) if unit else None
    rows = [row for row in snapshot.gaps if (below is None or row.unit in below) and indicator in (None, row.indicator)]
    if as_json:
        print_json([row_document(row) for row in rows])
    else:
        out = console()
        out.print(gaps_table(rows, SPEAKING.get(), out.width))


def evaluated(
    plan: PlanOption, store: StoreOption, at: str | None, unit: str | None, indicator: str | None
) -> tuple[Plan, Snapshot]:
    """The plan, and what the ledger says; raises CallError for a unit or an indicator that there isn't."""
    settings = chosen_settings(plan=plan, store=store)
    when = instant(at)
    province = chosen_plan(settings)
    _refuse_unknown(province, unit, indicator)
    with opened_to_read(settings) as opened:
        view = LedgerView(province, opened, settings.max_ages(), utc_now)
        return province, view.now() if when is None else view.at(when)


def _refuse_unknown(plan: Plan, unit: str | None, indicator: str | None) -> None:
    refuse_unknown("--unit", unit, list(plan.units))
    refuse_unknown("--indicator", indicator, list(plan.indicators))
