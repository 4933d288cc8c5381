"""Which hosts a plan needs, which ports they have, and which cable runs where: derived, never written by hand."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from lab.errors import LabError
from ledger.language import N_
from ledger.plan import Device, Plan, Role, Workstation
from ledger.plan.platform import LONGEST_PORT

#: The port of a workstation.
PC_PORT = "eth0"


@dataclass(frozen=True, slots=True)
class Port:
    """A host's network port; `jack` is its number on the patch panel."""

    name: str
    mac: str
    jack: int


@dataclass(frozen=True, slots=True)
class Host:
    """One booted machine. `address` is its management address, `inband` the plan's (None for workstations)."""

    id: str
    hostname: str
    number: int
    role: str
    unit: str
    site: str | None
    inband: str | None
    ports: tuple[Port, ...]

    @property
    def address(self) -> str:
        """The address on the management network 10.255.0.0/16, from 10.255.1.1 on."""
        return f"10.255.{1 + self.number // 250}.{1 + self.number % 250}"

    def port(self, name: str) -> Port:
        """The port called `name`; KeyError where there is none."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Socket:
    """A port by its host's id and its own name."""

    host: str
    port: str


@dataclass(frozen=True, slots=True)
class Cable:
    """What the plan says is connected; its id is the link's, or the workstation's. A far end may be absent."""

    id: str
    a: Socket
    b: Socket

    @property
    def is_workstation(self) -> bool:
        """Whether it is a workstation's own cable (`b` is the workstation), not a link's."""
        return self.id == self.b.host


@dataclass(frozen=True, slots=True)
class Topology:
    """The hosts that the lab boots, by id, and every planned cable that touches one of them."""

    hosts: Mapping[str, Host]
    cables: Mapping[str, Cable]

    def jack(self, socket: Socket) -> int | None:
        """The jack of `socket`; None where its host is absent."""
        host = self.hosts.get(socket.host)
        return None if host is None else host.port(socket.port).jack

    def at_site(self, site: str) -> tuple[str, ...]:
        """The ids of the hosts at `site`."""
        return tuple(host.id for host in self.hosts.values() if host.site == site)


@dataclass(frozen=True, slots=True)
class Absences:
    """What of a plan the lab does not boot."""

    sites: frozenset[str] = frozenset()
    workstations: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()


def read_absences(file: Path, plan: Plan) -> Absences:
    """Read the optional `lab.yml`; raises LabError where it names what the plan doesn't have."""
    if not file.exists():
        return Absences()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        absent: Mapping[str, list[str]] = content.get("absent") or {}
        found = {kind: frozenset(map(str, ids or ())) for kind, ids in absent.items()}
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise LabError(
            N_("lab: {file} is not 'absent: {{sites: […], workstations: […], devices: […]}}': {error}"),
            file=file,
            error=error,
        ) from None
    known: Mapping[str, Collection[str]] = {
        "sites": plan.sites,
        "workstations": plan.workstations,
        "devices": plan.devices,
    }
    for kind, ids in found.items():
        if kind not in known:
            raise LabError(
                N_("lab: {file}: '{kind}' can't be absent; sites, workstations and devices can"), file=file, kind=kind
            )
        for stranger in sorted(ids - set(known[kind])):
            raise LabError(
                N_("lab: {file}: '{stranger}' is not among the plan's {kind}; correct or remove it"),
                file=file,
                stranger=stranger,
                kind=kind,
            )
    return Absences(**found)


def derive_topology(plan: Plan, absences: Absences) -> Topology:
    """Derive the hosts and cables of `plan`; raises LabError where a name can't be a host's or a port's on Linux."""
    planned: list[Device | Workstation] = [*plan.devices.values(), *plan.workstations.values()]
    present = [asset for asset in planned if asset.is_ours and _is_present(asset, absences)]
    hosts: dict[str, Host] = {}
    jack = 0
    for number, asset in enumerate(present):
        macs = dict(_ports_of(asset, plan))
        ports = tuple(Port(name, mac, jack + n) for n, (name, mac) in enumerate(macs.items(), start=1))
        jack += len(ports)
        role, inband = ("workstation", None) if isinstance(asset, Workstation) else (asset.role, str(asset.address))
        hosts[asset.id] = Host(asset.id, _hostname(asset.id), number, str(role), asset.unit, asset.site, inband, ports)
    _check_names(hosts.values())
    cables = {cable.id: cable for cable in _cables(plan) if cable.a.host in hosts or cable.b.host in hosts}
    return Topology(hosts, cables)


def _is_present(asset: Device | Workstation, absences: Absences) -> bool:
    if asset.site in absences.sites or asset.id in absences.workstations or asset.id in absences.devices:
        return False
    return not isinstance(asset, Workstation) or (asset.mac is not None and asset.exemption is None)


def _ports_of(asset: Device | Workstation, plan: Plan) -> Iterator[tuple[str, str]]:
    """Each port's name and MAC: those that links use, a switch's access ports, and those that PCs are planned on."""
    if isinstance(asset, Workstation):
        yield PC_PORT, asset.mac or ""
        return
    access = [f"p{number}" for number in range(1, asset.ports + 1)] if asset.role == Role.ACCESS_SWITCH else []
    linked = [link.end_at(asset.id).port for link in plan.links_of(asset.id)]
    names = [name for name in linked if name not in access] + access
    names += [pc.port for pc in plan.workstations.values() if pc.switch == asset.id and pc.port is not None]
    for name in names:
        yield name, port_mac(asset.id, name)


def port_mac(host: str, port: str) -> str:
    """A locally administered MAC that a port keeps through every power cut, as hardware does."""
    digest = hashlib.sha256(f"{host} {port}".encode()).digest()
    return ":".join(["06", *(f"{byte:02x}" for byte in digest[:5])])


def _hostname(asset: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", asset.lower()).strip("-")


def _check_names(hosts: Collection[Host]) -> None:
    owners: dict[str, str] = {}
    for host in hosts:
        other = owners.setdefault(host.hostname, host.id)
        if other != host.id:
            raise LabError(
                N_("lab: '{other}' and '{id}' would both be called '{hostname}'; rename one"),
                other=other,
                id=host.id,
                hostname=host.hostname,
            )
        for port in host.ports:
            if len(port.name) > LONGEST_PORT:
                raise LabError(
                    N_("lab: port '{name}' of '{id}' is longer than {longest}; shorten it"),
                    name=port.name,
                    id=host.id,
                    longest=LONGEST_PORT,
                )


def _cables(plan: Plan) -> Iterator[Cable]:
    for link in plan.links.values():
        yield Cable(link.id, Socket(link.a.device, link.a.port), Socket(link.b.device, link.b.port))
    for pc in plan.workstations.values():
        if pc.switch is not None and pc.port is not None:
            yield Cable(pc.id, Socket(pc.switch, pc.port), Socket(pc.id, PC_PORT))
