"""How the collectors are doing, from the heartbeat of each one's latest cycle."""

from collections.abc import Callable, Sequence

from prometheus_client.core import GaugeMetricFamily

from ledger.observation import Heartbeat


def last_cycle(heartbeats: Sequence[Heartbeat]) -> GaugeMetricFamily:
    """When the collector last finished a cycle: its own success. `time()` less this, over three intervals, is silence.

    baophu_collector_last_cycle_timestamp_seconds{collector="snmp"} 1.79532e+09
    """
    return _family(
        "baophu_collector_last_cycle_timestamp_seconds",
        "When a collector last finished a cycle, in Unix time.",
        heartbeats,
        lambda beat: beat.finished_at.timestamp(),
    )


def cycle_duration(heartbeats: Sequence[Heartbeat]) -> GaugeMetricFamily:
    """How long that cycle took.

    baophu_collector_cycle_duration_seconds{collector="snmp"} 1.84
    """
    return _family(
        "baophu_collector_cycle_duration_seconds",
        "How long a collector's latest cycle took.",
        heartbeats,
        lambda beat: (beat.finished_at - beat.started_at).total_seconds(),
    )


def cycle_interval(heartbeats: Sequence[Heartbeat]) -> GaugeMetricFamily:
    """How long it is meant to be from one cycle's start to the next's.

    baophu_collector_cycle_interval_seconds{collector="snmp"} 30.0
    """
    return _family(
        "baophu_collector_cycle_interval_seconds",
        "Planned time between two cycles of a collector.",
        heartbeats,
        lambda beat: beat.cycle_seconds,
    )


def devices_asked(heartbeats: Sequence[Heartbeat]) -> GaugeMetricFamily:
    """How many devices the latest cycle asked.

    baophu_collector_devices_asked{collector="snmp"} 9.0
    """
    return _family(
        "baophu_collector_devices_asked",
        "Devices that a collector's latest cycle asked.",
        heartbeats,
        lambda beat: beat.asked,
    )


def devices_failed(heartbeats: Sequence[Heartbeat]) -> GaugeMetricFamily:
    """Of these, how many gave no proper answer.

    baophu_collector_devices_failed{collector="snmp"} 2.0
    """
    return _family(
        "baophu_collector_devices_failed",
        "Devices that gave no proper answer in a collector's latest cycle.",
        heartbeats,
        lambda beat: beat.failed,
    )


def _family(
    name: str, help_text: str, heartbeats: Sequence[Heartbeat], value: Callable[[Heartbeat], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=("collector",))
    for beat in heartbeats:
        family.add_metric((beat.collector,), value(beat))
    return family
