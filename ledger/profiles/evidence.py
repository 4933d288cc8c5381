"""What collectors would have seen of a profile's network: made up with a fixed seed, seen at one instant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ledger.observation import COLLECTOR_OF, Check, Heartbeat, Observation, Outcome, RunResult
from ledger.plan import AssetKind, Device, Link, LinkKind, Plan, PlannedAsset, Role
from ledger.profiles.facts import Facts
from ledger.profiles.parts import lot
from ledger.profiles.profile import Profile
from ledger.terminal import Shown, Terminal, level_of, value_of

#: So long do the made-up collectors wait between two cycles: nothing is silent for days.
CYCLE = timedelta(days=1)
ALL = 1.0
#: The checks that go with a kind, beside those that only some pass.
SEEN_OF: Mapping[AssetKind, tuple[Check, ...]] = {
    AssetKind.ROUTER: (Check.SNMP, Check.PING),
    AssetKind.SWITCH: (Check.SNMP, Check.PING),
    AssetKind.SERVER: (Check.SNMP, Check.PING),
    AssetKind.LINK: (Check.LINK,),
    AssetKind.WORKSTATION: (Check.FDB, Check.ARP, Check.TSLCD_VLAN),
    AssetKind.MAIL_DOMAIN: (Check.SMTP, Check.IMAP, Check.ROUND_TRIP),
    AssetKind.MAILBOX: (Check.MAILBOX,),
    AssetKind.SERVICE: (Check.DNS, Check.HTTPS, Check.TLS),
}
#: The load of a link that has the capacity, and of one that hasn't, as `ledger.capacity.value_of` writes it.
WITHIN, OVER = "from_unit 0.21 to_unit 0.46", "from_unit 0.38 to_unit 0.97"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the made-up collectors tell."""

    observations: tuple[Observation, ...]
    runs: tuple[RunResult, ...]
    beats: tuple[Heartbeat, ...]


def make_evidence(profile: Profile, plan: Plan, at: datetime) -> Seen:
    """What is seen at `at`; nothing where the table has no network. The same assets every time."""
    if not profile.live:
        return Seen((), (), ())
    witness = _Witness(profile.facts, plan, at)
    present = [asset for asset in plan.assets() if witness.is_there(asset, profile.live)]
    return Seen(
        observations=tuple(seen for asset in present for seen in witness.of(asset)),
        runs=tuple(_run(asset, at) for asset in present if isinstance(asset, Device) and asset.is_ours),
        beats=tuple(_beat(collector, at) for collector in sorted(set(COLLECTOR_OF.values()))),
    )


class _Witness:
    """Draws by lot, each kind for itself, who is there and what is seen of it."""

    def __init__(self, facts: Facts, plan: Plan, at: datetime) -> None:
        self._plan = plan
        self._at = at
        self._shares = {row.cells["what"]: float(row.cells["share"]) for row in facts.sections["seen"]}
        self._rngs: dict[str, Random] = {}
        self._seed = facts.id

    def is_there(self, asset: PlannedAsset, live: frozenset[str]) -> bool:
        """What stands in the data centre is; of what is at a unit on the network, as many as the table says."""
        if asset.exemption is not None:
            return False
        is_central = asset.kind in (AssetKind.SERVER, AssetKind.MAIL_DOMAIN, AssetKind.MAILBOX, AssetKind.SERVICE)
        is_central = is_central or (isinstance(asset, Device) and asset.role is Role.POP)
        return (is_central or asset.unit in live) and self._draws(str(asset.kind))

    def of(self, asset: PlannedAsset) -> Iterator[Observation]:
        """What is seen of an asset that is there."""
        for check in SEEN_OF[asset.kind]:
            yield self._seen(asset, check)
        if isinstance(asset, Device) and asset.role is Role.CPE:
            yield from (self._seen(asset, check) for check in (Check.BGP_SESSION, Check.DHCP))
            yield self._terminal(asset, is_compliant=self._draws("terminal"))
        elif isinstance(asset, Device) and asset.role is Role.ACCESS_SWITCH:
            yield self._seen(asset, Check.VLANS, ok=self._draws("vlans"))
        elif isinstance(asset, Link) and asset.link_kind is LinkKind.UPLINK:
            has_room = self._draws("capacity")
            yield self._seen(asset, Check.CAPACITY, ok=has_room, value=WITHIN if has_room else OVER)
        elif asset.kind is AssetKind.MAILBOX and self._draws("used_mailbox"):
            yield from (self._seen(asset, check) for check in (Check.MAIL_LOGIN, Check.MAIL_DELIVERY))
        elif asset.kind is AssetKind.SERVICE:
            yield self._seen(asset, Check.HTTPS_IPV6, ok=self._draws("ipv6"))

    def _draws(self, what: str) -> bool:
        share = self._shares.get(what, ALL)
        return share >= ALL or self._rngs.setdefault(what, lot(self._seed, what)).random() < share

    def _seen(self, asset: PlannedAsset, check: Check, *, ok: bool = True, value: str | None = None) -> Observation:
        collector = COLLECTOR_OF[check]
        return Observation(
            asset=asset.id,
            check=check,
            ok=ok,
            at=self._at,
            source=collector,
            unit=asset.unit if asset.kind is AssetKind.WORKSTATION else None,
            value=value,
        )

    def _terminal(self, asset: Device, *, is_compliant: bool) -> Observation:
        level = level_of(self._plan.units[asset.unit])
        shown = Terminal(level=level, sockets=10, vlan=Shown.YES, ipv6=Shown.YES if is_compliant else Shown.NO)
        return self._seen(asset, Check.TERMINAL, ok=shown.is_compliant, value=value_of(shown))


def _run(asset: Device, at: datetime) -> RunResult:
    return RunResult(
        run=f"{at:%Y%m%d-%H%M}",
        playbook="site.yml",
        asset=asset.id,
        outcome=Outcome.OK,
        changed=1,
        check_mode=False,
        at=at - CYCLE,
    )


def _beat(collector: str, at: datetime) -> Heartbeat:
    return Heartbeat(
        collector=collector,
        started_at=at - timedelta(seconds=1),
        finished_at=at,
        cycle_seconds=CYCLE.total_seconds(),
        asked=0,
        failed=0,
    )
