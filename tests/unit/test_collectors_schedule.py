"""Which devices are asked on which day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from collectors.schedule import PlanSchedule
from ledger.plan import Exemption, Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SWITCH = "68-22945-SW-001"


def with_switch(plan: Plan, **changes: object) -> Plan:
    devices = dict(plan.devices)
    devices[SWITCH] = replace(devices[SWITCH], **changes)  # type: ignore[arg-type]  # the cases name the fields
    return replace(plan, devices=devices)


def due(plan: Plan, now: datetime = NOON) -> list[str]:
    return [device.id for device in PlanSchedule(plan).due(now)]


def test_every_device_in_use_is_asked_in_register_order(lab_plan: Plan) -> None:
    assert due(lab_plan) == list(lab_plan.devices)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"owner": "vnpt"}, False),
        ({"planned_from": date(2026, 11, 22)}, True),
        ({"planned_from": date(2026, 11, 23)}, False),
        ({"retired_on": date(2026, 11, 23)}, True),
        ({"retired_on": date(2026, 11, 22)}, False),
        ({"exemption": Exemption("x", date(2026, 11, 22))}, False),
        ({"exemption": Exemption("x", date(2026, 11, 21))}, True),
    ],
)
def test_a_device_is_asked_while_it_is_ours_and_in_use(
    lab_plan: Plan, changes: dict[str, object], *, asked: bool
) -> None:
    assert (SWITCH in due(with_switch(lab_plan, **changes))) is asked


def test_a_day_begins_when_it_begins_in_vietnam(lab_plan: Plan) -> None:
    plan = with_switch(lab_plan, planned_from=date(2026, 11, 23))
    assert SWITCH not in due(plan, datetime(2026, 11, 22, 16, 59, tzinfo=UTC))
    assert SWITCH in due(plan, datetime(2026, 11, 22, 17, 0, tzinfo=UTC))
