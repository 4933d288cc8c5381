"""The web collector's round, and what it says of each service."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from collectors.fault import Fault
from collectors.guard import guarded
from collectors.names import Addresses, Names
from collectors.round import Round, all_of
from collectors.schedule import is_in_use, local_day
from collectors.tls import Certificate
from collectors.web.https import HttpsAnswer, WebProber
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan, Service

COLLECTOR = "web"
#: A service that asks for a login works.
LOGIN_WANTED = 401
NO_NAME = Fault(Failure.NO_ANSWER, "its name has no address")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswers:
    """What came of asking a service until `at`; None: it has no address of that family."""

    service: str
    at: datetime
    addresses: Addresses | Fault
    v4: HttpsAnswer | Fault | None
    v6: HttpsAnswer | Fault | None

    @property
    def best(self) -> HttpsAnswer | Fault:
        """What most people get: over IPv4, or over IPv6 where it has nothing else; without a name, why not."""
        answer = self.v4 if self.v4 is not None else self.v6
        return answer or (self.addresses if isinstance(self.addresses, Fault) else NO_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRound:
    """Asks every service of the plan that is in use and has an address, whoever hosts it."""

    plan: Plan
    names: Names
    prober: WebProber
    clock: Callable[[], datetime]
    at_once: int = 64

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        """Ask them all."""
        started_at = self.clock()
        today = local_day(started_at)
        due = [service for service in self.plan.services.values() if service.url and is_in_use(service, today)]
        answers = await all_of(due, self._service, at_once=self.at_once)
        faults = {answer.service: answer.best for answer in answers}
        found = Round(
            collector=COLLECTOR,
            started_at=started_at,
            finished_at=self.clock(),
            answers=tuple(service.id for service in due),
            faults={service: fault for service, fault in faults.items() if isinstance(fault, Fault)},
        )
        return found, [item for answer in answers for item in service_observations(answer)]

    async def _service(self, service: Service) -> ServiceAnswers:
        url = service.url or ""
        name = urlsplit(url).hostname or ""
        addresses = await guarded(self.names.addresses(name), collector=COLLECTOR, device=service.id)
        known = Addresses() if isinstance(addresses, Fault) else addresses
        v4, v6 = await asyncio.gather(
            self._get(service, url, next(iter(known.v4), None)), self._get(service, url, next(iter(known.v6), None))
        )
        return ServiceAnswers(service=service.id, at=self.clock(), addresses=addresses, v4=v4, v6=v6)

    async def _get(
        self, service: Service, url: str, address: IPv4Address | IPv6Address | None
    ) -> HttpsAnswer | Fault | None:
        if address is None:
            return None
        return await guarded(self.prober.get(url, address), collector=COLLECTOR, device=service.id)


def service_observations(answers: ServiceAnswers) -> Iterator[Observation]:
    """DNS, HTTPS and HTTPS_IPV6, and TLS where a certificate was shown: one that doesn't hold before one that does."""
    addresses, best = answers.addresses, answers.best
    if isinstance(addresses, Fault):
        yield _seen(answers, Check.DNS, fault=addresses)
        yield _seen(answers, Check.HTTPS_IPV6, fault=addresses)
    else:
        value = " ".join(map(str, (*addresses.v4, *addresses.v6)))
        yield _seen(answers, Check.DNS, ok=bool(value), value=value or None)
        yield _ipv6(answers, addresses)
    if isinstance(best, Fault):
        yield _seen(answers, Check.HTTPS, fault=best)
    else:
        ok = best.status < 400 or best.status == LOGIN_WANTED
        yield _seen(answers, Check.HTTPS, ok=ok, value=f"{best.status} {best.seconds:g}")
    yield from _tls(answers)


def _ipv6(answers: ServiceAnswers, addresses: Addresses) -> Observation:
    if answers.v6 is None:
        return _seen(answers, Check.HTTPS_IPV6, ok=False, detail="no AAAA record")
    if isinstance(answers.v6, Fault):
        return _seen(answers, Check.HTTPS_IPV6, fault=answers.v6)
    return _seen(answers, Check.HTTPS_IPV6, ok=True, value=str(addresses.v6[0]))


def _tls(answers: ServiceAnswers) -> Iterator[Observation]:
    shown = [answer.certificate for answer in (answers.v4, answers.v6) if isinstance(answer, HttpsAnswer)]
    bad = [found for found in shown if isinstance(found, Fault) or found.fault is not None]
    for found in (bad or shown)[:1]:
        if isinstance(found, Certificate):
            ok = found.fault is None
            yield _seen(answers, Check.TLS, ok=ok, value=found.value, detail=found.detail)
        else:
            yield _seen(answers, Check.TLS, fault=found)


def _seen(
    answers: ServiceAnswers,
    check: Check,
    *,
    ok: bool = False,
    value: str | None = None,
    detail: str | None = None,
    fault: Fault | None = None,
) -> Observation:
    return Observation(
        asset=answers.service,
        check=check,
        ok=ok,
        at=answers.at,
        source=COLLECTOR,
        value=value,
        failure=fault.failure if fault else None,
        detail=fault.text if fault else detail,
    )
