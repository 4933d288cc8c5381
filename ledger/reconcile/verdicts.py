"""Every verdict of a plan at one instant: what is registered, then what is derived from it, unit by unit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from ledger.obligation import (
    CONNECTION_POINT,
    IS_COUNTED,
    LAN_ROUTER,
    OBLIGATIONS,
    WORKING_PORTAL,
    Obligation,
    owed_under,
)
from ledger.plan import (
    AssetKind,
    Device,
    Indicator,
    Link,
    Mailbox,
    MailDomain,
    Owes,
    Plan,
    PlannedAsset,
    Role,
    Service,
    ServiceKind,
    Workstation,
)
from ledger.reconcile.derived import LanParts, best_as, local_network
from ledger.reconcile.evidence import Progress, Provisioned, provisioned_by_hosts, provisioned_by_runs, was_proven
from ledger.reconcile.judgement import Judgement, judge
from ledger.reconcile.outage import Outage, find_outages
from ledger.reconcile.pulse import take_pulse
from ledger.reconcile.scene import Scene

HOSTED = (MailDomain, Mailbox, Service)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement, and the indicators under which it gives a row; None: a row under none."""

    judgement: Judgement
    indicators: tuple[Indicator | None, ...]


@dataclass(slots=True)
class UnitParts:
    """What a unit's derived assets are made of."""

    lan_routers: list[Judgement] = field(default_factory=list)
    connections: list[Judgement] = field(default_factory=list)
    switches: list[Judgement] = field(default_factory=list)
    workstations: list[Judgement] = field(default_factory=list)
    mailboxes: list[Judgement] = field(default_factory=list)
    portals: list[Judgement] = field(default_factory=list)


