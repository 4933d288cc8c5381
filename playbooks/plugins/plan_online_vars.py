"""What a play needs to know of planned mail and web services: plain variables, worked out from the plan alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from ledger.plan import Device, Mailbox, MailDomain, Plan, Role, Service, Workstation

Variables = dict[str, Any]


@dataclass(frozen=True)
class PlannedOnline:
    """The mail domains, mailboxes and services of `plan` that shall be there on `today`; every value is JSON."""

    plan: Plan
    today: date

    def province_variables(self) -> Variables:
        """What every host may know: the mail domains and who keeps them, and where the relay is (None without one)."""
        relay = next((d for d in self.plan.devices.values() if d.role is Role.MAIL_RELAY and self._is_on(d)), None)
        return {
            "plan_relay": relay.id if relay else None,
            "plan_relay_address": str(relay.address) if relay else None,
            "plan_mail_domains": [
                {"domain": domain.id, "server": domain.server, "address": str(self._server(domain).address)}
                for domain in self._domains()
            ],
        }

    def of_server(self, device: Device) -> Variables:
        """What a server is there for: a mail server's domains, a web server's services."""
        match device.role:
            case Role.MAIL_SERVER:
                return self._of_mail_server(device)
            case Role.WEB_SERVER:
                return self._of_web_server(device)
            case _:
                return {}

    def _of_mail_server(self, device: Device) -> Variables:
        """The domains that a mail server keeps, with their mailboxes."""
        kept = [domain for domain in self._domains() if domain.server == device.id]
        return {
            "plan_domains": [
                {
                    "domain": domain.id,
                    "mailboxes": [
                        {"address": mailbox.id, "quota_mb": mailbox.quota_mb}
                        for mailbox in self._mailboxes()
                        if mailbox.domain == domain.id
                    ],
                }
                for domain in kept
            ]
        }

    def _of_web_server(self, device: Device) -> Variables:
        """The services that a web server runs."""
        here = [service for service in self._services() if service.server == device.id]
        return {
            "plan_services": [
                {"service": s.id, "name": name_of(s), "name_vi": s.name_vi, "name_en": s.name_en} for s in here
            ]
        }

    def of_workstation(self, pc: Workstation) -> Variables:
        """The mailboxes of a PC's user, and the server of each."""
        mine = [mailbox for mailbox in self._mailboxes() if mailbox.workstation == pc.id]
        return {"plan_mailboxes": [{"address": m.id, "server": f"mail.{m.domain}"} for m in mine]}

    def service_records(self) -> list[Variables]:
        """The DNS names of the services that run on our web servers, with the server's addresses."""
        found: list[Variables] = []
        for service in self._services():
            server = self.plan.devices[service.server or ""]
            address6 = address6_of(self.plan, server)
            found.append({"service": service.id, "name": name_of(service), "address": str(server.address)})
            found[-1]["address6"] = address6
        return found

    def _is_on(self, asset: Device | MailDomain | Mailbox | Service) -> bool:
        is_exempt = asset.exemption is not None and self.today <= asset.exemption.until
        is_retired = asset.retired_on is not None and asset.retired_on <= self.today
        return asset.is_ours and not is_exempt and not is_retired

    def _is_due(self, asset: MailDomain | Mailbox | Service) -> bool:
        return self._is_on(asset) and asset.planned_from <= self.today

    def _domains(self) -> list[MailDomain]:
        return [domain for domain in self.plan.domains.values() if self._is_due(domain)]

    def _mailboxes(self) -> list[Mailbox]:
        kept = {domain.id for domain in self._domains()}
        return [m for m in self.plan.mailboxes.values() if m.domain in kept and self._is_due(m)]

    def _services(self) -> list[Service]:
        return [s for s in self.plan.services.values() if s.url and s.server and self._is_due(s)]

    def _server(self, domain: MailDomain) -> Device:
        return self.plan.devices[domain.server]


def name_of(service: Service) -> str:
    """The DNS name of a service, from its address."""
    return urlsplit(service.url or "").hostname or ""


def address6_of(plan: Plan, device: Device) -> str | None:
    """The IPv6 address of a device on its first link that has one."""
    ends = (link.end_at(device.id) for link in plan.links_of(device.id))
    return next((str(end.address6.ip) for end in ends if end.address6 is not None), None)
