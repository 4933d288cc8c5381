"""`baophu import` and `baophu imports`: files are taken in once and whole, told with every place, and undone."""

import getpass
import json
from pathlib import Path

import pytest
from plan_folder import copied, edit
from tables import xlsx_of

from baophu.main import run
from ledger.store import open_store

MAPPING = """\
unit: {column: Đơn vị}
day: 31/12/2026
values:
  - {column: Có LAN, indicator: HT02, is: numerator}
  - {column: Tỷ lệ, indicator: HT02, is: ratio}
  - {column: Tên miền, indicator: TD02}
"""
HEAD = "Đơn vị;Có LAN;Tỷ lệ;Tên miền\n"
GOOD = HEAD + "Phường Phan Thiết;1.272;69,47 %;3\nPhú Thủy;;80 %;chưa có số liệu\nTổng;;;3\n"
BAD = HEAD + "Phường Phan Thiết;1.272;69,47 %;3\nPhú Thuỷ;;80;1.5\nXã Không Có;;80 %;4\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BAOPHU_PLAN", str(copied(tmp_path)))
    monkeypatch.setenv("BAOPHU_STORE", str(tmp_path / "ledger.db"))
    (tmp_path / "m.yml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")
    return tmp_path


def take(folder: Path, file: str, *options: str, lang: str = "en") -> int:
    return run(["--lang", lang, "import", str(folder / file), "--mapping", str(folder / "m.yml"), *options])


