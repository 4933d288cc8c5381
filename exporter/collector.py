"""The custom collectors: fresh families from one snapshot, and what the exporter says of itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from exporter import availability, coverage, cycles, outages, readings, units
from exporter.own import own_counts
from ledger.figure import Snapshot
from ledger.plan import Plan


@dataclass(frozen=True, slots=True)
class SnapshotCollector(Collector):
    """Everything that one snapshot says, as metric families."""

    snapshot: Snapshot
    plan: Plan

    def collect(self) -> Iterator[Metric]:
        """Yield the families in the order of docs/metrics.md."""
        counts = own_counts(self.snapshot.figures, self.plan)
        yield coverage.assets_planned(counts)
        yield coverage.assets_covered(counts)
        yield coverage.gap_assets(counts)
        yield coverage.assets_in_service(counts)
        yield coverage.assets_answering(counts)
        yield coverage.assets_not_answering(counts)
        yield coverage.target_ratio(self.snapshot.figures)
        yield coverage.target_due(self.snapshot.figures)
        assets = availability.watched_assets(self.snapshot.rows)
        yield availability.device_up(assets)
        yield availability.link_up(assets)
        yield availability.asset_availability(assets)
        yield availability.asset_lifecycle(assets)
        yield availability.asset_last_seen(assets)
        yield outages.outage_start(self.snapshot.outages)
        yield outages.outage_assets(self.snapshot.outages)
        yield outages.asset_cut_off(self.snapshot.outages)
        yield readings.certificate_expiry(self.snapshot.readings)
        yield readings.queue_messages(self.snapshot.readings)
        yield readings.queue_oldest(self.snapshot.readings)
        yield readings.round_trip_up(self.snapshot.readings)
        yield readings.service_up(self.snapshot.readings)
        yield readings.service_response(self.snapshot.readings)
        yield readings.link_use(self.snapshot.readings)
        yield cycles.last_cycle(self.snapshot.heartbeats)
        yield cycles.cycle_duration(self.snapshot.heartbeats)
        yield cycles.cycle_interval(self.snapshot.heartbeats)
        yield cycles.devices_asked(self.snapshot.heartbeats)
        yield cycles.devices_failed(self.snapshot.heartbeats)
        yield units.unit_info(self.plan)
        yield evaluated_at(self.snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCollector(Collector):
    """What the exporter says of itself and of the scrape that is being answered."""

    version: str
    succeeded: bool
    duration_seconds: float

    def collect(self) -> Iterator[Metric]:
        """Yield three families; they are there even where the ledger can't be read."""
        yield scrape_success(succeeded=self.succeeded)
        yield scrape_duration(self.duration_seconds)
        yield build_info(self.version)


def evaluated_at(snapshot: Snapshot) -> GaugeMetricFamily:
    """The instant that all of the above is true of.

    baophu_snapshot_timestamp_seconds 1.79532e+09
    """
    help_text = "Instant at which the ledger was evaluated, in Unix time."
    return GaugeMetricFamily("baophu_snapshot_timestamp_seconds", help_text, value=snapshot.as_of.timestamp())


def scrape_success(*, succeeded: bool) -> GaugeMetricFamily:
    """1 where the ledger could be read; 0: no other `baophu_` metric but the exporter's own is in this answer.

    baophu_exporter_scrape_success 1.0
    """
    help_text = "Whether the ledger could be read for this scrape."
    return GaugeMetricFamily("baophu_exporter_scrape_success", help_text, value=float(succeeded))


def scrape_duration(seconds: float) -> GaugeMetricFamily:
    """How long it took to read the ledger and to render, the exporter's own metrics aside.

    baophu_exporter_scrape_duration_seconds 0.0021
    """
    help_text = "How long reading the ledger and rendering took for this scrape."
    return GaugeMetricFamily("baophu_exporter_scrape_duration_seconds", help_text, value=seconds)


def build_info(version: str) -> InfoMetricFamily:
    """The version that is running.

    baophu_build_info{version="0.1.0"} 1.0
    """
    return InfoMetricFamily("baophu_build", "The running version of Bao Phủ.", value={"version": version})
