"""`baophu indicators`: what a province may be judged by, and how each is known."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import IndicatorOption, JsonOption, PlanOption, StoreOption, refuse_unknown
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from baophu.tables import console
from ledger.document import indicator_document
from ledger.language import N_
from ledger.plan import Indicator, Plan
from ledger.wording import DIRECTIONS, EVIDENCE, STEPS, VALUE_UNITS, called

HELP = N_("Show what is counted: the shipped indicators and the province's own, and how each is known.")


def show_indicators(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    indicator: IndicatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every indicator of the plan, or one with all that it says."""
    found = chosen_plan(chosen_settings(plan=plan, store=store))
    refuse_unknown("--indicator", indicator, list(found.indicators))
    chosen = [each for each in found.indicators.values() if indicator in (None, each.id)]
    if as_json:
        print_json([indicator_document(each) for each in chosen])
    elif indicator is None:
        console().print(_table(found))
    else:
        console().print(_one(chosen[0]))


def _table(plan: Plan) -> Table:
    text = SPEAKING.get()
    table = Table(
        title=text(N_("Indicators: {count}")).format(count=text.number(len(plan.indicators))),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for heading in ("", N_("Indicator"), N_("In"), N_("Step"), N_("Known by")):
        table.add_column(text(heading), overflow="fold")
    for each in plan.indicators.values():
        facts = dict(_facts(each))
        cells = (each.id, text.name(each.name_vi, each.name_en), facts["In"], facts["Step"], facts["Known by"])
        table.add_row(*map(Styled, cells))
    return table


def _one(indicator: Indicator) -> Table:
    text = SPEAKING.get()
    title = f"{indicator.id}  {text.name(indicator.name_vi, indicator.name_en)}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for heading, value in _facts(indicator):
        table.add_row(text(heading), Styled(value))
    for part in (indicator.fields or {}).values():
        unit = called(VALUE_UNITS, part.value_unit, text)
        table.add_row(text(N_("Part")), Styled(f"{part.id}: {text.name(part.name_vi, part.name_en)} ({unit})"))
    return table


def _facts(indicator: Indicator) -> list[tuple[str, str]]:
    """Headings (English, to be translated) and values."""
    text = SPEAKING.get()
    known = [("measured", indicator.measure is not None), ("declared", indicator.is_declared)]
    age = indicator.max_age_days
    return [
        (N_("Numerator"), text.name(indicator.numerator_vi, indicator.numerator_en) or "–"),
        (N_("Denominator"), text.name(indicator.denominator_vi, indicator.denominator_en) or "–"),
        (N_("In"), called(VALUE_UNITS, indicator.value_unit, text)),
        (N_("Better"), called(DIRECTIONS, indicator.direction, text)),
        (N_("Step"), called(STEPS, indicator.step, text)),
        (N_("Known by"), ", ".join(called(EVIDENCE, name, text) for name, there in known if there)),
        (N_("Evidence counts for"), text(N_("{days} days")).format(days=age) if age else "–"),
    ]
