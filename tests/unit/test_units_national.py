"""The country's map of 1 July 2025, against the published figures of the reorganisation."""

import unicodedata
from collections import Counter
from datetime import timedelta

import pytest

from ledger.units.national import DAY, became, province_map, units_after, units_before
from ledger.units.restatement import restated
from ledger.units.succession import Succession, SuccessionKind, crosswalk

#: National totals and the communes of some provinces, as published (NQ 202/2025/QH15, QĐ 19/2025/QĐ-TTg).
AFTER = {"province": 34, "commune": 3321}
KINDS = {"commune": 2621, "ward": 687, "special_zone": 13}
COMMUNES = {"96": 64, "48": 94, "25": 148, "92": 103, "68": 124}


def test_the_totals_are_the_published_ones() -> None:
    assert Counter(unit.level for unit in units_after()) == AFTER
    assert Counter(unit.kind for unit in units_after() if unit.level == "commune") == KINDS
    assert {p: sum(1 for unit in units_after() if unit.parent == p) for p in COMMUNES} == COMMUNES
    before = Counter(unit.level for unit in units_before())
    assert (before["province"], before["district"]) == (63, 696)


def test_every_unit_has_its_own_code_a_known_parent_and_a_composed_name() -> None:
    for units in (units_before(), units_after()):
        codes = {unit.code for unit in units}
        assert len(codes) == len(units)
        assert {unit.parent for unit in units} - {None} <= codes
        assert all(unicodedata.is_normalized("NFC", unit.name) for unit in units)
        assert "unit" not in {unit.kind for unit in units}


def test_every_province_and_commune_became_something_and_everything_comes_from_something() -> None:
    sources, targets = {source for source, _ in became()}, {target for _, target in became()}
    islands = {unit.code for unit in units_before() if unit.level == "district"} & sources
    assert len(islands) == 5, "districts without communes"
    assert sources - islands == {unit.code for unit in units_before() if unit.level != "district"}
    assert targets == {unit.code for unit in units_after()}


def test_a_count_of_every_old_commune_is_conserved() -> None:
    successions = [
        Succession(on=DAY, kind=SuccessionKind.MERGE, source=f"old {source}", target=target, share=None, decision="")
        for source, target in became()
    ]
    way = crosswalk(successions, DAY - timedelta(days=1), DAY)
    counts = {
        f"old {unit.code}": 7 + number % 13 for number, unit in enumerate(units_before()) if unit.level == "commune"
    }
    found = restated(counts, way)
    assert sum(found.counts.values()) == sum(counts.values())
    assert set(found.counts) <= {unit.code for unit in units_after()}


def test_a_province_has_what_became_a_part_of_it() -> None:
    found = province_map("68")
    assert found is not None
    assert {unit.name for unit in found.before if unit.level == "province"} == {
        "Tỉnh Bình Thuận",
        "Tỉnh Đắk Nông",
        "Tỉnh Lâm Đồng",
    }
    assert sorted(source for source, target in found.successions if target == "68-22945") == [
        "60-22930",
        "60-22945",
        "60-22951",
    ]
    (ward,) = [unit for unit in found.after if unit.code == "68-22945"]
    assert (ward.number, ward.kind, ward.name, ward.name_en) == (
        "22945",
        "ward",
        "Phường Phan Thiết",
        "Phan Thiet ward",
    )


@pytest.mark.parametrize("province", ["", "60", "99", "68-22945"])
def test_there_are_thirty_four_provinces_and_no_others(province: str) -> None:
    assert province_map(province) is None
