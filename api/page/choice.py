"""What a reader asks of a page. Unlike the API, a page takes what it understands, and says what it left out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ledger.figure import Availability, Coverage
from ledger.language import Language
from ledger.plan import Level
from ledger.topology import Cabling

#: No name is longer than this.
LONGEST_SEARCH = 100
LANGUAGE_COOKIE = "lang"
#: What a page may be asked for, and which values have a meaning there (None: any). What has none is the API's.
VALUES: Mapping[str, Collection[str] | None] = {
    "q": None,
    "level": tuple(Level),
    "wanting": ("1",),
    "verdict": tuple(dict.fromkeys(reason.value for reason in (*Coverage, *Availability))),
    "cabling": tuple(verdict.value for verdict in Cabling),
    "page": None,
    **dict.fromkeys(("at", "reason", "unit", "kind"), ()),
}
UNITS_NAMES = frozenset({"q", "level", "wanting", "sort"})
GAPS_NAMES = frozenset({"indicator", "verdict", "page"})
CABLES_NAMES = frozenset({"cabling", "page"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A parameter that the page did nothing with; `valid` are the values that it would have taken, empty: none."""

    name: str
    value: str
    valid: tuple[str, ...]


def left_out(parameters: Mapping[str, str], names: Collection[str], indicators: Collection[str] = ()) -> list[LeftOut]:
    """What of the address a page that takes `names` left out; names that mean nothing anywhere are no news."""
    found = []
    known = {**VALUES, "sort": ("name", *indicators), "indicator": tuple(indicators)}
    for name, value in parameters.items():
        valid = known.get(name) if name in names else ()
        if name in known and value and valid is not None and value.removeprefix("-") not in valid:
            found.append(LeftOut(name, value[:LONGEST_SEARCH], tuple(valid)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsChoice:
    """Which units, in which order: `sort` is `name` or an indicator, descending with a `-` before it."""

    search: str = ""
    level: Level | None = None
    wanting: bool = False
    sort: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str], indicators: Collection[str]) -> "UnitsChoice":
        """From the query; it may be sorted by one of `indicators`."""
        level, sort = parameters.get("level", ""), parameters.get("sort", "")
        return cls(
            search=parameters.get("q", "").strip()[:LONGEST_SEARCH],
            level=Level(level) if level in set(Level) else None,
            wanting=parameters.get("wanting") == "1",
            sort=sort if sort.removeprefix("-") in {"name", *indicators} else "",
        )

    @property
    def narrows(self) -> bool:
        """Whether it leaves units out, so that the tree can't be shown as one."""
        return bool(self.search or self.level or self.wanting)

    def sorted_by(self, column: str) -> str:
        """The address of the same choice sorted by `column`: ascending, then descending, then as in the plan."""
        following = {"": column, column: f"-{column}", f"-{column}": ""}.get(self.sort, column)
        asked = {"q": self.search, "level": self.level or "", "wanting": "1" if self.wanting else "", "sort": following}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"?{query}" if query else "?"

    def direction(self, column: str) -> str:
        """What `aria-sort` says of `column`."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")


def chosen_language(parameters: Mapping[str, str], cookies: Mapping[str, str]) -> Language:
    """By `?lang=`, else by the cookie; Vietnamese unless one of them says otherwise."""
    for value in (parameters.get("lang"), cookies.get(LANGUAGE_COOKIE)):
        if value in set(Language):
            return Language(value)
    return Language.VI
