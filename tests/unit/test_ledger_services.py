"""Web services: portals that work, services that speak IPv6, and those that run elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.figure import AssetRow, Availability, Coverage, Snapshot
from ledger.observation import Check, Failure, Observation, Outcome, RunResult
from ledger.plan import AssetKind, Plan

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PORTAL, APPLICATION, OWED, UNIT, HOST = "68-SKHCN-TTDT", "68-QOFFICE", "68-22945-TTDT", "68-SKHCN", "68-TTDL-SV-003"
WORKS, EXPIRED = "200 0.012", "2026-11-01T00:00:00Z"


def seen(
    check: Check, value: str | None = None, *, ok: bool = True, asset: str = PORTAL, at: datetime = NOON
) -> Observation:
    return Observation(asset=asset, check=check, ok=ok, at=at, source="web", value=value)


def silent(check: Check, asset: str = PORTAL, at: datetime = NOON) -> Observation:
    return replace(seen(check, ok=False, asset=asset, at=at), failure=Failure.NO_ANSWER)


def row_of(snapshot: Snapshot, asset: str, indicator: str) -> AssetRow:
    (row,) = (row for row in snapshot.rows if (row.asset, row.indicator) == (asset, indicator))
    return row


FAULTS = {
    "works": ([seen(Check.HTTPS, WORKS), seen(Check.TLS, "2027-11-01T00:00:00Z")], Coverage.COVERED, None),
    "expired": (
        [seen(Check.HTTPS, WORKS), seen(Check.TLS, EXPIRED, ok=False)],
        Coverage.NOT_COMPLIANT,
        f"missing: tls ({EXPIRED})",
    ),
    "error page": (
        [seen(Check.HTTPS, "503 0.020", ok=False), seen(Check.TLS)],
        Coverage.NOT_COMPLIANT,
        "missing: https (503 0.020)",
    ),
    "never there": ([silent(Check.HTTPS)], Coverage.NOT_PROVISIONED, None),
    "down since a minute": (
        [seen(Check.HTTPS, WORKS, at=NOON - MINUTE), seen(Check.TLS, at=NOON - MINUTE), silent(Check.HTTPS)],
        Coverage.COVERED,
        None,
    ),
    "down for long": (
        [seen(Check.HTTPS, WORKS, at=NOON - 8 * DAY), seen(Check.TLS, at=NOON - 8 * DAY), silent(Check.HTTPS)],
        Coverage.STALE,
        "last seen by web (200 0.012)",
    ),
}


@pytest.mark.parametrize(("history", "verdict", "detail"), FAULTS.values(), ids=FAULTS)
def test_a_units_portal_works_with_a_good_answer_and_a_valid_certificate(
    evaluate: Evaluate, history: list[Observation], verdict: Coverage, detail: str | None
) -> None:
    row = row_of(evaluate(history), f"{UNIT}-WEB", "UD08")
    assert (row.verdict, row.detail, row.kind, row.unit) == (verdict, detail, AssetKind.UNIT_PORTAL, UNIT)


def test_only_units_that_are_owed_a_portal_count(evaluate: Evaluate, lab_plan: Plan) -> None:
    rows = [row.asset for row in evaluate().rows if row.indicator == "UD08"]
    assert rows == ["68-SKHCN-WEB", "68-22945-WEB"]
    assert [row.asset for row in evaluate().rows if row.indicator == "HT13"] == list(lab_plan.services)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (seen(Check.HTTPS_IPV6, "fd68:4::10"), Coverage.COVERED),
        (seen(Check.HTTPS_IPV6, ok=False), Coverage.NOT_COMPLIANT),
        (silent(Check.HTTPS_IPV6), Coverage.NOT_COMPLIANT),
    ],
    ids=["reached", "no such record", "record, not reached"],
)
def test_a_service_supports_ipv6_once_it_was_reached_there(
    evaluate: Evaluate, answer: Observation, verdict: Coverage
) -> None:
    assert row_of(evaluate([seen(Check.HTTPS, WORKS), answer]), PORTAL, "HT13").verdict is verdict


def test_an_outage_is_no_lost_ipv6_but_a_lost_record_is(evaluate: Evaluate) -> None:
    before = [seen(check, WORKS, at=NOON - MINUTE) for check in (Check.HTTPS, Check.HTTPS_IPV6)]
    assert row_of(evaluate([*before, silent(Check.HTTPS_IPV6)]), PORTAL, "HT13").verdict is Coverage.COVERED
    no_record = evaluate([*before, seen(Check.HTTPS_IPV6, ok=False)])
    assert row_of(no_record, PORTAL, "HT13").verdict is Coverage.NOT_COMPLIANT


def ran() -> RunResult:
    return RunResult(
        run="r", playbook="web.yml", asset=HOST, outcome=Outcome.OK, changed=1, check_mode=False, at=NOON - DAY
    )


def test_a_service_is_provisioned_by_its_server_and_one_hosted_elsewhere_never_by_us(
    evaluate: Evaluate, lab_plan: Plan
) -> None:
    assert row_of(evaluate(runs=[ran()]), PORTAL, "HT13").verdict is Coverage.NEVER_SEEN
    assert row_of(evaluate(runs=[ran()]), OWED, "HT13").verdict is Coverage.NOT_PROVISIONED
    elsewhere = replace(lab_plan.services[PORTAL], server=None)
    plan = replace(lab_plan, services={**lab_plan.services, PORTAL: elsewhere})
    assert row_of(evaluate(runs=[ran()], plan=plan), PORTAL, "HT13").verdict is Coverage.NOT_PROVISIONED
    found = row_of(evaluate([seen(Check.HTTPS, WORKS)], plan=plan), PORTAL, "HT13")
    assert (found.verdict, found.availability) == (Coverage.NOT_COMPLIANT, Availability.UP)


def test_a_service_is_up_down_or_down_with_its_server(evaluate: Evaluate) -> None:
    before = [seen(Check.HTTPS, WORKS, at=NOON - MINUTE), seen(Check.HTTPS, WORKS, asset=APPLICATION)]
    assert row_of(evaluate([seen(Check.HTTPS, WORKS)]), PORTAL, "HT13").availability is Availability.UP
    error = evaluate([*before, seen(Check.HTTPS, "502 0.001", ok=False)])
    assert row_of(error, PORTAL, "HT13").availability is Availability.DOWN
    polled = [
        Observation(asset=HOST, check=Check.SNMP, ok=at < NOON, at=at, source=HOST,
                    failure=None if at < NOON else Failure.NO_ANSWER)
        for at in (NOON - MINUTE, NOON)
    ]  # fmt: skip
    snapshot = evaluate([*before, *polled, silent(Check.HTTPS)])
    assert row_of(snapshot, PORTAL, "HT13").availability is Availability.DOWN
    (outage,) = snapshot.outages
    assert [part.asset for part in outage.cut_off] == [HOST, PORTAL]
