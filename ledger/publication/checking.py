"""Checks a publication: every seal, the chain, and whether its figures follow from its evidence."""

import json
from dataclasses import dataclass
from typing import Any

from ledger.document import figure_document
from ledger.language import N_
from ledger.publication.chain import Broken, Sealed, opened
from ledger.publication.frozen import Frozen
from ledger.publication.published import Published
from ledger.publication.thawing import Thawed, thawed
from ledger.reconcile.figures import figures_of
from ledger.reconcile.version import rule_version
from ledger.remark import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of checking one publication: `line` is the first that differs, counted from 1, and `row` what it is.

    `reason` None: all is as it was published.
    """

    number: int
    lines: int
    figures: int = 0
    line: int | None = None
    row: str | None = None
    reason: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing differs."""
        return self.reason is None


def checked(published: Published, stored: Sealed, previous: str) -> Check:
    """Check the seals of a publication that should begin with the digest `previous`, then work its figures out anew."""
    lines: list[str] = []
    try:
        for line in opened(stored, previous):
            lines.append(line)  # noqa: PERF402 - what came before a break is needed
        read = thawed(lines)
    except Broken as broken:
        row = _name(lines[broken.line - 1]) if broken.line <= len(lines) else None
        return _wrong(published, broken.line, row, broken.reason)
    except (ValueError, KeyError, TypeError) as error:
        return _wrong(published, len(lines), None, Remark(N_("it can't be read: {error}"), error=error))
    return _against_header(published, read.frozen) or _against_evidence(published, read)


def _against_header(published: Published, frozen: Frozen) -> Check | None:
    header = frozen.header
    said = (header.number, header.period, header.published_at, header.by)
    kept = (published.number, published.period, published.published_at, published.by)
    if said == kept:
        return None
    return _wrong(published, 1, "header", Remark(N_("the list of publications says something else of it")))


def _against_evidence(published: Published, read: Thawed) -> Check:
    frozen = read.frozen
    found = [_document(f) for f in figures_of(frozen.plan(), frozen.rows, frozen.header.as_of, frozen.declared)]
    for place, (line, was) in enumerate(read.figures):
        now = found[place] if place < len(found) else None
        if now != was:
            return _wrong(published, line, _figure_name(was), _why(frozen, was, now))
    if len(found) != len(read.figures):
        return _wrong(
            published,
            published.lines,
            None,
            Remark(N_("figures are missing: {names}"), names=_figure_name(found[len(read.figures)])),
        )
    return Check(number=published.number, lines=published.lines, figures=len(found))


def _document(figure: Any) -> dict[str, Any]:
    """A figure as it is after a way through JSON."""
    read: dict[str, Any] = json.loads(json.dumps(figure_document(figure), ensure_ascii=False))
    return read


def _why(frozen: Frozen, was: dict[str, Any], now: dict[str, Any] | None) -> str:
    keys = [key for key in was if now is None or was[key] != now.get(key)]
    differs = Remark(N_("its evidence gives another figure ({keys})"), keys=", ".join(keys))
    if frozen.header.rule_version == rule_version():
        return differs
    message = N_("{what}; it was worked out by the rules {then}, these are {now}")
    return Remark(message, what=differs, then=frozen.header.rule_version, now=rule_version())


def _wrong(published: Published, line: int, row: str | None, reason: str) -> Check:
    return Check(number=published.number, lines=published.lines, line=line, row=row, reason=reason)


def _figure_name(document: dict[str, Any]) -> str:
    return f"figure {document['indicator']} {document['unit']} {document['level']} {document['evidence']}"


def _name(line: str) -> str | None:
    """What a line is, as far as it can be read."""
    try:
        sort, values = json.loads(line)
    except ValueError:
        return None
    if sort == "figure":
        return _figure_name(values)
    known = (values.get(name) for name in ("asset", "id", "indicator", "number") if isinstance(values, dict))
    return f"{sort} {next((str(each) for each in known if each is not None), '')}".strip()
