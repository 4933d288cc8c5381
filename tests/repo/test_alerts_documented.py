"""Every alert says what it means and what to do, and is proven to fire and to stay silent; every metric used exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

RULES = sorted(Path("exporter/rules").glob("*.yml"))
CASES = sorted(Path("tests/rules").glob("*_test.yml"))
RUNBOOKS = Path("docs/runbooks.md").read_text(encoding="utf-8")
SEVERITIES = {"critical", "warning"}


def rules() -> list[dict[str, Any]]:
    loaded = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in RULES]
    return [rule for file in loaded for group in file["groups"] for rule in group["rules"]]


def cases() -> list[dict[str, Any]]:
    return [case for path in CASES for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDS = {rule["record"]: rule for rule in rules() if "record" in rule}


def firing_in(case: dict[str, Any]) -> set[str]:
    """The alerts that a case expects to fire at one of its instants."""
    labels = [sample["labels"] for query in case["promql_expr_test"] for sample in query["exp_samples"]]
    return {name for label in labels for name in re.findall(r'alertname="(\w+)"', label)}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_what_it_means_and_where_to_read_on(alert: str) -> None:
    rule = ALERTS[alert]
    assert re.fullmatch(r"([A-Z][a-z]+)+", alert)
    assert rule["for"]
    assert rule["labels"]["severity"] in SEVERITIES
    assert all(rule["annotations"][name].strip() for name in ("summary", "summary_en", "description"))
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{alert.lower()}"


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    assert re.findall(r"^## (\w+)$", RUNBOOKS, flags=re.MULTILINE) == list(ALERTS)
    sections = re.split(r"^## \w+$", RUNBOOKS, flags=re.MULTILINE)[1:]
    parts = ("**Nghĩa là.**", "**Kiểm tra.**", "**Gọi.**")
    assert [part for section in sections for part in parts if section.count(part) != 1] == []


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_is_proven_to_fire_and_to_stay_silent(alert: str) -> None:
    fires = [case for case in cases() if f"{alert} fires" in case["name"]]
    silent = [case for case in cases() if f"{alert} is silent" in case["name"]]
    assert fires
    assert silent
    assert all(alert in firing_in(case) for case in fires)
    assert not any(alert in firing_in(case) for case in silent)


def test_recorded_names_are_level_metric_operations() -> None:
    assert [name for name in RECORDS if not re.fullmatch(r"[a-z_]+:baophu_[a-z0-9_]+:[a-z0-9_]+", name)] == []


def test_every_recorded_series_is_used() -> None:
    text = "".join(str(rule) for rule in rules()) + "".join(
        path.read_text(encoding="utf-8") for path in Path("exporter/dashboards").glob("*.json")
    )
    assert [name for name in RECORDS if text.count(name) < 2] == []


def test_every_metric_of_a_rule_is_documented_or_recorded() -> None:
    documented = set(
        re.findall(r"^\| `(baophu_\w+)`", Path("docs/metrics.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    used = set()
    for rule in rules():
        for text in (rule["expr"], *rule.get("annotations", {}).values()):
            used |= set(re.findall(r"(?<![\w:])[a-z_]+:baophu_\w+:\w+|(?<![\w:])baophu_\w+", text))
    assert used - documented - RECORDS.keys() == set()
