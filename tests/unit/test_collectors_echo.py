"""What an echo says of an asset, and what its absence says."""

from datetime import UTC, datetime
from ipaddress import IPv4Address

from collectors.fault import Fault
from collectors.sightings.pings import Echo, PingTarget, ping_observation
from ledger.observation import Check, Failure, Observation

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
SILENT = Fault(Failure.NO_ANSWER, "silent")


def test_an_echo_says_where_the_pc_answered() -> None:
    target = PingTarget("68-22945-PC-001", IPv4Address("10.68.24.100"), "68-22945")
    assert ping_observation(Echo(target, NOW, None)) == Observation(
        asset=target.asset,
        check=Check.PING,
        ok=True,
        at=NOW,
        source="icmp",
        unit="68-22945",
        value="10.68.24.100",
    )


def test_no_echo_is_a_failure() -> None:
    target = PingTarget("68-POP-RT-001", IPv4Address("10.68.0.1"), None)
    found = ping_observation(Echo(target, NOW, SILENT))
    assert (found.ok, found.failure, found.detail) == (False, Failure.NO_ANSWER, "no_answer: silent")
