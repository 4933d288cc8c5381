"""Whether each device, link, connection point, mail domain and service answers now, and how far it has come."""

from collections.abc import Iterable, Sequence

from prometheus_client.core import GaugeMetricFamily

from ledger.figure import AssetRow, Availability, Coverage, Lifecycle
from ledger.plan import AssetKind

#: What gets series of its own. PCs don't: a province has tens of thousands, and they are off at night.
DEVICE_KINDS = frozenset({AssetKind.ROUTER, AssetKind.SWITCH, AssetKind.SERVER})
WATCHED_KINDS = DEVICE_KINDS | {
    AssetKind.LINK,
    AssetKind.CONNECTION_POINT,
    AssetKind.MAIL_DOMAIN,
    AssetKind.SERVICE,
}
#: A retired asset has no row, so it has no series either.
STAGES = tuple(stage for stage in Lifecycle if stage is not Lifecycle.RETIRED)


def watched_assets(rows: Iterable[AssetRow]) -> tuple[AssetRow, ...]:
    """One row for each planned asset of these kinds, whatever the indicators that it counts in."""
    first: dict[str, AssetRow] = {}
    for row in rows:
        if _is_planned(row) and row.kind in WATCHED_KINDS:
            first.setdefault(row.asset, row)
    return tuple(first.values())


def device_up(assets: Sequence[AssetRow]) -> GaugeMetricFamily:
    """1 where a device in service answers, else 0; `baophu_asset_availability` says why.

    baophu_device_up{asset="68-22945-RT-001",unit="68-22945",site="68-22945-TS",kind="router"} 1.0
    """
    help_text = "Whether a device in service answers now."
    family = GaugeMetricFamily("baophu_device_up", help_text, labels=("asset", "unit", "site", "kind"))
    for row in assets:
        if row.kind in DEVICE_KINDS and row.availability is not None:
            labels = (row.asset, row.unit or "", row.site or "", row.kind or "")
            family.add_metric(labels, row.availability is Availability.UP)
    return family


def link_up(assets: Sequence[AssetRow]) -> GaugeMetricFamily:
    """1 where a link in service is up, else 0; `baophu_asset_availability` says why.

    baophu_link_up{link="68-22945-LK-001",unit="68-22945"} 1.0
    """
    family = GaugeMetricFamily("baophu_link_up", "Whether a link in service is up now.", labels=("link", "unit"))
    for row in assets:
        if row.kind is AssetKind.LINK and row.availability is not None:
            family.add_metric((row.asset, row.unit or ""), row.availability is Availability.UP)
    return family


def asset_availability(assets: Sequence[AssetRow]) -> GaugeMetricFamily:
    """A state set: for each watched asset in service one series a verdict, 1 at the one that holds.

    baophu_asset_availability{asset="68-22945-RT-001",unit="68-22945",kind="router",verdict="behind_outage"} 1.0
    """
    help_text = "Availability verdict of an asset in service: 1 at the verdict that holds."
    family = GaugeMetricFamily("baophu_asset_availability", help_text, labels=("asset", "unit", "kind", "verdict"))
    for row in assets:
        for verdict in Availability if row.availability is not None else ():
            labels = (row.asset, row.unit or "", row.kind or "", verdict)
            family.add_metric(labels, verdict is row.availability)
    return family


def asset_lifecycle(assets: Sequence[AssetRow]) -> GaugeMetricFamily:
    """A state set: for each planned asset one series a stage, 1 at the one that it has reached.

    baophu_asset_lifecycle{asset="68-22945-RT-001",unit="68-22945",kind="router",lifecycle="in_service"} 1.0
    """
    help_text = "How far a planned asset has come: 1 at the stage that it has reached."
    family = GaugeMetricFamily("baophu_asset_lifecycle", help_text, labels=("asset", "unit", "kind", "lifecycle"))
    for row in assets:
        for stage in STAGES:
            family.add_metric((row.asset, row.unit or "", row.kind or "", stage), stage is row.lifecycle)
    return family


def asset_last_seen(assets: Sequence[AssetRow]) -> GaugeMetricFamily:
    """The latest sighting anywhere; what was never seen has no series. The age is `time()` less this.

    baophu_asset_last_seen_timestamp_seconds{asset="68-22945-RT-001",unit="68-22945",kind="router"} 1.79531998e+09
    """
    help_text = "When a planned asset was last seen anywhere, in Unix time."
    family = GaugeMetricFamily("baophu_asset_last_seen_timestamp_seconds", help_text, labels=("asset", "unit", "kind"))
    for row in assets:
        if row.last_seen is not None:
            family.add_metric((row.asset, row.unit or "", row.kind or ""), row.last_seen.timestamp())
    return family


def _is_planned(row: AssetRow) -> bool:
    return row.verdict is not Coverage.UNPLANNED and row.lifecycle is not Lifecycle.RETIRED
