"""What stands after a number: thousand, million, billion, one after another; then money, or what is counted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ledger.vietnamese import plain_words

SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
MONEY = frozenset({"đồng", "vnđ", "vnd", "đ"})
#: Words that change the number wherever they stand, and that aren't read; other currencies among them.
UNREAD = frozenset(
    {
        *(*SCALES, "trăm", "vạn", "chục", "rưỡi", "rưởi", "tr", "trđ", "k", "thousand", "million", "billion"),
        *("usd", "eur", "euro", "cny", "jpy", "dollar", "đôla"),
    }
)
#: Right after the number these are no nouns, but scales in a hurry; elsewhere they may be (công ty, hợp đồng).
HASTY = frozenset({"ty", "ti", "tỳ", "tì", "tỵ", "ngan", "mươi", "bn", "mn", "mio", *MONEY})
#: These are told from nouns when misspelt: `triêu`, `trịêu`, `nghin`; not `tiêu`, `nghị`, `nghiên`.
LONG = ("nghìn", "triệu")
WORDS = re.compile(r"[^\W\d_]+")
#: What is counted: words, and what stands between them.
NOUN = re.compile(r"\(?[^\W\d_](?:[^\W\d_]|[ ,./()–-])*")


@dataclass(frozen=True, slots=True)
class Scale:
    """How many ones the number counts in; `is_money` where đồng follow."""

    factor: int
    is_money: bool


def read_scale(words: str) -> Scale | None:
    """What lower-case `words` after a number make of it; None where that isn't known for sure."""
    factors, rest = _factors(words.split())
    if factors != sorted(factors):
        return None
    factor = 1
    for each in factors:
        factor *= each
    if " ".join(rest) in MONEY:
        return Scale(factor, is_money=True)
    return Scale(factor, is_money=False) if not rest or _is_noun(" ".join(rest)) else None


def ends_in_scale(text: str) -> bool:
    """Whether nothing stands after a thousand, million or billion; of money that means đồng."""
    words = unicodedata.normalize("NFC", text).lower().split()
    return bool(words) and words[-1] in SCALES


def _factors(words: Sequence[str]) -> tuple[list[int], Sequence[str]]:
    count = next((place for place, word in enumerate(words) if word not in SCALES), len(words))
    return [SCALES[word] for word in words[:count]], words[count:]


def _is_noun(phrase: str) -> bool:
    words = WORDS.findall(phrase)
    if NOUN.fullmatch(phrase) is None or "đô la" in " ".join(words) or not UNREAD.isdisjoint(words):
        return False
    first = words[0]
    is_joined = first.startswith(LONG) or any(first.removesuffix(money) in UNREAD for money in MONEY)
    is_misspelt = bool(get_close_matches(first, LONG, n=1, cutoff=0.8)) or plain_words(first) in map(plain_words, LONG)
    return not (first in HASTY or is_joined or is_misspelt)
