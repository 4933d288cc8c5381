"""A discovery as data: the object that `baophu discover --json` prints."""

from typing import Any

from collectors.discovery.acquaintance import Hint
from collectors.discovery.finding import Discovery, Finding
from collectors.discovery.ranges import Ranges

Document = dict[str, Any]


def discovery_document(found: Discovery, ranges: Ranges) -> Document:
    """Everything that was found, as JSON's types."""
    return {
        "ranges": [str(network) for network in ranges.networks],
        "asked": found.asked,
        "answered": found.answered,
        "found": [_finding(finding) for finding in found.findings],
        "missing": [
            {"asset": each.device.id, "address": str(each.device.address), "reason": str(each.absence)}
            for each in found.missing
        ],
        "clashes": [{"rule": str(clash.rule), "ends": list(clash.ends)} for clash in found.clashes],
        "outside": [_hint(hint) for hint in found.outside],
        "unaddressed": [{**_hint(hint), "heard_by": str(by)} for hint, by in found.unaddressed],
    }


def _finding(finding: Finding) -> Document:
    identity = finding.identity
    return {
        "address": str(finding.address),
        "other_addresses": [str(address) for address in finding.others],
        "one_by": [str(rule) for rule in finding.rules],
        "verdict": str(finding.verdict),
        "asset": finding.asset,
        "unit": finding.unit,
        "site": finding.site,
        "mac": finding.mac,
        "sys_name": finding.name or None,
        "vendor": identity.vendor if identity is not None else None,
        "os": identity.os if identity is not None else None,
        "model": identity.model if identity is not None else None,
        "version": identity.version if identity is not None else None,
        "serial": identity.serial if identity is not None else None,
        "found_by": [str(way) for way in finding.ways],
        "asked_with": str(finding.asked_with),
        "problems": [{"table": problem.table, "reason": problem.reason} for problem in finding.problems],
    }


def _hint(hint: Hint) -> Document:
    return {
        "address": None if hint.address is None else str(hint.address),
        "protocol": str(hint.way),
        "sys_name": hint.name or None,
        "chassis_id": hint.chassis_id or None,
    }
