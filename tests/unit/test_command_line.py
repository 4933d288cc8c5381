"""The command line as its users meet it: answers, errors, exit codes, both languages."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from baophu.main import run
from ledger.store import open_store

FIGURE_KEYS = [
    *("indicator", "unit", "level", "population", "step", "evidence", "value", "value_unit", "qualifier"),
    *("numerator", "denominator", "due_denominator", "ratio", "target", "target_met", "due", "legal_basis", "gap"),
    *("to_target", "reasons", "state", "as_of"),
]
ROW_KEYS = [
    *("asset", "kind", "unit", "site", "indicator", "verdict", "since", "last_seen", "seen_at_unit", "detail"),
    "availability",
]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "BAOPHU_PLAN"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "ledger.db"
    monkeypatch.setenv("BAOPHU_STORE", str(path))
    open_store(f"sqlite:///{path}").close()
    return path


def test_coverage_as_json_has_the_documented_keys(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--indicator", "HT06", "--unit", "68", "--json"]) == 0
    (figure,) = json.loads(capfd.readouterr().out)
    assert list(figure) == FIGURE_KEYS
    assert (figure["numerator"], figure["denominator"], figure["gap"], figure["ratio"]) == (0, 8, 8, 0.0)
    assert sum(figure["reasons"].values()) == figure["gap"]
    assert (figure["target"], figure["due"], figure["to_target"]) == (1.0, "2027-06-30", 8)


def test_gaps_as_json_have_the_documented_keys(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["gaps", "--unit", "68-23272", "--indicator", "HT06", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert [list(row) for row in rows] == [ROW_KEYS, ROW_KEYS]
    assert {row["asset"]: row["verdict"] for row in rows} == {
        "68-23272-PC-001": "not_provisioned",
        "68-23272-PC-002": "planned_later",
    }


def test_another_time_gives_other_verdicts(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["gaps", "--unit", "68-23272", "--indicator", "HT06", "--at", "2027-03-31T00:00", "--json"]) == 0
    assert {row["verdict"] for row in json.loads(capfd.readouterr().out)} == {"not_provisioned"}
    assert run(["gaps", "--unit", "68-23272", "--indicator", "HT06", "--at", "2027-03-30T23:59", "--json"]) == 0
    assert {row["verdict"] for row in json.loads(capfd.readouterr().out)} == {"not_provisioned", "planned_later"}


def test_nothing_owed_is_no_data(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--indicator", "AV01", "--unit", "68", "--json"]) == 0
    (figure,) = json.loads(capfd.readouterr().out)
    assert (figure["ratio"], figure["state"], figure["denominator"]) == (None, "no_data", 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [([], ("Phường Phan Thiết", "chưa triển khai 2", "90\N{NO-BREAK SPACE}%", "31/12/2026", "chưa có số liệu")),
     (["--lang", "en"], ("Phan Thiet ward", "not provisioned 2", "90%", "2026-12-31", "no data"))],
)  # fmt: skip
def test_tables_speak_the_readers_language(
    options: list[str], words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*options, "coverage", "--unit", "68-22945"]) == 0
    shown = capfd.readouterr().out
    assert [word for word in words if word not in shown] == []


def test_help_is_vietnamese_and_english(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "Lập kế hoạch" in capfd.readouterr().out
    assert run(["--lang", "en", "--help"]) == 0
    assert "Plan, provision and prove" in capfd.readouterr().out


def test_a_bad_plan_is_refused_with_every_problem(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan"
    shutil.copytree("inventory/lab", plan)
    devices = plan / "devices.csv"
    text = devices.read_text(encoding="utf-8").replace("10.68.0.12", "10.68.0.999").replace("10.68.0.13", "10.68.0.11")
    devices.write_text(text, encoding="utf-8")
    assert run(["plan", "check", "--plan", str(plan)]) == 1
    shown = capfd.readouterr().err
    assert "devices.csv: dòng 6, cột address: '10.68.0.999'" in shown
    assert "devices.csv: dòng 8, cột address: '10.68.0.11' đã có ở devices.csv row 4" in shown
    assert len(shown.splitlines()) == 2


def test_the_plan_is_shown_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "show", "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    counts = {name: len(rows) for name, rows in shown.items() if isinstance(rows, list)}
    assert counts == {
        "units": 5, "sites": 5, "vlans": 6, "devices": 15, "links": 14, "workstations": 9, "targets": 18,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["coverage", "--unit", "68-2294"], "--unit: '68-2294' is not known; nearest: 68-22945"),
        (["gaps", "--indicator", "HT6"], "--indicator: 'HT6' is not known; nearest: HT06"),
        (
            ["coverage", "--at", "yesterday"],
            "--at: 'yesterday' is not a time from 2000 to 2100; write it as 2026-12-31T09:30",
        ),
        (["coverage", "--at", "9999-12-31T23:59:59-12:00"], "is not a time from 2000 to 2100"),
        (["coverage", "--indicator", "ht6"], "nearest: HT06"),
        (["coverage", "--store", "/nowhere/x/ledger.db"], "the folder '/nowhere/x' does not exist"),
        (["coverage", "--store", ""], "--store: the value is empty"),
        (["gaps", "--plan", ""], "--plan: the value is empty"),
        (["gaps", "--plan", "README.md"], "plan: 'README.md' is a file; give the folder"),
        (["plan", "check", "--plan", "nowhere"], "the folder 'nowhere' does not exist"),
        (["collect", "--once"], "no credentials; give --credentials FILE or BAOPHU_CREDENTIALS"),
        (["serve", "--host", "0.0.0.0"], "is not a loopback address"),  # noqa: S104 - it is refused
    ],
)
def test_a_wrong_call_says_what_and_the_remedy(
    arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", *arguments]) == 1
    shown = capfd.readouterr().err
    assert words in shown
    assert "Traceback" not in shown
    assert run(arguments) == 1
    assert words not in capfd.readouterr().err, "Vietnamese without being asked"


@pytest.mark.parametrize("command", ["coverage", "gaps", "serve"])
def test_who_only_reads_makes_no_ledger(command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mistyped = tmp_path / "legder.db"
    assert run(["--lang", "en", command, "--store", str(mistyped)]) == 1
    assert f"store: '{mistyped}' does not exist" in capfd.readouterr().err
    assert not mistyped.exists()


@pytest.mark.parametrize(
    ("arguments", "english", "vietnamese"),
    [
        (["coverage", "--unti", "68"], "no such option: --unti; nearest: --at, --unit", "không có tùy chọn: --unti"),
        (["covrage"], "no such command: covrage; nearest: 'coverage'", "không có lệnh: covrage"),
        (["coverage", "--unit"], "the option '--unit' needs a value", "tùy chọn '--unit' cần"),
        (["lab", "cut"], "the argument 'link' is missing", "thiếu tham số 'link'"),
        (["coverage", "68"], "not expected: 68", "thừa tham số: 68"),
        (["coverage", "--level", "xa"], "'--level': 'xa' is not one of 'province'", "'--level': 'xa' không nằm trong"),
        (["serve", "--port", "70000"], "'--port': wrong value", "'--port': giá trị sai"),
    ],
)
def test_a_wrong_call_speaks_the_readers_language(
    arguments: list[str], english: str, vietnamese: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", *arguments]) == 2
    assert english in capfd.readouterr().err
    assert run(arguments) == 2
    assert vietnamese in capfd.readouterr().err


def test_an_answer_that_cannot_be_written_is_said() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "baophu", "--lang", "en", "plan", "show", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: the answer could not be written: no space is left where it goes\n",
    )


def test_without_a_command_help_is_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    shown = capfd.readouterr()
    assert "Lập kế hoạch" in shown.out + shown.err


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BAOPHU_INTERVAL_SECONDS", "soon")
    monkeypatch.setenv("BAOPHU_MAX_AGE__FDBB", "20")
    monkeypatch.setenv("BAOPHU_MAX_AGE__ARP", "-1")
    assert run(["coverage"]) == 1
    shown = capfd.readouterr().err
    assert "BAOPHU_INTERVAL_SECONDS" in shown
    assert "BAOPHU_MAX_AGE__FDBB:" in shown
    assert "BAOPHU_MAX_AGE__ARP:" in shown
