"""With what an address is asked: the province's credentials go to its own devices in use, and to nobody else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from ipaddress import IPv4Address

import pytest
from village import Village

from collectors.discovery.approach import Approach, approach
from collectors.discovery.fence import Fence
from collectors.discovery.ranges import parse_ranges
from collectors.discovery.roster import roster_of
from ledger.plan import Device, Exemption, Plan

TODAY = date(2026, 11, 22)
SWITCH = "68-22945-SW-001"
PROVINCE, DISCOVERY, ECHO = Approach.PROVINCE, Approach.DISCOVERY, Approach.ECHO


def device(plan: Plan, case: str) -> Device | None:
    own = plan.devices[SWITCH]
    cases: Mapping[str, Device | None] = {
        "ours": own,
        "ours from today": replace(own, planned_from=TODAY),
        "ours, retired tomorrow": replace(own, retired_on=TODAY + timedelta(days=1)),
        "not ours": replace(own, owner="CPT"),
        "not ours, retired": replace(own, owner="CPT", retired_on=TODAY),
        "not ours, not yet": replace(own, owner="CPT", planned_from=TODAY + timedelta(days=1)),
        "retired today": replace(own, retired_on=TODAY),
        "not yet": replace(own, planned_from=TODAY + timedelta(days=1)),
        "exempt": replace(own, exemption=Exemption("secret", TODAY)),
        "exempt until yesterday": replace(own, exemption=Exemption("secret", TODAY - timedelta(days=1))),
        "unknown": None,
    }
    return cases[case]


@pytest.mark.parametrize(
    ("case", "with_discovery", "without"),
    [
        ("ours", PROVINCE, PROVINCE),
        ("ours from today", PROVINCE, PROVINCE),
        ("ours, retired tomorrow", PROVINCE, PROVINCE),
        ("exempt until yesterday", PROVINCE, PROVINCE),
        ("not ours", ECHO, ECHO),
        ("not ours, retired", ECHO, ECHO),
        ("not ours, not yet", ECHO, ECHO),
        ("retired today", DISCOVERY, ECHO),
        ("not yet", DISCOVERY, ECHO),
        ("exempt", DISCOVERY, ECHO),
        ("unknown", DISCOVERY, ECHO),
    ],
)
def test_who_is_asked_with_what(lab_plan: Plan, case: str, with_discovery: Approach, without: Approach) -> None:
    found = device(lab_plan, case)
    assert approach(found, TODAY, has_discovery=True) is with_discovery
    assert approach(found, TODAY, has_discovery=False) is without


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.68.0.12", PROVINCE),  # its own address
        ("10.68.2.6", PROVINCE),  # its uplink's
        ("10.68.25.1", PROVINCE),  # a VLAN's gateway
        ("10.68.24.100", DISCOVERY),
        ("192.0.2.1", DISCOVERY),
    ],
)
def test_every_planned_address_of_a_device_is_its_own(lab_plan: Plan, address: str, expected: Approach) -> None:
    village = Village({})
    fence = Fence(parse_ranges([address]), roster_of(lab_plan, TODAY), village, village.clients(PROVINCE, DISCOVERY))
    assert fence.approach(IPv4Address(address)) is expected
    opened = fence.session(IPv4Address(address))
    assert opened is not None
    assert (opened[0], village.sent) == (expected, [(expected, IPv4Address(address))])


def test_without_the_provinces_credentials_its_devices_get_an_echo_only(lab_plan: Plan) -> None:
    village = Village({})
    fence = Fence(parse_ranges(["10.68.0.12"]), roster_of(lab_plan, TODAY), village, village.clients(DISCOVERY))
    assert fence.session(IPv4Address("10.68.0.12")) is None
    assert village.sent == []
