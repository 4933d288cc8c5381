"""mail.csv, services.csv, servers on switches and links with two addresses: read whole, or every fault named."""

import shutil
from collections.abc import Callable
from ipaddress import IPv6Interface
from pathlib import Path

import pytest

from ledger.plan import LinkKind, PlanError, Role, ServiceKind, read_plan

LAB = Path("inventory/lab")
UNIT, SITE, SWITCH = "68-SKHCN", "68-SKHCN-TS", "68-SKHCN-SW-001"
MAIL_SERVER, WEB_SERVER = "68-SKHCN-SV-009", "68-TTDL-SV-009"
LIFE = "ours,2026-03-01,,,"
DOMAIN = "kiemthu.lamdong.example"
MAIL = f"""address,kind,unit,server,quota_mb,workstation,owner,planned_from,retired_on,exempt_reason,exempt_until
{DOMAIN},domain,{UNIT},{MAIL_SERVER},,,{LIFE}
An.Nv@{DOMAIN},mailbox,{UNIT},,1024,68-SKHCN-PC-001,{LIFE}
binh@{DOMAIN},mailbox,{UNIT},,512,,{LIFE}
"""
SERVICES = f"""service,kind,unit,name_vi,name_en,url,server,owner,planned_from,retired_on,exempt_reason,exempt_until
KT-CONG,portal,{UNIT},Cổng thử,Test portal,https://Cong.kiemthu.example/,{WEB_SERVER},{LIFE}
KT-VIC,application,{UNIT},VIC,VIC,,,{LIFE}
"""


