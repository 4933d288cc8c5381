"""Every value that people may be shown has a name."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from ledger.declared.amount import Qualifier
from ledger.declared.statement import Mark
from ledger.figure import Availability, Coverage, FigureScope, FigureState, Lifecycle
from ledger.language import Language, Text
from ledger.observation import Check, Outcome
from ledger.plan import AssetKind, Direction, Level, Step, TaskState, ValueUnit
from ledger.wording import (
    CHECKS,
    DIRECTIONS,
    KINDS,
    LEVELS,
    LIFECYCLES,
    MARKS,
    MEANINGS,
    OUTCOMES,
    QUALIFIERS,
    SCOPES,
    STATES,
    STEPS,
    TASK_STATES,
    VALUE_UNITS,
    VERDICTS,
    called,
)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (VERDICTS, {*Coverage, *Availability}),
        (MEANINGS, {*Coverage, *Availability} - {"covered", "up"}),
        (LEVELS, set(Level)),
        (STEPS, set(Step)),
        (LIFECYCLES, set(Lifecycle)),
        (KINDS, set(AssetKind)),
        (CHECKS, set(Check)),
        (OUTCOMES, set(Outcome)),
        (STATES, set(FigureState) - {"value", "estimated"}),
        (SCOPES, set(FigureScope)),
        (MARKS, set(Mark)),
        (QUALIFIERS, set(Qualifier)),
        (VALUE_UNITS, set(ValueUnit)),
        (DIRECTIONS, set(Direction)),
        (TASK_STATES, set(TaskState)),
    ],
)
def test_every_value_has_a_name(words: Mapping[str, str], values: set[StrEnum]) -> None:
    assert {str(value) for value in values} - set(words) == set()


def test_a_name_is_in_the_readers_language_and_an_unknown_value_shows_as_it_is() -> None:
    vietnamese = Text(Language.VI)
    assert called(VERDICTS, Coverage.STALE, vietnamese) == "quá lâu không thấy"
    assert called(VERDICTS, Coverage.STALE, Text(Language.EN)) == "not seen for too long"
    assert called(KINDS, None, vietnamese) == "–"
    assert called(KINDS, "toaster", vietnamese) == "toaster"
