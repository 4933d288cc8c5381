"""Whose addresses are believed: those of planned devices that are ours and in use, and of their links' ends."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import IPv4Address

from collectors.schedule import is_in_use, local_day
from ledger.plan import Device, Plan


class Believed:
    """Looks a sender up by its address; who is in use is worked out anew each day."""

    def __init__(self, plan: Plan, clock: Callable[[], datetime]) -> None:
        self._plan = plan
        self._clock = clock
        self._day: date | None = None
        self._by_address: Mapping[str, Device] = {}
        self._devices: tuple[str, ...] = ()

    def device_at(self, address: str) -> Device | None:
        """The device that sends from `address`; None: nobody who is believed."""
        self._renew()
        return self._by_address.get(address)

    def devices(self) -> tuple[str, ...]:
        """The ids of all who are believed, in register order."""
        self._renew()
        return self._devices

    def _renew(self) -> None:
        today = local_day(self._clock())
        if today == self._day:
            return
        self._day = today
        wanted = {name: device for name, device in self._plan.devices.items() if _is_believed(device, today)}
        ends = {
            str(end.address.ip): wanted[end.device]
            for link in self._plan.links.values()
            for end in (link.a, link.b)
            if end.address is not None and end.device in wanted
        }
        self._by_address = ends | {str(device.address): device for device in wanted.values()}
        self._devices = tuple(wanted)


def _is_believed(device: Device, today: date) -> bool:
    return device.is_ours and is_in_use(device, today) and device.address != IPv4Address(0)
