"""`baophu units`: another day's map, counts on it, and successions taken in whole or not at all."""

import json
from pathlib import Path

import pytest
from plan_folder import copied

from baophu.main import run
from ledger.plan import read_plan

HEADER = "on,kind,source,target,share,decision\n"


@pytest.fixture(autouse=True)
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    folder = copied(tmp_path)
    monkeypatch.setenv("BAOPHU_PLAN", str(folder))
    return folder


def written(folder: Path, text: str) -> str:
    path = folder.parent / "given.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_days_units_stand_as_a_tree_with_codes_and_what_they_become(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["units", "show", "--map", "2025-06-30", "--json"]) == 0
    found = {unit["id"]: unit for unit in json.loads(capfd.readouterr().out)}
    assert found["60-22945"] == {
        "id": "60-22945",
        "parent": "60-593",
        "level": "commune",
        "kind": "ward",
        "name_vi": "Phường Lạc Đạo",
        "name_en": "Lac Dao ward",
        "codes": {"area": "22945"},
        "came_from": [],
        "becomes": [
            {
                "unit": "68-22945",
                "on": "2025-07-01",
                "kind": "merge",
                "share": None,
                "decision": "1671/NQ-UBTVQH15",
            }
        ],
    }
    assert run(["units", "show", "--map", "2025-06-30"]) == 0
    lines = capfd.readouterr().out.splitlines()
    (row,) = [line for line in lines if "60-22945" in line]
    assert row.startswith("     60-22945"), "two units stand above it"
    assert "Phường Lạc Đạo" in row
    assert "cấp huyện" in "".join(lines)


