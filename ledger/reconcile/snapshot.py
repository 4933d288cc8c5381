"""Reconciles the two sides of the ledger: what should exist with what was seen."""

from datetime import datetime

from ledger.figure import Snapshot
from ledger.max_age import MaxAges
from ledger.plan import Plan
from ledger.reconcile.cabling import Cables
from ledger.reconcile.figures import figures_of
from ledger.reconcile.horizon import valid_until
from ledger.reconcile.impact import outages_of
from ledger.reconcile.readings import readings_of
from ledger.reconcile.scene import scene_of
from ledger.reconcile.unplanned import unplanned_rows
from ledger.reconcile.verdicts import Verdicts
from ledger.seen import Seen


def reconcile(plan: Plan, seen: Seen, max_ages: MaxAges, as_of: datetime) -> Snapshot:
    """What the ledger says at `as_of`: the same input gives the same output, and nothing else goes into it.

    Retired assets (from the day they retire on) have no rows. What isn't counted in an indicator has a row without.
    """
    scene = scene_of(seen, max_ages, as_of)
    cables = Cables(plan, scene)
    verdicts = Verdicts(plan, scene, cables.beside_the_plan())
    found = list(verdicts.all())
    rows = [verdict.judgement.row(indicator) for verdict in found for indicator in verdict.indicators]
    return Snapshot(
        as_of=as_of,
        version=f"{plan.version}.{seen.version}.{as_of:%Y%m%d%H%M%S%f}",
        valid_until=valid_until(plan, seen, scene),
        figures=tuple(figures_of(plan, rows, as_of, seen.declared)),
        rows=(*rows, *unplanned_rows(plan, scene)),
        heartbeats=seen.heartbeats,
        outages=outages_of(plan, (verdict.judgement for verdict in found), as_of),
        readings=tuple(readings_of(verdicts.assets, scene)),
        topology=tuple(cables.rows()),
    )
