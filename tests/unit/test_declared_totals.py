"""Totals are held against their rows, and what stands there twice counts once or not at all."""

import pytest
from tables import BASE, COUNT, HEAD, csv_of, one, places, taken, values

from ledger.declared.amount import Qualifier


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("502", 3), ("503", 4), ("Tổng", 7)], []),
        ([("502", 3), ("503", 4), ("Tổng cộng (A+B):", 7)], []),
        ([("Toàn tỉnh", 7), ("502", 3), ("503", 4)], []),
        ([("502", 3), ("503", 4), ("CỘNG", 8)], [("wrong_total", 4)]),
        ([("Toàn tỉnh", 8), ("502", 3), ("503", 4)], [("wrong_total", 2)]),
        ([("502", 3), ("Cộng", 3), ("503", 4), ("Cộng", 4), ("Tổng", 7)], []),
        ([("502", 3), ("Cộng", 3), ("503", 4), ("Cộng", 5), ("Tổng", 7)], [("wrong_total", 5)]),
        ([("502", 3), ("503", 4), ("Khối huyện", 7)], []),
        ([("Tỉnh Quảng Nam", 7), ("502", 3), ("503", 4), ("Tổng", 7)], []),
        ([("502", 3), ("503", "–"), ("Tổng", 7)], [("unchecked_total", 4)]),
        ([("Tổng", 7)], [("unchecked_total", 2)]),
        ([("502", 3), ("503", "gần 4"), ("Tổng", 8)], [("rough_total", 4)]),
        ([("502", 3), ("503", "gần 4"), ("Tổng", 7)], []),
        ([("502", 3), ("503", "không áp dụng"), ("Tổng", 3)], []),
        ([("502", 3), ("503", ""), ("Tổng", 3)], []),
    ],
)
def test_totals_are_held_against_their_rows_and_never_kept(
    rows: list[tuple[str, object]], expected: list[tuple[str, int]]
) -> None:
    found = one(*((*row, "", "") for row in rows), mapping="totals: Khối huyện" + COUNT)
    assert [(each.code, each.row) for each in (*found.problems, *found.notes)] == expected
    assert all(said.unit in ("49", "49-502", "49-503") for said in found.statements)


def test_a_total_of_ratios_must_be_that_of_their_parts() -> None:
    rows = (("502", 1, 2, "50 %"), ("503", 3, 4, "75 %"))
    assert one(*rows, ("Tổng", 4, 6, "66,67 %")).problems == ()
    assert places(one(*rows, ("Tổng", 4, 6, "62,5 %")).problems) == [("parts_disagree", "t", 4, "D")]
    fractions = BASE + "  - column: Số\n"
    assert one(("502", "1/2"), ("503", "3/4"), ("Tổng", "4/6"), mapping=fractions).problems == ()
    found = one(("502", "1/2"), ("503", "3/4"), ("Tổng", "4/7"), mapping=fractions)
    assert places(found.problems) == [("wrong_total", "t", 4, "B")]


FUNDING = """
unit: Tỉnh Quảng Nam
indicator: DT01
day: 31/12/2015
in: triệu đồng
field: {column: Nguồn}
values: [{column: Kinh phí}]
"""


@pytest.mark.parametrize(("whole", "codes"), [("trên 65.401", []), ("trên 65.402", ["rough_total"])])
def test_the_total_of_a_units_fields_is_the_unit_whole(whole: str, codes: list[str]) -> None:
    parts = (("Tỉnh", "hơn 22.327"), ("Phát triển", "hơn 36.289"), ("Trung ương", "6.785"))
    found = taken(csv_of(("Nguồn", "Kinh phí"), *parts, ("Tổng cộng", whole)), FUNDING)
    assert [note.code for note in found.notes] == codes
    assert [(said.field, said.amount.qualifier) for said in found.statements] == [
        ("Tỉnh", Qualifier.OVER),
        ("Phát triển", Qualifier.OVER),
        ("Trung ương", None),
        (None, Qualifier.OVER),
    ]
    exact = csv_of(("Nguồn", "Kinh phí"), ("Tỉnh", "1"), ("Trung ương", "2"), ("Tổng", "4"))
    assert places(taken(exact, FUNDING).problems) == [("wrong_total", "t", 4, "B")]
    assert [said.field for said in taken(exact, FUNDING).statements] == ["Tỉnh", "Trung ương"]


def test_a_block_that_stands_twice_counts_once() -> None:
    block = (HEAD, ("502", 3, "", ""), ("503", 4, "", ""), ("Tổng", 7, "", ""))
    found = taken(csv_of(*block, *block, ("Tổng cộng", 7, "", "")), COUNT)
    assert found.problems == ()
    assert [(note.code, note.row) for note in found.notes] == [("said_twice", 6), ("said_twice", 7)]
    assert values(found.statements) == [("49-502", "DV02", "3"), ("49-503", "DV02", "4")]


def test_of_what_is_said_twice_otherwise_neither_counts() -> None:
    found = one(("502", 3, "", ""), ("Tam Kỳ", 4, "", ""), ("503", 5, "", ""), mapping=COUNT)
    assert places(found.problems) == [("said_otherwise", "t", 3, "B")]
    assert found.bad_rows == {2, 3}
    assert values(found.statements) == [("49-503", "DV02", "5")]