def add(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "plan"
    shutil.copytree(LAB, copied)
    add(
        copied / "devices.csv",
        f"{MAIL_SERVER},server,mail_server,debian,{UNIT},{SITE},ours,10.68.16.90,,,2026-03-01,,,",
    )
    add(copied / "devices.csv", f"{WEB_SERVER},server,web_server,debian,68,68-TTDL,ours,10.99.4.10,,,2026-03-01,,,")
    add(
        copied / "links.csv",
        f"KT-LK-1,server,{UNIT},{SWITCH},p6,,{MAIL_SERVER},lan0,10.68.16.90/24,1000,ours,2026-03-01,,,",
    )
    add(
        copied / "links.csv",
        "KT-LK-2,server,68,68-POP-RT-001,srv9,10.99.4.1/24 fd99:4::1/64,"
        f"{WEB_SERVER},lan0,10.99.4.10/24 fd99:4::10/64,1000,ours,2026-03-01,,,",
    )
    (copied / "mail.csv").write_text(MAIL, encoding="utf-8")
    (copied / "services.csv").write_text(SERVICES, encoding="utf-8")
    return copied


def test_mail_is_read_with_its_addresses_in_lower_case(folder: Path) -> None:
    plan = read_plan(folder)
    domain = plan.domains[DOMAIN]
    assert (domain.server, domain.unit, domain.site, domain.kind) == (MAIL_SERVER, UNIT, SITE, "mail_domain")
    assert list(plan.mailboxes) == [f"an.nv@{DOMAIN}", f"binh@{DOMAIN}"]
    mailbox = plan.mailboxes[f"an.nv@{DOMAIN}"]
    assert (mailbox.domain, mailbox.quota_mb, mailbox.workstation) == (DOMAIN, 1024, "68-SKHCN-PC-001")
    assert {domain.id, *plan.mailboxes} <= {asset.id for asset in plan.assets()}


def test_services_are_read_with_what_is_not_there_yet(folder: Path) -> None:
    plan = read_plan(folder)
    portal, owed = plan.services["KT-CONG"], plan.services["KT-VIC"]
    assert (portal.url, portal.server, portal.site) == ("https://cong.kiemthu.example/", WEB_SERVER, "68-TTDL")
    assert (owed.url, owed.server, owed.service_kind) == (None, None, ServiceKind.APPLICATION)


def test_a_link_may_have_an_address_of_each_family(folder: Path) -> None:
    plan = read_plan(folder)
    assert plan.links["KT-LK-2"].b.address6 == IPv6Interface("fd99:4::10/64")
    assert plan.links["KT-LK-1"].b.address6 is None
    assert plan.links["KT-LK-1"].link_kind is LinkKind.SERVER
    vlan = plan.vlan_at(SITE, plan.devices[MAIL_SERVER].address)
    assert vlan is not None
    assert vlan.id == 10


def test_a_plan_without_mail_and_services_is_whole(folder: Path) -> None:
    before = read_plan(folder).version
    (folder / "mail.csv").unlink()
    (folder / "services.csv").unlink()
    plan = read_plan(folder)
    assert (dict(plan.domains), dict(plan.mailboxes), dict(plan.services)) == ({}, {}, {})
    assert plan.version != before


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def second_relay(folder: Path) -> None:
    for number in (1, 2):
        device = f"KT-R{number},server,mail_relay,debian,68,68-TTDL,ours,10.98.1.{number}"
        add(folder / "devices.csv", f"{device},,,2026-03-01,,,")


BAD = {
    "a domain of one label": (
        edit("mail.csv", f"{DOMAIN},domain", "lamdong,domain"),
        ("bad_domain", "mail.csv", 2, "address"),
    ),
    "an address that would become configuration": (
        edit("mail.csv", "binh@", "binh|sh@"),
        ("bad_mail_address", "mail.csv", 4, "address"),
    ),
    "an address with a space": (edit("mail.csv", "binh@", "le binh@"), ("bad_mail_address", "mail.csv", 4, "address")),
    "a mailbox without its domain": (
        edit("mail.csv", f"binh@{DOMAIN}", "binh@khac.example"),
        ("unknown_reference", "mail.csv", 4, "address"),
    ),
    "one mailbox twice": (edit("mail.csv", "binh@", "AN.nv@"), ("duplicate", "mail.csv", 4, "address")),
    "the probes' address": (edit("mail.csv", "binh@", "baophu-probe@"), ("kept_address", "mail.csv", 4, "address")),
    "a mailbox without a quota": (edit("mail.csv", ",512,", ",,"), ("empty", "mail.csv", 4, "quota_mb")),
    "a domain with a quota": (
        edit("mail.csv", f"{MAIL_SERVER},,", f"{MAIL_SERVER},9,"),
        ("not_empty", "mail.csv", 2, "quota_mb"),
    ),
    "a mailbox on a server": (
        edit("mail.csv", f"binh@{DOMAIN},mailbox,{UNIT},", f"binh@{DOMAIN},mailbox,{UNIT},{MAIL_SERVER}"),
        ("not_empty", "mail.csv", 4, "server"),
    ),
    "a domain on a server of another role": (
        edit("mail.csv", MAIL_SERVER, WEB_SERVER),
        ("wrong_role", "mail.csv", 2, "server"),
    ),
    "a kind of its own": (edit("mail.csv", ",mailbox,", ",alias,"), ("bad_choice", "mail.csv", 3, "kind")),
    "an unknown PC": (
        edit("mail.csv", "68-SKHCN-PC-001", "68-SKHCN-PC-999"),
        ("unknown_reference", "mail.csv", 3, "workstation"),
    ),
    "a service without TLS": (edit("services.csv", "https://", "http://"), ("bad_url", "services.csv", 2, "url")),
    "a service on a port": (
        edit("services.csv", "kiemthu.example/", "kiemthu.example:8443/"),
        ("bad_url", "services.csv", 2, "url"),
    ),
    "a service on a mail server": (
        edit("services.csv", WEB_SERVER, MAIL_SERVER),
        ("wrong_role", "services.csv", 2, "server"),
    ),
    "a router with a server's role": (
        edit("devices.csv", f"{MAIL_SERVER},server", f"{MAIL_SERVER},router"),
        ("wrong_kind", "devices.csv", MAIL_SERVER, "kind"),
    ),
    "a server in no VLAN of its site": (
        edit("links.csv", "10.68.16.90/24", "10.67.16.90/24"),
        ("not_on_vlan", "links.csv", "KT-LK-1", "b_address"),
    ),
    "a port that the switch hasn't": (
        edit("links.csv", ",p6,", ",p66,"),
        ("no_such_port", "links.csv", "KT-LK-1", "a_port"),
    ),
    "a port that a PC has": (edit("links.csv", ",p6,", ",p1,"), ("duplicate", "links.csv", "KT-LK-1", "a_port")),
    "an address on a switch's port": (
        edit("links.csv", ",p6,,", ",p6,10.68.16.91/24,"),
        ("address_on_switch", "links.csv", "KT-LK-1", "a_address"),
    ),
    "ends in two networks": (
        edit("links.csv", "fd99:4::10/64", "fd99:5::10/64"),
        ("other_network", "links.csv", "KT-LK-2", "b_address"),
    ),
    "one IPv6 address twice": (
        edit("links.csv", "fd99:4::10/64", "fd99:4::1/64"),
        ("duplicate", "links.csv", "KT-LK-2", "b_address"),
    ),
    "two IPv4 addresses": (
        edit("links.csv", "fd99:4::10/64", "10.99.4.11/24"),
        ("bad_interface", "links.csv", "KT-LK-2", "b_address"),
    ),
    "a relay beside a relay": (
        second_relay,
        ("only_one", "devices.csv", "KT-R2", "role"),
    ),
}


@pytest.mark.parametrize(("change", "expected"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named(
    folder: Path, change: Callable[[Path], None], expected: tuple[str, str, int | str, str]
) -> None:
    change(folder)
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    code, file, row, column = expected
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    number = row if isinstance(row, int) else next(n for n, line in enumerate(lines, 1) if line.startswith(row))
    assert (code, file, number, column) in [(p.code, p.file, p.row, p.column) for p in caught.value.problems]


def test_the_new_roles_are_of_servers() -> None:
    assert {role for role in Role if role.endswith(("_server", "_relay"))} == {
        Role.PROVINCE_SERVER,
        Role.MAIL_SERVER,
        Role.MAIL_RELAY,
        Role.WEB_SERVER,
    }
