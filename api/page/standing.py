"""How a figure stands against its dated target: what the page's colours, symbols and words say."""

from datetime import date
from enum import StrEnum

from ledger.figure import Figure
from ledger.language import N_
from ledger.plan import Indicator


class Standing(StrEnum):
    """Worst last within what has a target; each has its own symbol, so that colour alone says nothing."""

    MET = "met"
    BEHIND = "behind"
    OVERDUE = "overdue"
    ANSWERING = "answering"
    INTERRUPTED = "interrupted"
    UNTARGETED = "untargeted"
    NO_DATA = "no_data"


WORDS = {
    Standing.MET: N_("target met"),
    Standing.BEHIND: N_("target not met yet"),
    Standing.OVERDUE: N_("past its due date, target not met"),
    Standing.ANSWERING: N_("all of it answers now"),
    Standing.INTERRUPTED: N_("some of it doesn't answer now"),
    Standing.UNTARGETED: N_("no target set"),
    Standing.NO_DATA: N_("no data"),
}
#: What calls for somebody to act.
WANTING = frozenset({Standing.BEHIND, Standing.OVERDUE, Standing.INTERRUPTED})


def standing(figure: Figure, today: date, indicator: Indicator) -> Standing:
    """How the figure stands on `today`, a Vietnamese day; the due day itself is still in time."""
    if figure.value is None:
        return Standing.NO_DATA
    if figure.target_met is not None:
        if figure.target_met:
            return Standing.MET
        return Standing.OVERDUE if figure.due is not None and figure.due < today else Standing.BEHIND
    if indicator.is_availability:
        return Standing.INTERRUPTED if figure.gap else Standing.ANSWERING
    return Standing.UNTARGETED
