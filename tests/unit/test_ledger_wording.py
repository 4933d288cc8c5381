"""Every value that people may be shown has a name."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from ledger.figure import Availability, Coverage, Lifecycle
from ledger.language import Language, Text
from ledger.observation import Check, Outcome
from ledger.plan import AssetKind, Level, Step
from ledger.wording import CHECKS, KINDS, LEVELS, LIFECYCLES, MEANINGS, OUTCOMES, STEPS, VERDICTS, called


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
