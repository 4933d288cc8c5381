"""Mail and web of a profile: domains under .example, which never resolve, mailboxes, portals."""

from collections.abc import Mapping, Sequence
from itertools import cycle

from ledger.plan.registers import LIFE
from ledger.profiles.facts import Facts, number
from ledger.profiles.network import Network
from ledger.profiles.parts import lot, spread
from ledger.profiles.units import Cells, Units
from ledger.units.naming import own_name
from ledger.vietnamese import plain_words

#: What officials of a whole province work with.
APPLICATIONS = (
    ("QLVB", "Quản lý văn bản và điều hành", "Document management", "qlvb"),
    ("MOTCUA", "Một cửa điện tử", "Electronic one-stop", "motcua"),
    ("LGSP", "Nền tảng tích hợp, chia sẻ dữ liệu", "Integration platform", "lgsp"),
)
QUOTA_MB = "500"


def add_online(facts: Facts, units: Units, network: Network) -> None:
    """Add mail.csv and services.csv where the table has any mail."""
    if not facts.sections["mail"]:
        return
    rows = {row["unit"]: row for row in units.present}
    zone, life = f"{_slug(rows[facts.province]['name_vi'])}.example", _life(network)
    rng, taken = lot(facts.id, "mail"), set[str]()
    mail: list[Cells] = []
    services: list[Cells] = []
    servers = {role: cycle(_servers(network, role)) for role in ("mail_server", "web_server")}
    for row in facts.sections["mail"]:
        chosen = units.groups[row.cells["group"]][: number(row, "domains")]
        for unit, count in zip(chosen, spread(number(row, "mailboxes"), len(chosen), rng), strict=True):
            domain = f"{_label(unit, rows[unit]['name_vi'], taken)}.{zone}"
            mail.append(_mail(domain, "domain", unit, next(servers["mail_server"]), "") | life)
            mail += [_mail(address, "mailbox", unit, "", QUOTA_MB) | life for address in _addresses(domain, count)]
            services.append(_portal(unit, rows[unit], domain, next(servers["web_server"])) | life)
    services += [_application(facts.province, each, zone, next(servers["web_server"])) | life for each in APPLICATIONS]
    network.registers |= {"mail.csv": mail, "services.csv": services}


def _life(network: Network) -> dict[str, str]:
    return dict.fromkeys(LIFE, "") | {"owner": "ours", "planned_from": network.planned_from}


def _servers(network: Network, role: str) -> Sequence[str]:
    return [row["device"] for row in network.registers["devices.csv"] if row["role"] == role]


def _slug(name: str) -> str:
    return "".join(plain_words(own_name(name)))


def _label(unit: str, name: str, taken: set[str]) -> str:
    """The name without accents; where another unit has it already, with its own number behind."""
    label = _slug(name)
    if label in taken:
        label = f"{label}-{unit.rpartition('-')[2].lower()}"
    taken.add(label)
    return label


def _mail(address: str, kind: str, unit: str, server: str, quota_mb: str) -> dict[str, str]:
    more = {"server": server, "quota_mb": quota_mb, "workstation": ""}
    return {"address": address, "kind": kind, "unit": unit, **more}


def _addresses(domain: str, count: int) -> list[str]:
    """Of offices and of numbered officials: no person is named."""
    offices = ("vanthu", "motcua")[:count]
    return [f"{local}@{domain}" for local in (*offices, *(f"cb{n:03d}" for n in range(1, count - 1)))]


def _portal(unit: str, row: Mapping[str, str], domain: str, server: str) -> dict[str, str]:
    names = {"name_vi": f"Trang thông tin điện tử {row['name_vi']}", "name_en": f"{row['name_en']} portal"}
    return {"service": f"{unit}-TTDT", "kind": "portal", "unit": unit, **names} | _at(f"www.{domain}", server)


def _application(province: str, known: tuple[str, str, str, str], zone: str, server: str) -> dict[str, str]:
    end, name_vi, name_en, label = known
    names = {"name_vi": name_vi, "name_en": name_en}
    return {"service": f"{province}-{end}", "kind": "application", "unit": province, **names} | _at(
        f"{label}.{zone}", server
    )


def _at(host: str, server: str) -> dict[str, str]:
    return {"url": f"https://{host}/", "server": server}
