"""Checks a publication: every seal, the chain, and whether its figures follow from its evidence."""

import json
from dataclasses import dataclass, replace
from typing import Any

from ledger.document import figure_document
from ledger.language import N_
from ledger.publication.chain import Broken, Sealed, opened
from ledger.publication.frozen import FIGURE_KEYS, Frozen
from ledger.publication.published import Published
from ledger.publication.thawing import Thawed, stored_header, thawed
from ledger.reconcile.figures import figures_of
from ledger.reconcile.version import rule_version
from ledger.remark import Remark

#: What reading evidence that isn't as it was written may raise, its seals made anew.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of checking one publication: `line` is the first that differs, counted from 1, and `row` what it is.

    `line` None where no line differs, but the publication isn't there, or its digest is another one. `reason` None: all
    is as it was published.
    """

    number: int
    lines: int = 0
    figures: int = 0
    line: int | None = None
    row: str | None = None
    reason: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing differs."""
        return self.reason is None


def checked(published: Published, stored: Sealed, previous: str | None) -> Check:
    """Check the seals of a publication that should begin with the digest `previous`, then work its figures out anew.

    `previous` None: the one before isn't there, so that the publication is held against what it says itself.
    """
    if previous is None:
        header = stored_header(stored.parts[0]) if stored.parts else None
        previous = "" if header is None else str(header.previous)
    lines: list[str] = []
    try:
        for line in opened(stored, previous):
            lines.append(line)  # noqa: PERF402 - what came before a break is needed
        read = thawed(lines)
        return _against_header(published, read.frozen, previous) or _against_evidence(published, read)
    except Broken as broken:
        row = _name(lines[broken.line - 1]) if 0 < broken.line <= len(lines) else None
        return _wrong(published, broken.line, row, broken.reason)
    except UNREADABLE as error:
        return _wrong(published, len(lines), None, Remark(N_("it can't be read: {error}"), error=error))


def held_against(check: Check, published: Published, digest: str | None) -> Check:
    """The check of a publication whose digest was kept outside the ledger (None: it wasn't)."""
    if digest is None or digest == published.digest or not check.is_sound:
        return check
    other = Remark(N_("its digest is {found}, not {wanted}"), found=published.digest, wanted=digest)
    return replace(check, row="digest", reason=other)


def absent(first: int, last: int, *, has_parts: bool) -> Check:
    """Of the publications `first` to `last`, which aren't there though later ones or parts of them are."""
    if has_parts:
        return Check(number=first, reason=Remark(N_("it was taken from the list of publications; its lines are left")))
    if first == last:
        return Check(number=first, reason=Remark(N_("it was deleted, for there are later ones")))
    return Check(
        number=first, reason=Remark(N_("it and those up to {last} were deleted, for there are later ones"), last=last)
    )


def _against_header(published: Published, frozen: Frozen, previous: str) -> Check | None:
    header = frozen.header
    said = (header.number, header.period, header.published_at, header.by, header.previous)
    kept = (published.number, published.period, published.published_at, published.by, previous)
    if said == kept:
        return None
    return _wrong(published, 1, "header", Remark(N_("the list of publications says something else of it")))


def _against_evidence(published: Published, read: Thawed) -> Check:
    frozen = read.frozen
    found = [_document(f) for f in figures_of(frozen.plan(), frozen.rows, frozen.header.as_of, frozen.declared)]
    for place, (line, was) in enumerate(read.figures):
        keys = _differing(was, found[place] if place < len(found) else None)
        if keys:
            return _wrong(published, line, _figure_name(was), _why(frozen, keys))
    if len(found) != len(read.figures):
        return _wrong(
            published,
            published.lines,
            None,
            Remark(N_("figures are missing: {names}"), names=_figure_name(found[len(read.figures)])),
        )
    return Check(number=published.number, lines=published.lines, figures=len(found))


def _differing(was: dict[str, Any], now: dict[str, Any] | None) -> list[str]:
    """The keys under which another figure follows; what figures have come to say since it was published isn't its."""
    lost = sorted(FIGURE_KEYS - was.keys())
    return lost + [key for key in was if now is None or was[key] != now.get(key)]


def _document(figure: Any) -> dict[str, Any]:
    """A figure as it is after a way through JSON."""
    read: dict[str, Any] = json.loads(json.dumps(figure_document(figure), ensure_ascii=False))
    return read


def _why(frozen: Frozen, keys: list[str]) -> str:
    differs = Remark(N_("its evidence gives another figure ({keys})"), keys=", ".join(keys))
    if frozen.header.rule_version == rule_version():
        return differs
    message = N_("{what}; it was worked out by the rules {then}, these are {now}")
    return Remark(message, what=differs, then=frozen.header.rule_version, now=rule_version())


def _wrong(published: Published, line: int, row: str | None, reason: str) -> Check:
    return Check(number=published.number, lines=published.lines, line=line, row=row, reason=reason)


def _figure_name(document: dict[str, Any]) -> str:
    return " ".join(["figure", *(str(document.get(key)) for key in ("indicator", "unit", "level", "evidence"))])


def _name(line: str) -> str | None:
    """What a line is, as far as it can be read."""
    try:
        sort, values = json.loads(line)
    except (ValueError, TypeError):
        return None
    if sort == "figure" and isinstance(values, dict):
        return _figure_name(values)
    known = (values.get(name) for name in ("asset", "id", "indicator", "number") if isinstance(values, dict))
    return f"{sort} {next((str(each) for each in known if each is not None), '')}".strip()
