"""Mail: what a mailbox, a domain and a unit owe, and what a server that is down does to them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ledger.figure import AssetRow, Availability, Coverage, Lifecycle, Snapshot
from ledger.observation import Check, Failure, Observation, Outcome, RunResult
from ledger.plan import AssetKind

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, MINUTE, TICK = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)
UNIT = "68-22945"
SERVER, SWITCH, ROUTER = f"{UNIT}-SV-001", f"{UNIT}-SW-001", f"{UNIT}-RT-001"
DOMAIN = "phanthiet.lamdong.gov.vn"
BOX, OTHER = f"vanthu@{DOMAIN}", f"motcua@{DOMAIN}"
WORKING = (Check.SMTP, Check.IMAP, Check.ROUND_TRIP)


def seen(asset: str, check: Check, *, at: datetime = NOON, ok: bool = True, value: str | None = None) -> Observation:
    return Observation(asset=asset, check=check, ok=ok, at=at, source="mail", value=value)


def failed(asset: str, check: Check, failure: Failure, at: datetime = NOON) -> Observation:
    return Observation(asset=asset, check=check, ok=False, at=at, source="mail", failure=failure, detail="it said so")


def account(state: str | None, asset: str = BOX, at: datetime = NOON) -> Observation:
    return seen(asset, Check.MAILBOX, ok=state == "active", value=state, at=at)


def working(at: datetime = NOON, domain: str = DOMAIN) -> list[Observation]:
    return [seen(domain, check, at=at) for check in WORKING]


def polled(*devices: str, ok: bool = True, at: datetime = NOON) -> list[Observation]:
    failure = None if ok else Failure.NO_ANSWER
    return [
        Observation(asset=device, check=check, ok=ok, at=at, source=source, failure=failure)
        for device in devices
        for check, source in ((Check.SNMP, device), (Check.PING, "icmp"))
    ]


def row_of(snapshot: Snapshot, asset: str, indicator: str) -> AssetRow:
    (row,) = (row for row in snapshot.rows if (row.asset, row.indicator) == (asset, indicator))
    return row


def verdict(snapshot: Snapshot, asset: str, indicator: str) -> tuple[Coverage | Availability, str | None]:
    row = row_of(snapshot, asset, indicator)
    return row.verdict, row.detail


def test_a_mailbox_counts_as_an_account_and_beside_it_as_one_in_use(evaluate: Evaluate) -> None:
    snapshot = evaluate([account("active")])
    assert verdict(snapshot, BOX, "TD03") == (Coverage.COVERED, None)
    assert verdict(snapshot, BOX, "TD06") == (Coverage.NOT_COMPLIANT, "missing: mail_login, mail_delivery")
    assert {row.indicator for row in snapshot.rows if row.asset == BOX} == {"TD03", "TD06"}
    assert {row.lifecycle for row in snapshot.rows if row.asset == BOX} == {Lifecycle.IN_SERVICE}
    assert {row.availability for row in snapshot.rows if row.asset == BOX} == {None}


@pytest.mark.parametrize(("age", "expected"), [(30 * DAY, Coverage.COVERED), (30 * DAY + TICK, Coverage.NOT_COMPLIANT)])
def test_a_mailbox_is_in_use_while_its_last_login_and_delivery_are_at_most_thirty_days_old(
    evaluate: Evaluate, age: timedelta, expected: Coverage
) -> None:
    history = [account("active"), seen(BOX, Check.MAIL_LOGIN, at=NOON - age), seen(BOX, Check.MAIL_DELIVERY)]
    assert verdict(evaluate(history), BOX, "TD06")[0] is expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([account("suspended")], (Coverage.NOT_COMPLIANT, "missing: mailbox (suspended)")),
        (
            [account("active", at=NOON - 20 * DAY), account("suspended")],
            (Coverage.NOT_COMPLIANT, "missing: mailbox (suspended)"),
        ),
        ([account("active", at=NOON - DAY), account(None)], (Coverage.NOT_COMPLIANT, "missing: mailbox")),
        ([account("active", at=NOON - 8 * DAY), account(None)], (Coverage.STALE, "last seen by mail (active)")),
        ([account(None)], (Coverage.NOT_PROVISIONED, None)),
        ([], (Coverage.NOT_PROVISIONED, None)),
        ([account("suspended", at=NOON - DAY), account("active")], (Coverage.COVERED, None)),
    ],
    ids=["suspended", "suspended after long use", "gone", "long gone", "no account", "nothing", "active again"],
)
def test_an_account_that_is_suspended_or_missing_does_not_count(
    evaluate: Evaluate, history: list[Observation], expected: tuple[Coverage, str | None]
) -> None:
    assert verdict(evaluate(history), BOX, "TD03") == expected


def ran(outcome: Outcome) -> RunResult:
    return RunResult(
        run="r", playbook="mail.yml", asset=SERVER, outcome=outcome, changed=1, check_mode=False, at=NOON - DAY,
        message="no route",
    )  # fmt: skip


@pytest.mark.parametrize("asset", [BOX, DOMAIN])
def test_mail_is_provisioned_with_its_server(evaluate: Evaluate, asset: str) -> None:
    indicator = "TD03" if asset == BOX else "TD02"
    assert verdict(evaluate(runs=[ran(Outcome.OK)]), asset, indicator)[0] is Coverage.NEVER_SEEN
    expected = (Coverage.PROVISIONING_FAILED, f"{SERVER}: failed: no route")
    assert verdict(evaluate(runs=[ran(Outcome.FAILED)]), asset, indicator) == expected
    without = evaluate(runs=[ran(Outcome.OK)], beats={"snmp": NOON, "icmp": NOON, "web": NOON})
    assert verdict(without, asset, indicator)[0] is Coverage.COLLECTOR_SILENT


def test_a_unit_has_mail_by_the_best_of_its_mailboxes(evaluate: Evaluate) -> None:
    row = row_of(evaluate([account("suspended"), account("active", OTHER)]), f"{UNIT}-MAIL", "TD01")
    assert (row.verdict, row.kind, row.unit) == (Coverage.COVERED, AssetKind.UNIT_MAIL, UNIT)
    assert verdict(evaluate([account("suspended")]), f"{UNIT}-MAIL", "TD01")[0] is Coverage.NOT_COMPLIANT


def test_counts_are_told_as_counts_beside_their_ratio(evaluate: Evaluate) -> None:
    figures = {(f.indicator, f.unit): f for f in evaluate([account("active"), *working()]).main_figures}
    accounts, domains, units = figures["TD03", "68"], figures["TD02", "68"], figures["TD01", UNIT]
    assert (accounts.value, accounts.value_unit, accounts.numerator, accounts.denominator) == (1.0, "count", 1, 7)
    assert accounts.ratio == pytest.approx(1 / 7)
    assert (domains.value, domains.value_unit, domains.denominator) == (1.0, "count", 3)
    assert (units.value, units.value_unit) == (1.0, "ratio")
    nothing = figures["TD03", "68-22924"]
    assert (nothing.value, nothing.state, nothing.denominator) == (None, "no_data", 0)


@pytest.mark.parametrize("lost", WORKING)
def test_a_domain_counts_once_it_takes_mail_lets_people_in_and_delivers(evaluate: Evaluate, lost: Check) -> None:
    assert verdict(evaluate(working()), DOMAIN, "TD02") == (Coverage.COVERED, None)
    without = [item for item in working() if item.check is not lost]
    assert verdict(evaluate(without), DOMAIN, "TD02") == (Coverage.NOT_COMPLIANT, f"missing: {lost}")
    certificate = seen(DOMAIN, Check.TLS, ok=False, value="2026-11-01T00:00:00Z")
    assert verdict(evaluate([*working(), certificate]), DOMAIN, "TD02") == (Coverage.COVERED, None)


def availability(snapshot: Snapshot, asset: str = DOMAIN) -> Availability | None:
    return row_of(snapshot, asset, "TD02").availability


def test_a_domain_is_up_only_while_both_smtp_and_imap_answer(evaluate: Evaluate) -> None:
    before = working(NOON - MINUTE)
    assert availability(evaluate(working())) is Availability.UP
    smtp, imap = (failed(DOMAIN, check, Failure.NO_ANSWER) for check in (Check.SMTP, Check.IMAP))
    refused = failed(DOMAIN, Check.IMAP, Failure.AUTH_FAILED)
    well = seen(DOMAIN, Check.SMTP)
    assert availability(evaluate([*before, smtp, seen(DOMAIN, Check.IMAP)])) is Availability.DOWN
    assert availability(evaluate([*before, well, imap])) is Availability.DOWN
    assert availability(evaluate([*before, well, refused])) is Availability.AUTH_FAILED
    assert availability(evaluate([*before, smtp, refused])) is Availability.DOWN
    assert verdict(evaluate([*before, smtp, refused]), DOMAIN, "TD02")[0] is Coverage.COVERED


def test_nobody_knows_of_a_domain_whose_collector_is_silent(evaluate: Evaluate) -> None:
    snapshot = evaluate(working(NOON - DAY), beats={"mail": NOON - DAY, "snmp": NOON, "icmp": NOON})
    assert availability(snapshot) is Availability.COLLECTOR_SILENT


def outage_of(evaluate: Evaluate, *silent: str) -> Snapshot:
    before = NOON - MINUTE
    devices = (ROUTER, SWITCH, SERVER)
    down = [failed(DOMAIN, check, Failure.NO_ANSWER) for check in (Check.SMTP, Check.IMAP)]
    now = [item for device in devices for item in polled(device, ok=device not in silent)]
    return evaluate([*polled(*devices, at=before), *working(before), *now, *down])


def test_a_domain_is_down_with_its_server(evaluate: Evaluate) -> None:
    snapshot = outage_of(evaluate, SERVER)
    assert availability(snapshot) is Availability.DOWN
    (outage,) = snapshot.outages
    assert outage.root == SERVER
    assert [part.asset for part in outage.cut_off] == [SERVER, DOMAIN]


def test_a_domain_is_behind_what_is_out_before_its_server(evaluate: Evaluate) -> None:
    snapshot = outage_of(evaluate, ROUTER, SWITCH, SERVER)
    assert availability(snapshot) is Availability.BEHIND_OUTAGE
    (outage,) = snapshot.outages
    assert outage.root == ROUTER
    assert DOMAIN in [part.asset for part in outage.cut_off]


def test_readings_tell_the_latest_of_certificates_queues_and_round_trips(evaluate: Evaluate) -> None:
    end = "2027-01-31T00:00:00Z"
    snapshot = evaluate(
        [
            seen(SERVER, Check.MAIL_QUEUE, value="7 300", at=NOON - MINUTE),
            seen(SERVER, Check.MAIL_QUEUE, value="3 60"),
            seen(DOMAIN, Check.TLS, value=end),
            failed(DOMAIN, Check.ROUND_TRIP, Failure.NO_ANSWER),
            seen(DOMAIN, Check.SMTP),
        ]
    )
    told = [(r.asset, r.unit, r.kind, r.check, r.value, r.ok, r.at) for r in snapshot.readings]
    assert told == [
        (SERVER, UNIT, AssetKind.SERVER, Check.MAIL_QUEUE, "3 60", True, NOON),
        (DOMAIN, UNIT, AssetKind.MAIL_DOMAIN, Check.TLS, end, True, NOON),
        (DOMAIN, UNIT, AssetKind.MAIL_DOMAIN, Check.ROUND_TRIP, None, False, NOON),
    ]


def test_an_account_that_is_not_planned_is_listed_and_not_counted(evaluate: Evaluate) -> None:
    snapshot = evaluate([account("active", f"mailbox:la@{DOMAIN}"), account("suspended", f"mailbox:cu@{DOMAIN}")])
    unplanned = [row.asset for row in snapshot.rows if row.verdict is Coverage.UNPLANNED]
    assert unplanned == [f"mailbox:la@{DOMAIN}"]
