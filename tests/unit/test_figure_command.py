"""`baophu figure` and the days of `baophu coverage`: kept, told as known then, on another map, published, checked."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from baophu.main import run
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.store import open_store

SEEN, NOW = datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC)
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "plan"
    shutil.copytree("inventory/lab", folder)
    path = tmp_path / "ledger.db"
    with open_store(f"sqlite:///{path}") as store:
        seen = [
            Observation(asset="68-SKHCN-PC-001", check=check, ok=True, at=SEEN, source="sw")
            for check in (Check.FDB, Check.TSLCD_VLAN)
        ]
        store.record(seen, max_ages=MaxAges.default())
    monkeypatch.setenv("BAOPHU_STORE", str(path))
    monkeypatch.setenv("BAOPHU_PLAN", str(folder))
    for module in ("baophu.commands.figure", "baophu.commands.coverage"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: NOW)
    return folder


def answer(capfd: Output, *words: str) -> Any:
    assert run([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def pcs(figures: list[dict[str, Any]], unit: str = "68") -> tuple[int, int]:
    (found,) = (f for f in figures if (f["indicator"], f["unit"]) == ("HT06", unit))
    return found["numerator"], found["denominator"]


def test_days_are_kept_and_told_as_they_were_known(plan: Path, capfd: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answer(capfd, "figure", "keep", "--from", "2026-10-29", "--to", "2026-10-31")
    assert (made["number"], made["first"], made["last"]) == (1, "2026-10-29", "2026-10-31")
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-29")) == (0, 8)
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31")) == (1, 8)
    register = plan / "workstations.csv"
    register.write_text(
        "".join(line for line in register.read_text().splitlines(keepends=True) if "68-22924-PC-002" not in line)
    )
    monkeypatch.setattr("baophu.commands.figure.utc_now", lambda: NOW.replace(day=23))
    answer(capfd, "figure", "keep", "--from", "2026-10-31", "--to", "2026-10-31")
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31")) == (1, 7)
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31", "--known-at", "2026-11-22T23:00")) == (1, 8)
    assert [each["number"] for each in answer(capfd, "figure", "kept")] == [1, 2]


def test_what_is_due_is_kept_by_itself_and_once(capfd: Output) -> None:
    assert answer(capfd, "figure", "keep")["last"] == "2026-11-21"
    assert answer(capfd, "figure", "keep") is None
    assert run(["figure", "keep"]) == 0
    assert "đã được lưu" in capfd.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["figure", "keep", "--to", "2026-11-22"],
        ["figure", "keep", "--from", "2026-11-21", "--to", "2026-11-20"],
        ["figure", "keep", "--from", "21/11/2026"],
        ["figure", "publish", "2026-11"],
        ["figure", "publish", "tháng 10"],
        ["figure", "verify", "7"],
        ["coverage", "--as-of", "2026-10-31", "--known-at", "2026-11-22T23:00"],
        ["coverage", "--as-of", "2026-10-31", "--at", "2026-11-22T23:00"],
        ["coverage", "--as-of", "hôm qua"],
    ],
)
def test_a_wrong_call_is_refused(words: list[str], capfd: Output) -> None:
    assert run(words) == 2
    assert capfd.readouterr().err


def test_a_period_is_published_and_checked(capfd: Output) -> None:
    first = answer(capfd, "figure", "publish", "2026-10", "--by", "lan")
    second = answer(capfd, "figure", "publish", "2026-10", "--administrative")
    assert [(p["number"], p["period"]) for p in answer(capfd, "figure", "list")] == [(1, "2026-10"), (2, "2026-10")]
    checks = answer(capfd, "figure", "verify")
    assert [(check["sound"], check["lines"]) for check in checks] == [(True, first["lines"]), (True, second["lines"])]
    assert run(["figure", "verify", "1", "--digest", first["digest"]]) == 0
    assert run(["figure", "verify", "1", "--digest", second["digest"]]) == 2


def test_a_change_ends_in_exit_code_1_and_names_the_row(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    with open_store(f"sqlite:///{tmp_path}/ledger.db") as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE publication SET period = '2026-09'")
    assert run(["--lang", "en", "figure", "verify"]) == 1
    assert "line 1 (header): the list of publications says something else of it" in capfd.readouterr().out


def test_another_map_conserves_the_total(capfd: Output) -> None:
    answer(capfd, "figure", "keep", "--from", "2026-10-31", "--to", "2026-10-31")
    before = answer(capfd, "coverage", "--as-of", "2026-10-31", "--map", "2026-10-31")
    after = answer(capfd, "coverage", "--as-of", "2026-10-31", "--map", "2025-06-30")
    assert pcs(before) == (1, 8)
    tops = {f["unit"] for f in after} & {"60", "67", "68"}
    assert tops == {"60", "67", "68"}
    assert sum(pcs(after, unit)[1] for unit in tops) == 8


def test_a_history_has_the_days_of_change(capfd: Output) -> None:
    answer(capfd, "figure", "keep", "--from", "2026-10-28", "--to", "2026-10-31")
    points = answer(capfd, "figure", "history", "68", "HT06")
    assert [(p["day"], p["numerator"], p["denominator"]) for p in points] == [
        ("2026-10-28", 0, 8),
        ("2026-10-30", 1, 8),
    ]
    former = answer(capfd, "figure", "history", "60", "HT06", "--map", "2025-06-30", "--from", "2026-10-30")
    assert [(p["day"], p["evidence"]) for p in former] == [("2026-10-30", "measured")]
    assert run(["figure", "history", "60", "HT06"]) == 0
    assert run(["figure", "history", "99", "HT06"]) == 2
    assert run(["figure", "history", "68", "HT99"]) == 2
