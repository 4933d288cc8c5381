"""Reads the registers of what runs on the network: mail.csv and services.csv."""

from collections.abc import Mapping
from enum import StrEnum

from ledger.plan.asset import Device, Mailbox, MailDomain, Role, Service, ServiceKind, Workstation
from ledger.plan.problem import nearest
from ledger.plan.register import Row
from ledger.plan.registers import Registers, life_of
from ledger.plan.unit import Unit

#: The local part of the mailboxes that probes use; no person may have it.
PROBE = "baophu-probe"
#: Local parts that the role mail_server forwards, or that it sends and receives as itself (RFC 2142).
MACHINE_ADDRESSES = frozenset({"postmaster", "abuse", "root", "mailer-daemon"})


class MailKind(StrEnum):
    """What a row of mail.csv is about."""

    DOMAIN = "domain"
    MAILBOX = "mailbox"


def read_mail(
    registers: Registers,
    units: Mapping[str, Unit],
    devices: Mapping[str, Device],
    workstations: Mapping[str, Workstation],
) -> tuple[dict[str, MailDomain], dict[str, Mailbox]]:
    """The domains and the mailboxes of mail.csv, by name and by address, each in register order."""
    register = registers.read("mail.csv")
    kinds = [(row, row.choice("kind", MailKind)) for row in register]
    domains: dict[str, MailDomain] = {}
    mailboxes: dict[str, Mailbox] = {}
    for row in (row for row, kind in kinds if kind is MailKind.DOMAIN):
        domain = _domain(registers, row, units, devices)
        domains[domain.id] = domain
    for row in (row for row, kind in kinds if kind is MailKind.MAILBOX):
        mailbox = _mailbox(registers, row, units, workstations)
        mailboxes[mailbox.id] = mailbox
        if mailbox.domain and mailbox.domain not in domains:
            close = nearest(mailbox.domain, list(domains))
            row.report("unknown_reference", "address", value=mailbox.domain, where="mail.csv", nearest=close)
    return domains, mailboxes


def _domain(registers: Registers, row: Row, units: Mapping[str, Unit], devices: Mapping[str, Device]) -> MailDomain:
    name = row.domain_name("address")
    registers.own(row, "address", name, "asset")
    row.nothing("quota_mb", MailKind.DOMAIN)
    row.nothing("workstation", MailKind.DOMAIN)
    server = _server(row, devices, Role.MAIL_SERVER)
    return MailDomain(
        id=name,
        unit=row.reference("unit", units, "units.csv"),
        site=devices[server].site if server in devices else None,
        server=server,
        **life_of(row),
    )


def _mailbox(
    registers: Registers, row: Row, units: Mapping[str, Unit], workstations: Mapping[str, Workstation]
) -> Mailbox:
    address, domain = row.mail_address("address")
    registers.own(row, "address", address, "asset")
    if address.removesuffix(f"@{domain}") in MACHINE_ADDRESSES | {PROBE}:
        row.report("kept_address", "address")
    row.nothing("server", MailKind.MAILBOX)
    has_workstation = row.optional("workstation") is not None
    return Mailbox(
        id=address,
        unit=row.reference("unit", units, "units.csv"),
        site=None,
        domain=domain,
        quota_mb=row.integer("quota_mb", 1, 1_000_000) or 0,
        workstation=row.reference("workstation", workstations, "workstations.csv") if has_workstation else None,
        **life_of(row),
    )


def read_services(registers: Registers, units: Mapping[str, Unit], devices: Mapping[str, Device]) -> dict[str, Service]:
    """The services of services.csv, by id, in register order."""
    found: dict[str, Service] = {}
    for row in registers.read("services.csv"):
        service = row.identifier("service")
        registers.own(row, "service", service, "asset")
        url = row.https_url("url") if row.optional("url") else None
        if url is not None:
            registers.own(row, "url", url, "url")
        server = _server(row, devices, Role.WEB_SERVER) if row.optional("server") else None
        found[service] = Service(
            id=service,
            unit=row.reference("unit", units, "units.csv"),
            site=devices[server].site if server is not None and server in devices else None,
            service_kind=row.choice("kind", ServiceKind) or ServiceKind.PORTAL,
            name_vi=row.text("name_vi"),
            name_en=row.text("name_en"),
            url=url,
            server=server,
            **life_of(row),
        )
    return found


def _server(row: Row, devices: Mapping[str, Device], role: Role) -> str:
    server = row.reference("server", devices, "devices.csv")
    if server in devices and devices[server].role is not role:
        row.report("wrong_role", "server", wanted=role)
    return server
