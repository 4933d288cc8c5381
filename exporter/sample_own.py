"""What the exporter of polled devices says of itself: its parts and its blocks."""

from collections.abc import Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from exporter.blocks import Blocks
from exporter.targets import Part


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
