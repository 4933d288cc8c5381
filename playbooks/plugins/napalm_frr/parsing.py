"""Reads what FRR and its tools print; nothing here talks to a device."""

import json
import re
from collections.abc import Mapping
from typing import Any

#: Printed by bgpd but unknown to `vtysh -C` and to the startup file's reader: systemd gives it after each start.
_RUNTIME_LINES = frozenset({"agentx"})


def configuration(text: str) -> str:
    """The configuration proper of `show running-config`: no header, no `end`, no run-time lines, one final newline."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for line in lines if line not in _RUNTIME_LINES]
    while kept and kept[0] in ("", "Building configuration...", "Current configuration:"):
        kept.pop(0)
    while kept and kept[-1] in ("", "!", "end"):
        kept.pop()
    return "\n".join(kept) + "\n"


def reload_diff(report: str) -> str:
    """The report of `frr-reload.py --test` as `-` and `+` lines, each under its context; "" where nothing differs.

    The report has the sections "Lines To Delete" and "Lines To Add"; a deletion is printed with its `no`.
    """
    sign = ""
    found: list[str] = []
    for line in report.splitlines():
        if line == "Lines To Delete":
            sign = "-"
        elif line == "Lines To Add":
            sign = "+"
        elif sign and line.strip() and not line.startswith("===="):
            found.append(sign + line.rstrip())
    return "\n".join(found) + "\n" if found else ""


def syntax_errors(report: str) -> tuple[str, ...]:
    """What `vtysh -C` complains about."""
    complaints = [line.strip() for line in report.splitlines() if re.search(r"%|line \d+:|[Ee]rror", line)]
    return tuple(dict.fromkeys(complaints))


def facts(version: str, hostname: str, uptime: str, interfaces: str, machine_id: str) -> dict[str, Any]:
    """NAPALM's facts; `uptime` is /proc/uptime, `interfaces` one name a line."""
    found = re.search(r"FRRouting (\S+)", version)
    return {
        "vendor": "FRRouting",
        "model": "FRR",
        "os_version": found[1] if found else "",
        "hostname": hostname.strip(),
        "fqdn": hostname.strip(),
        "serial_number": machine_id.strip(),
        "uptime": float(uptime.split(maxsplit=1)[0]),
        "interface_list": sorted(interfaces.split()),
    }


def interfaces(output: str) -> dict[str, dict[str, Any]]:
    """NAPALM's interfaces from `show interface json`; what FRR doesn't say is -1."""
    found: dict[str, dict[str, Any]] = {}
    for name, entry in _mapping(output).items():
        found[name] = {
            "is_up": entry.get("operationalStatus") == "up",
            "is_enabled": entry.get("administrativeStatus") == "up",
            "description": entry.get("description", ""),
            "mac_address": entry.get("hardwareAddress", ""),
            "mtu": entry.get("mtu", -1),
            "speed": float(entry.get("speed", -1)),
            "last_flapped": -1.0,
        }
    return found


def bgp_neighbors(output: str) -> dict[str, Any]:
    """NAPALM's BGP neighbours from `show bgp summary json`; without bgpd, none."""
    summary = _mapping(output).get("ipv4Unicast", {})
    peers: dict[str, Any] = {}
    for address, entry in summary.get("peers", {}).items():
        received, sent = entry.get("pfxRcd", -1), entry.get("pfxSnt", -1)
        peers[address] = {
            "local_as": summary.get("as", -1),
            "remote_as": entry.get("remoteAs", -1),
            "remote_id": "",
            "is_up": entry.get("state") == "Established",
            "is_enabled": entry.get("state") != "Idle (Admin)",
            "description": entry.get("desc", ""),
            "uptime": entry.get("peerUptimeMsec", 0) // 1000,
            "address_family": {"ipv4": {"received_prefixes": received, "accepted_prefixes": -1, "sent_prefixes": sent}},
        }
    return {"global": {"router_id": summary.get("routerId", ""), "peers": peers}}


def established(output: str) -> frozenset[str]:
    """The peers whose session is established, from `show bgp summary json`."""
    peers = bgp_neighbors(output)["global"]["peers"]
    return frozenset(address for address, entry in peers.items() if entry["is_up"])


def _mapping(output: str) -> Mapping[str, Any]:
    """The JSON object in `output`; what isn't one (a daemon that doesn't run says so in text) is empty."""
    try:
        content: Any = json.loads(output)
    except json.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
