"""`baophu figure history`: one indicator at one unit, day by day, as reported or on another map."""

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
from ledger.language import LOCAL_ZONE, N_
from ledger.points import Point, Question, declared_points, measured_points
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
        asked = Question(indicator, unit, first, last, told_on)
        points = [*measured_points(province, opened, asked), *declared_points(province, opened.declared(), asked)]
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


def _document(point: Point) -> dict[str, object]:
    return {
        "day": point.day.isoformat(),
        "evidence": point.evidence,
        "value": point.value,
        "numerator": point.numerator,
        "denominator": point.denominator,
    }
