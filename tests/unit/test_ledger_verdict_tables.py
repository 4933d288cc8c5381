"""The two verdict tables, line by line: each line applies although everything below it does too."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.figure import Availability, Coverage
from ledger.observation import Check, Failure
from ledger.plan import Exemption
from ledger.reconcile.availability import Response, availability_verdict, rule_availability
from ledger.reconcile.coverage import coverage_verdict
from ledger.reconcile.evidence import Evidence, Missing, Progress, Provisioned
from ledger.reconcile.outage import Outage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RAN_OUT = NOON - 10 * HOUR
OUTAGE = Outage("68-22945-LK-001", RAN_OUT - HOUR)
FAILED = Provisioned(Progress.FAILED, NOON, "unreachable: no route to host")
DONE = Provisioned(Progress.DONE, NOON - 90 * HOUR)

NEVER_SEEN = Evidence(provisioned=DONE, watched=True)
UNWATCHED = replace(NEVER_SEEN, watched=False)
NOT_PROVISIONED = replace(UNWATCHED, provisioned=Provisioned())
PROVISIONING_FAILED = replace(UNWATCHED, provisioned=FAILED)
STALE = replace(PROVISIONING_FAILED, ever_seen=True, unseen_since=RAN_OUT, watched=True)
BEHIND_OUTAGE = replace(STALE, upstream=OUTAGE)
SEEN_UNWATCHED = replace(BEHIND_OUTAGE, watched=False)
NOT_COMPLIANT = replace(SEEN_UNWATCHED, seen=True, missing=(Missing(Check.VLANS),))
WRONG_PLACE = replace(NOT_COMPLIANT, away_since=NOON - HOUR)
PLANNED_LATER = replace(WRONG_PLACE, planned_later=True)
COVERED = replace(PLANNED_LATER, proven_since=NOON - HOUR)
EXEMPT = replace(COVERED, exemption=Exemption("stand-alone", date(2030, 12, 31)))


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (EXEMPT, Coverage.EXEMPT),
        (COVERED, Coverage.COVERED),
        (PLANNED_LATER, Coverage.PLANNED_LATER),
        (WRONG_PLACE, Coverage.WRONG_PLACE),
        (NOT_COMPLIANT, Coverage.NOT_COMPLIANT),
        (SEEN_UNWATCHED, Coverage.COLLECTOR_SILENT),
        (BEHIND_OUTAGE, Coverage.BEHIND_OUTAGE),
        (STALE, Coverage.STALE),
        (PROVISIONING_FAILED, Coverage.PROVISIONING_FAILED),
        (NOT_PROVISIONED, Coverage.NOT_PROVISIONED),
        (UNWATCHED, Coverage.COLLECTOR_SILENT),
        (NEVER_SEEN, Coverage.NEVER_SEEN),
    ],
)
def test_coverage_is_the_first_line_that_applies(evidence: Evidence, verdict: Coverage) -> None:
    assert coverage_verdict(evidence) is verdict


def test_an_outage_counts_from_the_very_instant_at_which_max_age_ran_out_and_no_later() -> None:
    just_in_time = replace(BEHIND_OUTAGE, upstream=Outage("x", RAN_OUT))
    too_late = replace(BEHIND_OUTAGE, upstream=Outage("x", RAN_OUT + timedelta(microseconds=1)))
    assert coverage_verdict(just_in_time) is Coverage.BEHIND_OUTAGE
    assert coverage_verdict(too_late) is Coverage.STALE


DOWN = Response(failing_since=NOON - HOUR, failure=Failure.NO_ANSWER, detail="snmp: no answer")
BAD_REPLY = replace(DOWN, failure=Failure.BAD_REPLY)
AUTH_FAILED = replace(DOWN, failure=Failure.AUTH_FAILED)
CUT_OFF = replace(AUTH_FAILED, upstream=OUTAGE)
SILENT = replace(CUT_OFF, collector_silent=True, silent_since=NOON - 2 * HOUR)
UP = replace(SILENT, answers_since=NOON - 3 * HOUR)


@pytest.mark.parametrize(
    ("response", "verdict", "since"),
    [
        (UP, Availability.UP, NOON - 3 * HOUR),
        (SILENT, Availability.COLLECTOR_SILENT, NOON - 2 * HOUR),
        (CUT_OFF, Availability.BEHIND_OUTAGE, OUTAGE.since),
        (AUTH_FAILED, Availability.AUTH_FAILED, NOON - HOUR),
        (BAD_REPLY, Availability.BAD_REPLY, NOON - HOUR),
        (DOWN, Availability.DOWN, NOON - HOUR),
        (Response(), Availability.DOWN, None),
    ],
)
def test_availability_is_the_first_line_that_applies(
    response: Response, verdict: Availability, since: datetime | None
) -> None:
    assert availability_verdict(response) is verdict
    ruling = rule_availability(response)
    assert (ruling.verdict, ruling.since) == (verdict, since)
