"""How far the plan is covered: counts and targets by unit. Ratios are left to the query: sum before dividing."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from prometheus_client.core import GaugeMetricFamily

from exporter.own import OUTAGE_REASONS, ROLLOUT_REASONS, OwnCount
from ledger.figure import Figure
from ledger.language import LOCAL_ZONE


def assets_planned(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """The denominator: assets that the plan wants, exempt ones aside.

    baophu_assets_planned{indicator="HT06",unit="68-22945",level="commune"} 2.0
    """
    help_text = "Assets that the plan wants under a rollout indicator, without exempt ones."
    family = GaugeMetricFamily("baophu_assets_planned", help_text, labels=("indicator", "unit", "level"))
    for count in _rollout(counts):
        family.add_metric((count.indicator, count.unit, count.level), count.denominator)
    return family


def assets_covered(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """The numerator: of these, the assets proven in their place within the check's max age.

    baophu_assets_covered{indicator="HT06",unit="68-22945",level="commune"} 1.0
    """
    help_text = "Planned assets proven in their place within the check's max age."
    family = GaugeMetricFamily("baophu_assets_covered", help_text, labels=("indicator", "unit", "level"))
    for count in _rollout(counts):
        family.add_metric((count.indicator, count.unit, count.level), count.numerator)
    return family


def gap_assets(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """The gap by reason: every reason of the verdict table, 0 included; together they are planned − covered.

    baophu_gap_assets{indicator="HT06",unit="68-22945",reason="stale"} 1.0
    """
    help_text = "Planned assets that aren't covered, by their one reason."
    family = GaugeMetricFamily("baophu_gap_assets", help_text, labels=("indicator", "unit", "reason"))
    for count in _rollout(counts):
        for reason in ROLLOUT_REASONS:
            family.add_metric((count.indicator, count.unit, reason), count.reasons.get(reason, 0))
    return family


def assets_in_service(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """The denominator of an availability indicator: assets once proven in their place and not retired.

    baophu_assets_in_service{indicator="AV02",unit="68-22945",level="commune"} 2.0
    """
    help_text = "Assets in service under an availability indicator."
    family = GaugeMetricFamily("baophu_assets_in_service", help_text, labels=("indicator", "unit", "level"))
    for count in _availability(counts):
        family.add_metric((count.indicator, count.unit, count.level), count.denominator)
    return family


def assets_answering(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """The numerator of an availability indicator: of these, the assets that answer now.

    baophu_assets_answering{indicator="AV02",unit="68-22945",level="commune"} 1.0
    """
    help_text = "Assets in service that answer now."
    family = GaugeMetricFamily("baophu_assets_answering", help_text, labels=("indicator", "unit", "level"))
    for count in _availability(counts):
        family.add_metric((count.indicator, count.unit, count.level), count.numerator)
    return family


def assets_not_answering(counts: Sequence[OwnCount]) -> GaugeMetricFamily:
    """What doesn't answer, by reason: every reason of the table; together they are in service − answering.

    baophu_assets_not_answering{indicator="AV02",unit="68-22945",reason="behind_outage"} 1.0
    """
    help_text = "Assets in service that don't answer now, by their one reason."
    family = GaugeMetricFamily("baophu_assets_not_answering", help_text, labels=("indicator", "unit", "reason"))
    for count in _availability(counts):
        for reason in OUTAGE_REASONS:
            family.add_metric((count.indicator, count.unit, reason), count.reasons.get(reason, 0))
    return family


def target_ratio(figures: Iterable[Figure]) -> GaugeMetricFamily:
    """What is owed, 0–1, for every unit that has a target, those with units below included: never sum it.

    baophu_target_ratio{indicator="HT06",unit="68-22945"} 0.9
    """
    help_text = "Ratio that a unit owes under an indicator, from 0 to 1."
    family = GaugeMetricFamily("baophu_target_ratio", help_text, labels=("indicator", "unit"))
    for figure in figures:
        if figure.is_main and figure.target is not None and figure.value_unit == "ratio":
            family.add_metric((figure.indicator, figure.unit), figure.target)
    return family


def target_due(figures: Iterable[Figure]) -> GaugeMetricFamily:
    """The last second, Vietnamese time, of the last day on which the target may be met.

    baophu_target_due_timestamp_seconds{indicator="HT06",unit="68-22945"} 1.798736399e+09
    """
    help_text = "Last second of the last day on which the target may be met, in Unix time."
    family = GaugeMetricFamily("baophu_target_due_timestamp_seconds", help_text, labels=("indicator", "unit"))
    for figure in figures:
        if figure.is_main and figure.due is not None:
            last_second = datetime.combine(figure.due, time(23, 59, 59), LOCAL_ZONE)
            family.add_metric((figure.indicator, figure.unit), last_second.timestamp())
    return family


def _rollout(counts: Sequence[OwnCount]) -> list[OwnCount]:
    return [count for count in counts if not count.is_availability]


def _availability(counts: Sequence[OwnCount]) -> list[OwnCount]:
    return [count for count in counts if count.is_availability]
