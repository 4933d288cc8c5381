"""The devices split into parts, one target each, small enough for one scrape."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from exporter.samples import FAMILIES, DeviceSamples

MOST_SERIES = 100_000
ROW_FAMILIES = sum(family.is_by_row for family in FAMILIES)
DEVICE_FAMILIES = len(FAMILIES) - ROW_FAMILIES


def series_of(samples: DeviceSamples) -> int:
    """The most series that the device can have; what an agent leaves out today it may give tomorrow."""
    return len(samples.interfaces) * ROW_FAMILIES + DEVICE_FAMILIES


@dataclass(frozen=True, slots=True)
class Part:
    """The devices of one target in register order, and the series that are set aside for them."""

    devices: Sequence[DeviceSamples]
    series: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The parts by number, those without devices left out, and the devices that were in the one before and are gone."""

    parts: dict[str, Part]
    gone: frozenset[str]


@dataclass(slots=True)
class _Place:
    part: int
    series: int


class Parts:
    """Which device is in which part; safe to call from several threads.

    A device stays in its part, so that its series stay at their target. It moves only when it grew and its part has no
    room left, and the room of one that shrank stays its own: a switch without its rows is most often only down. One
    that needs more than `most_series` has a part to itself. All is forgotten with the process: after a restart the
    parts are filled anew, in the order in which devices are first seen.
    """

    def __init__(self, most_series: int = MOST_SERIES) -> None:
        self._most_series = most_series
        self._places: dict[str, _Place] = {}
        self._series: list[int] = []
        self._lock = Lock()

    def assign(self, devices: Sequence[DeviceSamples]) -> Assignment:
        """Every device in one part; a new one in the first that has room."""
        with self._lock:
            gone = self._places.keys() - {samples.device for samples in devices}
            for device in gone:
                self._leave(self._places.pop(device))
            places = [self._place(samples) for samples in devices]
            groups: list[list[DeviceSamples]] = [[] for _ in self._series]
            for samples, part in zip(devices, places, strict=True):
                groups[part].append(samples)
            parts = {
                str(number): Part(group, series)
                for number, (group, series) in enumerate(zip(groups, self._series, strict=True))
                if group
            }
        return Assignment(parts, frozenset(gone))

    def _place(self, samples: DeviceSamples) -> int:
        place = self._places.get(samples.device)
        series = series_of(samples)
        if place is not None and series <= place.series:
            return place.part
        if place is not None:
            self._leave(place)
        staying = place is not None and self._has_room(place.part, series)
        part = place.part if place is not None and staying else self._first_with_room(series)
        self._series[part] += series
        self._places[samples.device] = _Place(part, series)
        return part

    def _leave(self, place: _Place) -> None:
        self._series[place.part] -= place.series

    def _has_room(self, part: int, series: int) -> bool:
        return self._series[part] == 0 or self._series[part] + series <= self._most_series

    def _first_with_room(self, series: int) -> int:
        for part in range(len(self._series)):
            if self._has_room(part, series):
                return part
        self._series.append(0)
        return len(self._series) - 1
