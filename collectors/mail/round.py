"""The mail collector's round: every domain's mail as strangers, users and receivers find it, and the servers' state."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collectors.fault import Fault
from collectors.guard import guarded
from collectors.mail.prober import MailProber
from collectors.mail.sightings import COLLECTOR, DomainAnswers, ServerState, domain_observations, server_observations
from collectors.mail.state import MailStateSource
from collectors.round import Round, all_of
from collectors.schedule import is_in_use, is_retired, local_day
from ledger.observation import Failure, Observation
from ledger.plan import Device, Mailbox, MailDomain, Plan, Role

NOT_TRIED = Fault(Failure.NO_ANSWER, "neither SMTP nor IMAP answers")
TELLING = frozenset({Role.MAIL_SERVER, Role.MAIL_RELAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRound:
    """Asks about the plan's mail; `probe` is the local part of the probes' mailboxes."""

    plan: Plan
    prober: MailProber
    states: MailStateSource
    probe: str
    clock: Callable[[], datetime]
    domains_at_once: int = 64
    servers_at_once: int = 8

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        """Every domain and server of ours that is in use."""
        started_at = self.clock()
        servers, domains = self._due(started_at)
        states = all_of(servers, self._state, at_once=self.servers_at_once)
        told, answers = await asyncio.gather(states, self._domains(domains))
        found = Round(
            collector=COLLECTOR,
            started_at=started_at,
            finished_at=self.clock(),
            answers=tuple(asset.id for asset in (*servers, *domains)),
            faults=_faults(told, answers),
        )
        kept = self._kept()
        return found, [
            *(item for state in told for item in self._observations(state, kept[state.server])),
            *(item for answer in answers for item in domain_observations(answer)),
        ]

    def _due(self, now: datetime) -> tuple[list[Device], list[MailDomain]]:
        today = local_day(now)
        servers = [device for device in self.plan.devices.values() if device.role in TELLING]
        domains = self.plan.domains.values()
        return (
            [server for server in servers if server.is_ours and is_in_use(server, today)],
            [domain for domain in domains if domain.is_ours and is_in_use(domain, today)],
        )

    async def _state(self, server: Device) -> ServerState:
        state = await guarded(self.states.read(server), collector=COLLECTOR, device=server.id)
        return ServerState(server.id, self.clock(), state)

    async def _domains(self, domains: Sequence[MailDomain]) -> tuple[DomainAnswers, ...]:
        """First each by itself, then from domain to domain."""
        alone = await all_of(domains, self._alone, at_once=self.domains_at_once)
        pairs = zip(alone, receivers(alone), strict=True)
        return await all_of(pairs, lambda pair: self._sent(*pair), at_once=self.domains_at_once)

    async def _alone(self, domain: MailDomain) -> DomainAnswers:
        greeting, login = await asyncio.gather(
            guarded(self.prober.greet(domain.id), collector=COLLECTOR, device=domain.id),
            guarded(self.prober.log_in(domain.id), collector=COLLECTOR, device=domain.id),
        )
        return DomainAnswers(domain=domain.id, at=self.clock(), greeting=greeting, login=login, round_trip=None)

    async def _sent(self, answers: DomainAnswers, receiver: str | None) -> DomainAnswers:
        if receiver is None:
            return answers
        if _is_silent(answers.greeting) and _is_silent(answers.login):
            return replace(answers, round_trip=NOT_TRIED)
        sending = self.prober.round_trip(answers.domain, receiver)
        found = await guarded(sending, collector=COLLECTOR, device=answers.domain)
        return replace(answers, round_trip=found, at=self.clock())

    def _kept(self) -> Mapping[str, list[Mailbox]]:
        """The mailboxes that each server is to keep."""
        found: dict[str, list[Mailbox]] = defaultdict(list)
        for mailbox in self.plan.mailboxes.values():
            found[self.plan.domains[mailbox.domain].server].append(mailbox)
        return found

    def _observations(self, told: ServerState, kept: Sequence[Mailbox]) -> list[Observation]:
        today = local_day(told.at)
        retired = {box.id for box in kept if is_retired(box, today)}
        planned = [box for box in kept if box.id not in retired]
        return list(server_observations(told, planned, self.probe, retired))


def _is_silent(found: object) -> bool:
    return isinstance(found, Fault) and found.failure is Failure.NO_ANSWER


def receivers(answers: Sequence[DomainAnswers]) -> list[str | None]:
    """For each domain the next one, going round, whose probe could log in: itself last; None where none could."""
    count = len(answers)
    open_to_mail = [answer.domain if answer.login is None else None for answer in answers]
    return [
        next((found for step in range(1, count + 1) if (found := open_to_mail[(at + step) % count])), None)
        for at in range(count)
    ]


def _faults(told: Sequence[ServerState], answers: Sequence[DomainAnswers]) -> Mapping[str, Fault]:
    found = {state.server: state.state for state in told if isinstance(state.state, Fault)}
    for answer in answers:
        for part in (answer.greeting, answer.login, answer.round_trip):
            if isinstance(part, Fault):
                found.setdefault(answer.domain, part)
    return found
