"""Publishes a period's figures: works them out at its last second, freezes them with their evidence, chains them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from ledger.declared.statement import in_force
from ledger.errors import CallError
from ledger.figure import Snapshot
from ledger.kept import day_closes
from ledger.language import N_
from ledger.max_age import MaxAges
from ledger.period import Period
from ledger.plan import Plan
from ledger.publication.chain import BEGINNING, Sealed, sealed
from ledger.publication.checking import Check, absent, checked, held_against
from ledger.publication.frozen import Frozen, Header, header_of, lines_of
from ledger.publication.published import PublicationError, Published
from ledger.reconcile import reconcile
from ledger.reconcile.calendar import local_day
from ledger.reconcile.version import rule_version
from ledger.seen import Seen
from ledger.store import Store
from ledger.store.publications import last_publication, read_part_numbers, read_publications, read_sealed
from ledger.uncollected import uncollected

Made = tuple[Published, Sealed]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes, and checks what was published."""

    store: Store
    clock: Callable[[], datetime]

    def publish(self, plan: Plan, max_ages: MaxAges, period: Period, by: str) -> Published:
        """Freeze the figures of a period that is over, from one state of the store.

        Raises CallError for one that isn't over, PublicationError where what was made doesn't stand its own check, and
        StoreError; nothing is written then.
        """
        now = self.clock()
        if period.last >= local_day(now):
            raise CallError(
                N_("period: {name} lasts until {last}; publish it after that"),
                name=period.name,
                last=period.last.isoformat(),
            )
        as_of = day_closes(period.last)
        with uncollected():
            seen = self.store.seen(as_of)
            snapshot = reconcile(plan, seen, max_ages, as_of)

        @cache
        def make(number: int, previous: str) -> Made:
            header = header_of(
                period,
                number=number,
                as_of=as_of,
                published_at=now,
                by=by,
                plan_version=plan.version,
                rule_version=rule_version(),
                previous=previous,
            )
            return _made(_frozen(plan, snapshot, seen, header=header))

        # Made and checked before its turn to write comes; anew in it only where another was published meanwhile.
        with self.store.reading() as connection:
            number, digest = last_publication(connection)
        make(number + 1, digest)
        return self.store.publish(make)

    def check(self, number: int | None = None, digest: str | None = None) -> list[Check]:
        """Check one publication, or all; each is held against the one before it as that is stored.

        Numbers have no gaps: what isn't there though it was is told too, of one publication what is missing right
        before it. `digest` was kept outside the ledger. Empty: there is no such publication.
        """
        with self.store.reading() as connection:
            return list(_checks(connection, number, digest))


def _checks(connection: Connection, wanted: int | None, digest: str | None) -> Iterator[Check]:
    known = {made.number: made for made in read_publications(connection)}
    parts = read_part_numbers(connection)
    before = 0
    for number in sorted(known.keys() | parts):
        if number > before + 1 and (wanted is None or before < wanted <= number):
            yield absent(before + 1, number - 1, has_parts=False)
        made, previous = known.get(number), known.get(number - 1)
        if made is None and wanted in (None, number, number + 1):
            yield absent(number, number, has_parts=True)
        elif made is not None and wanted in (None, number):
            begins = BEGINNING if number == 1 else None if previous is None else previous.digest
            yield held_against(checked(made, read_sealed(connection, made), begins), made, digest)
        before = number


def _made(frozen: Frozen) -> Made:
    """Seal it, and check what came of it; raises PublicationError."""
    header = frozen.header
    packed = sealed(lines_of(frozen), header.previous)
    made = Published(
        number=header.number,
        period=header.period,
        published_at=header.published_at,
        by=header.by,
        lines=packed.lines,
        digest=packed.digest,
        days=header.span(),
    )
    check = checked(made, packed, header.previous)
    if not check.is_sound:
        raise PublicationError(
            N_(
                "publication: {period} doesn't follow from its own evidence (line {line}, {row}: {reason}); nothing "
                "was published; this is a fault of the program: report it with the plan {version}"
            ),
            period=made.period,
            line=check.line,
            row=check.row or "–",
            reason=check.reason,
            version=header.plan_version,
        )
    return made, packed


def _frozen(plan: Plan, snapshot: Snapshot, seen: Seen, *, header: Header) -> Frozen:
    """What counts: rows of an indicator, and what was declared by that day."""
    today = local_day(snapshot.as_of)
    holding = set(map(id, in_force(seen.declared, today)))
    return Frozen(
        header=header,
        units=tuple(plan.units.values()),
        spans=plan.history.spans,
        successions=plan.history.successions,
        indicators=tuple(plan.indicators.values()),
        targets=plan.targets,
        declared=tuple(each for each in seen.declared if id(each.statement) in holding),
        rows=tuple(row for row in snapshot.rows if row.counted and row.unit is not None),
        figures=snapshot.figures,
    )
