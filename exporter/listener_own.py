"""What the process that listens says of itself: what came, what was ignored and why, and what it made be polled."""

from collections.abc import Mapping
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily


class ListenerTally(Protocol):
    """What the listener counted since it started."""

    @property
    def received(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def ignored(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def rules(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def dropped(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def buffers(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def handshakes(self) -> int: ...  # noqa: D102
    @property
    def triggers(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def untaken(self) -> int: ...  # noqa: D102
    @property
    def pending(self) -> int: ...  # noqa: D102


def received(tally: ListenerTally) -> CounterMetricFamily:
    """Messages that were believed, by how they came.

    baophu_listener_received_total{kind="trap_v3"} 41.0
    """
    return _counter("baophu_listener_received", "Messages that were believed.", "kind", tally.received)


def ignored(tally: ListenerTally) -> CounterMetricFamily:
    """Messages that were not, by why.

    baophu_listener_ignored_total{reason="unknown_sender"} 3.0
    """
    return _counter("baophu_listener_ignored", "Messages that were ignored.", "reason", tally.ignored)


def rules(tally: ListenerTally) -> CounterMetricFamily:
    """Messages of syslog that a rule fits; a rule that never fitted has no series.

    baophu_listener_rule_messages_total{rule="cisco_link"} 2.0
    """
    return _counter("baophu_listener_rule_messages", "Messages of syslog that a rule fits.", "rule", tally.rules)


def dropped(tally: ListenerTally) -> CounterMetricFamily:
    """Datagrams that the kernel dropped because the listener didn't come to take them, by socket.

    baophu_listener_dropped_total{socket="snmp"} 0.0
    """
    counts = {name: tally.dropped.get(name, 0) for name in tally.buffers}
    return _counter("baophu_listener_dropped", "Datagrams that the kernel dropped.", "socket", counts)


def buffers(tally: ListenerTally) -> GaugeMetricFamily:
    """The room that the kernel gave a socket; half of it is for the kernel's own records.

    baophu_listener_receive_buffer_bytes{socket="snmp"} 3.3554432e+07
    """
    name, help_text = "baophu_listener_receive_buffer_bytes", "Room of a socket's receive buffer."
    family = GaugeMetricFamily(name, help_text, labels=("socket",))
    for socket, size in tally.buffers.items():
        family.add_metric((socket,), size)
    return family


def handshakes(tally: ListenerTally) -> CounterMetricFamily:
    """Questions for our engine's id or time, that come before informs of SNMPv3.

    baophu_listener_handshakes_total 2.0
    """
    help_text = "Questions for the engine's id or time."
    return CounterMetricFamily("baophu_listener_handshakes", help_text, value=tally.handshakes)


def triggers(tally: ListenerTally) -> CounterMetricFamily:
    """Devices that the collectors were told to ask now: to be polled, or to have their configuration read.

    baophu_listener_triggers_total{action="poll"} 41.0
    """
    counts = {action: tally.triggers.get(action, 0) for action in ("poll", "configuration")}
    return _counter("baophu_listener_triggers", "Devices that collectors were told to ask now.", "action", counts)


def untaken(tally: ListenerTally) -> CounterMetricFamily:
    """Times that the collectors didn't take what they were told; it is told again.

    baophu_listener_untaken_total 0.0
    """
    help_text = "Times that the collectors took nothing, or not all."
    return CounterMetricFamily("baophu_listener_untaken", help_text, value=tally.untaken)


def pending(tally: ListenerTally) -> GaugeMetricFamily:
    """Devices that the collectors are still to be told of.

    baophu_listener_pending_devices 0.0
    """
    help_text = "Devices that collectors are still to be told of."
    return GaugeMetricFamily("baophu_listener_pending_devices", help_text, value=tally.pending)


def _counter(name: str, help_text: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, help_text, labels=(label,))
    for key, count in dict(counts).items():
        family.add_metric((key,), count)
    return family
