"""What was last read of certificates, queues, services and round trips, as series; what can't be read has none."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client.core import Metric

from exporter import readings
from ledger.figure import Reading
from ledger.observation import Check
from ledger.plan import AssetKind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Family = Callable[[list[Reading]], Metric]


def read(check: Check, value: str | None, *, ok: bool = True) -> Reading:
    return Reading(asset="x", unit="68", kind=AssetKind.SERVICE, check=check, value=value, ok=ok, at=NOON)


def values(family: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


@pytest.mark.parametrize(
    ("family", "reading", "value"),
    [
        (readings.certificate_expiry, read(Check.TLS, "2026-11-22T12:00:00Z"), NOON.timestamp()),
        (readings.certificate_expiry, read(Check.TLS, "2026-11-22T12:00:00+00:00", ok=False), NOON.timestamp()),
        (readings.queue_messages, read(Check.MAIL_QUEUE, "7 1234"), 7),
        (readings.queue_oldest, read(Check.MAIL_QUEUE, "7 1234"), 1234),
        (readings.queue_oldest, read(Check.MAIL_QUEUE, "0 0"), 0),
        (readings.round_trip_up, read(Check.ROUND_TRIP, None), 1),
        (readings.round_trip_up, read(Check.ROUND_TRIP, "1.2", ok=False), 0),
        (readings.service_up, read(Check.HTTPS, "200 0.012"), 1),
        (readings.service_up, read(Check.HTTPS, None, ok=False), 0),
        (readings.service_response, read(Check.HTTPS, "200 0.012"), 0.012),
        (readings.service_response, read(Check.HTTPS, "503 1.5", ok=False), 1.5),
    ],
)
def test_a_reading_is_one_series(family: Family, reading: Reading, value: float) -> None:
    assert values(family([reading])) == {("x", "68"): value}


@pytest.mark.parametrize(
    ("family", "reading"),
    [
        (readings.certificate_expiry, read(Check.TLS, None, ok=False)),
        (readings.certificate_expiry, read(Check.TLS, "soon")),
        (readings.certificate_expiry, read(Check.TLS, "2026-11-22T12:00:00")),
        (readings.queue_messages, read(Check.MAIL_QUEUE, None, ok=False)),
        (readings.queue_oldest, read(Check.MAIL_QUEUE, "7")),
        (readings.queue_oldest, read(Check.MAIL_QUEUE, "7 x")),
        (readings.service_response, read(Check.HTTPS, None, ok=False)),
        (readings.service_up, read(Check.TLS, "2026-11-22T12:00:00Z")),
        (readings.round_trip_up, read(Check.HTTPS, "200 0.012")),
    ],
)
def test_what_wasnt_read_has_no_series(family: Family, reading: Reading) -> None:
    assert values(family([reading])) == {}


def test_a_links_percentiles_are_two_series_and_too_few_samples_none() -> None:
    full = read(Check.CAPACITY, "from_unit 0.41 to_unit 1.02", ok=False)
    assert values(readings.link_use([full])) == {("x", "68", "from_unit"): 0.41, ("x", "68", "to_unit"): 1.02}
    for other in (read(Check.CAPACITY, "3/7", ok=False), read(Check.CAPACITY, None), read(Check.HTTPS, "200 0.012")):
        assert values(readings.link_use([other])) == {}
