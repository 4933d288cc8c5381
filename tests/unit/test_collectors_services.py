"""The web collector's round with played services: both families, names that are gone, certificates that don't hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv6Address

import pytest

from collectors.dialogue import rounded_up
from collectors.fault import Fault
from collectors.names import Addresses
from collectors.round import Round
from collectors.tls import Certificate
from collectors.web.https import HttpsAnswer
from collectors.web.round import WebRound
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
PORTAL, APPLICATION, NAME = "68-SKHCN-TTDT", "68-QOFFICE", "www.skhcn.lamdong.gov.vn"
V4, V6 = IPv4Address("10.68.4.10"), IPv6Address("fd68:4::10")
BOTH, OLD, NEW = Addresses((V4,), (V6,)), Addresses((V4,)), Addresses((), (V6,))
GOOD = Certificate(datetime(2027, 1, 31, tzinfo=UTC), "Lab CA", None)
EXPIRED = Certificate(datetime(2026, 11, 1, tzinfo=UTC), "Lab CA", "certificate has expired")
FINE = HttpsAnswer(200, 0.02, GOOD)
SILENT = Fault(Failure.NO_ANSWER, "HTTPS: silent")
Said = dict[Check, tuple[bool, str | None, str | None]]


class Services:
    """Plays names and services: Names and WebProber at once."""

    def __init__(self) -> None:
        self.found: Addresses | Fault = BOTH
        self.answers: dict[IPv4Address | IPv6Address, HttpsAnswer | Fault] = {}
        self.asked: list[tuple[str, IPv4Address | IPv6Address]] = []
        self.crashing = False

    async def addresses(self, name: str) -> Addresses | Fault:
        return self.found if name == NAME else BOTH

    async def exchange(self, domain: str) -> str | Fault | None:
        raise AssertionError(domain)

    async def get(self, url: str, address: IPv4Address | IPv6Address) -> HttpsAnswer | Fault:
        self.asked.append((url, address))
        if self.crashing and NAME in url:
            raise LookupError(url)
        return self.answers.get(address, FINE) if NAME in url else FINE


@pytest.fixture
def services() -> Services:
    return Services()


def ask(plan: Plan, services: Services) -> tuple[Round[str], list[Observation]]:
    return asyncio.run(WebRound(plan=plan, names=services, prober=services, clock=lambda: NOON).ask())


def said(seen: Sequence[Observation], asset: str = PORTAL) -> Said:
    return {item.check: (item.ok, item.value, item.detail) for item in seen if item.asset == asset}


def test_a_service_is_asked_over_both_families(lab_plan: Plan, services: Services) -> None:
    found, seen = ask(lab_plan, services)
    assert said(seen) == {
        Check.DNS: (True, f"{V4} {V6}", None),
        Check.HTTPS: (True, "200 0.02", None),
        Check.HTTPS_IPV6: (True, str(V6), None),
        Check.TLS: (True, "2027-01-31T00:00:00Z", "Lab CA"),
    }
    assert services.asked[:2] == [(f"https://{NAME}/", V4), (f"https://{NAME}/", V6)]
    assert (found.collector, found.answers, found.faults) == ("web", (PORTAL, APPLICATION), {})


def test_a_service_without_an_aaaa_record_has_no_ipv6(lab_plan: Plan, services: Services) -> None:
    services.found = OLD
    told = said(ask(lab_plan, services)[1])
    assert told[Check.HTTPS_IPV6] == (False, None, "no AAAA record")
    assert told[Check.HTTPS] == (True, "200 0.02", None)


def test_a_service_that_has_ipv6_alone_works(lab_plan: Plan, services: Services) -> None:
    services.found = NEW
    told = said(ask(lab_plan, services)[1])
    assert told[Check.HTTPS][0] is told[Check.HTTPS_IPV6][0] is True


def test_a_record_at_which_nothing_answers_is_told(lab_plan: Plan, services: Services) -> None:
    services.answers[V6] = SILENT
    found, seen = ask(lab_plan, services)
    assert said(seen)[Check.HTTPS_IPV6] == (False, None, "no_answer: HTTPS: silent")
    assert said(seen)[Check.HTTPS][0] is True
    assert found.faults == {}


@pytest.mark.parametrize(
    ("status", "ok"), [(200, True), (302, True), (399, True), (400, False), (401, True), (403, False), (503, False)]
)
def test_what_counts_as_a_good_answer(lab_plan: Plan, services: Services, status: int, *, ok: bool) -> None:
    services.answers = {V4: replace(FINE, status=status), V6: replace(FINE, status=status)}
    told = said(ask(lab_plan, services)[1])
    assert told[Check.HTTPS] == (ok, f"{status} 0.02", None)
    assert told[Check.HTTPS_IPV6][0] is True


@pytest.mark.parametrize("family", [V4, V6])
def test_a_certificate_that_does_not_hold_on_either_family_is_told(
    lab_plan: Plan, services: Services, family: IPv4Address | IPv6Address
) -> None:
    services.answers[family] = replace(FINE, certificate=EXPIRED)
    told = said(ask(lab_plan, services)[1])
    assert told[Check.TLS] == (False, "2026-11-01T00:00:00Z", "Lab CA; certificate has expired")
    assert told[Check.HTTPS][0] is True


@pytest.mark.parametrize(
    ("found", "dns", "ipv6"),
    [
        (Addresses(), (False, None, None), (False, None, "no AAAA record")),
        (SILENT, (False, None, "no_answer: HTTPS: silent"), (False, None, "no_answer: HTTPS: silent")),
    ],
    ids=["no such name", "silent DNS"],
)
def test_a_service_whose_name_is_gone_is_not_asked(
    lab_plan: Plan,
    services: Services,
    found: Addresses | Fault,
    dns: tuple[bool, str | None, str | None],
    ipv6: tuple[bool, str | None, str | None],
) -> None:
    services.found = found
    asked, seen = ask(lab_plan, services)
    told = said(seen)
    assert (told[Check.DNS], told[Check.HTTPS_IPV6]) == (dns, ipv6)
    assert told[Check.HTTPS][0] is False
    assert Check.TLS not in told
    assert [url for url, _address in services.asked if NAME in url] == []
    assert set(asked.faults) == {PORTAL}


def test_a_crash_on_one_service_stops_no_other(lab_plan: Plan, services: Services) -> None:
    services.crashing = True
    found, seen = ask(lab_plan, services)
    assert said(seen)[Check.HTTPS] == (False, None, "collector_error: LookupError")
    assert said(seen, APPLICATION)[Check.HTTPS][0] is True
    assert set(found.faults) == {PORTAL}


def test_what_is_retired_or_has_no_address_yet_is_not_asked(lab_plan: Plan, services: Services) -> None:
    retired = replace(lab_plan.services[PORTAL], retired_on=date(2026, 11, 22))
    found, _seen = ask(replace(lab_plan, services={**lab_plan.services, PORTAL: retired}), services)
    assert found.answers == (APPLICATION,)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, 0.001), (0.001, 0.001), (0.0011, 0.002), (0.012, 0.02), (0.2, 0.2), (0.21, 0.5), (3, 5), (7, 10)],
)
def test_times_are_rounded_up_so_that_noise_is_not_written_down(seconds: float, expected: float) -> None:
    assert rounded_up(seconds) == expected
