"""From a round's answers to observations: pure functions of the plan and of what was answered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from collectors.fault import Fault
from collectors.mail.prober import Greeting
from collectors.mail.state import Account, MailState
from collectors.tls import Certificate
from ledger.observation import Check, Observation
from ledger.plan import Mailbox

COLLECTOR = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainAnswers:
    """What came of asking a domain until `at`; `round_trip` is None where nothing was sent: nobody could receive it."""

    domain: str
    at: datetime
    greeting: Greeting | Fault
    login: Fault | None
    round_trip: float | Fault | None


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a server told of itself at `at`."""

    server: str
    at: datetime
    state: MailState | Fault


def domain_observations(answers: DomainAnswers) -> Iterator[Observation]:
    """SMTP, TLS where a certificate was shown, IMAP, ROUND_TRIP where one was tried."""
    greeting, domain, at = answers.greeting, answers.domain, answers.at
    if isinstance(greeting, Fault):
        yield _no(domain, Check.SMTP, at, greeting)
    else:
        yield _yes(domain, Check.SMTP, at, f"{greeting.host} {greeting.called}")
        yield tls_observation(domain, at, greeting.certificate, source=COLLECTOR)
    yield _yes(domain, Check.IMAP, at) if answers.login is None else _no(domain, Check.IMAP, at, answers.login)
    if isinstance(answers.round_trip, Fault):
        yield _no(domain, Check.ROUND_TRIP, at, answers.round_trip)
    elif answers.round_trip is not None:
        yield _yes(domain, Check.ROUND_TRIP, at, f"{answers.round_trip:g}")


def tls_observation(asset: str, at: datetime, found: Certificate | Fault, *, source: str) -> Observation:
    """Whether a certificate holds, until when, and who issued it."""
    if isinstance(found, Fault):
        return _no(asset, Check.TLS, at, found, source)
    return Observation(
        asset=asset,
        check=Check.TLS,
        ok=found.fault is None,
        at=at,
        source=source,
        value=found.value,
        detail=found.detail,
    )


def server_observations(
    told: ServerState, planned: Collection[Mailbox], probe: str, retired: Collection[str]
) -> Iterator[Observation]:
    """MAIL_QUEUE of the server, and of its `planned` mailboxes the account, its last login and its last delivery.

    An active account that isn't planned is seen under `mailbox:`; the probe's own and those of `retired` are not.
    """
    if isinstance(told.state, Fault):
        yield _no(told.server, Check.MAIL_QUEUE, told.at, told.state)
        return
    queue = f"{told.state.messages} {told.state.oldest_seconds}"
    yield _yes(told.server, Check.MAIL_QUEUE, told.at, queue)
    accounts = dict(told.state.accounts)
    for mailbox in planned:
        yield from _mailbox(mailbox.id, accounts.pop(mailbox.id, None), told.at)
    for address, account in accounts.items():
        if account.active and not address.startswith(f"{probe}@") and address not in retired:
            yield _yes(f"mailbox:{address}", Check.MAILBOX, told.at, "active")


def _mailbox(address: str, account: Account | None, at: datetime) -> Iterator[Observation]:
    value = None if account is None else "active" if account.active else "suspended"
    yield Observation(
        asset=address,
        check=Check.MAILBOX,
        ok=account is not None and account.active,
        at=at,
        source=COLLECTOR,
        value=value,
        detail="the server has no such account" if account is None else None,
    )
    if account is not None and account.last_login is not None:
        yield _yes(address, Check.MAIL_LOGIN, account.last_login)
    if account is not None and account.last_delivery is not None:
        yield _yes(address, Check.MAIL_DELIVERY, account.last_delivery)


def _yes(asset: str, check: Check, at: datetime, value: str | None = None) -> Observation:
    return Observation(asset=asset, check=check, ok=True, at=at, source=COLLECTOR, value=value)


def _no(asset: str, check: Check, at: datetime, fault: Fault, source: str = COLLECTOR) -> Observation:
    return Observation(
        asset=asset, check=check, ok=False, at=at, source=source, failure=fault.failure, detail=fault.text
    )
