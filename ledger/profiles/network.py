"""The network of a profile: premises, terminals, switches and PCs, in as many pieces as its table says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from math import ceil
from random import Random

from ledger.plan.register import Row
from ledger.plan.registers import LIFE
from ledger.profiles.facts import Facts, number
from ledger.profiles.parts import drawn, lot, spread
from ledger.profiles.units import Cells, Units

#: Makes of routers and switches, and how many of a hundred are of each.
MAKES = {
    "cisco_ios": 20,
    "hp_comware": 15,
    "huawei_vrp": 8,
    "juniper_junos": 5,
    "fortinet": 12,
    "mikrotik_routeros": 12,
    "ruijie_os": 6,
    "zte_zxros": 4,
    "other": 18,
}
VLANS = (
    ("10", "office", "Văn phòng", "Office", "0", "yes", "yes"),
    ("20", "desk", "Bộ phận một cửa", "Public-service desk", "1", "yes", "yes"),
    ("30", "camera", "Camera", "Cameras", "2", "no", "no"),
    ("40", "guest", "Khách", "Guests", "3", "yes", "no"),
    ("99", "management", "Quản trị", "Management", "4", "no", "yes"),
    ("50", "server", "Máy chủ", "Servers", "5", "no", "yes"),
)
VLAN_COLUMNS = ("vlan", "name", "name_vi", "name_en", "subnet", "dhcp", "tslcd")
#: Room for premises, servers, routers and uplinks; a site has a /21, of which its switches' VLAN is the fifth /24.
SITES, CENTRE, ROUTERS, UPLINKS = (
    int(IPv4Address(each)) for each in ("10.64.0.0", "10.32.0.0", "10.33.0.1", "10.34.0.0")
)
SITE_SIZE, MANAGEMENT, SERVERS = 2048, 4 * 256 + 2, 5 * 256 + 10
ASN, PORTS = 64512 * 65536, 48
POP_ADDRESS = "10.33.255.1"
UNMANAGED = {"exempt_reason": "Bộ chuyển mạch không quản trị được", "exempt_until": "2035-12-31"}
STAND_ALONE = {"exempt_reason": "Máy soạn thảo văn bản mật", "exempt_until": "2035-12-31"}
#: Whose the terminals are.
OPERATOR = "Cục Bưu điện Trung ương"


@dataclass(slots=True)
class Network:
    """Rows by register; `live` are the units whose connection point is there."""

    root: str
    planned_from: str
    registers: dict[str, list[Cells]] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)

    def add(self, file: str, **cells: object) -> None:
        """Take a row in; the columns of an asset's life are filled in."""
        life = dict.fromkeys(LIFE, "") | {"owner": "ours", "planned_from": self.planned_from}
        known = {} if file in ("sites.csv", "vlans.csv") else life
        self.registers.setdefault(file, []).append(known | {key: str(value) for key, value in cells.items()})

    def count(self, file: str) -> int:
        """How many rows the register has by now."""
        return len(self.registers.get(file, ()))


def make_network(facts: Facts, units: Units) -> Network:
    """Rows of sites.csv, vlans.csv, devices.csv, links.csv and workstations.csv."""
    network = Network(facts.province, f"{facts.day.year}-01-01")
    for file in ("links.csv", "workstations.csv"):
        network.registers[file] = []
    for vlan in VLANS:
        network.add("vlans.csv", **dict(zip(VLAN_COLUMNS, vlan, strict=True)))
    rng = lot(facts.id, "network")
    _centre(network, facts, has_pop=bool(facts.sections["network"]))
    names = {row["unit"]: (row["name_vi"], row["name_en"]) for row in units.present}
    for row in facts.sections["network"]:
        group = units.groups[row.cells["group"]]
        chosen = [group[place] for place in sorted(rng.sample(range(len(group)), number(row, "points")))]
        network.live.update(rng.sample(chosen, number(row, "live")))
        for unit, pieces in zip(chosen, _pieces(row, len(chosen), rng), strict=True):
            _office(network, unit, names[unit], pieces, rng)
    return network


def _pieces(row: Row, offices: int, rng: Random) -> list[Mapping[str, int]]:
    """What each office has: who has more PCs has more switches, and enough of these for them can be managed."""
    sizes = {column: sorted(spread(number(row, column), offices, rng)) for column in ("switches", "workstations")}
    needed = [max(ceil(pcs / PORTS), 1) for pcs in sizes["workstations"]]
    spare = [max(count - least, 0) for count, least in zip(sizes["switches"], needed, strict=True)]
    sizes["unmanaged"] = drawn(number(row, "unmanaged"), spare, rng)
    sizes["stand_alone"] = spread(number(row, "stand_alone"), offices, rng)
    found: list[Mapping[str, int]] = [
        {column: counts[place] for column, counts in sizes.items()} for place in range(offices)
    ]
    rng.shuffle(found)
    return found


