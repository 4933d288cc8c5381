"""Vietnamese first, English by choice; numbers and dates as each reader writes them."""

from datetime import UTC, date, datetime

import pytest

from ledger.language import Language, Text, chosen_language


@pytest.mark.parametrize(
    ("option", "environment", "expected"),
    [
        (None, {}, "vi"),
        (None, {"LANG": "C.UTF-8"}, "vi"),
        (None, {"LANG": "POSIX"}, "vi"),
        (None, {"LANG": "vi_VN.UTF-8"}, "vi"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "vi_VN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "LC_ALL": "vi_VN.UTF-8"}, "vi"),
        (None, {"LANG": "fr_FR.UTF-8"}, "vi"),
        ("en", {"LANG": "vi_VN.UTF-8"}, "en"),
        ("vi", {"LANG": "en_US.UTF-8"}, "vi"),
    ],
)
def test_the_language_is_vietnamese_unless_english_is_asked_for(
    option: str | None, environment: dict[str, str], expected: str
) -> None:
    assert chosen_language(option, environment) == expected


NIGHT = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            Language.VI,
            ("1.272", "69,47\N{NO-BREAK SPACE}%", "100\N{NO-BREAK SPACE}%", "chưa có số liệu", "01/01/2027 01:30:00"),
        ),
        (Language.EN, ("1,272", "69.47%", "100%", "no data", "2027-01-01 01:30:00")),
    ],
)
def test_numbers_and_times(language: Language, expected: tuple[str, ...]) -> None:
    text = Text(language)
    ratio = 1272 / 1831
    assert (
        text.number(1272),
        text.percent(ratio),
        text.percent(1.0),
        text.percent(None),
        text.instant(NIGHT),
    ) == expected


def test_dates_and_names() -> None:
    vietnamese, english = Text(Language.VI), Text(Language.EN)
    assert vietnamese.day(date(2026, 12, 31)) == "31/12/2026"
    assert english.day(date(2026, 12, 31)) == "2026-12-31"
    assert vietnamese.day(None) == vietnamese.instant(None) == "–"
    assert (vietnamese.name("Phường", "Ward"), english.name("Phường", "Ward")) == ("Phường", "Ward")
