"""Registers that can't be read, or not as they stand: each said once, at its line, without what follows from it."""

from pathlib import Path

import pytest
from plan_folder import copied, edit, found, line_of, places

from ledger.language import Language, Text
from ledger.plan import Platform, Role, read_plan
from ledger.plan.registers import COLUMNS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize("file", ["units.csv", "mail.csv", "targets.yml"])
def test_a_folder_in_a_files_place_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    assert places(folder) == [("unreadable", file, None, None)]


@pytest.mark.parametrize("file", ["units.csv", "services.csv", "targets.yml"])
def test_a_file_that_cannot_be_opened_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).symlink_to(file)  # a loop: even root can't read it
    assert places(folder) == [("unreadable", file, None, None)]


def test_a_plan_that_is_a_file_is_named(folder: Path) -> None:
    assert {code for code, *_ in places(folder / "units.csv")} == {"unreadable"}


def test_a_cell_beyond_all_measure_is_named(folder: Path) -> None:
    edit("sites.csv", "Provincial data centre", "x" * 200_000)(folder)
    assert places(folder) == [("bad_csv", "sites.csv", 2, None)]


def test_a_cell_that_no_report_can_show_is_named(folder: Path) -> None:
    edit("sites.csv", "Provincial data centre", "x" * 1_001)(folder)
    assert places(folder) == [("too_long", "sites.csv", 2, "name_en")]
    assert len(found(folder)[0].text()) < 500


def test_a_lone_carriage_return_is_named(folder: Path) -> None:
    edit("sites.csv", "Provincial data centre", "Provincial\rdata centre")(folder)
    assert places(folder) == [("bad_csv", "sites.csv", 2, None)]


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
def test_what_only_looks_like_a_line_end_is_a_control_character(folder: Path, character: str) -> None:
    edit("sites.csv", "Provincial data centre", f"Provincial{character}data centre")(folder)
    (problem,) = found(folder)
    assert (problem.code, problem.row, problem.column) == ("control_character", 2, "name_en")
    assert problem.fields["value"] == f"U+{ord(character):04X}"


def test_rows_are_counted_by_lines_whatever_their_cells_hold(folder: Path) -> None:
    edit("sites.csv", "Provincial data centre", '"Provincial\ndata\ncentre"')(folder)
    edit("sites.csv", "10.68.16.0/21", "10.68.16.300/21")(folder)
    assert places(folder) == [
        ("control_character", "sites.csv", 2, "name_en"),
        ("bad_prefix", "sites.csv", line_of(folder / "sites.csv", "68-SKHCN-TS"), "prefix"),
    ]


@pytest.mark.parametrize("file", COLUMNS)
def test_an_unreadable_register_has_no_consequences(folder: Path, file: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8") if path.exists() else ",".join(COLUMNS[file])
    path.write_bytes(text.encode("utf-16"))
    assert places(folder) == [("bad_encoding", file, 1, None)]


def test_beside_an_unreadable_register_bad_cells_of_others_are_named(folder: Path) -> None:
    (folder / "units.csv").write_bytes(b"\xff")
    edit("workstations.csv", "02:68:00:20:00:01", "02:68")(folder)
    edit("workstations.csv", "68-22945-SW-001,p1", "68-22945-SW-00x,p1")(folder)
    row = line_of(folder / "workstations.csv", "68-22945-PC-001")
    assert places(folder) == [
        ("bad_encoding", "units.csv", 1, None),
        ("bad_mac", "workstations.csv", row, "mac"),
        ("unknown_reference", "workstations.csv", row, "switch"),
    ]


def test_a_column_that_stands_twice_is_named(folder: Path) -> None:
    edit("vlans.csv", "name_vi,name_en", "name_vi,name_vi")(folder)
    assert ("duplicate_column", "vlans.csv", 1, None) in places(folder)


def test_a_value_cannot_steer_the_readers_terminal(folder: Path) -> None:
    edit("devices.csv", "10.68.0.12", "10.68\x1b[2J")(folder)
    assert all(problem.text().isprintable() for problem in found(folder))


def test_blank_lines_count_and_are_no_rows(folder: Path) -> None:
    edit("sites.csv", "68-SKHCN-TS,", "\n\n68-SKHCN-TS,")(folder)
    assert len(read_plan(folder).sites) == 5
    edit("sites.csv", "10.68.16.0/21", "10.68.16.0/33")(folder)
    assert places(folder) == [("bad_prefix", "sites.csv", 5, "prefix")]


@pytest.mark.parametrize(
    ("file", "old", "new", "english", "vietnamese"),
    [
        ("devices.csv", "10.68.0.12", "10.68.0.312",
         "devices.csv: row 6, column address: '10.68.0.312' is no IPv4 address; write it like 10.68.0.1",
         "devices.csv: dòng 6, cột address: '10.68.0.312' không phải địa chỉ IPv4; hãy ghi theo mẫu 10.68.0.1"),
        ("devices.csv", "10.68.0.12", "10.68.0.11",
         "devices.csv: row 6, column address: '10.68.0.11' stands already in devices.csv row 4; give each its own",
         "devices.csv: dòng 6, cột address: '10.68.0.11' đã có ở devices.csv dòng 4; mỗi nơi phải có giá trị riêng"),
    ],
)  # fmt: skip
def test_a_problem_has_a_remedy_in_both_languages(
    folder: Path, file: str, old: str, new: str, english: str, vietnamese: str
) -> None:
    edit(file, old, new)(folder)
    (problem,) = found(folder)
    assert problem.text() == english
    assert problem.text(Text(Language.VI)) == vietnamese


def test_every_column_and_platform_is_documented() -> None:
    documented = Path("docs/registers.md").read_text(encoding="utf-8")
    names = {*COLUMNS, *(column for columns in COLUMNS.values() for column in columns), *Platform, *Role}
    assert {name for name in names if f"`{name}`" not in documented} == set()
