"""`baophu definitions`: what ICT staff see of definitions and recordings."""

import json
from pathlib import Path

import pytest

from baophu.main import run

SWITCH = """\
#Acme A-100
1.3.6.1.2.1.1.1.0|4|Acme A-100 [v2], Version 7.1
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67:numeric|rate=100
1.3.6.1.2.1.1.5.0|4|sw-1
"""
ACME = """\
---
definitions:
  - id: acme
    vendor: Acme
    match:
      object_id: [1.3.6.1.4.1.99999]
    model:
      - descr: '^Acme (\\S+)'
    version:
      - descr: 'Version (\\S+)'
    source: manual of the A-100
    status: documented
"""
STACK = """\
1.3.6.1.2.1.47.1.1.1.1.5.1|2|3
1.3.6.1.2.1.47.1.1.1.1.5.2|2|3
1.3.6.1.2.1.47.1.1.1.1.11.1|4|S1
1.3.6.1.2.1.47.1.1.1.1.11.2|4|S2
"""


@pytest.fixture(autouse=True)
def vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "acme.yml").write_text(ACME)
    return folder


@pytest.fixture
def switch(tmp_path: Path) -> Path:
    path = tmp_path / "[switch].snmprec"
    path.write_text(SWITCH)
    return path


def test_check_counts_what_is_sound(mine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "definitions", "check"]) == 0
    ours = capfd.readouterr().out
    assert run(["--lang", "en", "definitions", "check", str(mine)]) == 0
    with_mine = capfd.readouterr().out
    assert "definitions are sound" in ours
    assert str(mine) in with_mine
    assert int(with_mine.split(": ")[1].split()[0]) == int(ours.split(": ")[1].split()[0]) + 1


def test_check_reports_every_problem_in_both_languages(mine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (mine / "acme.yml").write_text(ACME.replace("documented", "dokumented").replace("vendor: Acme", "vendor: 5"))
    assert run(["definitions", "check", str(mine)]) == 1
    vietnamese = capfd.readouterr().err
    assert run(["--lang", "en", "definitions", "check", str(mine)]) == 1
    english = capfd.readouterr().err
    assert [line.split("acme.yml: ")[1] for line in english.splitlines()] == [
        "line 4: '5' is no list; begin each entry with '- '",
        "line 12: 'dokumented' is not one of recorded, documented; nearest: documented",
    ]
    assert vietnamese.count("dòng") == 2


def test_try_shows_who_it_is(switch: Path, mine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "definitions", "try", str(switch), "--definitions", str(mine)]) == 0
    shown = capfd.readouterr().out
    lines = {line[:18].strip(): line[18:].strip() for line in shown.splitlines()}
    assert "[switch].snmprec" in shown
    assert lines["Vendor"] == "Acme"
    assert (lines["Model"], lines["Version"], lines["Serial number"]) == ("A-100", "7.1", "–")
    assert lines["sysDescr"] == "Acme A-100 [v2], Version 7.1"
    assert "1 lines are made up" in shown
    assert run(["definitions", "try", str(switch), "--definitions", str(mine)]) == 0
    assert "Hãng" in capfd.readouterr().out


def test_try_as_json_has_the_documented_keys(switch: Path, mine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["definitions", "try", str(switch), "--definitions", str(mine), "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {
        "definition": "acme",
        "vendor": "Acme",
        "os": None,
        "model": "A-100",
        "version": "7.1",
        "serial": None,
        "why": "acme: sysObjectID 1.3.6.1.4.1.99999.1; model: sysDescr; version: sysDescr",
        "sys_name": "sw-1",
        "sys_descr": "Acme A-100 [v2], Version 7.1",
        "sys_object_id": "1.3.6.1.4.1.99999.1",
        "members": [],
        "problems": [],
        "packets": 2,
        "skipped_lines": 1,
    }


def test_try_shows_a_stack_and_what_was_not_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stack.snmprec"
    path.write_text(SWITCH + STACK)
    assert run(["--lang", "en", "definitions", "try", str(path)]) == 0
    shown = capfd.readouterr().out
    assert "Chassis 1" in shown
    assert "Chassis 2" in shown
    path.write_text(SWITCH + STACK.replace("5.1|2|3", "5.1|4|chassis"))
    assert run(["--lang", "en", "definitions", "try", str(path)]) == 0
    assert "Not read: entities" in capfd.readouterr().out


def test_try_names_the_line_that_is_none(switch: Path, capfd: pytest.CaptureFixture[str]) -> None:
    switch.write_text(SWITCH + "what is this\n1.3.6|4x|nothex\n")
    assert run(["definitions", "try", str(switch)]) == 1
    complaint = capfd.readouterr().err
    assert [f"dòng {line}" in complaint for line in (5, 6, 7)] == [False, True, True]


def test_try_needs_a_recording(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "definitions", "try", str(tmp_path / "none")]) == 1
    assert "does not exist" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["check", "try"])
def test_help_shows_an_example(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "definitions", command, "--help"]) == 0
    assert f"baophu definitions {command}" in " ".join(capfd.readouterr().out.split())
