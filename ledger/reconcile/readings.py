"""What is told as it was last seen: certificates, mail queues, services, round trips and how full links are."""

from collections.abc import Iterable, Iterator

from ledger.figure import Reading
from ledger.observation import Check
from ledger.plan import PlannedAsset
from ledger.reconcile.scene import Scene

TOLD = (Check.TLS, Check.MAIL_QUEUE, Check.HTTPS, Check.ROUND_TRIP, Check.CAPACITY)


def readings_of(assets: Iterable[PlannedAsset], scene: Scene) -> Iterator[Reading]:
    """The latest of each check of each asset, in their order, however long ago it was."""
    for asset in assets:
        states = scene.states_of(asset.id)
        for check in TOLD:
            state = states.latest(check)
            if state is not None:
                yield Reading(
                    asset=asset.id,
                    unit=asset.unit,
                    kind=asset.kind,
                    check=check,
                    value=state.value,
                    ok=state.ok,
                    at=min(state.last_at, scene.as_of),
                )