def test_counts_by_name_or_id_are_conserved_on_the_new_map(plan: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(plan, "unit,count\nPhường Phú Trinh,3\nlac dao,4\n60-22951,5\nHuyện Phú Quí,7\n")
    assert run(["units", "restate", file, "--from", "2025-06-30", "--map", "2025-07-01", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == [
        {"unit": "68-22945", "count": 12, "is_assumed": False, "is_rounded": False},
        {"unit": "60-602", "count": 7, "is_assumed": False, "is_rounded": False},
    ]
    assert run(["--lang", "en", "units", "restate", file, "--from", "2025-06-30", "--map", "2025-07-01"]) == 0
    out = capfd.readouterr().out
    assert "in all 19" in out
    assert "not there on that day" in out


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Phường Không Có,3\n", ("row 2", "column unit", "Phường Không Có")),
        ("60-22945,3\nPhường Lạc Đạo,4\n", ("row 3", "column unit", "'60-22945' stands already in given.csv row 2")),
        ("60-22945,-3\n", ("row 2", "column count")),
        ("60-22945,1.272\n", ("row 2", "column count")),
        ("60-22945\n", ("row 2",)),
    ],
)
def test_a_bad_row_of_counts_is_named_and_nothing_is_told(
    rows: str, words: tuple[str, ...], plan: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = written(plan, f"unit,count\n{rows}")
    assert run(["--lang", "en", "units", "restate", file, "--from", "2025-06-30"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    for word in words:
        assert word in err


def test_successions_are_taken_in_once(plan: Path, capfd: pytest.CaptureFixture[str]) -> None:
    former = plan / "former_units.csv"
    text = former.read_text(encoding="utf-8")
    former.write_text(
        text + "60-99,60-593,commune,ward,Phường Đức Thắng,Duc Thang ward,,,2025-06-30\n", encoding="utf-8"
    )
    file = written(
        plan,
        HEADER + "2025-07-01,split,Phường Đức Thắng,Phường Phan Thiết,2/3,1671/NQ-UBTVQH15\n"
        "2025-07-01,split,duc thang,phuong phu thuy,1/3,1671/NQ-UBTVQH15\n"
        "2025-07-01,merge,Phú Trinh,68-22945,,1671/NQ-UBTVQH15\n",
    )
    for added, known in ((2, 1), (0, 3)):
        assert run(["--lang", "en", "units", "succession", "import", file]) == 0
        assert f"{added} successions added, 0 changed, {known} were there already" in capfd.readouterr().out
    parts = [each for each in read_plan(plan).history.successions if each.source == "60-99"]
    assert [(each.target, str(each.share)) for each in parts] == [("68-22945", "2/3"), ("68-22924", "1/3")]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("2025-07-01,merge,Không Có,68-22945,,x\n", ("given.csv: row 2, column source", "2025-06-30")),
        ("2025-07-01,merge,60-22930,Lạc Đạo,,x\n", ("given.csv: row 2, column target", "2025-07-01")),
        ("01/07/2025,merge,60-22930,68-22945,,x\n", ("given.csv: row 2, column on",)),
        ("2025-07-01,split,60-602,68-23272,0.5,x\n", ("given.csv: row 2, column share", "sum to 0.5")),
        ("2025-07-01,merge,60-22936,68-22945,1,x\n", ("successions.csv: row 10, column share", "leaves nothing")),
        ("2025-07-02,merge,60-22930,68-22924,,x\n", ("given.csv: row 2, column source", "2025-07-01")),
    ],
)
def test_of_a_bad_file_nothing_is_taken_in(
    rows: str, words: tuple[str, ...], plan: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = (plan / "successions.csv").read_bytes()
    assert run(["--lang", "en", "units", "succession", "import", written(plan, HEADER + rows)]) == 1
    err = capfd.readouterr().err
    for word in words:
        assert word in err
    assert (plan / "successions.csv").read_bytes() == before
    assert [path.name for path in plan.iterdir() if path.name.startswith(".")] == []


def test_an_import_gives_the_shares_that_a_list_did_not_have(plan: Path, capfd: pytest.CaptureFixture[str]) -> None:
    split = "2025-07-01,split,60-593,{},{},1671/NQ-UBTVQH15\n"
    for shares, words in ((("", ""), "2 successions added"), (("0.25", "0.75"), "0 successions added, 2 changed")):
        rows = "".join(split.format(unit, share) for unit, share in zip(("68-22945", "68-22924"), shares, strict=True))
        assert run(["--lang", "en", "units", "succession", "import", written(plan, HEADER + rows)]) == 0
        assert words in capfd.readouterr().out
    assert [str(each.share) for each in read_plan(plan).history.successions if each.source == "60-593"] == [
        "1/4",
        "3/4",
    ]


def test_what_else_lies_in_the_plans_folder_is_left_alone(plan: Path) -> None:
    (plan / "secrets").symlink_to(plan / "nowhere")
    file = written(plan, HEADER + "2025-07-01,merge,60-593,68-22945,,1671/NQ-UBTVQH15\n")
    assert run(["units", "succession", "import", file]) == 0


def test_a_name_that_two_units_have_is_not_guessed(plan: Path, capfd: pytest.CaptureFixture[str]) -> None:
    former = plan / "former_units.csv"
    text = former.read_text(encoding="utf-8")
    former.write_text(text + "60-98,60-602,commune,commune,Xã Lạc Đạo,Lac Dao commune,,,2025-06-30\n", encoding="utf-8")
    assert (
        run(["--lang", "en", "units", "restate", written(plan, "unit,count\nlac dao,4\n"), "--from", "2025-06-30"]) == 1
    )
    assert "'lac dao' may be 60-22945, 60-98" in capfd.readouterr().err


def test_a_day_that_is_none_is_a_wrong_call(plan: Path) -> None:
    assert run(["units", "show", "--map", "30/06/2025"]) == 2
    assert run(["units", "restate", written(plan, "unit,count\n"), "--from", "x"]) == 2


def test_a_provinces_own_map_becomes_registers_that_read_well(plan: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The lab's own three communes are among them, made of what the lab's own registers say."""
    folder = plan.parent / "lamdong"
    assert run(["--lang", "en", "units", "map", "68", "--to", str(folder)]) == 0
    assert "units.csv, former_units.csv, successions.csv written" in capfd.readouterr().out
    own = read_plan(plan)
    department = next(line for line in (plan / "units.csv").read_text(encoding="utf-8").splitlines() if "SKHCN" in line)
    for path in folder.iterdir():
        (plan / path.name).write_bytes(path.read_bytes())
    with (plan / "units.csv").open("a", encoding="utf-8") as units:
        units.write(f"{department}\n")
    found = read_plan(plan)
    assert len(found.units) == 126
    assert {unit.name_vi for unit in own.units.values()} <= {unit.name_vi for unit in found.units.values()}
    for unit in ("68-22945", "68-22924", "68-23272"):
        made_of = [{each.source for each in read.history.successions if each.target == unit} for read in (own, found)]
        assert made_of[0] == made_of[1]
    assert run(["--lang", "en", "units", "map", "68", "--to", str(folder)]) == 1
    assert "is there already" in capfd.readouterr().err


def test_the_map_says_of_what_a_part_only_was_taken_over(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["units", "map", "96", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert len(found) == 65
    assert {part["is_part"] for unit in found for part in unit["made_of"]} == {True, False}
    assert run(["--lang", "en", "units", "map", "60"]) == 2
    assert "'60' is no province of today" in capfd.readouterr().err
