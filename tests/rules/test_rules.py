"""The alerts fire and stay silent as tests/rules/*_test.yml says, and those cases would notice a rule that doesn't."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

RULES = Path("exporter/rules")
CASES = sorted(Path("tests/rules").glob("*_test.yml"))
ALERTS = [
    rule["alert"]
    for group in yaml.safe_load((RULES / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_rules_are_well_formed() -> None:
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", *sorted(RULES.glob("*.yml")))
    assert checked.returncode == 0, checked.stderr + checked.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.stem))
def test_alerts_fire_and_stay_silent(case: Path) -> None:
    tested = promtool("test", "rules", case)
    assert tested.returncode == 0, tested.stderr + tested.stdout


@pytest.mark.parametrize("alert", ALERTS)
@pytest.mark.parametrize("instead", ["vector(1) > 2", "vector(1)"], ids=["never", "always"])
def test_a_rule_that_never_or_always_fires_would_be_noticed(alert: str, instead: str, tmp_path: Path) -> None:
    cases = copied_with(alert, instead, tmp_path)
    assert any(promtool("test", "rules", case).returncode for case in cases)


def copied_with(alert: str, expression: str, folder: Path) -> list[Path]:
    """The rules in `folder`, the same but for one alert's expression; gives the file that has its cases."""
    shutil.copytree(RULES, folder / "exporter/rules")
    shutil.copytree("tests/rules", folder / "tests/rules", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "exporter/rules/alerts.yml"
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            if rule["alert"] == alert:
                rule["expr"] = expression
    file.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return [
        case
        for case in (folder / "tests/rules").glob("*_test.yml")
        if f"{alert} fires" in case.read_text(encoding="utf-8")
    ]


def test_no_case_reads_a_rule_file_that_is_not_ours() -> None:
    files = {name for case in CASES for name in re.findall(r"\S+/rules/\w+\.yml", case.read_text(encoding="utf-8"))}
    assert {Path("tests/rules", name.strip("[,")).resolve() for name in files} == {
        path.resolve() for path in RULES.glob("*.yml")
    }
