"""The reader's language: Vietnamese first, English by choice; translations, numbers and dates in one place.

Catalogues are GNU gettext; English is the key. Numbers and dates follow vi-VN (1.272 · 69,47 % · dd/MM/yyyy) or en.
"""

import gettext
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

LOCALE_FOLDER = Path(__file__).parent / "locale"
DOMAIN = "baophu"
#: The zone of every date that a person reads or writes.
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Language(StrEnum):
    """The languages that people are spoken to in."""

    VI = "vi"
    EN = "en"


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name
    """Mark `message` for translation without translating it."""
    return message


def chosen_language(option: str | None, environment: Mapping[str, str]) -> Language:
    """The language by `--lang`, else by LC_ALL, LC_MESSAGES or LANG; Vietnamese unless one of them says English."""
    if option is not None:
        return Language(option)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "").lower()
        if value.startswith("en"):
            return Language.EN
        if value and not value.startswith(("c", "posix")):
            return Language.VI
    return Language.VI


class Text:
    """Speaks one language: `text(message)` translates, the methods format."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, [language.value], fallback=True)

    def __call__(self, message: str) -> str:
        """Give `message` in the reader's language; an untranslated one stays English."""
        return self._catalogue.gettext(message) if message else ""

    def name(self, vi: str, en: str) -> str:
        """Choose between a thing's two names."""
        return vi if self.language is Language.VI else en

    def number(self, value: float) -> str:
        """`1272` → `1.272` or `1,272`."""
        return format_decimal(value, locale=self.language.value)

    def percent(self, ratio: float | None) -> str:
        """`0.6947` → `69,47 %` or `69.47%`, two decimals at most; None → "chưa có số liệu"."""
        if ratio is None:
            return self(N_("no data"))
        number = format_decimal(ratio * 100, format="#,##0.##", locale=self.language.value)
        return f"{number}\N{NO-BREAK SPACE}%" if self.language is Language.VI else f"{number}%"

    def day(self, value: date | None) -> str:
        """`31/12/2026`, or `2026-12-31` in English; None → a dash."""
        if value is None:
            return "–"
        return format_date(value, "dd/MM/yyyy" if self.language is Language.VI else "yyyy-MM-dd", locale="vi")

    def instant(self, value: datetime | None) -> str:
        """Local time of `value`: `31/12/2026 09:30:00`; None → a dash."""
        return self._local(value, "HH:mm:ss")

    def minute(self, value: datetime | None) -> str:
        """Local time of `value` without seconds: `31/12/2026 09:30`; None → a dash."""
        return self._local(value, "HH:mm")

    def _local(self, value: datetime | None, clock: str) -> str:
        if value is None:
            return "–"
        day = "dd/MM/yyyy" if self.language is Language.VI else "yyyy-MM-dd"
        return format_datetime(value, f"{day} {clock}", tzinfo=LOCAL_ZONE, locale="vi")
