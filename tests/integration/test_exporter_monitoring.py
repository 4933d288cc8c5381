"""Every query of dashboard and rules on a real Prometheus that scrapes a province with one uplink cut; and the mail."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from certificates import Authority
from postbox import free_address, postbox, text_of
from watched import beat, build, cut, restore
from watchtower import PACE, RELAY, Tower, serving, tower, until, watching

from baophu.monitoring import Watch, write_prometheus
from ledger.plan import Plan
from ledger.store import open_store

INVENTORY = Path("inventory/lab")
BOARD: dict[str, Any] = json.loads(Path("exporter/dashboards/province.json").read_text(encoding="utf-8"))
RULES = [
    rule
    for path in sorted(Path("exporter/rules").glob("*.yml"))
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
QUERIES = [
    pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for panel in BOARD["panels"]
    for target in panel.get("targets", ())
]
UNIT, UPLINK = "68-22945", "68-22945-LK-001"
SERIES = re.compile(r"(?<![\w:])(?:[a-z_]+:baophu_\w+:\w+|baophu_\w+)")


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory, lab_plan: Plan) -> Iterator[Tower]:
    """A province that answered until an uplink was cut ten minutes ago, and everything that watches it."""
    folder = tmp_path_factory.mktemp("watch")
    now = datetime.now(UTC)
    with open_store(f"sqlite:///{folder / 'ledger.db'}") as store:
        build(store, lab_plan, now - timedelta(minutes=20))
        beat(store, now)
        cut(store, lab_plan, lab_plan.links[UPLINK], now - timedelta(minutes=10))
    with tower(folder, INVENTORY, folder / "ledger.db") as built:
        built.some("baophu_exporter_scrape_success == 1")
        yield built


def chosen_units(watch: Tower) -> dict[str, str]:
    """Grafana's variable `unit`: names by id, as `query_result` with the variable's pattern gives them."""
    variable = next(v for v in BOARD["templating"]["list"] if v["name"] == "unit")
    query = re.fullmatch(r"query_result\((.+)\)", variable["query"]["query"])
    assert query is not None
    pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
    found = {}
    for sample in watch.some(query[1]):
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample["metric"].items()) if name != "__name__")
        match = pattern.search(f"{sample['metric']['__name__']}{{{labels}}} 1 0")
        assert match is not None
        found[match["value"]] = match["text"]
    return found


def await_series(watch: Tower, texts: Iterable[str]) -> None:
    """Every series that the texts name is there: what a rule records is, one evaluation after what it reads."""
    used = {name for text in texts for name in SERIES.findall(text)}
    until(lambda: used <= set(watch.ask("label/__name__/values")), f"one of {sorted(used)}")


def test_the_rules_are_loaded_and_none_fails(watch: Tower) -> None:
    watch.some("root:baophu_outage_units:sum")

    def evaluated() -> list[dict[str, Any]]:
        rules = [rule for group in watch.ask("rules")["groups"] for rule in group["rules"]]
        return rules if all(rule["health"] != "unknown" for rule in rules) else []

    loaded = until(evaluated, "the first evaluation")
    assert sorted(rule["name"] for rule in loaded) == sorted(rule.get("alert") or rule["record"] for rule in RULES)
    assert [(rule["name"], rule.get("lastError")) for rule in loaded if rule["health"] != "ok"] == []


def test_the_units_can_be_chosen_by_name(watch: Tower, lab_plan: Plan) -> None:
    assert chosen_units(watch) == {unit.id: unit.name_vi for unit in lab_plan.units.values()}


@pytest.mark.parametrize("expression", QUERIES)
def test_no_panel_is_empty(expression: str, watch: Tower, lab_plan: Plan) -> None:
    for choice in (".+", f"({'|'.join(lab_plan.units)})"):
        assert watch.some(expression.replace("$unit", choice))
    await_series(watch, [expression])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.get("alert") or rule["record"]))
def test_a_rule_asks_for_what_there_is(rule: dict[str, Any], watch: Tower) -> None:
    if "record" in rule:
        assert watch.some(rule["record"])
    assert isinstance(watch.query(rule["expr"]), list)
    await_series(watch, (rule["expr"], *rule.get("annotations", {}).values()))


def test_a_cut_uplink_is_one_alert_and_one_mail(watch: Tower, lab_plan: Plan) -> None:
    (mail,) = watch.box.wait_for(1)
    firing = watch.firing()
    assert [(labels["alertname"], labels["root"]) for labels in firing] == [("UnitOffNetwork", UPLINK)]
    assert [word for word in ("[Bao Phủ]", "Phường Phan Thiết", UPLINK) if word not in str(mail["Subject"])] == []
    text = text_of(mail, "plain")
    (started,) = watch.query(f'baophu_outage_start_timestamp_seconds{{root="{UPLINK}"}}')
    local = datetime.fromtimestamp(float(started["value"][1]), UTC) + timedelta(hours=7)
    others = sum(link.unit == UNIT for link in lab_plan.links.values()) - 1
    behind = ("1 bộ chuyển mạch", "1 bộ định tuyến", f"{others} kênh truyền", "1 máy chủ")
    assert [word for word in (f"{local:%d/%m/%Y %H:%M}", "unitoffnetwork", *behind) if word not in text] == []
    assert "error" not in text
    assert "<no value>" not in text
    assert len(watch.box.mails) == 1


def test_annotations_have_no_error_in_them(watch: Tower) -> None:
    watch.some('ALERTS{alertname="UnitOffNetwork"}')
    texts = [text for alert in watch.ask("alerts")["alerts"] for text in alert["annotations"].values()]
    assert texts
    assert [text for text in texts if "error expanding" in text or "<no value>" in text or not text.strip()] == []


def test_prometheus_counts_as_the_api_does_and_a_restart_loses_nothing_of_ours(tmp_path: Path, lab_plan: Plan) -> None:
    """A week-long outage of Prometheus is the same: what it shows is the ledger's, and so are since when and why."""
    now = datetime.now(UTC)
    uplink = lab_plan.links[UPLINK]
    store_file = tmp_path / "ledger.db"
    authority = Authority(tmp_path)
    with open_store(f"sqlite:///{store_file}") as store:
        build(store, lab_plan, now - timedelta(minutes=20))
        beat(store, now)
        cut(store, lab_plan, uplink, now - timedelta(minutes=10))
        with postbox(authority.server(RELAY)) as box, serving(INVENTORY, store_file) as service:
            asked = f"{service}/api/v1/coverage?unit=68"
            with watching(tmp_path, service, box, authority.file) as first:
                before = figures(first)
                (since,) = first.some("baophu_outage_start_timestamp_seconds")
                items = httpx.get(asked).json()["items"]
                box.wait_for(1)
            with watching(tmp_path, service, box, authority.file) as second:
                assert figures(second) == before
                (again,) = second.some("baophu_outage_start_timestamp_seconds")
                assert again["value"][1] == since["value"][1]
                assert before == {
                    item["indicator"]: (item["numerator"], item["denominator"])
                    for item in items
                    if item["denominator"] and not item["indicator"].startswith("AV")
                }
                until(second.firing, "the alert after the restart")
                restore(store, lab_plan, uplink, datetime.now(UTC))
                ended = until(lambda: [m for m in box.mails if "Đã khắc phục" in str(m["Subject"])], "the end")
                assert UPLINK in str(ended[0]["Subject"])
                assert second.firing() == []


