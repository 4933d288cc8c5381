"""What the exporter asks of whoever polls devices, and the table of the families that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DeviceSamples(Protocol):
    """What one poll of one device gave. Nothing in it ever changes: the next poll is another object."""

    @property
    def device(self) -> str:
        """The asset's id, one `DeviceSamples` a device; like all texts here it can be encoded as UTF-8."""

    @property
    def unit(self) -> str:
        """The unit that owns the device."""

    @property
    def scalars(self) -> Mapping[str, float]:
        """Values of the device by `Family.key`; a key that isn't there has no sample."""

    @property
    def interfaces(self) -> Sequence[str]:
        """A tuple of ifName by row, no name twice, best one object for all devices of a model.

        Empty where per-interface series are off for this class of devices.
        """

    @property
    def columns(self) -> Mapping[str, Sequence[int | None]]:
        """By `Family.key` one integer a row of `interfaces`; None: the agent gave none, so there is no sample.

        `array('Q')` or a tuple; keys that no family has are passed over.
        """

    @property
    def descriptions(self) -> Mapping[str, Sequence[str]]:
        """By label of `INFO_LABELS` one text a row; a label that isn't there is empty, no label at all: no samples."""


class SampleSource(Protocol):
    """The latest poll of every device."""

    def devices(self) -> Sequence[DeviceSamples]:
        """All devices in register order, with no device twice; the sequence doesn't change once it was given."""


class Kind(StrEnum):
    """Prometheus' type of a family."""

    GAUGE = "gauge"
    COUNTER = "counter"
    INFO = "info"


DEVICE_LABELS = ("device", "unit")
ROW_LABELS = ("device", "unit", "interface")
#: What `DeviceSamples.descriptions` may say of a row.
INFO_LABELS = ("alias", "description", "interface_type")


@dataclass(frozen=True, slots=True)
class Family:
    """One family; its value is what stands under `key`, over `divisor`."""

    name: str
    help: str
    kind: Kind
    key: str
    labels: tuple[str, ...]
    divisor: int = 1

    @property
    def is_by_row(self) -> bool:
        """Whether it has a sample a row of `interfaces`, instead of one a device."""
        return self.labels != DEVICE_LABELS


def _device(name: str, key: str, help_text: str) -> Family:
    return Family(f"baophu_snmp_{name}", help_text, Kind.GAUGE, key, DEVICE_LABELS)


def _total(key: str, help_text: str) -> Family:
    return Family(f"baophu_interface_{key}_total", help_text, Kind.COUNTER, key, ROW_LABELS)


def _row(name: str, key: str, help_text: str, divisor: int = 1) -> Family:
    return Family(f"baophu_interface_{name}", help_text, Kind.GAUGE, key, ROW_LABELS, divisor)


#: In the order of docs/metrics.md, which is the order of the text.
FAMILIES = (
    _device("up", "up", "Whether the latest poll of a device was answered."),
    _device("uptime_seconds", "uptime_seconds", "How long the agent had been running (sysUpTime)."),
    _device("poll_duration_seconds", "poll_duration_seconds", "How long the latest poll of a device took."),
    _device("packets", "packets", "Packets that the latest poll of a device sent."),
    _device(
        "poll_timestamp_seconds", "poll_timestamp_seconds", "When the latest poll of a device ended, in Unix time."
    ),
    _total("in_octets", "Octets received."),
    _total("out_octets", "Octets sent."),
    _total("in_errors", "Packets received that could not be delivered for an error."),
    _total("out_errors", "Packets that could not be sent for an error."),
    _total("in_discards", "Packets received and dropped without an error."),
    _total("out_discards", "Packets to be sent and dropped without an error."),
    _row("oper_status", "oper_status", "Operational state, as numbered by RFC 2863: 1 is up, 2 is down."),
    _row("admin_status", "admin_status", "Desired state, as numbered by RFC 2863: 1 is up, 2 is down."),
    _row("speed_bytes_per_second", "speed_bits_per_second", "Nominal bandwidth.", 8),
    _row("last_change_seconds", "last_change_ticks", "The agent's sysUpTime when the state last changed.", 100),
    _row("octets_width", "counter_bits", "Bits of the octet counters: 64, or 32, which wrap soon on a fast line."),
    Family("baophu_interface_info", "What an interface is.", Kind.INFO, "", (*ROW_LABELS, *INFO_LABELS)),
)
