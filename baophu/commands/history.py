"""`baophu figure history`: one indicator at one unit, day by day, as reported or on another map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import JsonOption, PlanOption, StoreOption, refuse_unknown
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, opened_to_read, utc_now
from baophu.tables import console
from baophu.units import day_of
from ledger.declared.statement import Declared
from ledger.figure import FigureScope
from ledger.kept import day_closes
from ledger.language import LOCAL_ZONE, N_
from ledger.plan import Plan
from ledger.reconcile.figures import current, figures_of
from ledger.reconcile.restated import restated_figures
from ledger.reconcile.series import Change, reported, restated
from ledger.store import Store
from ledger.telling import amount_text
from ledger.wording import EVIDENCE, called

HELP = N_("Show one indicator at one unit over time: the days on which it changed, measured and declared.")
FIRST_DAY = date(2000, 1, 1)
UnitArgument = Annotated[str, typer.Argument(metavar="UNIT", help=N_("The unit, of the map that is asked for."))]
IndicatorArgument = Annotated[str, typer.Argument(metavar="INDICATOR", help=N_("The indicator, such as HT06."))]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help=N_("The first day."))]
UntilOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help=N_("The last day; today by default."))]
MapOption = Annotated[
    str | None, typer.Option("--map", metavar="DATE", help=N_("Told on this day's map of units, totals conserved."))
]


@dataclass(frozen=True, slots=True)
class Point:
    """From `day` on the unit has this; numerator and denominator None where nobody gave them."""

    day: date
    evidence: str
    value: float | None
    numerator: int | None
    denominator: int | None


def show_history(
    unit: UnitArgument,
    indicator: IndicatorArgument,
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    start: FromOption = None,
    until: UntilOption = None,
    on_map: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the days on which it changed."""
    settings = chosen_settings(plan=plan, store=store)
    province, text = chosen_plan(settings), SPEAKING.get()
    first = day_of("--from", start) if start else FIRST_DAY
    last = day_of("--to", until) if until else utc_now().astimezone(LOCAL_ZONE).date()
    told_on = day_of("--map", on_map) if on_map else None
    refuse_unknown("INDICATOR", indicator, list(province.indicators))
    known = {span.unit.id for span in province.history.spans} | set(province.units)
    refuse_unknown("UNIT", unit, list(province.history.at(told_on) if told_on else known))
    with opened_to_read(settings) as opened:
        points = [
            *_measured(province, opened, indicator, unit, first=first, last=last, on_map=told_on),
            *_declared(province, opened.declared(), indicator, unit, first=first, last=last, on_map=told_on),
        ]
    if as_json:
        print_json([_document(point) for point in points])
        return
    named = province.named(unit)
    title = f"{indicator} · {text.name(named.name_vi, named.name_en) if named else unit}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("From"), N_("Evidence"), N_("Value"), N_("Of")):
        table.add_column(text(heading))
    value_unit = province.indicators[indicator].value_unit.value
    for point in points:
        value = text(N_("no data")) if point.value is None else amount_text(point.value, value_unit, text)
        counts = f"{text.number(point.numerator or 0)}/{text.number(point.denominator)}" if point.denominator else "–"
        table.add_row(text.day(point.day), called(EVIDENCE, point.evidence, text), Styled(value), counts)
    console().print(table)


def _measured(
    plan: Plan, store: Store, indicator: str, unit: str, *, first: date, last: date, on_map: date | None
) -> Iterator[Point]:
    changes: Sequence[Change] = list(reported(store.kept_changes(first, last, indicator=indicator)))
    if on_map is not None:
        changes = list(restated(plan, changes, on_map))
    is_count = plan.indicators[indicator].value_unit.value == "count"
    for change in changes:
        if change.unit == unit:
            owed = change.denominator
            value = None if not owed else float(change.numerator) if is_count else change.numerator / owed
            yield Point(change.day, "measured", value, change.numerator, owed)


def _declared(
    plan: Plan,
    declared: Sequence[Declared],
    indicator: str,
    unit: str,
    *,
    first: date,
    last: date,
    on_map: date | None,
) -> Iterator[Point]:
    ours = [each for each in declared if each.statement.indicator == indicator]
    before: Point | None = None
    for day in sorted({each.statement.day for each in ours if each.statement.day <= last}):
        as_of = day_closes(day)
        if on_map is None:
            figures = list(figures_of(plan, [], as_of, ours))
        else:
            said = tuple(current(plan, ours, day))
            figures = restated_figures(plan, [], said, as_of=as_of, start=day, end=on_map)
        for figure in figures:
            whole = figure.scope is FigureScope.SUBTREE and figure.field is None
            if (figure.evidence, figure.indicator, figure.unit) == ("declared", indicator, unit) and whole:
                point = Point(max(day, first), "declared", figure.value, figure.numerator, figure.denominator)
                if before is None or (point.value, point.numerator) != (before.value, before.numerator):
                    yield point
                before = point


def _document(point: Point) -> dict[str, object]:
    return {
        "day": point.day.isoformat(),
        "evidence": point.evidence,
        "value": point.value,
        "numerator": point.numerator,
        "denominator": point.denominator,
    }
