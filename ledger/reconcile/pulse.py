"""Which elements of the network answer and which are silent, for finding the roots of outages."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from ledger.observation import Check, Failure
from ledger.plan import Plan
from ledger.reconcile.outage import Pulse
from ledger.reconcile.scene import Scene, responds
from ledger.seen import Answer

#: A device that answers any of these forwards what lies behind it, whatever else is wrong with it.
SIGNS_OF_LIFE = (Check.SNMP, Check.PING)


def take_pulse(plan: Plan, scene: Scene, in_service: AbstractSet[str]) -> Pulse:
    """Look at every device and link that is part of the network today."""
    answering = {device for device in plan.devices if _answers(device, scene)}
    silent = {device: _device_silent_since(device, scene) for device in in_service & (plan.devices.keys() - answering)}
    silent |= {link: _link_down_since(link, scene) for link in in_service & plan.links.keys()}
    return Pulse(
        silent={element: since for element, since in silent.items() if since is not None},
        answering=answering,
        in_service=in_service,
        gone={asset.id for asset in plan.assets() if asset.retired_on is not None and asset.retired_on <= scene.today},
    )


def _answers(device: str, scene: Scene) -> bool:
    return any(
        responds(state) and scene.is_current(state) and scene.is_live(check)
        for check in SIGNS_OF_LIFE
        for state in scene.states_of(device).by_source(check)
    )


def _device_silent_since(device: str, scene: Scene) -> datetime | None:
    """When the last sign of life failed; None where nobody knows that one did."""
    failing = [
        state.since
        for check in SIGNS_OF_LIFE
        if scene.is_live(check)
        for state in scene.states_of(device).by_source(check)
        if not state.ok and state.failure is not Failure.COLLECTOR_ERROR
    ]
    return max(failing, default=None)


def _link_down_since(link: str, scene: Scene) -> datetime | None:
    """Since when the link's nearer end says that it is down; None where it says up, or nothing."""
    state = next(iter(scene.states_of(link).by_source(Check.LINK)), None)
    return state.since if state is not None and state.answer is Answer.NO and scene.is_live(Check.LINK) else None
