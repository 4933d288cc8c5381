"""Reads a province's folder of registers into a Plan, or says everything that is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ledger.plan.asset import KIND_OF, AssetKind, Device, Link, LinkEnd, LinkKind, Role, Workstation
from ledger.plan.catalogue import read_catalogue
from ledger.plan.history import read_history
from ledger.plan.model import Plan, Site, Vlan
from ledger.plan.online import read_mail, read_services
from ledger.plan.platform import Platform
from ledger.plan.problem import PlanError, Problem
from ledger.plan.profile import read_profile
from ledger.plan.register import Row
from ledger.plan.registers import COLUMNS, NO_ADDRESS, NO_NETWORK, OPTIONAL, YAML_FILES, Registers, life_of
from ledger.plan.rules import check_plan
from ledger.plan.targets import read_targets
from ledger.plan.task import read_tasks
from ledger.plan.unit import Level, Unit

#: Roles that one device has, and no second: the rest of the code asks for the one.
SINGLE = frozenset({Role.PROVINCE_SERVER, Role.POP, Role.MAIL_RELAY})
ROUTERS = frozenset({Role.POP, Role.CPE})


def read_plan(folder: Path) -> Plan:
    """Read `folder`; raises PlanError with every problem found, in file order, and loads nothing then."""
    registers = Registers(folder)
    units = _units(registers)
    sites = _sites(registers, units)
    vlans = _vlans(registers)
    devices = _devices(registers, units, sites)
    workstations = _workstations(registers, units, sites, vlans, devices)
    domains, mailboxes = read_mail(registers, units, devices, workstations)
    indicators = read_catalogue(registers)
    milestones, tasks = read_tasks(registers, units, indicators)
    plan = Plan(
        units=units,
        sites=sites,
        vlans=vlans,
        devices=devices,
        links=_links(registers, units, devices),
        workstations=workstations,
        targets=read_targets(registers, units, indicators),
        domains=domains,
        mailboxes=mailboxes,
        services=read_services(registers, units, devices),
        history=read_history(registers, units),
        indicators=indicators,
        milestones=milestones,
        tasks=tasks,
        profile=read_profile(registers),
    )
    if not registers.unreadable.intersection(COLUMNS):
        check_plan(plan, registers.by_file)
    problems = [problem for file in (*COLUMNS, *YAML_FILES) for problem in registers.by_file[file].problems]
    if problems:
        raise PlanError([problem for problem in problems if not _follows(problem, registers)])
    return replace(plan, version=_version(folder))


def _follows(problem: Problem, registers: Registers) -> bool:
    """Whether it only says that a register that can't be read doesn't hold something."""
    files = str(problem.fields.get("where", "")).split(", ")
    return problem.code == "unknown_reference" and not registers.unreadable.isdisjoint(files)


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in (*COLUMNS, *YAML_FILES):
        if file not in OPTIONAL or (folder / file).exists():
            digest.update(file.encode() + b"\0" + (folder / file).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _units(registers: Registers) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    register = registers.read("units.csv")
    known = {row.cells["unit"]: row for row in register}
    for row in register:
        unit = row.identifier("unit")
        registers.own(row, "unit", unit, "unit")
        parent = row.reference("parent", known, "units.csv") if row.cells["parent"] else None
        level = row.choice("level", Level)
        found[unit] = Unit(
            unit,
            parent,
            level or Level.PROVINCE,
            row.text("kind"),
            row.text("name_vi"),
            row.text("name_en"),
            row.optional("code"),
        )
    return found


def _sites(registers: Registers, units: Mapping[str, Unit]) -> dict[str, Site]:
    found: dict[str, Site] = {}
    for row in registers.read("sites.csv"):
        site = row.identifier("site")
        registers.own(row, "site", site, "site")
        unit = row.reference("unit", units, "units.csv")
        prefix = row.network("prefix") or NO_NETWORK
        found[site] = Site(site, unit, row.text("kind"), row.text("name_vi"), row.text("name_en"), prefix)
    return found


def _vlans(registers: Registers) -> dict[int, Vlan]:
    found: dict[int, Vlan] = {}
    for row in registers.read("vlans.csv"):
        number = row.integer("vlan", 1, 4094) or 0
        registers.own(row, "vlan", str(number or ""), "vlan")
        subnet = row.integer("subnet", 0, 255)
        registers.own(row, "subnet", "" if subnet is None else str(subnet), "subnet")
        name = row.identifier("name")
        registers.own(row, "name", name, "VLAN name")
        found[number] = Vlan(
            number,
            name,
            row.text("name_vi"),
            row.text("name_en"),
            subnet or 0,
            row.yes("dhcp"),
            row.yes("tslcd"),
        )
    return found


def _devices(registers: Registers, units: Mapping[str, Unit], sites: Mapping[str, Site]) -> dict[str, Device]:
    found: dict[str, Device] = {}
    for row in registers.read("devices.csv"):
        device = registers.host(row, "device")
        address = row.address("address")
        registers.own(row, "address", str(address or ""), "address")
        kind, role = _kind_and_role(registers, row)
        found[device] = Device(
            id=device,
            unit=row.reference("unit", units, "units.csv"),
            site=row.reference("site", sites, "sites.csv"),
            device_kind=kind or AssetKind.SERVER,
            role=role or Role.CPE,
            platform=(row.choice("platform", Platform) or Platform.OTHER).value,
            address=address or NO_ADDRESS,
            asn=_asn(registers, row, role),
            ports=(row.integer("ports", 1, 512) or 0) if row.optional("ports") else 0,
            **life_of(row),
        )
    return found


def _kind_and_role(registers: Registers, row: Row) -> tuple[AssetKind | None, Role | None]:
    kind, role = row.choice("kind", dict.fromkeys(KIND_OF.values())), row.choice("role", Role)
    if role in SINGLE:
        registers.own(row, "role", role, "role", code="only_one")
    if kind is not None and role is not None and kind is not KIND_OF[role]:
        row.report("wrong_kind", "kind", role=role, wanted=KIND_OF[role])
    return kind, role


def _asn(registers: Registers, row: Row, role: Role | None) -> int | None:
    if role not in ROUTERS and not row.optional("asn"):
        return None
    asn = row.integer("asn", 1, 4294967294)  # RFC 7300: the last one is reserved
    if asn is not None:
        registers.own(row, "asn", str(asn), "ASN")
    return asn


def _links(registers: Registers, units: Mapping[str, Unit], devices: Mapping[str, Device]) -> dict[str, Link]:
    found: dict[str, Link] = {}

    def end(row: Row, side: str) -> LinkEnd:
        device = row.reference(f"{side}_device", devices, "devices.csv")
        port = row.port(f"{side}_port")
        registers.own(row, f"{side}_port", f"{device} {port}", "port")
        given = row.optional(f"{side}_address")
        address, address6 = row.interfaces(f"{side}_address") if given else (None, None)
        # A server's address on its link is the server's own address: one place, two registers.
        if address is not None and (device not in devices or devices[device].address != address.ip):
            registers.own(row, f"{side}_address", str(address.ip), "address")
        if address6 is not None:
            registers.own(row, f"{side}_address", str(address6.ip), "address")
        return LinkEnd(device, port, address, address6)

    for row in registers.read("links.csv"):
        link = row.identifier("link")
        registers.own(row, "link", link, "asset")
        unit = row.reference("unit", units, "units.csv")
        a, b = end(row, "a"), end(row, "b")
        site = devices[b.device].site if b.device in devices else None
        found[link] = Link(
            id=link,
            unit=unit,
            site=site,
            link_kind=row.choice("kind", LinkKind) or LinkKind.UPLINK,
            a=a,
            b=b,
            bandwidth_mbps=row.integer("bandwidth_mbps", 1, 1_000_000) or 0,
            **life_of(row),
        )
    return found


def _workstations(
    registers: Registers,
    units: Mapping[str, Unit],
    sites: Mapping[str, Site],
    vlans: Mapping[int, Vlan],
    devices: Mapping[str, Device],
) -> dict[str, Workstation]:
    found: dict[str, Workstation] = {}
    numbers = {str(vlan): vlan for vlan in vlans}
    for row in registers.read("workstations.csv"):
        workstation = registers.host(row, "workstation")
        life = life_of(row)
        connected = life["exemption"] is None
        mac = row.mac("mac") if connected or row.optional("mac") else None
        if mac is not None:
            registers.own(row, "mac", mac, "mac")
        switch = row.reference("switch", devices, "devices.csv") if connected or row.optional("switch") else None
        port = row.port("port") if connected or row.optional("port") else None
        if switch is not None and port is not None:
            registers.own(row, "port", f"{switch} {port}", "port")
        vlan = row.reference("vlan", numbers, "vlans.csv") if connected or row.optional("vlan") else None
        found[workstation] = Workstation(
            id=workstation,
            unit=row.reference("unit", units, "units.csv"),
            site=row.reference("site", sites, "sites.csv"),
            mac=mac,
            switch=switch,
            port=port,
            vlan=int(vlan) if vlan and vlan.isascii() and vlan.isdigit() else None,
            **life,
        )
    return found
