"""Opens the collectors of what runs on the network: where the plan has it, and the credentials say how to ask."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from collectors.mail.prober import NetworkMailProber
from collectors.mail.round import MailRound
from collectors.mail.state import SshMailStateSource
from collectors.names import DnsNames
from collectors.round import Prober
from collectors.settings import CollectorSettings
from collectors.tls import Trust
from collectors.web.https import NetworkWebProber
from collectors.web.round import WebRound
from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.plan import Plan, Role

LOGGER = logging.getLogger(__name__)


def open_probers(
    stack: AsyncExitStack, plan: Plan, settings: CollectorSettings, clock: Callable[[], datetime]
) -> tuple[Prober, ...]:
    """The mail and the web collector; one that isn't at work is said so, once. Raises ConfigurationError."""
    found: list[Prober] = []
    mail, web = settings.credentials.mail, settings.credentials.web
    if _is_wanted("mail", planned=bool(plan.domains), allowed=mail is not None) and mail is not None:
        states = stack.enter_context(SshMailStateSource(mail.state, settings.ssh_pace()))
        prober = NetworkMailProber(mail, _names(plan, settings), Trust(mail.ca_file), settings.mail_ports)
        servers = settings.routers_at_once
        found.append(
            MailRound(
                plan=plan,
                prober=prober,
                states=states,
                probe=mail.local_part,
                clock=clock,
                servers_at_once=servers,
            )
        )
    if _is_wanted("web", planned=bool(plan.services), allowed=web is not None) and web is not None:
        web_prober = NetworkWebProber(
            Trust(web.ca_file), port=settings.https_port, deadline_seconds=settings.https_deadline_seconds
        )
        found.append(WebRound(plan=plan, names=_names(plan, settings), prober=web_prober, clock=clock))
    return tuple(found)


def _is_wanted(collector: str, *, planned: bool, allowed: bool) -> bool:
    if planned and not allowed:
        LOGGER.warning("collector not at work: the credentials have no section for it", extra={"collector": collector})
    elif not planned:
        LOGGER.debug("collector not at work: the plan has nothing for it", extra={"collector": collector})
    return planned and allowed


def _names(plan: Plan, settings: CollectorSettings) -> DnsNames:
    server = settings.dns_server
    if server is None:
        seats = [device for device in plan.devices.values() if device.role is Role.PROVINCE_SERVER]
        if not seats:
            raise ConfigurationError(
                N_("collect: no DNS server to ask: the plan has no province server; give BAOPHU_DNS_SERVER")
            )
        server = str(seats[0].address)
    return DnsNames(server, port=settings.dns_port, deadline_seconds=settings.dns_timeout_seconds)
