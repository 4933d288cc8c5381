"""What isn't planned, as rows of the register `devices.csv`: what is known is filled in, the rest is for a person."""

from collections.abc import Iterable, Iterator, Mapping

from collectors.discovery.finding import Finding, Verdict
from collectors.discovery.roster import Roster
from ledger.plan import Platform
from ledger.plan.register import IDENTIFIER
from ledger.plan.registers import HOST_GROUPS

#: In the order of a province's registers.
HEADER = (
    *("device", "kind", "role", "platform", "unit", "site", "owner", "address", "asn", "ports"),
    *("planned_from", "retired_on", "exempt_reason", "exempt_until"),
)
#: The plan's platforms by what definitions call the operating system.
PLATFORMS: Mapping[str, Platform] = {
    "EOS": Platform.ARISTA_EOS,
    "IOS": Platform.CISCO_IOS,
    "IOS-XE": Platform.CISCO_XE,
    "IOS-XR": Platform.CISCO_XR,
    "NX-OS": Platform.CISCO_NXOS,
    "FortiOS": Platform.FORTINET,
    "Comware": Platform.HP_COMWARE,
    "VRP": Platform.HUAWEI_VRP,
    "Junos": Platform.JUNIPER_JUNOS,
    "RouterOS": Platform.MIKROTIK_ROUTEROS,
    "RGOS": Platform.RUIJIE_OS,
    "ZXR10": Platform.ZTE_ZXROS,
}


def candidates(findings: Iterable[Finding], roster: Roster) -> Iterator[dict[str, str]]:
    """A row for each device or PC that isn't planned, `dict[column, cell]`; a cell that isn't known is empty."""
    taken = {asset.id.lower() for asset in roster.plan.assets()} | HOST_GROUPS
    for finding in findings:
        if finding.verdict is Verdict.UNPLANNED:
            known = {
                "device": _id(finding.name, taken),
                "platform": PLATFORMS.get(finding.identity.os or "", "") if finding.identity is not None else "",
                "unit": finding.unit or "",
                "site": finding.site or "",
                "address": str(finding.address),
            }
            yield {column: str(known.get(column, "")) for column in HEADER}


def _id(name: str, taken: set[str]) -> str:
    """What the device calls itself, where the plan can call it so too, and nothing else."""
    if not IDENTIFIER.fullmatch(name) or name.lower() in taken:
        return ""
    taken.add(name.lower())
    return name