def _centre(network: Network, facts: Facts, *, has_pop: bool) -> None:
    root, names = network.root, ("Trung tâm dữ liệu tỉnh", "Provincial data centre")
    site, prefix = f"{root}-TTDL", f"{IPv4Address(CENTRE)}/21"
    _site(network, site, root, "data_centre", names, prefix)
    if has_pop:
        network.add(
            "devices.csv",
            device=f"{root}-POP-RT-001",
            kind="router",
            role="pop",
            platform="cisco_xr",
            unit=root,
            site=site,
            address=POP_ADDRESS,
            asn=65000,
            ports="",
        )
    row = next(iter(facts.sections["servers"]), None)
    counts = {"province_server": 1}
    if row is not None:
        counts |= {"mail_relay": 1, "mail_server": number(row, "mail"), "web_server": number(row, "web")}
    for role in (role for role, count in counts.items() for _ in range(count)):
        _server(network, role, site)


def _site(network: Network, site: str, unit: str, kind: str, names: tuple[str, str], prefix: str) -> None:
    names_of = {"name_vi": names[0], "name_en": names[1]}
    network.add("sites.csv", site=site, unit=unit, kind=kind, prefix=prefix, **names_of)


def _server(network: Network, role: str, site: str) -> None:
    number_ = 1 + sum(1 for row in network.registers.get("devices.csv", ()) if row["kind"] == "server")
    network.add(
        "devices.csv",
        device=f"{site}-SV-{number_:03d}",
        kind="server",
        role=role,
        platform="debian",
        unit=network.root,
        site=site,
        address=IPv4Address(CENTRE + SERVERS + number_),
        asn="",
        ports="",
    )


def _office(network: Network, unit: str, names: tuple[str, str], pieces: Mapping[str, int], rng: Random) -> None:
    """A unit's premises: its terminal with the uplink, its switches one after the other, its PCs."""
    place = network.count("sites.csv") - 1
    site, start = f"{unit}-TS", SITES + place * SITE_SIZE
    _site(network, site, unit, "office", (f"Trụ sở {names[0]}", f"{names[1]} premises"), f"{IPv4Address(start)}/21")
    where = {"unit": unit, "site": site}
    router = f"{unit}-RT-001"
    network.add(
        "devices.csv",
        **{"device": router, "kind": "router", "role": "cpe", "platform": _make(rng), **where, "owner": OPERATOR},
        address=IPv4Address(ROUTERS + place),
        asn=ASN + place,
        ports="",
    )
    _link(network, unit, "uplink", (f"{network.root}-POP-RT-001", f"Gi0/0/0/{place}"), (router, "wan1"), place)
    switches = list(_switches(network, where, start, pieces, router, rng))
    _workstations(network, where, switches, pieces)


def _make(rng: Random) -> str:
    return rng.choices(list(MAKES), weights=list(MAKES.values()))[0]


def _link(
    network: Network, unit: str, kind: str, a: tuple[str, str], b: tuple[str, str], uplink: int | None = None
) -> None:
    number_ = 1 if uplink is not None else 1 + int(b[0].rpartition("-")[2])
    addresses = ("", "") if uplink is None else tuple(f"{IPv4Address(UPLINKS + 4 * uplink + n)}/30" for n in (1, 2))
    network.add(
        "links.csv",
        link=f"{unit}-LK-{number_:03d}",
        kind=kind,
        unit=unit,
        a_device=a[0],
        a_port=a[1],
        a_address=addresses[0],
        b_device=b[0],
        b_port=b[1],
        b_address=addresses[1],
        bandwidth_mbps=1000 if uplink is None else 200,
    )


def _switches(
    network: Network, where: Mapping[str, str], start: int, pieces: Mapping[str, int], router: str, rng: Random
) -> Iterator[str]:
    """Gives the ones that can be managed; PCs are plugged into these."""
    above = (router, "lan1")
    for place in range(pieces["switches"]):
        is_managed = place < pieces["switches"] - pieces["unmanaged"]
        switch = f"{where['unit']}-SW-{place + 1:03d}"
        network.add(
            "devices.csv",
            **{"device": switch, "kind": "switch", "role": "access_switch", **where, "ports": PORTS, "asn": ""},
            platform=_make(rng) if is_managed else "other",
            address=IPv4Address(start + MANAGEMENT + place),
            **({} if is_managed else UNMANAGED),
        )
        _link(network, where["unit"], "trunk", above, (switch, "up1"))
        above = (switch, "up2")
        if is_managed:
            yield switch


def _workstations(
    network: Network, where: Mapping[str, str], switches: Sequence[str], pieces: Mapping[str, int]
) -> None:
    polled = pieces["workstations"] - pieces["stand_alone"]
    for place in range(pieces["workstations"]):
        serial = network.count("workstations.csv") + 1
        octets = serial.to_bytes(4)
        socket = {"mac": "", "switch": "", "port": "", "vlan": "", **STAND_ALONE}
        if place < polled:
            switch, port = switches[place % len(switches)], place // len(switches) + 1
            mac = ":".join(f"{octet:02x}" for octet in (2, int(network.root), *octets))
            socket = {"mac": mac, "switch": switch, "port": f"Gi1/0/{port}", "vlan": "20" if place % 6 == 5 else "10"}
        network.add("workstations.csv", workstation=f"{where['unit']}-PC-{place + 1:03d}", **where, **socket)
