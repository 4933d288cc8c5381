"""What is declared of a unit, beside what was measured: a line for each figure, and each part of it."""

from dataclasses import dataclass

from ledger.figure import Figure, FigureScope, FigureState, Snapshot
from ledger.language import N_, Text
from ledger.plan import Plan
from ledger.telling import difference_text, indicator_text, target_text, value_text
from ledger.wording import LEVELS, MARKS, called


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """A declared figure in the reader's words; '' where there is nothing to say. `met` None: no target, or no value."""

    figure: Figure
    name: str
    counted: str
    value: str
    counts: str
    target: str
    measured: str
    difference: str
    mark: str
    met: bool | None
    is_conflict: bool


def declared_lines(snapshot: Snapshot, plan: Plan, unit: str, text: Text) -> list[DeclaredLine]:
    """The unit's declared figures, whole, by level and by part, in the order of the catalogue."""
    measured = {
        (f.indicator, f.scope, f.level): f for f in snapshot.figures if f.unit == unit and f.evidence == "measured"
    }
    return [
        _line(figure, measured.get((figure.indicator, figure.scope, figure.level)), plan, text)
        for figure in snapshot.figures
        if figure.unit == unit and figure.evidence == "declared"
    ]


def _line(figure: Figure, beside: Figure | None, plan: Plan, text: Text) -> DeclaredLine:
    if figure.field is not None or beside is None or beside.value is None:
        beside = None
    is_level = figure.scope is FigureScope.LEVEL
    return DeclaredLine(
        figure=figure,
        name=indicator_text(figure, plan, text),
        counted=text(N_("level {level}")).format(level=called(LEVELS, figure.level, text)) if is_level else "",
        value=value_text(figure, text),
        counts=_counts(figure, text),
        target=target_text(figure, text) if figure.target is not None else "",
        measured="" if beside is None else value_text(beside, text),
        difference=difference_text(figure, text),
        mark=called(MARKS, figure.mark, text) if figure.mark else "",
        met=figure.target_met,
        is_conflict=figure.state is FigureState.CONFLICT,
    )


def _counts(figure: Figure, text: Text) -> str:
    if figure.numerator is None or figure.denominator is None:
        return ""
    return f"{text.number(figure.numerator)}/{text.number(figure.denominator)}"
