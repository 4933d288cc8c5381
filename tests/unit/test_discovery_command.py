"""`baophu discover` called wrongly: nothing is sent, and the message says what to do."""

import pytest

from baophu.main import run
from collectors.discovery.ranges import Ranges, parse_ranges
from collectors.discovery.roster import planned_ranges
from ledger.plan import Plan


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either ranges to sweep"),
        (("10.0.0.0/24", "--seed", "10.68.0.1"), "give either ranges to sweep"),
        (("10.0.0.0/24", "--within", "10.0.0.0/24"), "--within goes with --seed"),
        (("10.68.24.5/24",), "write 10.68.24.0/24, or 10.68.24.5 for the one address"),
        (("10.68.24.0/33",), "is no range of addresses"),
        (("10.68.24",), "is no range of addresses"),
        (("10.0.0.0/8",), "holds 16777214 addresses, more than 65536"),
        (("10.68.24.0/24", "--limit", "10"), "holds 254 addresses, more than 10"),
        (("fd68::/64",), "more than can be swept over IPv6"),
        (("239.0.0.0/24",), "holds addresses that no host has"),
        (("0.0.0.0/0",), "holds addresses that no host has"),
        (("10.68.24.0/24", "--csv", "README.md"), "'README.md' exists already"),
        (("10.68.24.0/24", "--csv", "/nowhere/x.csv"), "the folder of '/nowhere/x.csv' doesn't exist"),
        (("--seed", "10.68.0.1"), "a walk asks over SNMP"),
        (("--seed", "192.0.2.1"), "outside the ranges (10.68.0.1/32, "),
    ],
)
def test_a_call_that_cannot_be_is_refused_with_its_remedy(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("BAOPHU_PLAN", "BAOPHU_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    assert run(["--lang", "en", "discover", *arguments]) == 2
    assert words in capfd.readouterr().err


@pytest.mark.parametrize(
    ("texts", "size", "hosts"),
    [
        (["10.0.0.0/30"], 2, ["10.0.0.1", "10.0.0.2"]),
        (["10.0.0.0/31"], 2, ["10.0.0.0", "10.0.0.1"]),
        (["10.0.0.7"], 1, ["10.0.0.7"]),
        (["10.0.0.2/31", "10.0.0.0/31", " 10.0.0.1/32 "], 4, [f"10.0.0.{host}" for host in range(4)]),
        (["10.0.1.0/30", "10.0.0.252/30"], 4, ["10.0.0.253", "10.0.0.254", "10.0.1.1", "10.0.1.2"]),
        (["fd68::/126"], 3, ["fd68::1", "fd68::2", "fd68::3"]),
        (["fd68::/127", "10.0.0.9"], 3, ["10.0.0.9", "fd68::", "fd68::1"]),
    ],
)
def test_ranges_have_their_hosts_each_once(texts: list[str], size: int, hosts: list[str]) -> None:
    ranges = parse_ranges(texts)
    assert (ranges.size, [str(address) for address in ranges.hosts()]) == (size, hosts)
    assert all(address in ranges for address in ranges.hosts())


def test_a_walk_stays_where_the_plan_has_something_unless_told_otherwise(lab_plan: Plan) -> None:
    ranges = planned_ranges(lab_plan)
    assert isinstance(ranges, Ranges)
    planned = [device.address for device in lab_plan.devices.values()]
    planned += [
        vlan.gateway(site).ip
        for site in lab_plan.sites.values()
        if site.id != "68-TTDL"
        for vlan in lab_plan.vlans.values()
    ]
    planned += [end.address.ip for link in lab_plan.links.values() for end in (link.a, link.b) if end.address]
    assert [address for address in planned if address not in ranges] == []
    assert sum(network.num_addresses for network in ranges.networks if network.version == 4) < 9_000
