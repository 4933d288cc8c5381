"""Cabling, planned and seen, port by port: the rows that the table, JSON, the drawing and the page share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cabling(StrEnum):
    """What became of a planned link, or what was seen beside the plan. What needs somebody comes first."""

    WRONG_PORT = "wrong_port"  # the two devices hear each other, on another port than planned
    MISSING = "missing"  # a device that was asked hears nothing of the other
    UNEXPECTED = "unexpected"  # heard, and in no register
    UNKNOWN = "unknown"  # neither end could be asked, so nobody knows
    PLANNED_LATER = "planned_later"  # not there, and its date lies ahead
    RIGHT = "right"


class Match(StrEnum):
    """By which rule the device and the port at the other end were told, the strongest first."""

    BOTH_WAYS = "both_ways"  # each end hears the other, and each names its port
    CHASSIS_AND_PORT = "chassis_and_port"  # chassis id is the one that the device gives itself; port id or name fits
    NAME_AND_PORT = "name_and_port"  # system name is the device's id; port id or name fits
    CHASSIS = "chassis"  # chassis id only: the port's id says nothing that can be compared
    NAME = "name"  # system name only
    STRANGER = "stranger"  # no device of the plan: as it calls itself


@dataclass(frozen=True, slots=True, order=True)
class PortRef:
    """A port of a device of the plan, or of a stranger by what it calls itself; `port` None: not told."""

    device: str
    port: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologyRow:
    """One cable: as planned (None: in no register), as seen (None: not seen), and how the two agree.

    `unit` is the one that the link serves, or that the hearing device belongs to. `heard_by` are the devices that told,
    `heard_at` the latest time at which one did. `detail` says what somebody can do about it, and never holds a secret.
    """

    verdict: Cabling
    link: str | None
    unit: str
    planned: tuple[PortRef, PortRef] | None
    seen: tuple[PortRef, PortRef] | None
    match: Match | None
    protocol: str | None
    heard_by: tuple[str, ...]
    heard_at: datetime | None
    detail: str | None
