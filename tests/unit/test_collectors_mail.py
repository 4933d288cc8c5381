"""The mail collector's round with played servers: who sends to whom, what is seen, what a crash can't stop."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from collectors.fault import Fault
from collectors.mail.prober import Greeting
from collectors.mail.round import MailRound, receivers
from collectors.mail.sightings import DomainAnswers
from collectors.mail.state import Account, MailState, parse_state
from collectors.round import Round
from collectors.tls import Certificate
from ledger.observation import Check, Failure, Observation
from ledger.plan import Device, Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
LOGIN, DELIVERY = datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
SKHCN, PHAN_THIET, PHU_QUY = "skhcn.lamdong.gov.vn", "phanthiet.lamdong.gov.vn", "phuquy.lamdong.gov.vn"
SERVER, RELAY, OTHERS = "68-22945-SV-001", "68-TTDL-SV-002", ("68-SKHCN-SV-001", "68-23272-SV-001")
CLERK, DESK = f"vanthu@{PHAN_THIET}", f"motcua@{PHAN_THIET}"
GOOD = Certificate(datetime(2027, 1, 31, tzinfo=UTC), "Lab CA", None)
SILENT, REFUSED = Fault(Failure.NO_ANSWER, "silent"), Fault(Failure.AUTH_FAILED, "refused")
EMPTY = MailState(0, 0, {})


class Servers:
    """Plays every mail server: MailProber and MailStateSource at once."""

    def __init__(self) -> None:
        self.greetings: dict[str, Greeting | Fault] = {}
        self.logins: dict[str, Fault] = {}
        self.trips: list[tuple[str, str]] = []
        self.lost: set[str] = set()
        self.states: dict[str, MailState | Fault] = {}
        self.crashing: set[str] = set()

    async def greet(self, domain: str) -> Greeting | Fault:
        if domain in self.crashing:
            raise LookupError(domain)
        return self.greetings.get(domain, Greeting(f"mail.{domain}", "mx.example", GOOD))

    async def log_in(self, domain: str) -> Fault | None:
        return self.logins.get(domain)

    async def round_trip(self, sender: str, recipient: str) -> float | Fault:
        self.trips.append((sender, recipient))
        return SILENT if sender in self.lost else 0.5

    async def read(self, server: Device) -> MailState | Fault:
        if server.id in self.crashing:
            raise LookupError(server.id)
        return self.states.get(server.id, EMPTY)


@pytest.fixture
def servers() -> Servers:
    return Servers()


def ask(plan: Plan, servers: Servers, now: datetime = NOON) -> tuple[Round[str], list[Observation]]:
    return asyncio.run(
        MailRound(plan=plan, prober=servers, states=servers, probe="baophu-probe", clock=lambda: now).ask()
    )


def said(seen: Sequence[Observation], asset: str) -> dict[Check, tuple[bool, str | None, str | None]]:
    return {item.check: (item.ok, item.value, item.detail) for item in seen if item.asset == asset}


def test_a_domain_that_works_is_seen_to_in_every_way(lab_plan: Plan, servers: Servers) -> None:
    found, seen = ask(lab_plan, servers)
    assert said(seen, PHAN_THIET) == {
        Check.SMTP: (True, f"mail.{PHAN_THIET} mx.example", None),
        Check.TLS: (True, "2027-01-31T00:00:00Z", "Lab CA"),
        Check.IMAP: (True, None, None),
        Check.ROUND_TRIP: (True, "0.5", None),
    }
    assert servers.trips == [(SKHCN, PHAN_THIET), (PHAN_THIET, PHU_QUY), (PHU_QUY, SKHCN)]
    assert set(found.answers) == {SKHCN, PHAN_THIET, PHU_QUY, SERVER, RELAY, *OTHERS}
    assert (found.collector, found.faults) == ("mail", {})
    assert {item.source for item in seen} == {"mail"}
    assert {item.unit for item in seen} == {None}


def test_a_certificate_that_does_not_hold_is_no_fault_of_smtp(lab_plan: Plan, servers: Servers) -> None:
    expired = replace(GOOD, not_after=datetime(2026, 11, 1, tzinfo=UTC), fault="certificate has expired")
    servers.greetings[PHAN_THIET] = Greeting("mail.x", "mx.example", expired)
    found, seen = ask(lab_plan, servers)
    told = said(seen, PHAN_THIET)
    assert told[Check.TLS] == (False, "2026-11-01T00:00:00Z", "Lab CA; certificate has expired")
    assert told[Check.SMTP] == (True, "mail.x mx.example", None)
    assert found.faults == {}


def test_a_domain_whose_probe_is_refused_still_sends_and_gets_nothing(lab_plan: Plan, servers: Servers) -> None:
    servers.logins[PHAN_THIET] = REFUSED
    found, seen = ask(lab_plan, servers)
    assert servers.trips == [(SKHCN, PHU_QUY), (PHAN_THIET, PHU_QUY), (PHU_QUY, SKHCN)]
    assert said(seen, PHAN_THIET)[Check.IMAP] == (False, None, "auth_failed: refused")
    assert found.faults == {PHAN_THIET: REFUSED}


def test_a_server_that_is_down_is_not_sent_from(lab_plan: Plan, servers: Servers) -> None:
    servers.greetings[PHAN_THIET] = servers.logins[PHAN_THIET] = SILENT
    servers.states[SERVER] = SILENT
    found, seen = ask(lab_plan, servers)
    assert servers.trips == [(SKHCN, PHU_QUY), (PHU_QUY, SKHCN)]
    assert said(seen, PHAN_THIET) == {
        Check.SMTP: (False, None, "no_answer: silent"),
        Check.IMAP: (False, None, "no_answer: silent"),
        Check.ROUND_TRIP: (False, None, "no_answer: neither SMTP nor IMAP answers"),
    }
    assert said(seen, SERVER) == {Check.MAIL_QUEUE: (False, None, "no_answer: silent")}
    assert said(seen, CLERK) == {}
    assert found.faults == {SERVER: SILENT, PHAN_THIET: SILENT}


def test_a_message_that_is_lost_is_told(lab_plan: Plan, servers: Servers) -> None:
    servers.lost = {PHAN_THIET}
    found, seen = ask(lab_plan, servers)
    assert said(seen, PHAN_THIET)[Check.ROUND_TRIP] == (False, None, "no_answer: silent")
    assert found.faults == {PHAN_THIET: SILENT}


def answers(*open_to_mail: bool) -> list[DomainAnswers]:
    return [
        DomainAnswers(domain=f"d{number}", at=NOON, greeting=SILENT, login=None if is_open else SILENT, round_trip=None)
        for number, is_open in enumerate(open_to_mail)
    ]


@pytest.mark.parametrize(
    ("open_to_mail", "expected"),
    [
        ((), []),
        ((True,), ["d0"]),
        ((False,), [None]),
        ((True, True, True), ["d1", "d2", "d0"]),
        ((True, False, True), ["d2", "d2", "d0"]),
        ((True, False, False), ["d0", "d0", "d0"]),
        ((False, False), [None, None]),
    ],
)
def test_mail_goes_round_to_those_that_can_receive(open_to_mail: tuple[bool, ...], expected: list[str | None]) -> None:
    assert receivers(answers(*open_to_mail)) == expected


def account(*, active: bool = True, login: datetime | None = None, delivery: datetime | None = None) -> Account:
    return Account(active, login, delivery)


def test_a_server_tells_its_queue_and_its_accounts(lab_plan: Plan, servers: Servers) -> None:
    servers.states[SERVER] = MailState(
        3,
        600,
        {
            CLERK: account(login=LOGIN, delivery=DELIVERY),
            DESK: account(active=False),
            f"baophu-probe@{PHAN_THIET}": account(login=LOGIN),
            f"la@{PHAN_THIET}": account(),
            f"cu@{PHAN_THIET}": account(active=False),
        },
    )
    _found, seen = ask(lab_plan, servers)
    assert said(seen, SERVER) == {Check.MAIL_QUEUE: (True, "3 600", None)}
    assert said(seen, CLERK)[Check.MAILBOX] == (True, "active", None)
    times = {item.check: item.at for item in seen if item.asset == CLERK}
    assert times == {Check.MAILBOX: NOON, Check.MAIL_LOGIN: LOGIN, Check.MAIL_DELIVERY: DELIVERY}
    assert said(seen, DESK) == {Check.MAILBOX: (False, "suspended", None)}
    missing = said(seen, f"nghile@{PHAN_THIET}")
    assert missing == {Check.MAILBOX: (False, None, "the server has no such account")}
    unplanned = {item.asset for item in seen if item.asset.startswith("mailbox:")}
    assert unplanned == {f"mailbox:la@{PHAN_THIET}"}


def test_what_is_retired_is_neither_asked_for_nor_unplanned(lab_plan: Plan, servers: Servers) -> None:
    retired = replace(lab_plan.mailboxes[CLERK], retired_on=date(2026, 11, 22))
    domain = replace(lab_plan.domains[PHU_QUY], retired_on=date(2026, 11, 22))
    plan = replace(
        lab_plan,
        mailboxes={**lab_plan.mailboxes, CLERK: retired},
        domains={**lab_plan.domains, PHU_QUY: domain},
    )
    servers.states[SERVER] = MailState(0, 0, {CLERK: account()})
    found, seen = ask(plan, servers)
    assert PHU_QUY not in found.answers
    assert {item.asset for item in seen if CLERK in item.asset} == set()


def test_a_crash_on_one_server_stops_no_other(lab_plan: Plan, servers: Servers) -> None:
    servers.crashing = {PHAN_THIET, SERVER}
    found, seen = ask(lab_plan, servers)
    crash = (False, None, "collector_error: LookupError")
    assert said(seen, PHAN_THIET)[Check.SMTP] == said(seen, SERVER)[Check.MAIL_QUEUE] == crash
    assert said(seen, SKHCN)[Check.SMTP][0] is True
    assert set(found.faults) == {PHAN_THIET, SERVER}


def test_a_servers_state_is_read_with_what_it_may_tell_later() -> None:
    told = {
        "queue": {"messages": 1, "oldest_seconds": 5, "deferred": 1},
        "mailboxes": {"A.B@x.example": {"active": False, "last_login": 1795320000, "last_delivery": None}},
        "version": 2,
    }
    login = datetime.fromtimestamp(1795320000, UTC)
    assert parse_state(json.dumps(told)) == MailState(1, 5, {"a.b@x.example": Account(False, login, None)})


SECRET = "s3cret"


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        f'["{SECRET}"]',
        "{}",
        '{"queue": {"messages": 0, "oldest_seconds": 0}}',
        '{"queue": {"messages": -1, "oldest_seconds": 0}, "mailboxes": {}}',
        '{"queue": {"messages": "1", "oldest_seconds": 0}, "mailboxes": {}}',
        '{"queue": {"messages": 1e400, "oldest_seconds": 0}, "mailboxes": {}}',
        f'{{"queue": {{"messages": 0, "oldest_seconds": 0}}, "mailboxes": {{"{SECRET}": {{"active": true}}}}}}',
        '{"queue": {"messages": 0, "oldest_seconds": 0}, "mailboxes": {"a@x": {"active": "yes"}}}',
        '{"queue": {"messages": 0, "oldest_seconds": 0}, "mailboxes": {"a@x\\u0007": {"active": true}}}',
        '{"queue": {"messages": 0, "oldest_seconds": 0}, "mailboxes": {"a@x": {"active": true, "last_login": -1}}}',
        '{"queue": {"messages": 0, "oldest_seconds": 0}, "mailboxes": {"a@x": {"active": true, "last_login": 1e14}}}',
    ],
)
def test_what_is_no_state_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^wrong ") as caught:
        parse_state(text)
    assert SECRET not in str(caught.value)
