"""A made-up province of any size, and what was seen of it: every unit has the same 201 assets, and most are well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address

from ledger.observation import COLLECTOR_OF, Check, Failure, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import (
    Device,
    Level,
    Link,
    LinkEnd,
    LinkKind,
    Mailbox,
    MailDomain,
    Plan,
    Role,
    Service,
    ServiceKind,
    Target,
    Unit,
    Workstation,
)
from ledger.plan.asset import KIND_OF
from ledger.seen import Provisioning

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
DAY = timedelta(days=1)
LAST_YEAR, NEXT_YEAR = date(2025, 1, 1), date(2027, 1, 1)
#: What one unit has beside a router and its uplink, a trunk to each switch, a mail domain and a portal.
SWITCHES, WORKSTATIONS, MAILBOXES = 2, 130, 62
ASSETS = 4 + 2 * SWITCHES + WORKSTATIONS + MAILBOXES + 1
#: Every so many-th unit's uplink is down; of so many PCs and mailboxes in a row, the first few have a trouble each.
OUTAGES, TROUBLES = 50, 40
PROVINCE, POP, SERVER, MAIL_SERVER = "68", "68-POP-RT-001", "68-TTDL-SV-001", "68-TTDL-SV-002"


@dataclass(frozen=True, slots=True)
class Village:
    """One unit of the province."""

    number: int

    @property
    def unit(self) -> str:
        """Its id."""
        return f"68-{22_000 + self.number}"

    @property
    def router(self) -> str:
        """The id of its connection to the network."""
        return f"{self.unit}-RT-001"

    @property
    def domain(self) -> str:
        """Its mail domain."""
        return f"xa{self.number}.example.gov.vn"

    @property
    def portal(self) -> str:
        """The id of its portal."""
        return f"{self.unit}-TTDT"

    @property
    def is_cut_off(self) -> bool:
        """Whether its uplink has been down for eight days."""
        return self.number % OUTAGES == OUTAGES - 1

    def ids(self, kind: str, many: int) -> list[str]:
        """The ids of its first `many` assets of a kind: RT, SW, LK, PC."""
        return [f"{self.unit}-{kind}-{number:03}" for number in range(1, many + 1)]

    def mailboxes(self) -> list[str]:
        """The addresses of its mailboxes."""
        return [f"canbo{number}@{self.domain}" for number in range(1, MAILBOXES + 1)]


def plan_of(units: int) -> Plan:
    """A province of so many units, with three devices of its own; every tenth PC of a unit is planned for next year."""
    villages = [Village(number) for number in range(units)]
    tree = [_unit(PROVINCE, None, Level.PROVINCE), *(_unit(v.unit, PROVINCE, Level.COMMUNE) for v in villages)]
    devices = [
        _device(SERVER, PROVINCE, Role.PROVINCE_SERVER),
        _device(POP, PROVINCE, Role.POP),
        _device(MAIL_SERVER, PROVINCE, Role.MAIL_SERVER),
        *(device for village in villages for device in _devices(village)),
    ]
    links = [
        _link("68-TTDL-LK-001", PROVINCE, LinkKind.SERVER, (POP, SERVER)),
        _link("68-TTDL-LK-002", PROVINCE, LinkKind.SERVER, (POP, MAIL_SERVER)),
        *(link for village in villages for link in _links(village)),
    ]
    workstations = [pc for village in villages for pc in _workstations(village)]
    mailboxes = [box for village in villages for box in _mailboxes(village)]
    return Plan(
        units={unit.id: unit for unit in tree},
        sites={},
        vlans={},
        devices={device.id: device for device in devices},
        links={link.id: link for link in links},
        workstations={pc.id: pc for pc in workstations},
        domains={village.domain: _domain(village) for village in villages},
        mailboxes={box.id: box for box in mailboxes},
        services={village.portal: _portal(village) for village in villages},
        targets=(Target("HT06", 0.9, date(2026, 12, 31), level=Level.COMMUNE),),
        version="bench",
    )


def seen_of(units: int) -> Iterator[Observation]:
    """What collectors saw of it until NOON: some 680 observations a unit, those of what is out of order old."""
    for device in (SERVER, POP, MAIL_SERVER):
        yield from (_yes(device, check) for check in (Check.SNMP, Check.PING))
    for number in range(units):
        village = Village(number)
        yield from _seen_network(village)
        for place, pc in enumerate(village.ids("PC", WORKSTATIONS)):
            yield from _seen_workstation(village, pc, place)
        yield from _seen_mail(village)
        yield from (_yes(village.portal, check, value="200 0.05") for check in (Check.DNS, Check.HTTPS, Check.TLS))
        yield _no(village.portal, Check.HTTPS_IPV6)


def heartbeats() -> tuple[Heartbeat, ...]:
    """Every collector has just finished a cycle."""
    start, end = NOON - timedelta(seconds=20), NOON - timedelta(seconds=10)
    return tuple(
        Heartbeat(collector=name, started_at=start, finished_at=end, cycle_seconds=300, asked=900, failed=3)
        for name in sorted(set(COLLECTOR_OF.values()))
    )


def runs_of(units: int) -> dict[str, Provisioning]:
    """Every device was provisioned, and two of three PCs."""
    villages = (Village(number) for number in range(units))
    return {
        asset: _provisioned(asset)
        for village in villages
        for asset in (village.router, *village.ids("SW", SWITCHES), *village.ids("PC", WORKSTATIONS * 2 // 3))
    }


def _unit(unit: str, parent: str | None, level: Level) -> Unit:
    return Unit(id=unit, parent=parent, level=level, kind="xa", name_vi=unit, name_en=unit, code=None)


def _device(device: str, unit: str, role: Role) -> Device:
    return Device(
        id=device,
        unit=unit,
        site=None,
        owner="ours",
        planned_from=LAST_YEAR,
        device_kind=KIND_OF[role],
        role=role,
        platform="linux",
        address=IPv4Address("10.68.0.1"),
        ports=48 if role is Role.ACCESS_SWITCH else 0,
    )


def _devices(village: Village) -> Iterator[Device]:
    yield _device(village.router, village.unit, Role.CPE)
    for switch in village.ids("SW", SWITCHES):
        yield _device(switch, village.unit, Role.ACCESS_SWITCH)


def _links(village: Village) -> Iterator[Link]:
    uplink, *trunks = village.ids("LK", 1 + SWITCHES)
    yield _link(uplink, village.unit, LinkKind.UPLINK, (POP, village.router), f"Gi0/{village.number}")
    for trunk, switch in zip(trunks, village.ids("SW", SWITCHES), strict=True):
        yield _link(trunk, village.unit, LinkKind.TRUNK, (village.router, switch), f"Gi0/{trunk[-1]}")


def _link(link: str, unit: str, kind: LinkKind, ends: tuple[str, str], port: str = "Gi0/0") -> Link:
    a, b = ends
    return Link(
        id=link,
        unit=unit,
        site=None,
        owner="ours",
        planned_from=LAST_YEAR,
        link_kind=kind,
        a=LinkEnd(a, port, None),
        b=LinkEnd(b, "Gi0/24", None),
        bandwidth_mbps=100,
    )


def _workstations(village: Village) -> Iterator[Workstation]:
    switches = village.ids("SW", SWITCHES)
    for place, pc in enumerate(village.ids("PC", WORKSTATIONS)):
        yield Workstation(
            id=pc,
            unit=village.unit,
            site=None,
            owner="ours",
            planned_from=NEXT_YEAR if place % 10 == 9 else LAST_YEAR,
            mac=f"02:68:{village.number >> 8:02x}:{village.number & 255:02x}:00:{place:02x}",
            switch=switches[place % SWITCHES],
            port=f"p{place // SWITCHES}",
            vlan=20,
        )


def _domain(village: Village) -> MailDomain:
    return MailDomain(
        id=village.domain, unit=village.unit, site=None, owner="ours", planned_from=LAST_YEAR, server=MAIL_SERVER
    )


def _mailboxes(village: Village) -> Iterator[Mailbox]:
    for address in village.mailboxes():
        yield Mailbox(
            id=address,
            unit=village.unit,
            site=None,
            owner="ours",
            planned_from=LAST_YEAR,
            domain=village.domain,
            quota_mb=500,
            workstation=None,
        )


def _portal(village: Village) -> Service:
    return Service(
        id=village.portal,
        unit=village.unit,
        site=None,
        owner="ours",
        planned_from=LAST_YEAR,
        service_kind=ServiceKind.PORTAL,
        name_vi=village.portal,
        name_en=village.portal,
        url=f"https://xa{village.number}.example.gov.vn/",
        server=None,
    )


def _seen_network(village: Village) -> Iterator[Observation]:
    """A cut-off unit's devices don't answer; every tenth switch lacks a VLAN."""
    uplink, *trunks = village.ids("LK", 1 + SWITCHES)
    switches = village.ids("SW", SWITCHES)
    since = NOON - 8 * DAY
    if village.is_cut_off:
        yield _no(uplink, Check.LINK)
        yield from (_yes(device, Check.SNMP, since) for device in (village.router, *switches))
        yield from (_no(device, Check.SNMP, failure=Failure.NO_ANSWER) for device in (village.router, *switches))
        return
    yield from (_yes(link, Check.LINK, source=POP) for link in (uplink, *trunks))
    yield _yes(uplink, Check.CAPACITY, value="10 20")
    for device in (village.router, *switches):
        yield from (_yes(device, check) for check in (Check.SNMP, Check.PING))
    yield from (_yes(village.router, check) for check in (Check.BGP_SESSION, Check.DHCP, Check.TERMINAL))
    yield from (_yes(switch, Check.VLANS, value="10,20,30") for switch in switches[1:])
    yield (_no if village.number % 10 == 0 else _yes)(switches[0], Check.VLANS)


def _seen_workstation(village: Village, pc: str, place: int) -> Iterator[Observation]:
    """Every fourth was switched off yesterday; of TROUBLES in a row the first four have a trouble each."""
    trouble = place % TROUBLES
    at = NOON - DAY if place % 4 == 3 else NOON - timedelta(seconds=place)
    if trouble == 0 or place % 10 == 9:
        return
    if trouble == 1 or village.is_cut_off:
        at = NOON - 40 * DAY
    unit = "68-22000" if trouble == 2 else village.unit
    switch = f"{unit}-SW-001"
    yield _yes(pc, Check.FDB, at, switch, unit=unit, value=f"p{place}")
    yield _yes(pc, Check.ARP, at, f"{unit}-RT-001", unit=unit, value=f"10.68.2.{place}")
    yield _yes(pc, Check.LEASE, at, f"{unit}-RT-001", unit=unit, value=f"10.68.2.{place}")
    yield _yes(pc, Check.PING, at)
    yield (_no if trouble == 3 else _yes)(pc, Check.TSLCD_VLAN, at, switch)


def _seen_mail(village: Village) -> Iterator[Observation]:
    for check in (Check.SMTP, Check.IMAP, Check.ROUND_TRIP, Check.TLS):
        yield _yes(village.domain, check, value="0.5")
    for place, address in enumerate(village.mailboxes()):
        trouble = place % TROUBLES
        if trouble == 0:
            continue
        yield (_no if trouble == 1 else _yes)(address, Check.MAILBOX, source=MAIL_SERVER, value="active")
        if trouble > 5:
            yield _yes(address, Check.MAIL_LOGIN, NOON - DAY, MAIL_SERVER)
            yield _yes(address, Check.MAIL_DELIVERY, NOON - DAY, MAIL_SERVER)


def _yes(
    asset: str,
    check: Check,
    at: datetime = NOON,
    source: str = SERVER,
    *,
    unit: str | None = None,
    value: str | None = None,
) -> Observation:
    return Observation(asset=asset, check=check, ok=True, at=at, source=source, unit=unit, value=value)


def _no(
    asset: str,
    check: Check,
    at: datetime = NOON,
    source: str = SERVER,
    *,
    value: str | None = None,
    failure: Failure | None = None,
) -> Observation:
    return Observation(asset=asset, check=check, ok=False, at=at, source=source, value=value, failure=failure)


def _provisioned(asset: str) -> Provisioning:
    at = NOON - 300 * DAY
    last = RunResult(run="r1", playbook="site.yml", asset=asset, outcome=Outcome.OK, changed=3, check_mode=False, at=at)
    return Provisioning(last=last, succeeded_at=at)
