"""Masks secrets in a configuration's text: each rule says where one stands, and what stands there is never kept."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MASK = "<masked>"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a secret stands: the group `secret` of `pattern`, inside each match of `within` where that is given."""

    pattern: re.Pattern[str]
    within: re.Pattern[str] | None = None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the secrets begin and end."""
        if self.within is None:
            areas: Sequence[tuple[int, int]] = [(0, len(text))]
        else:
            areas = [match.span() for match in self.within.finditer(text)]
        for start, end in areas:
            for match in self.pattern.finditer(text, start, end):
                yield match.span("secret")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its secrets, and the secrets in their order, for a digest and nothing else."""

    text: str
    secrets: tuple[str, ...]


def rules(*patterns: str) -> tuple[Rule, ...]:
    """Rules from patterns, in which `^` and `$` stand for a line's beginning and end."""
    return tuple(Rule(re.compile(pattern, re.MULTILINE)) for pattern in patterns)


def mask(text: str, wanted: Sequence[Rule]) -> Masked:
    """Replace every secret that a rule finds; what is found twice, or overlaps, is masked once."""
    pieces: list[str] = []
    secrets: list[str] = []
    done = 0
    for start, end in _merged(span for rule in wanted for span in rule.spans(text)):
        pieces += [text[done:start], MASK]
        secrets.append(text[start:end])
        done = end
    return Masked("".join([*pieces, text[done:]]), tuple(secrets))


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return found
