"""A figure's value as people read it: 69,47 %, 1.272, 65.401 triệu đồng, gần 1.200.000."""

from ledger.figure import Figure, FigureScope, FigureState
from ledger.language import N_, Text
from ledger.plan import Plan
from ledger.wording import LEVELS, QUALIFIERS, STATES, called

MILLION = 1_000_000


def value_text(figure: Figure, text: Text) -> str:
    """The value with its qualifier, or why there is none."""
    if figure.value is None:
        return text(STATES.get(figure.state, STATES[FigureState.NO_DATA]))
    shown = amount_text(figure.value, figure.value_unit, text)
    shown = text(QUALIFIERS[figure.qualifier]).format(value=shown) if figure.qualifier else shown
    return text(N_("{value}, estimated")).format(value=shown) if figure.state is FigureState.ESTIMATED else shown


def amount_text(value: float, value_unit: str, text: Text) -> str:
    """A value in its unit; money in whole millions where it is, as budgets are written."""
    if value_unit == "ratio":
        return text.percent(value)
    if value_unit == "vnd":
        if value and value % MILLION == 0:
            return text(N_("{number} million đồng")).format(number=text.number(value / MILLION))
        return text(N_("{number} đồng")).format(number=text.number(value))
    return text.number(value)


def difference_text(figure: Figure, text: Text) -> str:
    """The declared value less the measured one, with its sign, of ratios in percentage points; '' where they agree."""
    if not figure.difference:
        return ""
    size = abs(figure.difference)
    if figure.value_unit == "ratio":
        shown = text(N_("{number} percentage points")).format(number=text.number(round(size * 100, 2)))
    else:
        shown = amount_text(size, figure.value_unit, text)
    return f"{'+' if figure.difference > 0 else '−'}{shown}"


def target_text(figure: Figure, text: Text) -> str:
    """The target in its unit; a dash where there is none."""
    return "–" if figure.target is None else amount_text(figure.target, figure.value_unit, text)


def subject_text(figure: Figure, plan: Plan, text: Text) -> str:
    """Of whom: the unit, or the units of a level in it."""
    unit = plan.named(figure.unit)
    name = text.name(unit.name_vi, unit.name_en) if unit is not None else figure.unit
    if figure.scope is FigureScope.SUBTREE:
        return name
    return text(N_("{unit}: level {level}")).format(unit=name, level=called(LEVELS, figure.level, text))


def indicator_text(figure: Figure, plan: Plan, text: Text) -> str:
    """The indicator's name, or that of the part of it."""
    known = plan.indicators.get(figure.indicator)
    if known is None:
        return figure.indicator
    if figure.field is None:
        return text.name(known.name_vi, known.name_en)
    part = (known.fields or {}).get(figure.field)
    return (
        text.name(part.name_vi, part.name_en) if part else f"{text.name(known.name_vi, known.name_en)}: {figure.field}"
    )
