"""What was seen but isn't planned: listed, never counted."""

from collections.abc import Iterator

from ledger.figure import AssetRow, Coverage
from ledger.language import N_
from ledger.observation import Check
from ledger.plan import Plan
from ledger.reconcile.scene import Scene
from ledger.remark import Remark


def unplanned_rows(plan: Plan, scene: Scene) -> Iterator[AssetRow]:
    """A row for each asset seen within max age that no register has, by id; a retired asset is in its register."""
    planned = {asset.id for asset in plan.assets()}
    for asset in sorted(scene.states.keys() - planned):
        yield from _row(asset, scene)


def _row(asset: str, scene: Scene) -> Iterator[AssetRow]:
    states = scene.states[asset]
    recent = [state for check in Check for state in states.yes(check) if scene.is_fresh(state)]
    if not recent:
        return
    last = max(recent, key=lambda state: (state.last_at, state.source))
    yield AssetRow(
        asset=asset,
        kind=None,
        unit=None,
        site=None,
        indicator=None,
        verdict=Coverage.UNPLANNED,
        since=min(*(state.since for state in recent), scene.as_of),
        last_seen=min(last.last_at, scene.as_of),
        seen_at_unit=last.unit,
        detail=Remark(
            N_("seen by {sighting}"), sighting=f"{last.source} ({last.value})" if last.value else last.source
        ),
        availability=None,
        lifecycle=None,
    )
