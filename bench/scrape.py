"""What a scrape of 1,000,000 samples costs when a tenth of the devices were polled since the last one.

python bench/scrape.py            CPU of a scrape, beside prometheus-client's own rendering
python bench/scrape.py --memory   what 10,000 devices of 52 ports take in all
"""

import json
import resource
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import process_time

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from exporter.blocks import Blocks
from exporter.sample_asgi import SampleExposition
from exporter.samples import FAMILIES, INFO_LABELS, DeviceSamples, Family, Kind

DEVICES = 1_603
PORTS = 52
SCRAPES = 7
#: Of ten devices one is polled between two scrapes.
POLLED = 10
COUNTERS = tuple(family.key for family in FAMILIES if family.kind is Kind.COUNTER)
GAUGES = {
    "oper_status": 1,
    "admin_status": 1,
    "speed_bits_per_second": 1_000_000_000,
    "last_change_ticks": 123_456,
    "counter_bits": 64,
}
INTERFACES = tuple(f"GigabitEthernet1/0/{port}" for port in range(1, PORTS + 1))
ALIASES = tuple(f"Phòng {port}" for port in range(1, PORTS + 1))


@dataclass(frozen=True, slots=True)
class Polled:
    """A device's samples as a collector would hand them over."""

    device: str
    unit: str
    scalars: Mapping[str, float]
    interfaces: tuple[str, ...]
    columns: Mapping[str, Sequence[int]]
    descriptions: Mapping[str, Sequence[str]]


class Province:
    """A source of made-up devices; `poll` replaces every tenth of them."""

    def __init__(self, devices: int) -> None:
        self._gauges = {key: array("Q", [value] * PORTS) for key, value in GAUGES.items()}
        texts = {"alias": ALIASES, "description": INTERFACES, "interface_type": ("ethernetCsmacd",) * PORTS}
        self._descriptions: Mapping[str, Sequence[str]] = texts
        self._devices = [self._device(number, 0) for number in range(devices)]

    def devices(self) -> Sequence[DeviceSamples]:
        """All of them, in an order that stays."""
        return self._devices

    def poll(self, turn: int, *, whole: bool = False) -> None:
        """New samples of every tenth device: all counters of it are others, where `whole` all gauges and texts too."""
        for number in range(turn % POLLED, len(self._devices), POLLED):
            polled = self._device(number, turn)
            if whole:
                columns = {
                    key: array("Q", [value + turn for value in values]) for key, values in polled.columns.items()
                }
                aliases = tuple(f"{alias} ({turn})" for alias in ALIASES)
                polled = replace(polled, columns=columns, descriptions={**self._descriptions, "alias": aliases})
            self._devices[number] = polled

    def _device(self, number: int, turn: int) -> Polled:
        counters = {
            key: array(
                "Q", [(number * 7_919 + port * 104_729 + turn) * 1_000_003 * 10 ** (place % 3) for port in range(PORTS)]
            )
            for place, key in enumerate(COUNTERS)
        }
        return Polled(
            device=f"68-{22_000 + number}-SW-001",
            unit=f"68-{22_000 + number}",
            scalars={
                "up": 1.0,
                "uptime_seconds": 8_640_000.25 + turn,
                "poll_duration_seconds": 0.0421,
                "packets": 31.0,
                "poll_timestamp_seconds": 1_795_320_000.5 + turn,
            },
            interfaces=INTERFACES,
            columns={**counters, **self._gauges},
            descriptions=self._descriptions,
        )


def measure() -> dict[str, float]:
    """CPU seconds of a scrape of all parts, the median of seven; whatever polls take is not in them."""
    province = Province(DEVICES)
    exposition = SampleExposition(province)
    first, samples = _scrape(exposition)
    still, _ = _scrape(exposition)
    counters = [_scrape_after(province, exposition, turn, whole=False) for turn in range(1, SCRAPES + 1)]
    whole = [_scrape_after(province, exposition, turn, whole=True) for turn in range(SCRAPES + 1, 2 * SCRAPES + 1)]
    tenth, client = _client(province.devices()[::10])
    return {
        "samples": samples,
        "parts": len(exposition.parts()),
        "cpu_seconds_counters_changed": round(median(counters), 4),
        "cpu_seconds_everything_changed": round(median(whole), 4),
        "cpu_seconds_nothing_changed": round(still, 4),
        "cpu_seconds_first_scrape": round(first, 4),
        "cpu_seconds_prometheus_client_scaled_from_a_tenth": round(client * samples / tenth, 2),
    }


def measure_memory(devices: int = 10_000) -> dict[str, float]:
    """The most memory in MiB that this process had, its made-up samples included; meant for a process of its own."""
    province = Province(devices)
    exposition = SampleExposition(province)
    seconds = [_scrape_after(province, exposition, turn, whole=False) for turn in range(3)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"devices": devices, "peak_mib": round(peak, 1), "cpu_seconds_counters_changed": round(seconds[-1], 2)}


def _scrape_after(province: Province, exposition: SampleExposition, turn: int, *, whole: bool) -> float:
    province.poll(turn, whole=whole)
    return _scrape(exposition)[0]


def _scrape(exposition: SampleExposition) -> tuple[float, int]:
    """CPU seconds of one scrape of every part, and how many samples it gave."""
    parts = exposition.parts()
    seconds, samples = 0.0, 0
    for number in parts:
        start = process_time()
        text = exposition.render(number) or b""
        seconds += process_time() - start
        samples += text.count(b"\n") - 2 * len(FAMILIES)
    return seconds, samples


@dataclass(frozen=True, slots=True)
class _Client(Collector):
    """The same families by prometheus-client's own means."""

    devices: Sequence[DeviceSamples]

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            yield self._metric(family)

    def _metric(self, family: Family) -> Metric:
        if family.kind is Kind.INFO:
            info = InfoMetricFamily(family.name.removesuffix("_info"), family.help, labels=family.labels)
            for each in self.devices:
                for name, *texts in zip(
                    each.interfaces, *(each.descriptions[label] for label in INFO_LABELS), strict=True
                ):
                    info.add_metric((each.device, each.unit, name, *texts), {})
            return info
        kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
        metric = kind(family.name, family.help, labels=family.labels)
        for each in self.devices:
            if not family.is_by_row:
                metric.add_metric((each.device, each.unit), each.scalars[family.key])
                continue
            for name, value in zip(each.interfaces, each.columns[family.key], strict=True):
                metric.add_metric((each.device, each.unit, name), (value or 0) / family.divisor)
        return metric


def _client(devices: Sequence[DeviceSamples]) -> tuple[int, float]:
    """Samples, and the CPU seconds of `generate_latest` for them; its text is checked to be the same as ours."""
    start = process_time()
    text = generate_latest(_Client(devices))
    seconds = process_time() - start
    if text != Blocks().text(devices):
        raise AssertionError("the two texts differ")
    return text.count(b"\n") - 2 * len(FAMILIES), seconds


if __name__ == "__main__":
    json.dump(measure_memory() if "--memory" in sys.argv else measure(), sys.stdout, indent=2)
    sys.stdout.write("\n")
