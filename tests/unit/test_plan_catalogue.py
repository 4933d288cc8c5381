"""The catalogue: all that the province's documents count, what of it is measured, and a province's own indicators."""

from pathlib import Path

import pytest
from plan_folder import copied, places

from ledger.plan import AssetKind, Direction, Measure, Owes, Step, ValueUnit, Which, read_plan
from ledger.plan.catalogue import FITTING, shipped

#: The 38 of the province's catalogue, then those that came with measuring.
CATALOGUE = {
    *(f"HT{n:02}" for n in range(1, 15)),
    *(f"TD{n:02}" for n in range(1, 6)),
    *("CK01", "CK02"),
    *(f"UD{n:02}" for n in range(1, 9)),
    *(f"DV{n:02}" for n in range(1, 5)),
    *("AT01", "AT02", "TH01", "DT01", "NL01"),
}
OURS = {"TD06", "AV01", "AV02", "AV03", "AV04"}


def write(folder: Path, text: str) -> None:
    (folder / "indicators.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def test_all_38_are_there_and_ours() -> None:
    assert len(CATALOGUE) == 38
    assert set(shipped()) == CATALOGUE | OURS


def test_each_says_in_both_languages_what_it_counts() -> None:
    for indicator in shipped().values():
        assert indicator.name_vi
        assert indicator.name_en
        assert indicator.numerator_vi
        assert indicator.numerator_en
        assert bool(indicator.denominator_vi) == bool(indicator.denominator_en)
        has_denominator = indicator.value_unit is ValueUnit.RATIO or indicator.measure is not None
        assert bool(indicator.denominator_vi) or not has_denominator, indicator.id


def test_a_rank_and_overdue_cases_are_better_lower() -> None:
    assert {i.id for i in shipped().values() if i.direction is Direction.DOWN} == {"TH01", "DV04"}
    assert shipped()["TH01"].value_unit is ValueUnit.RANK
    assert (shipped()["DT01"].value_unit, shipped()["DT01"].parts_sum) == (ValueUnit.VND, True)


def test_parts_have_units_of_their_own() -> None:
    schools = shipped()["HT11"]
    assert (schools.unit_of(None), schools.unit_of("servers")) == (ValueUnit.RATIO, ValueUnit.COUNT)
    assert schools.has_field("workstations")
    assert not schools.has_field("printers")
    assert shipped()["DV03"].has_field("Tư pháp - Hộ tịch")


def test_what_is_measured_is_a_query_over_verdicts() -> None:
    assert shipped()["HT06"].measure == Measure(AssetKind.WORKSTATION, Owes.OWN)
    assert shipped()["HT08"].measure == Measure(AssetKind.LINK, Owes.CAPACITY, Which.UPLINK)
    assert shipped()["AV01"].is_availability
    assert shipped()["UD01"].measure is None
    assert set(FITTING) == set(AssetKind)


def test_a_province_adds_its_own_and_says_shipped_ones_anew(folder: Path) -> None:
    write(
        folder,
        """
indicators:
  - {id: UD09, name_vi: Họp không giấy, name_en: Paperless meetings, step: used, declared: true}
  - {id: HT06, name_vi: Máy tính, name_en: PCs, step: connected, kind: workstation, owes: own, max_age_days: 7}
""",
    )
    indicators = read_plan(folder).indicators
    assert set(indicators) == CATALOGUE | OURS | {"UD09"}
    assert (indicators["UD09"].step, indicators["UD09"].is_declared) == (Step.USED, True)
    assert (indicators["HT06"].max_age_days, indicators["HT06"].is_declared) == (7, False)


def test_the_plans_version_follows_its_indicators(folder: Path) -> None:
    before = read_plan(folder).version
    write(folder, "indicators: [{id: UD09, name_vi: Họp, name_en: Meetings, declared: true}]\n")
    assert read_plan(folder).version != before


BAD = {
    "nothing says how": ("{id: UD09, name_vi: a, name_en: b}", "no_evidence", "declared"),
    "no name": ("{id: UD09, name_en: b, declared: true}", "empty", "name_vi"),
    "an unknown unit": (
        "{id: UD09, name_vi: a, name_en: b, declared: true, value_unit: kg}",
        "bad_choice",
        "value_unit",
    ),
    "an unknown kind": ("{id: UD09, name_vi: a, name_en: b, kind: phone, owes: own}", "bad_choice", "kind"),
    "what it can't owe": ("{id: UD09, name_vi: a, name_en: b, kind: lan, owes: capacity}", "bad_choice", "owes"),
    "owes without a kind": ("{id: UD09, name_vi: a, name_en: b, declared: true, owes: own}", "not_empty", "owes"),
    "a maybe": ("{id: UD09, name_vi: a, name_en: b, declared: maybe}", "bad_choice", "declared"),
    "an age of nothing": (
        "{id: UD09, name_vi: a, name_en: b, declared: true, max_age_days: 0}",
        "bad_number",
        "max_age_days",
    ),
    "a key of ours": ("{id: UD09, name_vi: a, name_en: b, declared: true, colour: red}", "unknown_key", None),
}


@pytest.mark.parametrize(("indicator", "code", "key"), BAD.values(), ids=BAD)
def test_a_bad_indicator_is_named(folder: Path, indicator: str, code: str, key: str | None) -> None:
    write(folder, f"indicators:\n  - {indicator}\n")
    found = places(folder)
    assert (code, "indicators.yml", 2, key) in found
    assert {place[1] for place in found} == {"indicators.yml"}


def test_the_same_indicator_twice_is_named(folder: Path) -> None:
    one = "{id: UD09, name_vi: a, name_en: b, declared: true}"
    write(folder, f"indicators:\n  - {one}\n  - {one}\n")
    assert places(folder) == [("duplicate", "indicators.yml", 3, "id")]
