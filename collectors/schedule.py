"""Which devices are asked in a cycle: the seam where devices can be spread over many collectors."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from ledger.language import LOCAL_ZONE
from ledger.plan import Asset, Device, Plan


class Schedule(Protocol):
    """Says which devices to ask now."""

    def due(self, now: datetime) -> Sequence[Device]:
        """The devices to ask in the cycle that starts at `now` (aware UTC), in a stable order."""


class PlanSchedule:
    """Every device of the plan in every cycle: ours, in its planned time, neither retired nor exempt."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def due(self, now: datetime) -> Sequence[Device]:
        """The plan's devices that are ours and in use on the day of `now` in Vietnam, in register order."""
        today = local_day(now)
        return tuple(device for device in self._plan.devices.values() if device.is_ours and is_in_use(device, today))


def local_day(now: datetime) -> date:
    """The day in Vietnam at `now`: dates of the plan are days there."""
    return now.astimezone(LOCAL_ZONE).date()


def is_in_use(asset: Asset, today: date) -> bool:
    """Whether the asset is in its planned time, neither retired nor exempt."""
    is_exempt = asset.exemption is not None and today <= asset.exemption.until
    return asset.planned_from <= today and not is_retired(asset, today) and not is_exempt


def is_retired(asset: Asset, today: date) -> bool:
    """Whether the asset has left the plan; on the day itself it has."""
    return asset.retired_on is not None and asset.retired_on <= today