def test_a_file_is_taken_in_once_and_every_value_keeps_its_place(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert take(folder, "good.csv", "--by", "lan") == 0
    out = capfd.readouterr().out
    assert "good.csv: import 1, 4 values taken in" in out
    assert "row 2, column B: the denominator is derived: of all numbers only 1.831 makes 1.272, 69,47 %" in out
    assert take(folder, "good.csv") == 0
    assert "good.csv: it is there already, as import 1 by lan" in capfd.readouterr().out
    assert run(["imports", "show", "1", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["number"], found["by"]) == (1, "lan")
    assert found["values"][0] == {
        "indicator": "HT02",
        "unit": "68-22945",
        "day": "2026-12-31",
        "scope": "subtree",
        "level": None,
        "field": None,
        "state": "value",
        "value": found["values"][0]["value"],
        "value_unit": "ratio",
        "qualifier": None,
        "is_estimated": False,
        "numerator": 1272,
        "denominator": 1831,
        "mark": "derived",
        "sheet": None,
        "row": 2,
        "column": "B",
    }
    assert found["values"][0]["value"].startswith("0.694702")
    assert [(each["unit"], each["state"]) for each in found["values"]] == [
        ("68-22945", "value"),
        ("68-22945", "value"),
        ("68-22924", "value"),
        ("68-22924", "no_data"),
    ]


def test_of_a_file_with_bad_rows_nothing_is_taken_in_and_all_are_told(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert take(folder, "bad.csv") == 1
    out, err = capfd.readouterr()
    assert out == ""
    for words in (
        "bad.csv: row 3, column C: '80' is no ratio",
        "bad.csv: row 3, column D: '1.5' can be read in two ways",
        "bad.csv: row 4, column A: no unit was called 'Xã Không Có' on 31/12/2026",
        "bad.csv: nothing was taken in; bad rows: 2, good values: 2",
    ):
        assert words in err
    assert not (folder / "ledger.db").exists()
    assert take(folder, "bad.csv", lang="vi") == 1
    assert "bad.csv: dòng 3, cột C: '80' không phải là tỷ lệ" in capfd.readouterr().err
    assert take(folder, "bad.csv", "--json") == 1
    found = json.loads(capfd.readouterr().out)
    assert [(each["code"], each["row"], each["column"]) for each in found["problems"]] == [
        ("no_ratio", 3, "C"),
        ("two_readings", 3, "D"),
        ("no_such_unit", 4, "A"),
    ]
    assert (found["import"], found["bad_rows"], len(found["values"])) == (None, [3, 4], 2)


def test_the_good_rows_are_taken_in_where_that_is_asked(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert take(folder, "bad.csv", "--partial") == 0
    out = capfd.readouterr().out
    assert "bad.csv: import 1, 2 values taken in" in out
    assert "rows left out: 2" in out
    (folder / "bad.csv").write_text(HEAD + "Xã Không Có;;80 %;4\n", encoding="utf-8")
    assert take(folder, "bad.csv", "--partial") == 1
    assert "bad.csv: nothing was taken in" in capfd.readouterr().err


def test_what_was_left_out_comes_in_once_the_partial_import_is_undone(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "some.csv").write_text(HEAD + "Phan Thiết;;80 %;3\nHàm Thắng Mới;;90 %;4\n", encoding="utf-8")
    assert take(folder, "some.csv", "--partial") == 0
    assert take(folder, "some.csv", "--partial") == 0, "it would bring the same values"
    assert "some.csv: it is there already, as import 1" in capfd.readouterr().out
    edit("units.csv", "Phường Phú Thủy", "Phường Hàm Thắng Mới")(folder / "plan")
    for options in ((), ("--json",), ("--partial",)):
        assert take(folder, "some.csv", *options) == 1
        err = capfd.readouterr().err
        assert "import 1 took 2 values of it, and 4 would be taken in now" in err
        assert "baophu imports undo 1" in err
    assert run(["imports", "undo", "1"]) == 0
    assert take(folder, "some.csv") == 0
    assert "some.csv: import 2, 4 values taken in" in capfd.readouterr().out


def test_a_check_writes_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert take(folder, "good.csv", "--check") == 0
    out = capfd.readouterr().out
    assert "4 values would be taken in; nothing was written" in out
    assert "Phan Thiet ward" in out
    assert "69.47% (1,272/1,831)" in out
    assert take(folder, "good.csv", "--check", "--json") == 0
    assert json.loads(capfd.readouterr().out)["import"] is None
    assert take(folder, "bad.csv", "--check") == 1
    assert not (folder / "ledger.db").exists()


def test_an_import_is_undone_and_can_be_taken_in_anew(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert take(folder, "good.csv") == 0
    assert run(["--lang", "en", "imports", "undo", "1", "--by", "minh"]) == 0
    assert "import 1 (good.csv) is undone" in capfd.readouterr().out
    assert run(["--lang", "en", "imports", "undo", "1"]) == 0
    assert "import 1 (good.csv) was undone already, by minh" in capfd.readouterr().out
    assert take(folder, "good.csv") == 0
    capfd.readouterr()
    assert run(["imports", "list", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [(each["number"], each["by"], each["values"], each["undone_by"]) for each in found] == [
        (1, getpass.getuser(), 4, "minh"),
        (2, getpass.getuser(), 4, None),
    ]
    assert len({each["sha256"] for each in found}) == 1
    with open_store(f"sqlite:///{folder / 'ledger.db'}") as store:
        assert {each.imported for each in store.declared()} == {2}
    assert run(["--lang", "en", "imports", "show", "1"]) == 0
    out = capfd.readouterr().out
    assert "undone by minh" in out
    assert "68-22945" in out
    assert run(["imports", "list"]) == 0
    assert "good.csv" in capfd.readouterr().out


def test_a_workbook_is_told_with_its_sheet(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "b.xlsx").write_bytes(xlsx_of(("Đơn vị", "Có LAN", "Tỷ lệ", "Tên miền"), ("Phú Thủy", "x y", "", 3)))
    assert take(folder, "b.xlsx") == 1
    assert "b.xlsx, sheet Biểu 1: row 2, column B: 'x y' is no number" in capfd.readouterr().err
    (folder / "b.xlsx").write_bytes(xlsx_of(("Đơn vị", "Có LAN", "Tỷ lệ", "Tên miền"), ("Phú Thủy", 3, 0.5, 3)))
    assert take(folder, "b.xlsx") == 1, "0.5 isn't shown with %"
    assert "0,5" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("file", "mapping", "words"),
    [
        ("none.csv", MAPPING, "none.csv: the file can't be read"),
        ("good.csv", None, "m.yml: the file can't be read"),
        ("good.csv", "values: 1\n", "m.yml: row 1: the mapping can't be understood here"),
        ("good.csv", MAPPING.replace("HT02", "HT99"), "m.yml: row 4, key indicator: 'HT99' is no indicator"),
        ("good.csv", MAPPING.replace("Tỷ lệ", "Tỷ số"), "m.yml: row 5, key column: no column is headed 'Tỷ số'"),
        ("m.yml", MAPPING, "no column is headed"),
    ],
)
def test_what_cant_be_read_is_named(
    file: str, mapping: str | None, words: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if mapping is None:
        (folder / "m.yml").unlink()
    else:
        (folder / "m.yml").write_text(mapping, encoding="utf-8")
    assert take(folder, file) == 1
    assert words in capfd.readouterr().err


def test_an_import_that_isnt_there_is_a_wrong_call(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["imports", "list"]) == 1, "there is no ledger yet"
    open_store(f"sqlite:///{folder / 'ledger.db'}").close()
    assert run(["--lang", "en", "imports", "list"]) == 0
    assert "nothing was taken in yet" in capfd.readouterr().out
    for command in ("show", "undo"):
        assert run(["imports", command, "7"]) == 2
    assert take(folder, "good.csv", "--by", " ") == 2
    assert run(["import", str(folder / "good.csv")]) == 2, "a mapping is needed"
