"""What a collector that starts anew remembers of the leases that the ledger saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from collectors.leases import Lease, LeaseReading
from collectors.memory import remembered
from ledger.observation import Check
from ledger.plan import Plan
from ledger.seen import State

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASED = State(
    asset="68-22945-PC-001",
    check=Check.LEASE,
    source="68-22945-RT-001",
    ok=True,
    unit="68-22945",
    value="10.68.24.101",
    failure=None,
    detail=None,
    first_at=NOON - HOUR,
    last_at=NOON,
    since=NOON - HOUR,
)


def test_a_leased_address_is_remembered_until_its_lease_ends(lab_plan: Plan) -> None:
    lease = Lease("02:68:00:20:00:01", IPv4Address("10.68.24.101"), NOON + HOUR)
    assert remembered([LEASED], lab_plan, HOUR).tables == {
        "68-22945-RT-001": LeaseReading("68-22945-RT-001", NOON, (lease,))
    }


def test_what_is_not_planned_not_leased_or_not_a_yes_is_not_remembered(lab_plan: Plan) -> None:
    others = [
        replace(LEASED, asset="mac:02:00:00:00:00:01"),
        replace(LEASED, check=Check.ARP),
        replace(LEASED, ok=False),
        replace(LEASED, value=None),
    ]
    assert remembered(others, lab_plan, HOUR).tables == {}


def test_what_a_router_leased_that_is_no_longer_planned_is_forgotten(lab_plan: Plan) -> None:
    assert remembered([replace(LEASED, source="68-22945-RT-000")], lab_plan, HOUR).tables == {}


def heard(switch: str, at: datetime, *, ok: bool = True) -> State:
    unit = switch[:8] if ok else None
    return replace(LEASED, check=Check.FDB, source=switch, ok=ok, unit=unit, value=None, last_at=at)


def test_the_switches_that_heard_a_pc_last_are_remembered(lab_plan: Plan) -> None:
    states = [
        heard("68-22924-SW-001", NOON),
        heard("68-22945-SW-001", NOON),
        heard("68-22945-SW-001", NOON + HOUR, ok=False),
        heard("68-SKHCN-SW-001", NOON - HOUR, ok=False),
        heard("68-SKHCN-SW-001", NOON),
    ]
    assert remembered(states, lab_plan, HOUR).visits == {"68-22945-PC-001": {"68-22924-SW-001", "68-SKHCN-SW-001"}}
