"""Holds a table's totals against its rows: of the block above or below them, or of the whole table."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ledger.declared.amount import AmountUnit, ValueState, dotted
from ledger.declared.known import KnownUnits
from ledger.declared.log import Log
from ledger.declared.parts import Reading
from ledger.declared.rows import Entry, RowKind, TableRow
from ledger.declared.statement import Scope

#: More of them are no table that a person made.
MOST = 200
#: The numbers that a cell holds: one, or two where it is a fraction.
Numbers = tuple[Decimal, ...]


def check_totals(rows: Sequence[TableRow], units: KnownUnits, log: Log) -> None:
    """Report each total that is no sum of rows; a ratio is never summed, and is held against its own parts only."""
    places = [place for place, row in enumerate(rows) if row.kind is not RowKind.VALUES]
    if len(places) > MOST:
        row = rows[places[MOST]]
        log.reporter(row.number)(log.spot(row.number, 1), "too_many_totals", wanted=str(MOST))
        return
    for place in places:
        for total in rows[place].entries:
            if total.reading is not None and numbers(total.reading):
                _check(rows, place, total, total.reading, units, log)


def _check(rows: Sequence[TableRow], place: int, total: Entry, reading: Reading, units: KnownUnits, log: Log) -> None:
    wanted, nearest = numbers(reading), list[Entry]()
    for block in _blocks(rows, place, total):
        if block and wanted in (_sum(block), _sum(_uppermost(block, units))):
            return
        nearest = nearest or block
    summed = _sum(nearest)
    fields = {"value": _shown(wanted), "wanted": _shown(summed or ())}
    if summed is None or len(summed) != len(wanted):
        log.note(reading.spot, "unchecked_total", value=fields["value"])
    elif any(_is_rough(entry) for entry in (total, *nearest)):
        log.note(reading.spot, "rough_total", **fields)
    else:
        log.reporter(rows[place].number)(reading.spot, "wrong_total", **fields)


def numbers(reading: Reading) -> Numbers:
    """What of a cell can be summed; nothing of a ratio without its parts."""
    amount = reading.amount
    if amount.state is not ValueState.VALUE or amount.value is None:
        return ()
    if amount.numerator is not None and amount.denominator is not None:
        return Decimal(amount.numerator), Decimal(amount.denominator)
    return () if amount.unit is AmountUnit.RATIO else (amount.value,)


def _blocks(rows: Sequence[TableRow], place: int, total: Entry) -> Iterator[list[Entry]]:
    """What the total may be of: the rows above it since the last one, all above; below it until the next, all below."""
    is_whole = rows[place].kind is RowKind.WHOLE
    others = [other for other, row in enumerate(rows) if row.kind is not RowKind.VALUES]
    last = max((other for other in others if other < place), default=-1)
    following = min((other for other in others if other > place), default=len(rows))
    yield _addends(rows[last + 1 : place], total, is_whole=is_whole)
    yield _once(_addends(rows[:place], total, is_whole=is_whole))
    yield _addends(rows[place + 1 : following], total, is_whole=is_whole)
    yield _once(_addends(rows[place + 1 :], total, is_whole=is_whole))


def _addends(rows: Sequence[TableRow], total: Entry, *, is_whole: bool) -> list[Entry]:
    return [
        entry
        for row in rows
        if row.kind is RowKind.VALUES
        for entry in row.entries
        if _is_part(entry, total, is_whole=is_whole)
    ]


def _is_part(entry: Entry, total: Entry, *, is_whole: bool) -> bool:
    """Whether the total's row says nothing else of what it is about; what it leaves open may be anything."""
    if entry.column is not total.column or (is_whole and entry.subject.field is None):
        return False
    pairs = zip(_said(entry), _said(total), strict=True)
    return all(of_total is None or of_entry == of_total for of_entry, of_total in pairs)


def _said(entry: Entry) -> tuple[object, ...]:
    about = entry.subject
    return (about.unit, about.indicator, about.day, about.field, about.level)


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without those of a block that stands there twice."""
    return list({_said(entry): entry for entry in reversed(entries)}.values())


def _uppermost(entries: Sequence[Entry], units: KnownUnits) -> list[Entry]:
    """The entries without those of units that lie within another's, whose values have theirs in them."""
    there = {entry.subject.unit for entry in entries}

    def is_within(entry: Entry) -> bool:
        about = entry.subject
        if about.unit is None or about.day is None or about.scope is Scope.OWN:
            return False
        return not there.isdisjoint(units.ancestors(about.unit, about.day))

    return [entry for entry in entries if not is_within(entry)]


def _sum(entries: Sequence[Entry]) -> Numbers | None:
    """The sum; None where an entry has no value that can be summed. What doesn't apply is nothing."""
    found: list[Numbers] = []
    for entry in entries:
        if entry.reading is None:
            return None
        if entry.reading.amount.state is not ValueState.NOT_APPLICABLE:
            found.append(numbers(entry.reading))
    if not found or not all(len(each) == len(found[0]) > 0 for each in found):
        return None
    return tuple(sum(column, Decimal()) for column in zip(*found, strict=True))


def _is_rough(entry: Entry) -> bool:
    said = entry.reading.amount.qualifier if entry.reading is not None else None
    return (said or entry.subject.qualifier) is not None


def _shown(found: Numbers) -> str:
    return "/".join(dotted(number) for number in found)
