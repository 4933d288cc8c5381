"""The words of tables: totals, levels, scopes, qualifiers; the same in every spelling."""

import re
from collections.abc import Collection, Mapping

from ledger.declared.amount import QUALIFIERS, Qualifier
from ledger.declared.statement import Mark, Scope
from ledger.plan import Level
from ledger.vietnamese import syllables

#: What stands before a name in a list: "1.", "IV)", "-", "+".
BULLET = re.compile(r"^(?:[-–+*•]|(?:[0-9]{1,3}(?:\.[0-9]{1,3})*|[IVX]{1,6}|[a-z])[.)])\s+")
#: A line below the heading that numbers the columns: (1) (2) (3)=(2)/(1).
NUMBERED = re.compile(r"\([0-9A-Z]{1,2}\)(?:\s*=.*)?")


def plain_key(text: str) -> str:
    """What a text is the same by: its words, wherever the tone stands; itself where it has none (%)."""
    words = " ".join(f"{word.letters}{word.tone or ''}" for word in syllables(text))
    return words or " ".join(text.split()).lower()


def _keys(words: Collection[str]) -> frozenset[str]:
    return frozenset(plain_key(word) for word in words)


#: How a row of totals is called, alone or before "(…)", ":" and the name of what is summed.
TOTALS = _keys(
    {"tổng", "tổng cộng", "tổng số", "tổng cộng chung", "cộng", "cộng chung", "toàn tỉnh", "toàn thành phố"}
    | {"toàn huyện", "toàn ngành", "total"}
)
LEVELS: Mapping[str, Level] = {
    plain_key(word): level
    for level, words in {
        Level.PROVINCE: ("province", "tỉnh", "cấp tỉnh"),
        Level.DISTRICT: ("district", "huyện", "cấp huyện", "huyện, thị xã, thành phố"),
        Level.COMMUNE: ("commune", "xã", "cấp xã", "xã, phường", "xã, phường, thị trấn", "xã, phường, đặc khu"),
        Level.DEPARTMENT: ("department", "sở", "sở, ban, ngành", "các sở, ban, ngành", "cấp sở"),
    }.items()
    for word in words
}
SCOPES: Mapping[str, Scope] = {plain_key(scope): scope for scope in Scope}
MARKS: Mapping[str, Mark] = {plain_key(mark): mark for mark in Mark}
QUALIFIER_WORDS: Mapping[str, Qualifier] = {
    **{plain_key(word): qualifier for word, qualifier in QUALIFIERS.items()},
    **{plain_key(qualifier): qualifier for qualifier in Qualifier},
}


def is_total(text: str, further: Collection[str]) -> bool:
    """Whether a row that is called so is one of totals; `further` are the mapping's own words."""
    name = BULLET.sub("", " ".join(text.split()))
    before = re.split(r"[(:]", name, maxsplit=1)[0]
    return plain_key(before) in TOTALS or plain_key(name) in _keys(further)


def numbers_columns(texts: Collection[str]) -> bool:
    """Whether these cells of a row only number the columns: (1) (2), A B (1), or 1 2 3."""
    plain = [" ".join(text.split()) for text in texts]
    if not plain:
        return False
    counted = [int(text) for text in plain if text.isascii() and text.isdigit() and len(text) < 4]
    follow = len(counted) > 1 and counted == list(range(counted[0], counted[0] + len(counted))) and counted[0] <= 2
    return all(
        NUMBERED.fullmatch(text) or re.fullmatch(r"[A-E]", text) or (follow and text.isdigit()) for text in plain
    ) and (follow or any(NUMBERED.fullmatch(text) for text in plain))
