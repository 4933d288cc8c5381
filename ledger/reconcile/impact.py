"""What each outage cuts off, as the snapshot lists it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from ledger.figure import CutOff, NetworkOutage
from ledger.plan import AssetKind, Plan
from ledger.reconcile.judgement import Judgement
from ledger.reconcile.outage import Outage

#: Derived assets whose parts stand in the list by themselves.
DOUBLES = frozenset({AssetKind.LAN, AssetKind.UNIT_MAIL, AssetKind.UNIT_PORTAL})


def outages_of(plan: Plan, judgements: Iterable[Judgement], as_of: datetime) -> tuple[NetworkOutage, ...]:
    """Each root that keeps something in service from answering, the oldest first; a skewed clock's since is `as_of`."""
    cut_off: dict[Outage, dict[CutOff, None]] = defaultdict(dict)  # an asset is judged once for each thing it owes
    for judgement in judgements:
        outage = judgement.availability.outage if judgement.availability is not None else None
        if outage is not None and judgement.kind not in DOUBLES:
            cut_off[outage][CutOff(judgement.asset, judgement.unit, judgement.kind)] = None
    roots = {asset.id: asset for asset in plan.assets()} if cut_off else {}
    return tuple(
        NetworkOutage(
            root=outage.root,
            unit=roots[outage.root].unit,
            kind=roots[outage.root].kind,
            since=min(outage.since, as_of),
            cut_off=tuple(assets),
        )
        for outage, assets in sorted(cut_off.items(), key=lambda item: (item[0].since, item[0].root))
    )
