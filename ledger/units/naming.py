"""Which unit a name means: accents or not, the tone in either place, either form of Unicode; never a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.vietnamese import plain_words, syllables

#: What stands before a unit's own name, as officials write it, and which kind of unit it tells; None: of any.
KINDS: Mapping[str, str | None] = {
    **dict.fromkeys(("ủy ban nhân dân", "uỷ ban nhân dân", "hội đồng nhân dân", "ubnd", "hđnd")),
    **dict.fromkeys(("thành phố", "tp"), "city"),
    **dict.fromkeys(("thị trấn", "tt"), "township"),
    **dict.fromkeys(("đặc khu", "đk"), "special zone"),
    **dict.fromkeys(("thị xã", "tx"), "town"),
    **dict.fromkeys(("phường", "p"), "ward"),
    **dict.fromkeys(("huyện", "h"), "district"),
    "tỉnh": "province",
    **dict.fromkeys(("quận", "q"), "urban district"),
    **dict.fromkeys(("xã", "x"), "commune"),
}
_KIND = re.compile(rf"^({'|'.join(sorted(KINDS, key=len, reverse=True))})[.\s]+", re.IGNORECASE)
#: A name's kinds, None where a name of the unit tells none.
Kinds = set[str | None]


class Likeness(StrEnum):
    """How a name was told, the strictest first."""

    SAME = "same"  # letter for letter, but for capitals, spaces and the form of Unicode
    TONE_PLACE = "tone_place"  # Hoà for Hòa, Thuỷ for Thủy
    NO_ACCENTS = "no_accents"  # Phu Thuy for Phú Thủy
    NO_KIND = "no_kind"  # Phú Thủy or P. Phú Thủy for Phường Phú Thủy
    NO_KIND_NO_ACCENTS = "no_kind_no_accents"  # phu thuy for Phường Phú Thủy


#: Under these a name with a word for another kind of unit is another's.
LOOSE = (Likeness.NO_KIND, Likeness.NO_KIND_NO_ACCENTS)


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
        self._by_key: dict[tuple[Likeness, str], dict[str, Kinds]] = defaultdict(dict)
        for name, unit in names:
            kind = _kind(name)
            for likeness in Likeness:
                self._by_key[likeness, _key(likeness, name)].setdefault(unit, set()).add(kind)

    def find(self, name: str) -> Found:
        """Whom `name` means, by the strictest likeness under which anybody does; a district is never a commune."""
        kind = _kind(name)
        for likeness in Likeness:
            units = self._by_key.get((likeness, _key(likeness, name)), {})
            found = [unit for unit, kinds in units.items() if likeness not in LOOSE or _may_be(kind, kinds)]
            if found:
                return Found(tuple(found), likeness)
        return NOBODY

    def collisions(self, likeness: Likeness) -> tuple[tuple[str, ...], ...]:
        """The units that names as loose as `likeness` can't tell apart, in the order in which they were given."""
        return tuple(tuple(units) for (kind, _), units in self._by_key.items() if kind is likeness and len(units) > 1)


def own_name(name: str) -> str:
    """The name without the words for what the unit is: `UBND phường Phú Thủy` → `Phú Thủy`; `Thị trấn` stays itself."""
    return _parted(name)[1]


def _kind(name: str) -> str | None:
    """Which kind of unit the name says it is; None where it says none: `UBND Phú Thủy`, `Phú Thủy`."""
    return next((kind for word in _parted(name)[0] if (kind := KINDS[word]) is not None), None)


def _may_be(kind: str | None, kinds: Kinds) -> bool:
    return kind is None or None in kinds or kind in kinds


def _parted(name: str) -> tuple[list[str], str]:
    """The words for what the unit is, lower case, and the name without them."""
    words, rest = list[str](), unicodedata.normalize("NFC", " ".join(name.split()))
    while (found := _KIND.match(rest)) is not None and (shorter := rest[found.end() :]):
        words.append(found[1].lower())
        rest = shorter
    return words, rest


def _key(likeness: Likeness, name: str) -> str:
    if likeness in LOOSE:
        name = own_name(name)
    if likeness is Likeness.SAME:
        return unicodedata.normalize("NFC", " ".join(name.split())).lower()
    if likeness in (Likeness.TONE_PLACE, Likeness.NO_KIND):
        return " ".join(f"{word.letters}{word.tone}" for word in syllables(name))
    return " ".join(plain_words(name))
