"""The rules as Prometheus is given them: as they are, or at the pace of a demo."""

from pathlib import Path
from typing import Any

import yaml

from baophu.monitoring import QUICK, Pace, write_rules

SOURCES = sorted(Path("exporter/rules").glob("*.yml"))


def alerts(folder: Path) -> dict[str, dict[str, Any]]:
    loaded = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))]
    rules = [rule for file in loaded for group in file["groups"] for rule in group["rules"]]
    return {rule.get("alert") or rule["record"]: rule for rule in rules}


def test_in_production_the_rules_are_as_they_stand(tmp_path: Path) -> None:
    write_rules(tmp_path, Pace())
    assert [path.name for path in sorted(tmp_path.iterdir())] == [path.name for path in SOURCES]
    assert alerts(tmp_path) == alerts(SOURCES[0].parent)


def test_a_quick_pace_changes_durations_and_nothing_else(tmp_path: Path) -> None:
    write_rules(tmp_path, QUICK)
    slow, quick = alerts(SOURCES[0].parent), alerts(tmp_path)
    assert {rule["for"] for rule in quick.values() if "alert" in rule} == {QUICK.hold}
    assert {rule["keep_firing_for"] for rule in quick.values() if "keep_firing_for" in rule} == {QUICK.keep}
    durations = ("for", "keep_firing_for")
    assert {name: {k: v for k, v in rule.items() if k not in durations} for name, rule in quick.items()} == {
        name: {k: v for k, v in rule.items() if k not in durations} for name, rule in slow.items()
    }
    assert {name for name, rule in quick.items() if durations[1] in rule} == {
        name for name, rule in slow.items() if durations[1] in rule
    }
