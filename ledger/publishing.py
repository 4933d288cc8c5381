"""Publishes a period's figures: works them out at its last second, freezes them with their evidence, chains them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ledger.declared.statement import Declared, in_force
from ledger.errors import CallError
from ledger.figure import Snapshot
from ledger.kept import day_closes
from ledger.language import N_
from ledger.period import Period
from ledger.plan import Plan
from ledger.publication.chain import BEGINNING, Sealed, sealed
from ledger.publication.checking import Check, checked
from ledger.publication.frozen import Frozen, Header, header_of, lines_of
from ledger.publication.published import Published
from ledger.reconcile.calendar import local_day
from ledger.reconcile.version import rule_version
from ledger.store import Store
from ledger.view import LedgerView


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes, and checks what was published."""

    store: Store
    clock: Callable[[], datetime]

    def publish(self, view: LedgerView, period: Period, by: str) -> Published:
        """Freeze the figures of a period that is over; raises CallError for one that isn't, and StoreError."""
        now = self.clock()
        if period.last >= local_day(now):
            raise CallError(
                N_("period: {name} lasts until {last}; publish it after that"),
                name=period.name,
                last=period.last.isoformat(),
            )
        snapshot = view.at(day_closes(period.last))
        declared = self.store.declared()

        def make(number: int, previous: str) -> tuple[Published, Sealed]:
            header = header_of(
                period,
                number=number,
                as_of=snapshot.as_of,
                published_at=now,
                by=by,
                plan_version=view.plan.version,
                rule_version=rule_version(),
                previous=previous,
            )
            packed = sealed(lines_of(_frozen(view.plan, snapshot, declared, header=header)), previous)
            made = Published(
                number=number,
                period=period.name,
                published_at=now,
                by=by,
                lines=packed.lines,
                digest=packed.digest,
            )
            return made, packed

        return self.store.publish(make)

    def check(self, number: int | None = None) -> list[Check]:
        """Check one publication, or all; each is held against the one before it as that is stored."""
        found = self.store.publications()
        before = {made.number: previous.digest for previous, made in pairwise(found)}
        wanted = [made for made in found if number in (None, made.number)]
        return [checked(made, self.store.publication(made), before.get(made.number, BEGINNING)) for made in wanted]


def _frozen(plan: Plan, snapshot: Snapshot, declared: tuple[Declared, ...], *, header: Header) -> Frozen:
    """What counts: rows of an indicator, and what was declared by that day."""
    today = local_day(snapshot.as_of)
    holding = set(map(id, in_force(declared, today)))
    return Frozen(
        header=header,
        units=tuple(plan.units.values()),
        indicators=tuple(plan.indicators.values()),
        targets=plan.targets,
        declared=tuple(each for each in declared if id(each.statement) in holding),
        rows=tuple(row for row in snapshot.rows if row.counted and row.unit is not None),
        figures=snapshot.figures,
    )