def figures(watch: Tower) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by indicator."""
    good = {s["metric"]["indicator"]: s for s in watch.some("sum by (indicator) (baophu_assets_covered)")}
    all_ = {s["metric"]["indicator"]: s for s in watch.some("indicator:baophu_assets_planned:sum")}
    return {
        key: (int(good[key]["value"][1]), int(all_[key]["value"][1])) for key in good if all_[key]["value"][1] != "0"
    }


def test_a_server_that_is_gone_is_the_one_alert(tmp_path: Path, lab_plan: Plan) -> None:
    now = datetime.now(UTC)
    store_file = tmp_path / "ledger.db"
    authority = Authority(tmp_path)
    with open_store(f"sqlite:///{store_file}") as store:
        build(store, lab_plan, now)
    with postbox(authority.server(RELAY)) as box, serving(INVENTORY, store_file) as service:
        pass
    with postbox(authority.server(RELAY)) as box, watching(tmp_path, service, box, authority.file) as watch:
        (mail,) = box.wait_for(1)
        assert "exportersilent" in text_of(mail, "plain")
        assert [labels["alertname"] for labels in watch.firing()] == ["ExporterSilent"]


def test_a_silent_collector_is_the_one_alert_whatever_was_down(tmp_path: Path, lab_plan: Plan) -> None:
    now = datetime.now(UTC)
    store_file = tmp_path / "ledger.db"
    with open_store(f"sqlite:///{store_file}") as store:
        build(store, lab_plan, now - timedelta(hours=2))
        cut(store, lab_plan, lab_plan.links[UPLINK], now - timedelta(hours=1, minutes=5))
        beat(store, now, silent=("snmp",))
    with tower(tmp_path, INVENTORY, store_file) as watch:
        (mail,) = watch.box.wait_for(1)
        assert "snmp" in str(mail["Subject"])
        assert {labels["alertname"] for labels in watch.firing()} == {"CollectorSilent"}


def test_promtool_has_nothing_to_say_of_the_configuration(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t")
    for file, samples in ((None, None), (token, "http://127.0.0.1:8474")):
        watch = Watch(url="http://127.0.0.1:8470", token_file=file, samples=samples, listener=samples)
        path = write_prometheus(tmp_path, PACE, watch, free_address())
        checked = subprocess.run(["promtool", "check", "config", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert f"{len(RULES)} rules" in checked.stdout or checked.stdout.count("rules found") == 2
