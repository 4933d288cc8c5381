"""What the snapshot says of outages: each root once, since when, and everything in service that it cuts off."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ledger.figure import NetworkOutage, Snapshot
from ledger.observation import Check, Failure, Observation
from ledger.plan import Exemption, Plan, Role

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNIT = "68-22945"
MAIL = {f"{UNIT}-SV-001", f"{UNIT}-LK-003"}
ROUTER, SWITCH, PC = f"{UNIT}-RT-001", f"{UNIT}-SW-001", f"{UNIT}-PC-001"
UPLINK, TRUNK, POP = f"{UNIT}-LK-001", f"{UNIT}-LK-002", "68-POP-RT-001"
DEVICE_CHECKS = (Check.SNMP, Check.PING)


def seen(
    asset: str, *checks: Check, at: datetime = NOON, ok: bool = True, source: str | None = None
) -> list[Observation]:
    failure = None if ok else Failure.NO_ANSWER
    return [
        Observation(asset=asset, check=check, ok=ok, at=at, source=source or asset, failure=failure) for check in checks
    ]


def built(plan: Plan, unit: str) -> list[Observation]:
    """The PoP and one unit, everything proven an hour ago."""
    at = NOON - 60 * MINUTE
    found = seen(POP, *DEVICE_CHECKS, at=at)
    for device in plan.devices.values():
        if device.unit == unit:
            found += seen(device.id, *DEVICE_CHECKS, Check.BGP_SESSION, Check.DHCP, Check.VLANS, at=at)
    for link in plan.links.values():
        found += seen(link.id, Check.LINK, at=at, source=link.a.device) if link.unit == unit else []
    for pc in plan.workstations.values():
        if pc.unit == unit and pc.switch:
            found += [
                replace(o, unit=unit)
                for o in seen(pc.id, Check.FDB, Check.TSLCD_VLAN, Check.PING, at=at, source=pc.switch)
            ]
    return found


def cut(*assets: str, minutes_ago: int = 10) -> list[Observation]:
    """No answer of `assets` since then."""
    at = NOON - minutes_ago * MINUTE
    found = []
    for asset in assets:
        is_link = "-LK-" in asset
        checks = (Check.LINK,) if is_link else DEVICE_CHECKS
        source = POP if asset == UPLINK else ROUTER if is_link else asset
        for instant in (at, NOON):
            answers = seen(asset, *checks, at=instant, ok=False, source=source)
            found += [replace(answer, failure=None, value="down") for answer in answers] if is_link else answers
    return found


def by_root(outages: Iterable[NetworkOutage]) -> dict[str, set[str]]:
    return {outage.root: {part.asset for part in outage.cut_off} for outage in outages}


def test_nothing_is_cut_off_where_everything_answers(evaluate: Evaluate, lab_plan: Plan) -> None:
    refreshed = [replace(o, at=NOON) for o in built(lab_plan, UNIT)]
    assert evaluate([*built(lab_plan, UNIT), *refreshed]).outages == ()


def test_a_cut_uplink_is_one_outage_with_all_that_lies_behind_it(evaluate: Evaluate, lab_plan: Plan) -> None:
    pcs = [pc.id for pc in lab_plan.workstations.values() if pc.unit == UNIT and pc.switch]
    snapshot = evaluate([*built(lab_plan, UNIT), *seen(POP, *DEVICE_CHECKS), *cut(UPLINK, ROUTER, SWITCH, *pcs)])
    (outage,) = snapshot.outages
    assert (outage.root, outage.unit, outage.kind.value) == (UPLINK, UNIT, "link")
    assert outage.since == NOON - 10 * MINUTE
    assert {part.asset for part in outage.cut_off} == {UPLINK, ROUTER, SWITCH, TRUNK, f"{UNIT}-CP", *MAIL, *pcs}


def test_what_runs_on_a_dead_server_is_listed_once_whatever_it_owes(evaluate: Evaluate, lab_plan: Plan) -> None:
    service = next(service for service in lab_plan.services.values() if service.server is not None)
    assert service.server is not None
    at = NOON - 60 * MINUTE
    observed = [
        *seen(POP, *DEVICE_CHECKS),
        *seen(service.server, *DEVICE_CHECKS, at=at),
        *seen(service.id, Check.HTTPS, Check.HTTPS_IPV6, Check.TLS, at=at),
        *seen(service.id, Check.HTTPS, ok=False),
    ]
    (outage,) = evaluate([*observed, *cut(service.server)]).outages
    assert outage.root == service.server
    assert sorted(part.asset for part in outage.cut_off) == sorted([service.server, service.id])


def test_what_isnt_in_service_is_never_cut_off(evaluate: Evaluate, lab_plan: Plan) -> None:
    never = {SWITCH, TRUNK, *MAIL}
    observed = [o for o in built(lab_plan, UNIT) if not {o.asset, o.source} & never]
    (outage,) = evaluate([*observed, *seen(POP, *DEVICE_CHECKS), *cut(UPLINK, ROUTER)]).outages
    assert {part.asset for part in outage.cut_off} == {UPLINK, ROUTER, f"{UNIT}-CP"}


def test_a_device_that_answers_pings_alone_is_no_outage(evaluate: Evaluate, lab_plan: Plan) -> None:
    agent_died = seen(ROUTER, Check.SNMP, ok=False)
    observed = [*built(lab_plan, UNIT), *seen(POP, *DEVICE_CHECKS), *seen(ROUTER, Check.PING), *agent_died]
    assert ROUTER not in by_root(evaluate(observed).outages)


def test_two_outages_are_listed_the_older_first(evaluate: Evaluate, lab_plan: Plan) -> None:
    other = "68-22924"
    far = next(d.id for d in lab_plan.devices.values() if d.unit == other and d.role is Role.ACCESS_SWITCH)
    near = next(d.id for d in lab_plan.devices.values() if d.unit == other and d.role is Role.CPE)
    observed = [
        *built(lab_plan, UNIT),
        *built(lab_plan, other),
        *seen(POP, *DEVICE_CHECKS),
        *seen(near, *DEVICE_CHECKS),
    ]
    found = evaluate([*observed, *cut(UPLINK, ROUTER, minutes_ago=10), *cut(far, minutes_ago=30)]).outages
    assert [outage.root for outage in found] == [far, UPLINK]


def test_a_silent_collector_makes_no_outage(evaluate: Evaluate, lab_plan: Plan) -> None:
    observed = [*built(lab_plan, UNIT), *cut(UPLINK, ROUTER)]
    silent = dict.fromkeys(("snmp", "icmp", "leases"), NOON - 60 * MINUTE)
    assert evaluate(observed, beats=silent).outages == ()


def test_an_exempt_root_is_still_named_as_the_root(evaluate: Evaluate, lab_plan: Plan) -> None:
    exempt = replace(lab_plan.links[UPLINK], exemption=Exemption("moved to another operator", date(2027, 12, 31)))
    plan = replace(lab_plan, links={**lab_plan.links, UPLINK: exempt})
    observed = [*built(lab_plan, UNIT), *seen(POP, *DEVICE_CHECKS), *cut(UPLINK, ROUTER)]
    (outage,) = evaluate(observed, plan=plan).outages
    assert outage.root == UPLINK
    assert UPLINK not in {part.asset for part in outage.cut_off}
    assert f"{UNIT}-CP" in {part.asset for part in outage.cut_off}


def test_a_clock_ahead_gives_no_outage_that_has_yet_to_begin(evaluate: Evaluate, lab_plan: Plan) -> None:
    ahead = [replace(o, at=o.at + 3 * MINUTE) for o in cut(UPLINK, ROUTER, minutes_ago=0)]
    (outage,) = evaluate([*built(lab_plan, UNIT), *seen(POP, *DEVICE_CHECKS), *ahead]).outages
    assert outage.since == NOON
