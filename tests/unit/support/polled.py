"""Polled devices made by hand, and their families by prometheus-client's own means: the oracle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from exporter.samples import FAMILIES, INFO_LABELS, DeviceSamples, Family, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll of one device."""

    device: str = "68-22945-SW-001"
    unit: str = "68-22945"
    scalars: Mapping[str, float] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    columns: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    descriptions: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Source:
    """The devices that a test says there are."""

    def __init__(self, *devices: Polled) -> None:
        self.now: Sequence[Polled] = devices

    def devices(self) -> Sequence[DeviceSamples]:
        return self.now


def switch(device: str = "68-22945-SW-001", ports: int = 2, octets: int = 5) -> Polled:
    """A switch with a value in every family."""
    counters = {family.key: range(octets, octets + ports) for family in FAMILIES if family.kind is Kind.COUNTER}
    gauges = {
        "oper_status": (1,) * ports,
        "admin_status": (1,) * ports,
        "speed_bits_per_second": (1_000_000_000,) * ports,
        "last_change_ticks": (123,) * ports,
        "counter_bits": (64,) * ports,
    }
    return Polled(
        device=device,
        scalars={
            "up": 1.0,
            "uptime_seconds": 86400.5,
            "poll_duration_seconds": 0.042,
            "packets": 31.0,
            "poll_timestamp_seconds": 1_795_320_000.25,
        },
        interfaces=tuple(f"Gi0/{port}" for port in range(1, ports + 1)),
        columns={**counters, **gauges},
        descriptions={"alias": ("Phòng họp",) * ports, "interface_type": ("ethernetCsmacd",) * ports},
    )


@dataclass(frozen=True, slots=True)
class ClientFamilies(Collector):
    """What a custom collector would give for these devices."""

    devices: Sequence[DeviceSamples]

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            metric = _empty(family)
            for samples in self.devices:
                for labels, value in _samples(family, samples):
                    if isinstance(metric, InfoMetricFamily):
                        metric.add_metric(labels, {})
                    else:
                        metric.add_metric(labels, value)
            yield metric


def _empty(family: Family) -> CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily:
    if family.kind is Kind.INFO:
        return InfoMetricFamily(family.name.removesuffix("_info"), family.help, labels=family.labels)
    kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
    return kind(family.name, family.help, labels=family.labels)


def _samples(family: Family, samples: DeviceSamples) -> Iterator[tuple[tuple[str, ...], float]]:
    own = (samples.device, samples.unit)
    if not family.is_by_row:
        if family.key in samples.scalars:
            yield own, samples.scalars[family.key]
        return
    for row, name in enumerate(samples.interfaces):
        if family.kind is Kind.INFO:
            if samples.descriptions:
                texts = (
                    samples.descriptions[label][row] if label in samples.descriptions else "" for label in INFO_LABELS
                )
                yield (*own, name, *texts), 1.0
        elif family.key in samples.columns and (value := samples.columns[family.key][row]) is not None:
            yield (*own, name), value if family.divisor == 1 else value / family.divisor
