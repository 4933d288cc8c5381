"""The dashboard is one that Grafana takes, in Vietnamese, and asks for nothing that nobody gives."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from catalogue import INDICATORS

from exporter.own import ROLLOUT_REASONS

BOARD: dict[str, Any] = json.loads(Path("exporter/dashboards/province.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
TARGETS = [(panel, target) for panel in PANELS for target in panel["targets"]]
EXPRESSIONS = [target["expr"] for _panel, target in TARGETS]
SERIES = re.compile(r"(?<![\w:])(?:[a-z_]+:baophu_\w+:\w+|baophu_\w+)")


def test_it_has_a_fixed_uid_and_a_schema_that_grafana_10_and_later_read() -> None:
    assert (BOARD["uid"], BOARD["schemaVersion"]) == ("baophu-province", 38)
    assert "id" not in BOARD
    assert [variable["name"] for variable in BOARD["templating"]["list"]] == ["datasource", "unit"]
    assert BOARD["timezone"] == "Asia/Ho_Chi_Minh"


def test_every_query_goes_to_the_chosen_datasource() -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    assert all(panel["datasource"] == target["datasource"] == chosen for panel, target in TARGETS)


def test_panels_have_titles_units_and_reference_ids() -> None:
    for panel in PANELS:
        assert panel["title"].strip()
        assert panel["fieldConfig"]["defaults"]["unit"]
        references = [target["refId"] for target in panel["targets"]]
        assert references == sorted(set(references))
        assert references
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    titles = [panel["title"] for panel in BOARD["panels"]]
    assert len(set(titles)) == len(titles)


def test_panels_lie_beside_one_another() -> None:
    def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        return {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}

    assert [
        (a["title"], b["title"]) for a, b in combinations(BOARD["panels"], 2) if not cells(a).isdisjoint(cells(b))
    ] == []


def test_queries_use_metrics_that_exist() -> None:
    documented = re.findall(r"^\| `(baophu_\w+)`", Path("docs/metrics.md").read_text(encoding="utf-8"), re.MULTILINE)
    rules = yaml.safe_load(Path("exporter/rules/recording.yml").read_text(encoding="utf-8"))["groups"]
    recorded = [rule["record"] for group in rules for rule in group["rules"]]
    used = {name for expression in EXPRESSIONS for name in SERIES.findall(expression)}
    assert used - {*documented, *recorded} == set()
    assert len(used) > 10


def test_no_query_asks_for_what_a_rule_records() -> None:
    rules = yaml.safe_load(Path("exporter/rules/recording.yml").read_text(encoding="utf-8"))["groups"]
    recorded = {" ".join(rule["expr"].split()) for group in rules for rule in group["rules"]}
    assert [asked for asked in EXPRESSIONS for rule in recorded if rule in " ".join(asked.split())] == []


def renamed(title: str) -> dict[str, str]:
    (panel,) = (panel for panel in PANELS if panel["title"] == title)
    return {
        override["matcher"]["options"]: override["properties"][0]["value"]
        for override in panel["fieldConfig"]["overrides"]
    }


@pytest.mark.parametrize(
    "title", ["Độ bao phủ theo chỉ tiêu", "Độ bao phủ theo thời gian", "Chỉ tiêu phải đạt của tỉnh"]
)
def test_indicators_have_their_names(title: str) -> None:
    assert renamed(title) == {i.id: f"{i.id} {i.name_vi}" for i in INDICATORS.values()}


def test_reasons_have_names() -> None:
    names = renamed("Phần còn thiếu theo nguyên nhân")
    assert names.keys() == set(ROLLOUT_REASONS)
    assert len(set(names.values())) == len(names)
