"""Which unit a name means: accents or not, the tone in either place, either form of Unicode; never a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ledger.vietnamese import plain_words, syllables

#: What stands before a unit's own name, as officials write it; longer ones first.
KIND_WORDS = (
    *("ủy ban nhân dân", "hội đồng nhân dân", "thành phố", "thị trấn", "đặc khu", "thị xã", "ubnd", "hđnd"),
    *("phường", "huyện", "tỉnh", "quận", "xã", "tp", "tt", "tx", "đk", "p", "h", "q", "x"),
)
_KIND = re.compile(rf"^(?:{'|'.join(re.escape(word) for word in KIND_WORDS)})[.\s]+", re.IGNORECASE)


class Likeness(StrEnum):
    """How a name was told, the strictest first."""

    SAME = "same"  # letter for letter, but for capitals, spaces and the form of Unicode
    TONE_PLACE = "tone_place"  # Hoà for Hòa, Thuỷ for Thủy
    NO_ACCENTS = "no_accents"  # Phu Thuy for Phú Thủy
    NO_KIND = "no_kind"  # Phú Thủy or P. Phú Thủy for Phường Phú Thủy
    NO_KIND_NO_ACCENTS = "no_kind_no_accents"  # phu thuy for Phường Phú Thủy


@dataclass(frozen=True, slots=True)
class Found:
    """The units that a name may mean: one where it is told, several where it isn't, none where nothing is like it."""

    units: tuple[str, ...]
    likeness: Likeness | None

    @property
    def only(self) -> str | None:
        """The one unit; None where there are several or none."""
        return self.units[0] if len(self.units) == 1 else None


NOBODY = Found((), None)


class Names:
    """The names of units, `(name, unit id)`; a unit may have several."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._by_key: dict[tuple[Likeness, str], dict[str, None]] = defaultdict(dict)
        for name, unit in names:
            for likeness in Likeness:
                self._by_key[likeness, _key(likeness, name)][unit] = None

    def find(self, name: str) -> Found:
        """Whom `name` means, by the strictest likeness under which anybody does."""
        for likeness in Likeness:
            found = self._by_key.get((likeness, _key(likeness, name)))
            if found:
                return Found(tuple(found), likeness)
        return NOBODY

    def collisions(self, likeness: Likeness) -> tuple[tuple[str, ...], ...]:
        """The units that names as loose as `likeness` can't tell apart, in the order in which they were given."""
        return tuple(tuple(units) for (kind, _), units in self._by_key.items() if kind is likeness and len(units) > 1)


def own_name(name: str) -> str:
    """The name without the words for what the unit is: `UBND phường Phú Thủy` → `Phú Thủy`; `Thị trấn` stays itself."""
    rest = unicodedata.normalize("NFC", " ".join(name.split()))
    while (shorter := _KIND.sub("", rest, count=1)) not in (rest, ""):
        rest = shorter
    return rest


def _key(likeness: Likeness, name: str) -> str:
    if likeness in (Likeness.NO_KIND, Likeness.NO_KIND_NO_ACCENTS):
        name = own_name(name)
    if likeness is Likeness.SAME:
        return unicodedata.normalize("NFC", " ".join(name.split())).lower()
    if likeness in (Likeness.TONE_PLACE, Likeness.NO_KIND):
        return " ".join(f"{word.letters}{word.tone}" for word in syllables(name))
    return " ".join(plain_words(name))
