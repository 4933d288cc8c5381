"""What the process that polls says of itself: its packets, its parts and its blocks."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter.blocks import Blocks
from exporter.targets import Part


class Traffic(Protocol):
    """What the SNMP engine counted since it started; `dropped` by why a reply was not believed."""

    sent: int
    received: int
    unsent: int
    retries: int
    timeouts: int
    unexpected: int
    mismatched: int
    garbled: int
    dropped: dict[str, int]


def engine_families(traffic: Traffic) -> Iterator[Metric]:
    """What went over the engine's sockets, and what it did not believe.

    baophu_snmp_datagrams_total{direction="sent"} 1.2e+06
    baophu_snmp_retries_total 310.0
    baophu_snmp_timeouts_total 55.0
    baophu_snmp_rejected_datagrams_total{reason="unauthentic"} 0.0
    """
    family = CounterMetricFamily("baophu_snmp_datagrams", "SNMP messages sent and received.", labels=("direction",))
    family.add_metric(("sent",), traffic.sent)
    family.add_metric(("received",), traffic.received)
    family.add_metric(("unsent",), traffic.unsent)
    yield family
    yield CounterMetricFamily("baophu_snmp_retries", "Requests that were sent again.", value=traffic.retries)
    yield CounterMetricFamily("baophu_snmp_timeouts", "Requests that got no reply in time.", value=traffic.timeouts)
    rejected = CounterMetricFamily(
        "baophu_snmp_rejected_datagrams", "Datagrams that were received and not believed.", labels=("reason",)
    )
    reasons = {"unexpected": traffic.unexpected, "mismatched": traffic.mismatched, "garbled": traffic.garbled}
    for reason, count in (reasons | dict(sorted(traffic.dropped.items()))).items():
        rejected.add_metric((reason,), count)
    yield rejected


def part_devices(parts: Mapping[str, Part]) -> GaugeMetricFamily:
    """How many devices each target of `/sd` has.

    baophu_part_devices{part="0"} 158.0
    """
    family = GaugeMetricFamily("baophu_part_devices", "Devices in a part of the samples.", labels=("part",))
    for number, part in parts.items():
        family.add_metric((number,), len(part.devices))
    return family


def part_series(parts: Mapping[str, Part]) -> GaugeMetricFamily:
    """How many series are set aside for them; more than the limit only where one device alone has more.

    baophu_part_series{part="0"} 99382.0
    """
    family = GaugeMetricFamily(
        "baophu_part_series", "Most series that a part of the samples may give.", labels=("part",)
    )
    for number, part in parts.items():
        family.add_metric((number,), part.series)
    return family


def blocks_rendered(blocks: Blocks) -> CounterMetricFamily:
    """How many blocks, of one device and family each, were rendered; all others came from memory.

    baophu_blocks_rendered_total 27251.0
    """
    help_text = "Blocks of samples that were rendered, instead of taken from memory."
    return CounterMetricFamily("baophu_blocks_rendered", help_text, value=blocks.rendered_blocks)


def blocks_dropped(blocks: Blocks) -> CounterMetricFamily:
    """How often a device's blocks were dropped, or not kept, for want of room; it is then rendered at each scrape.

    baophu_blocks_dropped_total 0.0
    """
    help_text = "Times that a device's blocks of samples were not kept for want of room."
    return CounterMetricFamily("baophu_blocks_dropped", help_text, value=blocks.dropped_devices)


def blocks_memory(blocks: Blocks) -> GaugeMetricFamily:
    """What the kept blocks take; never more than the budget.

    baophu_blocks_memory_bytes 1.06581423e+08
    """
    return GaugeMetricFamily("baophu_blocks_memory_bytes", "Memory of the kept blocks.", value=blocks.held_bytes)
