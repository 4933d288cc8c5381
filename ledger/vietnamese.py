"""Vietnamese words: found with or without accents, wherever the tone stands; sorted by the Vietnamese alphabet."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Tones in the order of the alphabet: none, huyền, hỏi, ngã, sắc, nặng.
TONES = "\u0300\u0309\u0303\u0301\u0323"
ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
#: What sorts a name: each word's letters as places in the alphabet, and its tone.
Alphabetic = tuple[tuple[tuple[int, ...], int], ...]
WORD = re.compile(r"\w+")
#: What an accented letter is without its accent.
PLAIN = {
    letter: unicodedata.normalize("NFD", letter)[0] if letter != "đ" else "d"
    for letter in "abcdefghijklmnopqrstuvwxyzăâđêôơư"
}


@dataclass(frozen=True, slots=True)
class Syllable:
    """A word as letters of the alphabet and its one tone, so that Hoà and Hòa are the same; 0: no tone."""

    letters: str
    tone: int


def syllables(text: str) -> tuple[Syllable, ...]:
    """The words of `text`, lower case, in composed or decomposed Unicode alike."""
    return tuple(_syllable(word) for word in WORD.findall(unicodedata.normalize("NFC", text.lower())))


def plain_words(text: str) -> tuple[str, ...]:
    """The words of `text`, lower case, without accents: `Phường Phú Thủy` → phuong, phu, thuy."""
    return tuple("".join(PLAIN.get(letter, letter) for letter in word.letters) for word in syllables(text))


def _syllable(word: str) -> Syllable:
    decomposed = unicodedata.normalize("NFD", word)
    tone = next((TONES.index(mark) + 1 for mark in decomposed if mark in TONES), 0)
    toneless = "".join(mark for mark in decomposed if mark not in TONES)
    return Syllable(unicodedata.normalize("NFC", toneless), tone)


def matches(query: str, *texts: str) -> bool:
    """Whether each word of `query` begins a word of the texts.

    What the query marks must be there; what it leaves out may be anything: `phu` finds Phú and Phủ, `phú` finds only
    Phú, `thuỷ` finds Thủy.
    """
    words = [word for text in texts for word in syllables(text)]
    return all(any(_begins(asked, word) for word in words) for asked in syllables(query))


def _begins(asked: Syllable, word: Syllable) -> bool:
    if len(asked.letters) > len(word.letters) or asked.tone not in (0, word.tone):
        return False
    pairs = zip(asked.letters, word.letters, strict=False)
    return all(letter in (known, PLAIN.get(known, known)) for letter, known in pairs)


def alphabetic(text: str) -> Alphabetic:
    """A key to sort by: word by word, letters first (đ after d), tones where the letters are alike; digits first."""
    return tuple((tuple(_places(word.letters)), word.tone) for word in syllables(text))


def _places(letters: Iterable[str]) -> Iterable[int]:
    return (ALPHABET[letter] if letter in ALPHABET else ord(letter) - 0x110000 for letter in letters)
