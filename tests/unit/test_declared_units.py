"""What numbers are in: money, percent, parts of 1; as the cell says it, the mapping, or a workbook's format."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from tables import COUNT, HEAD, PARTS, one, places, taken, xlsx_of

from ledger.declared.statement import Place


@pytest.mark.parametrize(
    ("cell", "mapping", "value"),
    [
        ("0,5", "in: 0-1", Decimal("0.5")),
        ("1", "in: '0-1'", Decimal(1)),
        ("0", "in: 0-1", Decimal(0)),
        ("50 %", "in: 0-1", Decimal("0.5")),
        ("8/10", "in: 0-1", Decimal("0.8")),
        ("gần 0,5", "in: 0-1", Decimal("0.5")),
        ("50", "in: '%'", Decimal("0.5")),
    ],
)
def test_a_ratio_may_be_in_percent_or_from_0_to_1(cell: str, mapping: str, value: Decimal) -> None:
    found = one(("503", "", "", cell), mapping=PARTS.replace("is: ratio", f"is: ratio, {mapping}"))
    assert found.problems == ()
    assert [said.amount.value for said in found.statements] == [value]


@pytest.mark.parametrize(("cell", "value"), [(0.5, Decimal("0.5")), (1, Decimal(1)), (0, Decimal(0))])
def test_a_workbooks_plain_number_may_be_a_part_of_1(cell: float, value: Decimal) -> None:
    rows = (HEAD, ("503", "", "", cell))
    found = taken(xlsx_of(*rows), PARTS.replace("is: ratio", "is: ratio, in: 0-1"))
    assert [said.amount.value for said in found.statements] == [value]
    assert [problem.code for problem in taken(xlsx_of(*rows), PARTS).problems] == [
        "below_one" if 0 < cell < 1 else "no_ratio"
    ]
    halves = (HEAD, ("503", 3, 7, 0.428571428571429))
    (said,) = taken(xlsx_of(*halves), PARTS.replace("is: ratio", "is: ratio, in: 0-1")).statements
    assert (said.amount.numerator, said.amount.denominator) == (3, 7)


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("65.401", "triệu đồng", 65_401_000_000),
        ("65.401 triệu", "đồng", 65_401_000_000),
        ("65.401 triệu đồng", "triệu đồng", 65_401_000_000),
        ("173,263 tỷ", "triệu đồng", 173_263_000_000),
        ("173,263", "tỷ đồng", 173_263_000_000),
        ("trên 7", "tỷ", 7_000_000_000),
        ("7", "nghìn tỷ", 7 * 10**12),
        ("7 nghìn tỷ đồng", "triệu đồng", 7 * 10**12),
        (unicodedata.normalize("NFD", "7 nghìn tỷ"), "triệu đồng", 7 * 10**12),
    ],
)
def test_money_is_read_in_the_cells_unit_or_the_columns(cell: str, unit: str, value: int) -> None:
    mapping = COUNT.replace("DV02", "DT01") + f"    in: {unit}\n"
    found = one(("503", cell, "", ""), mapping=mapping)
    assert found.problems == ()
    assert [said.amount.value for said in found.statements] == [value]
    stored = xlsx_of(HEAD, ("503", 65401, "", ""))
    assert (
        taken(stored, COUNT.replace("DV02", "DT01") + "    in: triệu đồng\n").statements[0].amount.value
        == 65401 * 10**6
    )


def test_numbers_that_a_workbook_stores_are_as_good_as_written_ones() -> None:
    rows = (HEAD, ("503", 1272, "", 0.6947), ("502", 8, 10, 0.8), ("49-STC", "", "", 69.5))
    found = taken(xlsx_of(*rows, formats={"D2": "0.00%", "D3": "0%"}), PARTS.replace("is: ratio", "is: ratio, in: '%'"))
    assert found.problems == ()
    assert [(said.amount.numerator, said.amount.denominator) for said in found.statements] == [
        (1272, 1831),
        (8, 10),
        (None, None),
    ]
    assert found.statements[2].amount.value == Decimal("0.695")
    assert found.statements[0].place == Place("Biểu 1", 2, "B")


@pytest.mark.parametrize(
    ("cell", "code"),
    [(date(2025, 10, 8), "day_for_number"), ("=1+1", "formula_without_value"), (-3, "negative"), (1.272, "not_whole")],
)
def test_what_a_workbook_holds_in_place_of_a_number_is_told(cell: object, code: str) -> None:
    assert places(taken(xlsx_of(HEAD, ("503", cell)), COUNT).problems) == [(code, "t", 2, "B")]


def test_a_number_shown_in_thousands_is_not_guessed() -> None:
    found = taken(xlsx_of(HEAD, ("503", 65_401_000), formats={"B2": "#,##0,"}), COUNT)
    assert places(found.problems) == [("scaled_format", "t", 2, "B")]