class Asking:
    """Which indicators ask for assets of each kind: `rollout`, and for an answer now `answering`."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self.rollout: dict[AssetKind, tuple[Indicator, ...]] = dict.fromkeys(AssetKind, ())
        self._answering: dict[AssetKind, tuple[Indicator, ...]] = dict.fromkeys(AssetKind, ())
        for indicator in indicators:
            if indicator.measure is not None:
                of = self._answering if indicator.is_availability else self.rollout
                of[indicator.measure.kind] += (indicator,)

    def rollout_of(self, asset: PlannedAsset) -> tuple[Indicator, ...]:
        """The rollout indicators in which the asset counts."""
        return tuple(
            i for i in self.rollout[asset.kind] if i.measure is not None and IS_COUNTED[i.measure.which](asset)
        )

    def verdict(self, judgement: Judgement, *rollout: Indicator | None) -> Verdict:
        """With the availability indicators of its kind, for what is in service."""
        answering = self._answering[judgement.kind] if judgement.availability is not None else ()
        return Verdict(judgement, (*rollout, *answering))


class Verdicts:
    """Judges what isn't retired of a plan; each asset's place in the network is looked up once.

    `beside` are devices that hear each other though the plan has no link of the two.
    """

    def __init__(self, plan: Plan, scene: Scene, beside: Collection[tuple[str, str]]) -> None:
        self._plan = plan
        self._scene = scene
        self.assets = [a for a in plan.assets() if a.retired_on is None or a.retired_on > scene.today]
        self._asking = Asking(plan.indicators.values())
        self._by_host: dict[str, Provisioned] = {}
        elements = (asset for asset in self.assets if isinstance(asset, Device | Link))
        in_service = {element.id for element in elements if was_proven(element, scene)}
        self._outages = find_outages(plan, take_pulse(plan, scene, in_service), beside)

    def all(self) -> Iterator[Verdict]:
        """The verdicts of the registered assets, in plan order, then of the derived ones, unit by unit."""
        parts: dict[str, UnitParts] = defaultdict(UnitParts)
        for asset in self.assets:
            own = self._judged(asset, OBLIGATIONS[asset.kind])
            yield from self._registered(asset, own)
            self._sort_in(asset, own, parts[asset.unit])
        for unit in self._plan.units:
            yield from self._derived(parts[unit])

    def _registered(self, asset: PlannedAsset, own: Judgement) -> Iterator[Verdict]:
        """One verdict per thing that the asset owes: its kind's own, and what an indicator asks for beside it."""
        rollout = self._asking.rollout_of(asset)
        plain = tuple(i for i in rollout if _is_plain(i))
        yield self._asking.verdict(own, *(plain or (None,)))
        for indicator in rollout:
            owes = owed_under(indicator.measure) if indicator.measure is not None else None
            if indicator not in plain and owes is not None:
                beside = self._judged(asset, owes, own, indicator.max_age_days)
                beside.take_life_of(own)
                yield Verdict(beside, (indicator,))

    def _sort_in(self, asset: PlannedAsset, own: Judgement, unit: UnitParts) -> None:
        if isinstance(asset, Device) and asset.role is Role.CPE:
            unit.lan_routers.append(self._judged(asset, LAN_ROUTER))
            unit.connections.append(self._judged(asset, CONNECTION_POINT))
        elif isinstance(asset, Device) and asset.role is Role.ACCESS_SWITCH:
            unit.switches.append(own)
        elif isinstance(asset, Workstation):
            unit.workstations.append(own)
        elif isinstance(asset, Mailbox):
            unit.mailboxes.append(own)
        elif isinstance(asset, Service) and asset.service_kind is ServiceKind.PORTAL:
            unit.portals.append(self._judged(asset, WORKING_PORTAL))

    def _derived(self, unit: UnitParts) -> Iterator[Verdict]:
        if unit.switches:
            parts = LanParts(unit.lan_routers, unit.switches, unit.workstations)
            yield self._asking.verdict(local_network(parts, self._scene.today), *self._asking.rollout[AssetKind.LAN])
        for kind, candidates in (
            (AssetKind.CONNECTION_POINT, unit.connections),
            (AssetKind.UNIT_MAIL, unit.mailboxes),
            (AssetKind.UNIT_PORTAL, unit.portals),
        ):
            if candidates:
                yield self._asking.verdict(best_as(kind, candidates), *(self._asking.rollout[kind] or (None,)))

    def _judged(
        self,
        asset: PlannedAsset,
        obligation: Obligation,
        own: Judgement | None = None,
        max_age_days: int | None = None,
    ) -> Judgement:
        """Judge by one obligation; what is in service by its `own` was provisioned, by whoever it was."""
        host, provisioned = self._host(asset), self._provisioning(asset)
        if own is not None and own.in_service and provisioned.progress is not Progress.DONE:
            provisioned = Provisioned(Progress.DONE, own.since)
        return judge(
            asset,
            self._scene if max_age_days is None else self._scene.with_max_age(timedelta(days=max_age_days)),
            obligation=obligation,
            outage=self._outage(asset.id, host),
            host=host,
            provisioned=provisioned,
        )

    def _outage(self, asset: str, host: str | None) -> Outage | None:
        """What runs on a server has the server's place in the network."""
        return self._outages.get(asset if host is None else host)

    def _host(self, asset: PlannedAsset) -> str | None:
        """The server that runs a mail domain, keeps a mailbox or hosts a service; None for everything else."""
        if isinstance(asset, Mailbox):
            return self._plan.domains[asset.domain].server
        return asset.server if isinstance(asset, HOSTED) else None

    def _provisioning(self, asset: PlannedAsset) -> Provisioned:
        """What has no runs of its own is provisioned with its devices; a service hosted elsewhere never is, by us."""
        if isinstance(asset, Link):
            return self._by_hosts(asset.a.device, asset.b.device)
        if isinstance(asset, HOSTED):
            return self._provisioned_with(self._host(asset))
        return provisioned_by_runs(asset.id, self._scene)

    def _provisioned_with(self, host: str | None) -> Provisioned:
        if host is None:
            return Provisioned()
        if host not in self._by_host:
            self._by_host[host] = self._by_hosts(host)
        return self._by_host[host]

    def _by_hosts(self, *hosts: str) -> Provisioned:
        return provisioned_by_hosts((host, provisioned_by_runs(host, self._scene)) for host in hosts)


def _is_plain(indicator: Indicator) -> bool:
    """Whether it asks for what the asset's kind owes anyhow."""
    measure = indicator.measure
    return measure is not None and measure.owes is Owes.OWN and indicator.max_age_days is None
