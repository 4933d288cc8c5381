"""The command line as its users meet it: answers, errors, exit codes, both languages."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup

from baophu.commands import build_app
from baophu.commands.examples import EXAMPLES
from baophu.main import run
from baophu.usage import translated_command
from ledger.language import Language, Text
from ledger.store import open_store

FIGURE_KEYS = [
    *("indicator", "unit", "level", "population", "step", "evidence", "value", "value_unit", "qualifier"),
    *("numerator", "denominator", "due_denominator", "ratio", "target", "target_met", "due", "legal_basis", "gap"),
    *("to_target", "reasons", "state", "as_of", "scope", "field", "mark", "difference", "detail", "declared_on"),
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


def test_the_version_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capfd.readouterr().out == f"baophu {version('baophu')}\n"


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))
    elif isinstance(command, TyperCommand):
        yield path, command


def test_every_commands_help_shows_an_example_that_is_understood() -> None:
    told = {}
    for path, command in commands(translated_command(build_app(), Text(Language.EN))):
        shown = f"{command.help} {command.epilog}"
        _, _, example = shown.partition(f"Example: baophu {' '.join(path)}")
        if example:
            told[path] = command.make_context(path[-1], shlex.split(example.removesuffix("None")))
        assert path in told, f"{' '.join(path)} --help shows no example; see baophu/commands/examples.py"
    assert {" ".join(path) for path in told} >= set(EXAMPLES)


def test_help_says_what_the_command_does(capfd: pytest.CaptureFixture[str]) -> None:
    for command, words in {
        "collect": ["mail", "web", "Example: baophu collect --plan"],
        "serve": ["page"],
        "provision": sorted(path.stem for path in Path("playbooks").glob("*.yml")),
    }.items():
        assert run(["--lang", "en", command, "--help"]) == 0
        shown = capfd.readouterr().out
        assert [word for word in words if word not in shown] == [], command


def test_a_bad_plan_is_refused_with_every_problem(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan"
    shutil.copytree("inventory/lab", plan)
    devices = plan / "devices.csv"
    text = devices.read_text(encoding="utf-8").replace("10.68.0.12", "10.68.0.999").replace("10.68.0.13", "10.68.0.11")
    devices.write_text(text, encoding="utf-8")
    assert run(["plan", "check", "--plan", str(plan)]) == 1
    shown = capfd.readouterr().err
    assert "devices.csv: dòng 6, cột address: '10.68.0.999'" in shown
    assert "devices.csv: dòng 8, cột address: '10.68.0.11' đã có ở devices.csv dòng 4" in shown
    assert len(shown.splitlines()) == 2


def test_the_plan_is_shown_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "show", "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    counts = {name: len(rows) for name, rows in shown.items() if isinstance(rows, list)}
    assert counts == {
        "units": 5, "sites": 5, "vlans": 6, "devices": 15, "links": 14, "workstations": 9,
        "domains": 3, "mailboxes": 7, "services": 5, "targets": 21,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--lang", "en"], "14 links, 9 PCs, 3 mail domains, 7 mailboxes, 5 services"),
     ([], "14 kênh truyền, 9 máy trạm, 3 tên miền thư, 7 hộp thư, 5 dịch vụ")],
)  # fmt: skip
def test_a_sound_plan_is_summed_up(options: list[str], words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*options, "plan", "check"]) == 0
    assert words in capfd.readouterr().out


def test_a_target_for_no_indicator_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan"
    shutil.copytree("inventory/lab", plan)
    targets = plan / "targets.yml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("HT13", "HT99"), encoding="utf-8")
    assert run(["--lang", "en", "plan", "check", "--plan", str(plan)]) == 1
    assert "'HT99' is no indicator; nearest: HT" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["coverage", "--unit", "68-2294"], 2, "--unit: '68-2294' is not known; nearest: 68-22945"),
        (["coverage", "--unit", "zz", "--store", "/nowhere/x/ledger.db"], 2, "--unit: 'zz' is not known"),
        (["gaps", "--indicator", "HT6"], 2, "--indicator: 'HT6' is not known; nearest: HT06"),
        (
            ["coverage", "--at", "yesterday"],
            2,
            "--at: 'yesterday' is not a time from 2000 to 2100; write it as 2026-12-31T09:30",
        ),
        (["coverage", "--at", "9999-12-31T23:59:59-12:00"], 2, "is not a time from 2000 to 2100"),
        (["coverage", "--indicator", "ht6"], 2, "nearest: HT06"),
        (["coverage", "--store", "/nowhere/x/ledger.db"], 1, "the folder '/nowhere/x' does not exist"),
        (["coverage", "--store", ""], 2, "--store: the value is empty"),
        (["gaps", "--plan", ""], 2, "--plan: the value is empty"),
        (["gaps", "--plan", "README.md"], 1, "plan: 'README.md' is a file; give the folder"),
        (["plan", "check", "--plan", "nowhere"], 1, "the folder 'nowhere' does not exist"),
        (["collect", "--once"], 1, "no credentials; give --credentials FILE or BAOPHU_CREDENTIALS"),
        (["serve", "--host", "0.0.0.0"], 2, "is not a loopback address"),  # noqa: S104 - it is refused
        (["coverage", "--store", "postgresql://u:p@[::1"], 2, "is not a URL"),
        (["coverage", "--store", "mysql://u:p@h/x"], 2, "'mysql' is not supported"),
        (["provision", "wlan"], 2, "there is no playbook 'wlan'; there are: lan, mail, monitoring"),
        (["config", "show", "68-22945-RT-01"], 2, "is no router or switch of the plan; nearest: 68-22945-RT-001"),
        (["config", "show", "68-22945-RT-001", "--version", "1", "--at", "2026-01-01"], 2, "not both"),
        (["config", "show", "68-22945-RT-001"], 1, "was never read; run"),
        (["lab", "status", "--name", "No Name"], 2, "is not a lab's name"),
    ],
)
def test_a_wrong_call_says_what_and_the_remedy(
    arguments: list[str], code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", *arguments]) == code
    shown = capfd.readouterr().err
    assert words in shown
    assert "Traceback" not in shown
    assert run(arguments) == code
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
        (["coverage", "--version"], "--version goes before the command", "--version đứng trước lệnh"),
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


def test_a_language_behind_the_command_is_spoken_and_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--lang", "en"]) == 2
    assert "--lang goes before the command" in capfd.readouterr().err


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
