"""What was last read of certificates, mail queues, web services and round trips of mail."""

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from ledger.capacity import percentiles_in
from ledger.figure import Reading
from ledger.observation import Check

LABELS = ("asset", "unit")


def certificate_expiry(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """The last second for which the certificate is valid; the time left is this less `time()`.

    baophu_certificate_expiry_timestamp_seconds{asset="vanphong.lamdong.test",unit="68-SKHCN"} 1.81e+09
    """
    help_text = "End of validity of the certificate last seen, in Unix time."
    return _family(
        "baophu_certificate_expiry_timestamp_seconds", help_text, readings, Check.TLS, lambda r: _epoch(r.value)
    )


def queue_messages(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """Messages that wait on a mail server or relay.

    baophu_mail_queue_messages{asset="68-TTDL-SV-002",unit="68"} 3.0
    """
    help_text = "Messages waiting in a mail server's queue."
    return _family(
        "baophu_mail_queue_messages", help_text, readings, Check.MAIL_QUEUE, lambda r: _number(r.value, 0, of=2)
    )


def queue_oldest(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """For how long the oldest of these had waited when the queue was read; 0 where none waits.

    baophu_mail_queue_oldest_seconds{asset="68-TTDL-SV-002",unit="68"} 41.0
    """
    help_text = "How long the oldest message in a mail server's queue had waited."
    return _family(
        "baophu_mail_queue_oldest_seconds", help_text, readings, Check.MAIL_QUEUE, lambda r: _number(r.value, 1, of=2)
    )


def round_trip_up(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """1 where the latest probe message of a mail domain arrived, else 0.

    baophu_mail_round_trip_up{asset="vanphong.lamdong.test",unit="68-SKHCN"} 1.0
    """
    help_text = "Whether the latest probe message of a mail domain arrived."
    return _family("baophu_mail_round_trip_up", help_text, readings, Check.ROUND_TRIP, lambda r: float(r.ok))


def service_up(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """1 where the service answered as it should over HTTPS, else 0.

    baophu_service_up{asset="cong-skhcn",unit="68-SKHCN"} 1.0
    """
    help_text = "Whether a web service of the plan answered over HTTPS."
    return _family("baophu_service_up", help_text, readings, Check.HTTPS, lambda r: float(r.ok))


def service_response(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """How long it took to answer; no series where it didn't.

    baophu_service_response_seconds{asset="cong-skhcn",unit="68-SKHCN"} 0.012
    """
    help_text = "How long a web service of the plan took to answer."
    return _family(
        "baophu_service_response_seconds", help_text, readings, Check.HTTPS, lambda r: _number(r.value, 1, of=2)
    )


def link_use(readings: Iterable[Reading]) -> GaugeMetricFamily:
    """The 95th percentile of a link over seven days, in parts of its planned bandwidth; 0.9 is what it may be.

    baophu_link_use_p95_ratio{link="68-22945-LK-001",unit="68-22945",direction="from_unit"} 0.42
    """
    help_text = "95th percentile of a link's five-minute samples of seven days, in parts of its planned bandwidth."
    family = GaugeMetricFamily("baophu_link_use_p95_ratio", help_text, labels=("link", "unit", "direction"))
    for reading in readings:
        if reading.check is Check.CAPACITY:
            for direction, part in percentiles_in(reading.value).items():
                family.add_metric((reading.asset, reading.unit, direction), part)
    return family


def _family(
    name: str, help_text: str, readings: Iterable[Reading], check: Check, value: Callable[[Reading], float | None]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=LABELS)
    for reading in readings:
        found = value(reading) if reading.check is check else None
        if found is not None:
            family.add_metric((reading.asset, reading.unit), found)
    return family


def _epoch(value: str | None) -> float | None:
    """Unix time of an ISO 8601 instant with its offset; None: nothing was read."""
    try:
        instant = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant.timestamp()


def _number(value: str | None, place: int, *, of: int) -> float | None:
    """The number at `place` of a value of `of` words; None: nothing was read."""
    words = (value or "").split()
    try:
        return float(words[place]) if len(words) == of else None
    except ValueError:
        return None
