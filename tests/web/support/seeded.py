"""A province that rolled out over a month, as its collectors would have told the ledger: with gaps of most kinds.

One unit after the other came onto the network, the last one never did; since three hours a link is down.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ledger.adjacency import Heard, adjacency_text
from ledger.max_age import MaxAges
from ledger.obligation import OBLIGATIONS
from ledger.observation import COLLECTOR_OF, Check, Failure, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import AssetKind, Device, Link, Mailbox, Plan, PlannedAsset, Role, Workstation
from ledger.store import Store

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: What isn't there though the plan says so.
ABSENT_UNIT = "68-23272"
NEVER_SEEN = "68-22924-PC-002"
FAILED = "68-23272-RT-001"
#: What is there, but not as the plan says.
STALE = "68-SKHCN-PC-002"
MISPLACED, MISPLACED_AT = "68-22945-PC-002", "68-22924"
WITHOUT_VLAN = "68-22924-SW-001"
NEVER_USED = "giamdoc@skhcn.lamdong.gov.vn"
DOWN_LINK, DOWN_DEVICE = "68-22945-LK-002", "68-22945-SW-001"
#: A link that is plugged into another port of its switch, and a switch that somebody brought along.
REPLUGGED, REPLUGGED_INTO = "68-SKHCN-LK-003", "p8"
STRANGER, STRANGER_AT = "wifi-hanh-lang", ("68-22924-SW-001", "p6")
UNPLANNED = "mac:02:68:00:99:00:01"
#: What is proven of an asset beside what its kind owes.
MORE: dict[AssetKind, tuple[Check, ...]] = {
    AssetKind.MAILBOX: (Check.MAIL_LOGIN, Check.MAIL_DELIVERY),
    AssetKind.SERVICE: (Check.DNS, Check.TLS),
}


def seed(store: Store, plan: Plan, now: datetime) -> None:
    """Write the month that ends at `now`."""
    ages = MaxAges.default()
    units = [unit for unit in plan.units if unit != ABSENT_UNIT]
    starts = {unit: now - timedelta(days=27 - 7 * place) for place, unit in enumerate(units)}
    store.record_runs(list(_runs(plan, starts, now)))
    for collector in sorted(set(COLLECTOR_OF.values())):
        for day in reversed(range(29)):
            store.record_beat(_beat(collector, now - day * DAY))
    for asset in plan.assets():
        if asset.unit in starts and asset.id != NEVER_SEEN and asset.exemption is None and _is_there(asset):
            store.record(list(_sightings(asset, starts[asset.unit], now)), max_ages=ages)
    store.record([*_oddities(now), *_neighbours(plan, now)], max_ages=ages)


def _is_there(asset: PlannedAsset) -> bool:
    return not (asset.kind is AssetKind.SERVICE and getattr(asset, "url", None) is None)


def _sightings(asset: PlannedAsset, start: datetime, now: datetime) -> Iterator[Observation]:
    until = now - 3 * HOUR if asset.id in (DOWN_LINK, DOWN_DEVICE) else now
    if asset.id == STALE:
        start, until = now - 50 * DAY, now - 35 * DAY
    at = start
    while at < until:
        yield from _seen(asset, at)
        at += DAY
    yield from _seen(asset, until)


def _seen(asset: PlannedAsset, at: datetime) -> Iterator[Observation]:
    place = MISPLACED_AT if asset.id == MISPLACED else asset.unit
    for check in _checks(asset):
        lacks = asset.id == WITHOUT_VLAN and check is Check.VLANS
        yield Observation(
            asset=asset.id,
            check=check,
            ok=not lacks,
            at=at,
            source=f"{place}-RT-001" if COLLECTOR_OF[check] == "snmp" else COLLECTOR_OF[check],
            unit=place,
            value="10 20 40 99" if lacks else _value(asset, check),
            detail="30" if lacks else None,
        )


def _checks(asset: PlannedAsset) -> tuple[Check, ...]:
    owed = OBLIGATIONS[asset.kind]
    every = [*owed.presence, *owed.proofs, *owed.latest, *MORE.get(asset.kind, ())]
    if isinstance(asset, Device) and asset.role is Role.CPE:
        every += [Check.BGP_SESSION, Check.DHCP]
    if isinstance(asset, Mailbox) and asset.id == NEVER_USED:
        every = [Check.MAILBOX]
    return tuple(dict.fromkeys(every))


def _value(asset: PlannedAsset, check: Check) -> str | None:
    if check in (Check.PING, Check.ARP, Check.LEASE):
        return f"10.68.{16 + 8 * (sum(asset.unit.encode()) % 3)}.{100 + sum(asset.id.encode()) % 90}"
    if isinstance(asset, Workstation) and check is Check.FDB:
        return asset.port
    return None


def _oddities(now: datetime) -> Iterator[Observation]:
    for at in (now - 3 * HOUR + timedelta(minutes=1), now):
        yield Observation(asset=DOWN_LINK, check=Check.LINK, at=at, source="68-22945-RT-001", ok=False, unit="68-22945")
        for check in (Check.SNMP, Check.PING):
            yield Observation(
                asset=DOWN_DEVICE, check=check, at=at, source=COLLECTOR_OF[check], ok=False, unit=None,
                failure=Failure.NO_ANSWER, detail="no answer in 3 tries",
            )  # fmt: skip
    yield Observation(
        asset=UNPLANNED, check=Check.FDB, ok=True, at=now, source="68-22945-SW-001", unit="68-22945", value="p7"
    )


def _neighbours(plan: Plan, now: datetime) -> Iterator[Observation]:
    """Everyone hears whom the plan says, but for a cable in another port and a stranger."""
    for device in plan.devices.values():
        if device.unit == ABSENT_UNIT or device.id == DOWN_DEVICE:
            continue
        found = []
        for link in plan.links_of(device.id):
            own, far = link.end_at(device.id), link.far_end(device.id)
            if ABSENT_UNIT not in (link.unit, plan.devices[far.device].unit) and far.device != DOWN_DEVICE:
                ports = [REPLUGGED_INTO if link.id == REPLUGGED and e.port == "p7" else e.port for e in (own, far)]
                found.append(_heard(ports[0], far.device, ports[1]))
        if device.id == STRANGER_AT[0]:
            found.append(_heard(STRANGER_AT[1], STRANGER, "lan1"))
        yield Observation(
            asset=device.id, check=Check.ADJACENCY, ok=True, at=now, source=device.id,
            value=adjacency_text("", found, is_whole=True),
        )  # fmt: skip


def _heard(port: str, name: str, far_port: str) -> Heard:
    return Heard(
        port=port, port_id="", protocol="lldp", chassis_id="", system_name=name, far_port_id=far_port, far_port_name=""
    )


def _runs(plan: Plan, starts: dict[str, datetime], now: datetime) -> Iterator[RunResult]:
    for asset in plan.assets():
        if isinstance(asset, Link) or asset.exemption is not None:
            continue
        if asset.unit in starts:
            yield _run(asset.id, starts[asset.unit] - HOUR, Outcome.OK)
            yield _run(asset.id, starts[asset.unit] - 2 * HOUR, Outcome.OK, check_mode=True)
    yield _run(FAILED, now - 2 * DAY, Outcome.UNREACHABLE)


def _run(asset: str, at: datetime, outcome: Outcome, *, check_mode: bool = False) -> RunResult:
    return RunResult(
        run=f"{at:%Y%m%d-%H%M}", playbook="site.yml", asset=asset, outcome=outcome,
        changed=0 if outcome is not Outcome.OK else 7, check_mode=check_mode, at=at,
        message="ssh: connect to host 10.68.0.14 port 22: No route to host" if outcome is not Outcome.OK else None,
    )  # fmt: skip


def _beat(collector: str, at: datetime) -> Heartbeat:
    return Heartbeat(
        collector=collector,
        started_at=at - timedelta(seconds=2),
        finished_at=at,
        cycle_seconds=DAY.total_seconds(),
        asked=9,
        failed=1,
    )
