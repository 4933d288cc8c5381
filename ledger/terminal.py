"""What Annex I of circular 06/2026/TT-BKHCN asks of a unit's terminal, its router to the TSLCD, as far as SNMP shows.

Ports, VLANs, IPv6 and SNMP itself can be seen. That it writes a system log and is administered over authenticated,
encrypted sessions can't: it is said so, and held against nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.language import N_
from ledger.plan import Device, Level, PlannedAsset, Role, Unit
from ledger.remark import Remark, joined


class TerminalLevel(StrEnum):
    """Which access network the terminal stands in."""

    I = "I"  # noqa: E741 - the circular's own numeral
    II = "II"


#: The sockets of a terminal of each level: to the LAN, and to the network.
SOCKETS: Mapping[TerminalLevel, tuple[int, int]] = {TerminalLevel.I: (8, 4), TerminalLevel.II: (4, 1)}


class Shown(StrEnum):
    """What SNMP shows of a requirement."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A terminal that answered SNMP; `sockets` counts its physical network ports, whatever they are used for."""

    level: TerminalLevel
    sockets: int
    vlan: Shown
    ipv6: Shown

    @property
    def is_compliant(self) -> bool:
        """Whether nothing that is required is seen to be missing."""
        return self.sockets >= sum(SOCKETS[self.level]) and Shown.NO not in (self.vlan, self.ipv6)


def owes_annex(asset: PlannedAsset) -> bool:
    """Whether an asset is a terminal: the router at a unit's end of its link to the network."""
    return isinstance(asset, Device) and asset.role is Role.CPE


def level_of(unit: Unit) -> TerminalLevel:
    """Level I where the province's own bodies are; departments, districts and communes are on level II."""
    return TerminalLevel.I if unit.level is Level.PROVINCE else TerminalLevel.II


def value_of(terminal: Terminal) -> str:
    """What an observation's value is: each requirement, and what is seen of it."""
    wanted = sum(SOCKETS[terminal.level])
    seen = f"level={terminal.level} ports={terminal.sockets}/{wanted} vlan={terminal.vlan} ipv6={terminal.ipv6}"
    return f"{seen} snmp=yes syslog=unknown admin=unknown"


def said_of(value: str | None) -> str | None:
    """What a value says is missing, for people; None where it says nothing."""
    shown = dict(word.split("=", maxsplit=1) for word in (value or "").split() if "=" in word)
    if "ports" not in shown:
        return None
    ports, _, wanted = shown["ports"].partition("/")
    parts: list[str] = []
    if int(ports) < int(wanted):
        fields = {"ports": ports, "wanted": wanted, "level": shown["level"]}
        parts.append(Remark(N_("{ports} of {wanted} network ports of level {level}"), **fields))
    if shown.get("vlan") == Shown.NO:
        parts.append(Remark(N_("no VLAN")))
    if shown.get("ipv6") == Shown.NO:
        parts.append(Remark(N_("no IPv6")))
    return joined(parts) if parts else None
