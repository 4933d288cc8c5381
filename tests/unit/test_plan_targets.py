"""targets.yml: read whole, or every target that can't be met by anyone named with line, key and remedy."""

from datetime import date
from pathlib import Path

import pytest
from plan_folder import copied, edit, found, places

from ledger.language import Language, Text
from ledger.plan import Level, Target, read_plan

GOOD = "indicator: HT06, level: commune, value: 0.9, due: 2026-12-31"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def write(folder: Path, *targets: str) -> None:
    lines = "".join(f"  - {{{target}}}\n" for target in targets)
    (folder / "targets.yml").write_text(f"targets:\n{lines}", encoding="utf-8")


def test_a_target_is_read_as_it_is_written(folder: Path) -> None:
    write(folder, f'{GOOD}, legal_basis: "Kế hoạch 2026"', "indicator: HT02, unit: 68, value: 1, due: 2027-06-30")
    assert read_plan(folder).targets == (
        Target("HT06", 0.9, date(2026, 12, 31), level=Level.COMMUNE, legal_basis="Kế hoạch 2026"),
        Target("HT02", 1.0, date(2027, 6, 30), unit="68"),
    )


def test_targets_on_several_dates_are_steps(folder: Path) -> None:
    write(folder, GOOD, GOOD.replace("2026", "2027"))
    assert len(read_plan(folder).targets) == 2


BAD = {
    "a basis that is a list": (f"{GOOD}, legal_basis: [a, b]", "bad_text", "legal_basis"),
    "a basis that is a mapping": (f"{GOOD}, legal_basis: {{a: b}}", "bad_text", "legal_basis"),
    "a bell": (rf'{GOOD}, legal_basis: "a\u0007"', "control_character", "legal_basis"),
    "an escape": (rf'{GOOD}, legal_basis: "a\e[2J"', "control_character", "legal_basis"),
    "a new line": (rf'{GOOD}, legal_basis: "a\nb"', "control_character", "legal_basis"),
    "a basis that is a book": (f"{GOOD}, legal_basis: {'x' * 1001}", "too_long", "legal_basis"),
    "an unknown indicator": (GOOD.replace("HT06", "HT99"), "unknown_indicator", "indicator"),
    "no indicator": (GOOD.replace("indicator: HT06, ", ""), "empty", "indicator"),
    "no value": (GOOD.replace("value: 0.9, ", ""), "empty", "value"),
    "a percentage": (GOOD.replace("0.9", "90"), "bad_ratio", "value"),
    "a negative value": (GOOD.replace("0.9", "-0.1"), "bad_ratio", "value"),
    "a yes": (GOOD.replace("0.9", "yes"), "bad_ratio", "value"),
    "not a number": (GOOD.replace("0.9", ".nan"), "bad_ratio", "value"),
    "a day that never comes": (GOOD.replace("12-31", "02-30"), "bad_date", "due"),
    "a date of ours": (GOOD.replace("2026-12-31", "31/12/2026"), "bad_date", "due"),
    "a month": (GOOD.replace("2026-12-31", "2026-12"), "bad_date", "due"),
    "an unknown level": (GOOD.replace("commune", "ward"), "bad_choice", "level"),
    "an unknown unit": (GOOD.replace("level: commune", 'unit: "69"'), "unknown_reference", "unit"),
    "a list of units": (GOOD.replace("level: commune", "unit: [68, 69]"), "bad_text", "unit"),
    "neither unit nor level": (GOOD.replace("level: commune, ", ""), "unit_or_level", "unit"),
    "an unknown key": (f"{GOOD}, legal_bases: x", "unknown_key", None),
    "a key that is a list": (f"{GOOD}, ? [a] : x", "unknown_key", None),
}


@pytest.mark.parametrize(("target", "code", "key"), BAD.values(), ids=BAD)
def test_a_bad_target_is_named(folder: Path, target: str, code: str, key: str | None) -> None:
    write(folder, GOOD, target.replace("HT06", "HT02"))
    assert places(folder) == [(code, "targets.yml", 3, key)]


def test_the_same_target_twice_is_named(folder: Path) -> None:
    write(folder, GOOD, "indicator: HT02, unit: 68, value: 1, due: 2027-06-30", GOOD.replace("0.9", "0.8"))
    (problem,) = found(folder)
    assert (problem.code, problem.row) == ("same_target", 4)
    assert "targets.yml row 2" in problem.text()


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("targets: [", "bad_yaml", 1),
        ("targets:\n  - {indicator: HT06, value: 0.9\n  - {}\n", "bad_yaml", 3),
        ("targets:\n  - \x1b\n", "bad_yaml", 2),
        ("[" * 20_000, "bad_yaml", None),
        ("", "bad_targets", None),
        ("targets:\n", "bad_targets", None),
        ("goals: []\n", "bad_targets", None),
        ("- targets\n", "bad_targets", None),
        ("targets:\n  - HT06\n", "bad_targets", 2),
        ("targets: []\n---\ntargets: []\n", "bad_yaml", 2),
    ],
)
def test_what_holds_no_targets_is_named(folder: Path, content: str, code: str, row: int | None) -> None:
    (folder / "targets.yml").write_text(content, encoding="utf-8")
    assert places(folder) == [(code, "targets.yml", row, None)]


def test_another_encoding_is_named(folder: Path) -> None:
    (folder / "targets.yml").write_bytes("targets: # Kế hoạch".encode("utf-16"))
    assert places(folder) == [("bad_encoding", "targets.yml", 1, None)]


@pytest.mark.parametrize(
    ("old", "new", "english", "vietnamese"),
    [
        ("value: 0.9", "value: 90",
         "targets.yml: row 11, key value: '90' is no ratio from 0 to 1; write it like 0.9",
         "targets.yml: dòng 11, khóa value: '90' không phải tỷ lệ từ 0 đến 1; hãy ghi theo mẫu 0.9"),
        ("HT02", "HX02",
         "targets.yml: row 5, key indicator: 'HX02' is no indicator; nearest: HT02",
         "targets.yml: dòng 5, khóa indicator: 'HX02' không phải mã chỉ tiêu; gần nhất: HT02"),
    ],
)  # fmt: skip
def test_a_problem_speaks_the_readers_language(folder: Path, old: str, new: str, english: str, vietnamese: str) -> None:
    edit("targets.yml", old, new)(folder)
    (problem,) = found(folder)
    assert problem.text() == english
    assert problem.text(Text(Language.VI)) == vietnamese
