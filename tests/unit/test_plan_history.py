"""Units in time, from their registers: the map of a day, codes with dates, and what can't have been."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from plan_folder import Edit, add, copied, edit, places

from ledger.plan import CodeScheme, Level, Plan, read_plan
from ledger.units.restatement import restated
from ledger.units.succession import crosswalk

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
OLD = ["68", "67", "60", "60-593", "60-22930", "60-22945", "60-22951", "60-22921", "60-22924", "60-22936"]


def test_each_day_has_its_map(lab_plan: Plan) -> None:
    history = lab_plan.history
    assert set(history.at(AFTER)) == set(lab_plan.units)
    before = history.at(BEFORE)
    assert {*OLD, "60-602", "60-23272", "60-23275", "60-23278", "68-SKHCN"} == set(before)
    assert before["60-22945"].name_vi == "Phường Lạc Đạo"
    assert before["60-593"].level is Level.DISTRICT
    assert Level.DISTRICT not in {unit.level for unit in history.at(AFTER).values()}


def test_a_number_means_another_unit_after_the_merger(lab_plan: Plan) -> None:
    for day, unit in ((BEFORE, "60-22945"), (AFTER, "68-22945")):
        having = [id_ for id_, codes in lab_plan.history.codes_at(day).items() if codes.get(CodeScheme.AREA) == "22945"]
        assert having == [unit]


def test_counts_of_the_old_wards_are_the_new_ones_to_the_unit(lab_plan: Plan) -> None:
    way = crosswalk(lab_plan.history.successions, BEFORE, AFTER)
    counts = {"60-22930": 3, "60-22945": 3, "60-22951": 3, "60-22924": 3, "60-23272": 4, "68": 10, "67": 5, "60": 7}
    found = restated(counts, way)
    assert found.counts == {"68-22945": 9, "68-22924": 3, "68-23272": 4, "68": 22}
    assert (found.assumed, found.rounded) == (frozenset(), frozenset())


def split(shares: list[str]) -> Edit:
    def change(folder: Path) -> None:
        for share, target in zip(shares, ("68-22945", "68-22924"), strict=False):
            add("successions.csv", f"2025-07-01,split,60-593,{target},{share},1671/NQ-UBTVQH15")(folder)

    return change


PROVINCE = "60,,province,peoples_committee,x,y,60"
#: What is wrong, in which file, and how it is told there: every (code, column).
WRONG: dict[str, tuple[str, Edit, *tuple[tuple[str, str], ...]]] = {
    "an unknown unit": (
        "successions.csv",
        edit("successions.csv", ",60-22930,", ",60-22931,"),
        ("unknown_reference", "source"),
    ),
    "a day after the unit had ended": (
        "successions.csv",
        edit("successions.csv", "2025-07-01,merge,60-22930", "2025-07-02,merge,60-22930"),
        ("not_there", "source"),
    ),
    "a day before the unit had ended": (
        "successions.csv",
        add("successions.csv", "2025-06-30,rename,60-593,60-602,,x"),
        ("still_there", "source"),
        ("goes_on", "target"),
    ),
    "a unit that was not there yet": (
        "successions.csv",
        add("successions.csv", "2025-06-01,merge,68-22945,60-22945,,x"),
        ("not_there", "source"),
    ),
    "an unknown kind": (
        "successions.csv",
        edit("successions.csv", "merge,60-22930,", "joined,60-22930,"),
        ("bad_choice", "kind"),
    ),
    "too much": ("successions.csv", split(["0.5", "0.6"]), ("wrong_shares", "share")),
    "too little": ("successions.csv", split(["0.5", "0.4"]), ("wrong_shares", "share")),
    "nothing left over": ("successions.csv", split(["1", ""]), ("no_share_left", "share")),
    "a unit that goes on without saying so": (
        "successions.csv",
        edit("successions.csv", "2025-07-01,merge,68,68,,202/2025/QH15\n", ""),
        ("goes_on", "target"),
    ),
    "more than all": ("successions.csv", split(["2", ""]), ("bad_share", "share")),
    "no share at all": ("successions.csv", split(["1/0", ""]), ("bad_share", "share")),
    "the same twice": (
        "successions.csv",
        add("successions.csv", "2025-07-01,merge,60,68,,202/2025/QH15"),
        ("duplicate", "target"),
    ),
    "two things at once": (
        "former_units.csv",
        add("former_units.csv", f"{PROVINCE},2025-01-01,2025-06-30"),
        ("overlap", "valid_from"),
    ),
    "ended before it began": (
        "former_units.csv",
        add("former_units.csv", f"{PROVINCE},2025-07-02,2025-07-01"),
        ("ended_early", "valid_until"),
    ),
    "an unknown parent": (
        "former_units.csv",
        add("former_units.csv", "99,98,commune,ward,x,y,,,2025-06-30"),
        ("unknown_reference", "parent"),
    ),
    "a code of another scheme": (
        "unit_codes.csv",
        add("unit_codes.csv", "68,agency_old,H36,,"),
        ("bad_code", "value"),
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_cannot_have_been_is_named(tmp_path: Path, wrong: tuple[str, Edit, *tuple[tuple[str, str], ...]]) -> None:
    folder = copied(tmp_path)
    file, change, *problems = wrong
    change(folder)
    told = {(code, named, column) for code, named, _row, column in places(folder)}
    assert told == {(code, file, column) for code, column in problems}


@pytest.mark.parametrize(
    "change",
    [
        split(["1/3", "2/3"]),
        split(["0.25", ""]),
        split(["", ""]),
        add("unit_codes.csv", "68,agency_old,000.00.15.H36,,"),
        add("unit_codes.csv", "68-22945,domain,phanthiet.lamdong.gov.vn,2025-07-01,"),
    ],
)
def test_what_may_have_been_is_read(tmp_path: Path, change: Edit) -> None:
    folder = copied(tmp_path)
    change(folder)
    read_plan(folder)


def test_a_renamed_unit_is_one_unit_with_two_names(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    add("former_units.csv", "68-SKHCN,68,department,department,Sở KH&CN,DOST,,,2026-02-28")(folder)
    add("successions.csv", "2026-03-01,rename,68-SKHCN,68-SKHCN,,12/2026/NQ-HĐND")(folder)
    history = read_plan(folder).history
    assert history.at(date(2026, 2, 28))["68-SKHCN"].name_vi == "Sở KH&CN"
    assert history.at(date(2026, 3, 1))["68-SKHCN"].name_vi == "Sở Khoa học và Công nghệ"


def test_shares_are_kept_exactly(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    split(["1/3", "2/3"])(folder)
    shares = [each.share for each in read_plan(folder).history.successions if each.source == "60-593"]
    assert shares == [Fraction(1, 3), Fraction(2, 3)]


LATER = "unit,parent,level,kind,name_vi,name_en,code,valid_from"


def later(*rows: str) -> Edit:
    """later_units.csv with these rows."""

    def change(folder: Path) -> None:
        (folder / "later_units.csv").write_text("\n".join((LATER, *rows, "")), encoding="utf-8")

    return change


def test_what_units_will_be_stands_beside_what_they_are(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    later("68-N,68,commune,ward,Phường Mới,New ward,,2030-01-01", "68,,province,x,Tỉnh Khác,Other,68,2030-01-01")(
        folder
    )
    add("successions.csv", *(f"2030-01-01,merge,{unit},68-N,,x" for unit in ("68-22945", "68-22924")))(folder)
    plan = read_plan(folder)
    before, after = plan.history.at(date(2029, 12, 31)), plan.history.at(date(2030, 1, 1))
    assert set(before) == set(plan.units)
    assert set(after) == {*plan.units, "68-N"} - {"68-22945", "68-22924"}
    assert (before["68"].name_vi, after["68"].name_vi) == ("Tỉnh Lâm Đồng", "Tỉnh Khác")


def test_a_later_unit_may_have_the_number_of_one_that_ends(tmp_path: Path) -> None:
    """As on 1 July 2025: one that goes on takes another in, and what it is from then on has a row."""
    folder = copied(tmp_path)
    later("68-22945,68,commune,ward,Phường Mới,New ward,,2030-01-01")(folder)
    add("successions.csv", *(f"2030-01-01,merge,{unit},68-22945,,x" for unit in ("68-22945", "68-22924")))(folder)
    history = read_plan(folder).history
    assert history.at(date(2029, 12, 31))["68-22945"].name_vi == "Phường Phan Thiết"
    assert history.at(date(2025, 7, 1))["68-22945"].name_vi == "Phường Phan Thiết"
    assert history.at(date(2030, 1, 1))["68-22945"].name_vi == "Phường Mới"
    assert "68-22924" not in history.at(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("68-N,68,commune,ward,x,y,,", ("empty", "valid_from")),
        ("68-N,99,commune,ward,x,y,,2030-01-01", ("unknown_reference", "parent")),
        ("68-N,68,ward,ward,x,y,,2030-01-01", ("bad_choice", "level")),
    ],
)
def test_a_wrong_later_unit_is_named(tmp_path: Path, row: str, problem: tuple[str, str]) -> None:
    folder = copied(tmp_path)
    later(row)(folder)
    code, column = problem
    assert (code, "later_units.csv", 2, column) in places(folder)
    later("68-N,68,commune,ward,x,y,,2030-01-01", "68-N,68,commune,ward,x,y,,2031-01-01")(folder)
    assert places(folder) == [("duplicate", "later_units.csv", 3, "unit")]


def test_a_plan_may_say_that_it_is_made_up(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    assert read_plan(folder).profile is None
    note = "profile: [{id: cm-2017, name_vi: Cà Mau, name_en: Cà Mau, day: 2017-12-31}]\n"
    (folder / "profile.yml").write_text(note, encoding="utf-8")
    profile = read_plan(folder).profile
    assert profile is not None
    assert (profile.id, profile.day) == ("cm-2017", date(2017, 12, 31))
    (folder / "profile.yml").write_text(note.replace("2017-12-31", "2017"), encoding="utf-8")
    assert places(folder) == [("bad_date", "profile.yml", 1, "day")]
