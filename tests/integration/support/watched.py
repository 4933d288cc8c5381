"""A province where everything due answers, as its collectors would have told the ledger, and an uplink to cut."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ledger.max_age import MaxAges
from ledger.obligation import OBLIGATIONS
from ledger.observation import COLLECTOR_OF, Check, Failure, Heartbeat, Observation
from ledger.plan import AssetKind, Device, Link, Plan, PlannedAsset, Role, Service, Workstation
from ledger.store import Store

#: Nobody collects while a test runs: a cycle so long that no collector is silent before the test is over.
CYCLE_SECONDS = 3600.0
ROLE_CHECKS = {
    Role.CPE: (Check.BGP_SESSION, Check.DHCP),
    Role.MAIL_SERVER: (Check.MAIL_QUEUE,),
    Role.MAIL_RELAY: (Check.MAIL_QUEUE,),
}
KIND_CHECKS = {
    AssetKind.MAIL_DOMAIN: (Check.TLS,),
    AssetKind.MAILBOX: (Check.MAIL_LOGIN, Check.MAIL_DELIVERY),
    AssetKind.SERVICE: (Check.DNS, Check.TLS, Check.HTTPS_IPV6),
}
VALUES = {
    Check.VLANS: "10 20 30 40 50 99",
    Check.MAIL_QUEUE: "2 31",
    Check.MAILBOX: "active",
    Check.HTTPS: "200 0.012",
    Check.HTTPS_IPV6: "200 0.013",
    Check.ROUND_TRIP: "1.4",
}


def build(store: Store, plan: Plan, now: datetime) -> None:
    """Everything due that is seen over the network was seen an hour ago, and is now."""
    assets = [asset for asset in plan.assets() if _is_there(asset, now)]
    for at in (now - timedelta(hours=1), now):
        store.record([o for asset in assets for o in _seen(asset, at)], max_ages=MaxAges.default())
    beat(store, now)


def beat(store: Store, now: datetime, silent: Iterable[str] = ()) -> None:
    """Every collector finished a cycle, but for those that are `silent`: theirs were a minute each, an hour ago."""
    for collector in sorted(set(COLLECTOR_OF.values())):
        is_silent = collector in silent
        end = now - timedelta(hours=1) if is_silent else now
        seconds = 60.0 if is_silent else CYCLE_SECONDS
        start = end - timedelta(seconds=3)
        store.record_beat(
            Heartbeat(collector=collector, started_at=start, finished_at=end, cycle_seconds=seconds, asked=9, failed=0)
        )


def cut(store: Store, plan: Plan, link: Link, now: datetime) -> None:
    """The uplink is down, and of what lies behind it nothing answers."""
    behind = [d for d in plan.devices.values() if d.unit == link.unit]
    gone = [
        Observation(asset=d.id, check=check, ok=False, at=now, source=d.id, failure=Failure.NO_ANSWER, detail="timeout")
        for d in behind
        for check in (Check.SNMP, Check.PING)
    ]
    down = Observation(asset=link.id, check=Check.LINK, ok=False, at=now, source=link.a.device, value="down")
    store.record([down, *gone], max_ages=MaxAges.default())


def restore(store: Store, plan: Plan, link: Link, now: datetime) -> None:
    """All of it answers again."""
    behind = [d for d in plan.devices.values() if d.unit == link.unit]
    back: list[PlannedAsset] = [link, *behind]
    store.record([o for asset in back for o in _seen(asset, now)], max_ages=MaxAges.default())


def _is_there(asset: PlannedAsset, now: datetime) -> bool:
    absent = isinstance(asset, Service) and asset.url is None
    unpolled = isinstance(asset, Workstation) and asset.switch is None
    return asset.planned_from <= now.date() and not absent and not unpolled


def _seen(asset: PlannedAsset, at: datetime) -> Iterator[Observation]:
    owed = OBLIGATIONS[asset.kind]
    checks = {*owed.presence, *owed.proofs, *owed.latest, *KIND_CHECKS.get(asset.kind, ())}
    if isinstance(asset, Device):
        checks |= {*ROLE_CHECKS.get(asset.role, ())}
    for check in sorted(checks):
        value = f"{at + timedelta(days=200):%Y-%m-%dT%H:%M:%SZ}" if check is Check.TLS else VALUES.get(check)
        yield Observation(
            asset=asset.id, check=check, ok=True, at=at, source=_source(asset, check), unit=asset.unit, value=value
        )


def _source(asset: PlannedAsset, check: Check) -> str:
    if isinstance(asset, Link):
        return asset.a.device
    if isinstance(asset, Workstation) and check is Check.FDB:
        return asset.switch or asset.id
    return asset.id if isinstance(asset, Device) else COLLECTOR_OF[check]
