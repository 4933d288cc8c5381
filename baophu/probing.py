"""Asks one device over SNMP for everything, and shows it."""

import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import uvloop
from pydantic import SecretStr
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from baophu.progress import progress_line
from baophu.session import SPEAKING, utc_now
from baophu.tables import console
from collectors.credentials import Snmp, SnmpV1, SnmpV2c, SnmpV3, read_snmp
from collectors.fault import Fault
from collectors.snmp.definition import Definition
from collectors.snmp.definition_files import read_definitions
from collectors.snmp.opening import snmp_client
from collectors.snmp.survey import Survey, survey
from collectors.snmp.survey_document import survey_document
from ledger.errors import BaophuError, CallError, ConfigurationError
from ledger.language import N_, Text

VERSIONS = {SnmpV3: "3", SnmpV2c: "2c", SnmpV1: "1"}
#: Rows of a table that are shown to people; --json has all.
SHOWN = 60
RETRIES = 2


class ProbeError(BaophuError):
    """The device didn't answer, or not properly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whom to ask, and how."""

    host: str
    port: int
    credentials: Snmp
    timeout_seconds: float
    deadline_seconds: float


def asked_with(file: Path | None, community: str | None, version: str | None) -> Snmp:
    """The credentials of the command line: a community, else the file's; raises CallError, ConfigurationError."""
    if version is not None and version not in VERSIONS.values():
        raise CallError(N_("probe: '{version}' is no SNMP version; give 3, 2c or 1"), version=version)
    if community is not None:
        if version == "3":
            raise CallError(N_("probe: SNMPv3 has no community; give --credentials FILE"))
        return SnmpV1(SecretStr(community)) if version == "1" else SnmpV2c(SecretStr(community))
    if file is None:
        raise CallError(
            N_("probe: no credentials; give --credentials FILE, BAOPHU_CREDENTIALS, or --community for a test's")
        )
    found = read_snmp(file)
    if version is not None and version != VERSIONS[type(found)]:
        raise CallError(
            N_("probe: the credentials in '{file}' are those of SNMPv{own}, not of SNMPv{version}"),
            file=file,
            own=VERSIONS[type(found)],
            version=version,
        )
    return found


def run_probe(question: Question, definitions: Path | None) -> dict[str, Any]:
    """What the device tells, as `survey_document` has it; raises ConfigurationError, ProbeError."""
    known = read_definitions(definitions)
    address = resolved(question.host)
    began = time.monotonic()
    with progress_line(Console(stderr=True)) as line:
        line.show(SPEAKING.get()(N_("asking {host}")).format(host=address))
        found = uvloop.run(_ask(question, address, known))
    if isinstance(found, Fault):
        raise ProbeError(
            N_("probe: {host} port {port}: {reason}"), host=question.host, port=question.port, reason=found.text
        )
    return survey_document(found, str(address), time.monotonic() - began)


async def _ask(
    question: Question, address: IPv4Address | IPv6Address, definitions: Sequence[Definition]
) -> Survey | Fault:
    client = snmp_client(
        question.credentials, port=question.port, timeout_seconds=question.timeout_seconds, retries=RETRIES
    )
    async with client as opened:
        session = opened.session(address, deadline_seconds=question.deadline_seconds)
        return await survey(session, definitions, utc_now)


def resolved(host: str) -> IPv4Address | IPv6Address:
    """The host's address, IPv4 before IPv6; raises ConfigurationError."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise ConfigurationError(N_("host: '{host}' is no address and no known name"), host=host) from None
    addresses = sorted((ip_address(entry[4][0]) for entry in found), key=lambda each: each.version)
    return addresses[0]


def printed(document: dict[str, Any], text: Text) -> None:
    """Print the summary for people."""
    out = console()
    device = document["device"]
    title = f"{device['sys_name'] or device['address']} ({device['address']})"
    out.print(_facts(device, title, text))
    for name, columns, rows in _sections(document, text):
        if rows:
            out.print(_section(f"{text(name)}: {text.number(len(rows))}", [text(each) for each in columns], rows, text))
    for problem in document["problems"]:
        message = text(N_("Not read: {table}")).format(table=problem["table"])
        out.print(f"{message}: {problem['reason']}", style="yellow", markup=False)
    seconds = text.number(round(document["seconds"], 2))
    summary = text(N_("{packets} requests, {seconds} s"))
    out.print(summary.format(packets=text.number(document["packets"]), seconds=seconds), style="dim", markup=False)


def _facts(device: dict[str, Any], title: str, text: Text) -> Table:
    table = Table(title=Styled(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    days, seconds = divmod(int(device["uptime_seconds"]), 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    up_time = text(N_("{days} d {clock}")).format(days=text.number(days), clock=clock)
    rows = (
        (N_("Vendor"), device["vendor"]),
        (N_("Operating system"), device["os"]),
        (N_("Model"), device["model"]),
        (N_("Version"), device["version"]),
        (N_("Serial number"), device["serial"]),
        (N_("Why"), device["why"]),
        (N_("Up since"), up_time),
        ("sysDescr", device["sys_descr"]),
        ("sysObjectID", device["sys_object_id"]),
    )
    for label, value in rows:
        table.add_row(text(label), Styled(value or "–"))
    return table


Section = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def _sections(document: dict[str, Any], text: Text) -> Iterator[Section]:
    yield (
        N_("Interfaces"),
        (N_("Name"), N_("Description"), N_("Kind"), N_("State"), N_("Speed"), "MAC"),
        [
            (
                port["name"],
                port["alias"],
                port["kind"] or "–",
                port["oper"] if port["admin"] == "up" else f"{port['admin']} (admin)",
                "–" if port["speed_bps"] is None else f"{text.number(port['speed_bps'] / 1e6)} Mbit/s",
                port["mac"] or "–",
            )
            for port in document["interfaces"]
        ],
    )
    yield (
        N_("Neighbours"),
        (N_("Port"), N_("Protocol"), N_("Device"), N_("Its port"), N_("Chassis")),
        [
            (n["local_port"], n["protocol"], n["remote_sys_name"], n["remote_port_id"], n["remote_chassis_id"])
            for n in document["neighbours"]
        ],
    )
    yield (
        "VLAN",
        (N_("Number"), N_("Name"), N_("Ports")),
        [(str(vlan["id"]), vlan["name"], ", ".join(vlan["ports"] or ()) or "–") for vlan in document["vlans"]],
    )
    yield (
        N_("Addresses"),
        (N_("Address"), N_("Interface")),
        [
            (
                each["address"] + (f"/{each['prefix_length']}" if each["prefix_length"] is not None else ""),
                each["interface"],
            )
            for each in document["addresses"]
        ],
    )
    yield (
        N_("Sensors"),
        (N_("Name"), N_("Kind"), N_("Value")),
        [(s["name"], s["kind"], f"{text.number(round(s['value'], 2))} {s['unit']}") for s in document["sensors"]],
    )
    yield (
        N_("Forwarding table"),
        ("MAC", "VLAN", N_("Port")),
        [(each["mac"], str(each["vlan"] or "–"), each["port"]) for each in document["forwarding"]],
    )
    yield (
        "ARP",
        (N_("Address"), "MAC", N_("Interface")),
        [(each["address"], each["mac"], each["interface"] or "–") for each in document["arp"]],
    )


def _section(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], text: Text) -> Table:
    table = Table(title=Styled(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows[:SHOWN]:
        table.add_row(*(Styled(cell) for cell in row))
    if len(rows) > SHOWN:
        more = text(N_("… and {count} more, with --json")).format(count=text.number(len(rows) - SHOWN))
        table.add_row(Styled(more, style="dim"))
    return table
