"""How many octets a port carried between two readings of its counters: a number that is sure, or none.

Counters begin anew and run over (RFC 2863 §3.1.6, §3.1.5), clocks are set; what can't be told apart is not counted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: sysUpTime counts hundredths of a second in 32 bits (RFC 3418).
UP_TIME_BEYOND = timedelta(milliseconds=10) * (1 << 32)
#: By so much, and this part of the time, may an agent's clock and ours differ: lost packets, cheap crystals.
SLACK, DRIFT = timedelta(seconds=10), 0.01
#: Readings are taken a little earlier or later than they say: a line may seem to carry this much more than it can.
HEADROOM = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PortOctets:
    """A port's octet counters, `bits` wide, at one instant; None: the agent has none.

    `up_time` is the agent's at that instant, `speed_bps` the line's in bits a second, None where nobody says.
    """

    at: datetime
    up_time: timedelta
    received: int | None
    sent: int | None
    bits: int
    speed_bps: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """Octets of each direction; None: not known."""

    received: int | None = None
    sent: int | None = None


def carried_between(before: PortOctets, after: PortOctets) -> Carried:
    """What the port carried from one reading to the other; nothing is known where the agent or a clock was set anew."""
    if before.bits != after.bits or not _ran_on(before, after):
        return Carried()
    seconds = (after.at - before.at).total_seconds()
    most = None if after.speed_bps is None else after.speed_bps / 8 * seconds * HEADROOM
    return Carried(
        _counted(before.received, after.received, after.bits, most), _counted(before.sent, after.sent, after.bits, most)
    )


def _ran_on(before: PortOctets, after: PortOctets) -> bool:
    """Whether the agent ran on for as long as our clock did; sysUpTime itself runs over after 497 days."""
    elapsed = after.at - before.at
    ran = (after.up_time - before.up_time) % UP_TIME_BEYOND
    return elapsed > timedelta() and abs(ran - elapsed) <= SLACK + elapsed * DRIFT


def _counted(before: int | None, after: int | None, bits: int, most: float | None) -> int | None:
    """64 bits never run over; 32 bits are believed where the line can't have carried another 4 GiB beside them."""
    if before is None or after is None:
        return None
    if bits == 64:
        return after - before if after >= before else None
    beyond = 1 << bits
    counted = (after - before) % beyond
    return counted if most is not None and counted <= most < counted + beyond else None
