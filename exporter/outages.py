"""Each outage by its root: the one thing that the NOC is told of, with how much it cuts off."""

from collections import Counter
from collections.abc import Sequence

from prometheus_client.core import GaugeMetricFamily

from exporter.availability import WATCHED_KINDS
from ledger.figure import NetworkOutage


def outage_start(outages: Sequence[NetworkOutage]) -> GaugeMetricFamily:
    """When the root stopped answering; no series: no outage. `unit` and `kind` are the root's.

    baophu_outage_start_timestamp_seconds{root="68-22945-LK-001",unit="68-22945",kind="link"} 1.79531995e+09
    """
    help_text = "When the root of an outage stopped answering, in Unix time."
    family = GaugeMetricFamily("baophu_outage_start_timestamp_seconds", help_text, labels=("root", "unit", "kind"))
    for outage in outages:
        family.add_metric((outage.root, outage.unit, outage.kind), outage.since.timestamp())
    return family


def outage_assets(outages: Sequence[NetworkOutage]) -> GaugeMetricFamily:
    """What lies behind the root, the root itself aside, by its own unit and kind: connection points are units off.

    baophu_outage_assets{root="68-22945-LK-001",unit="68-22945",kind="workstation"} 2.0
    """
    help_text = "Assets in service that an outage cuts off, its root aside."
    family = GaugeMetricFamily("baophu_outage_assets", help_text, labels=("root", "unit", "kind"))
    for outage in outages:
        behind = Counter((part.unit, part.kind) for part in outage.cut_off if part.asset != outage.root)
        for (unit, kind), count in behind.items():
            family.add_metric((outage.root, unit, kind), count)
    return family


def asset_cut_off(outages: Sequence[NetworkOutage]) -> GaugeMetricFamily:
    """1 for each watched asset that an outage cuts off, its root aside: what is no fault of its own.

    baophu_asset_cut_off{asset="68-22945-SW-001",unit="68-22945",kind="switch",root="68-22945-LK-001"} 1.0
    """
    help_text = (
        "What an outage cuts off, its root aside: 1 for each device, link, connection point, domain and service."
    )
    family = GaugeMetricFamily("baophu_asset_cut_off", help_text, labels=("asset", "unit", "kind", "root"))
    for outage in outages:
        for part in outage.cut_off:
            if part.asset != outage.root and part.kind in WATCHED_KINDS:
                family.add_metric((part.asset, part.unit, part.kind, outage.root), 1)
    return family
