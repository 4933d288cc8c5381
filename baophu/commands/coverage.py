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
from ledger.document import figure_document, row_document
from ledger.figure import Snapshot
from ledger.language import N_
from ledger.plan import Level, Plan
from ledger.view import LedgerView

COVERAGE_HELP = N_("Show how far each unit is: numerator, denominator, target, due date, gap and its reasons.")
GAPS_HELP = N_("List every asset in a gap with its one reason, since when, and when and where it was last seen.")
ByLevelOption = Annotated[
    bool, typer.Option("--by-level", help=N_("What was measured of each level in a unit, too: of its communes, ..."))
]
LevelOption = Annotated[Level | None, typer.Option("--level", help=N_("Only units of this level."))]


def show_coverage(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    level: LevelOption = None,
    indicator: IndicatorOption = None,
    at: AtOption = None,
    by_level: ByLevelOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print figures of every node of the unit tree, or of those asked for."""
    province, snapshot = evaluated(plan, store, at, unit, indicator)
    figures = [
        figure
        for figure in snapshot.figures
        if unit in (None, figure.unit) and level in (None, figure.level) and indicator in (None, figure.indicator)
        if by_level or figure.is_told_by_default
    ]
    if as_json:
        print_json([figure_document(figure) for figure in figures])
    else:
        console().print(coverage_table(figures, province, SPEAKING.get()))


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
