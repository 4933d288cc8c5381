"""What is taken from a table by its mapping: whose values, of what, when; what is a problem, and what is noted."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import BASE, COUNT, HEAD, PARTS, csv_of, one, places, taken, values, xlsx_of

from ledger.declared.amount import Qualifier, ValueState
from ledger.declared.statement import Mark, Place, Scope
from ledger.plan import Level


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("49-503", "49-503"),
        ("503", "49-503"),
        ("Thành phố Hội An", "49-503"),
        ("tp. hội an", "49-503"),
        ("HOI AN", "49-503"),
        ("Sở Tài chính", "49-STC"),
        ("1. Sở Tài chính", "49-STC"),
        ("- UBND thành phố Tam Kỳ", "49-502"),
        ("Phường Hoà Thuận", "49-20341"),
        ("Qoffice", "49-STC"),
        ("QOFFICE", "49-STC"),
    ],
)
def test_a_unit_is_known_by_id_code_and_name_in_any_spelling(name: str, unit: str) -> None:
    found = one((name, 8, 10, "80 %"), mapping="aliases: {QOffice: Sở Tài chính}" + PARTS)
    assert found.problems == ()
    (said,) = found.statements
    assert (said.unit, said.day, said.indicator, said.scope) == (unit, date(2019, 12, 31), "UD06", Scope.SUBTREE)
    assert (said.amount.numerator, said.amount.denominator, said.amount.value) == (8, 10, Decimal("0.8"))
    assert said.place == Place(None, 2, "B")


LEVELS = "level: {column: Tổng}" + COUNT
RANK_IN_PARTS = BASE.replace("UD06", "TH01") + "  - {column: Số, is: numerator}\n"


@pytest.mark.parametrize(
    ("row", "mapping", "code", "column"),
    [
        (("Sở Không Có", 8, 10, ""), PARTS, "no_such_unit", "A"),
        (("Tây Giang", 8, 10, ""), PARTS, "ambiguous_unit", "A"),
        (("", 8, 10, ""), PARTS, "empty", "A"),
        (("a\u200bb", 8, 10, ""), PARTS, "control_character", "A"),
        (("a" * 2000, 8, 10, ""), PARTS, "too_long", "A"),
        (("503", "1.5", 10, ""), PARTS, "two_readings", "B"),
        (("503", "tám", 10, ""), PARTS, "not_a_number", "B"),
        (("503", "8,5", 10, ""), PARTS, "not_whole", "B"),
        (("503", "80 %", 10, ""), PARTS, "no_count", "B"),
        (("503", "1" * 20, 10, ""), PARTS, "too_large", "B"),
        (("503", 11, 10, ""), PARTS, "numerator_beyond", "B"),
        (("503", "1.272", "1.800", "69,47 %"), PARTS, "parts_disagree", "D"),
        (("503", "", 10, ""), PARTS, "lone_denominator", "C"),
        (("503", "", "", "120 %"), PARTS, "beyond_whole", "D"),
        (("503", "", "", "0,8"), PARTS, "below_one", "D"),
        (("503", "", "", "1,5"), PARTS.replace("is: ratio", "is: ratio, in: 0-1"), "beyond_whole", "D"),
        (("503", "", "", "0.8"), PARTS.replace("is: ratio", "is: ratio, in: 0-1"), "two_readings", "D"),
        (("503", "0,5", "", ""), COUNT, "below_one", "B"),
        (("503", "0", "", ""), COUNT.replace("DV02", "TH01"), "no_rank", "B"),
        (("49-20341", "5", "", ""), "level: huyện" + COUNT, "wrong_level", "A"),
        (("503", "5", "cấp tỉnh", ""), LEVELS, "wrong_level", "C"),
        (("503", "5", "sở", ""), LEVELS, "wrong_level", "C"),
        (("503", str(10**15 + 1), "", ""), COUNT, "too_large", "B"),
        (("503", "1.001 nghìn tỷ", "", ""), COUNT.replace("DV02", "DT01"), "too_large", "B"),
        (("503", "", "", "8"), PARTS, "no_ratio", "D"),
        (("503", "1,272", "", ""), COUNT, "not_whole", "B"),
        (("503", "8/10", "", ""), COUNT.replace("DV02", "TH01"), "no_count", "B"),
        (("503", "5 %", "", ""), COUNT, "no_count", "B"),
        (("503", "5 tỷ đồng", "", ""), COUNT, "no_count", "B"),
        (("503", "-5", "", ""), COUNT, "not_a_number", "B"),
        (("503", "5", "", ""), COUNT.replace("DV02", "DT01"), "no_money", "B"),
        (("503", "5 triệu văn bản", "", ""), COUNT.replace("DV02", "DT01"), "no_money", "B"),
        (("503", "7 triệu USD", "", ""), COUNT.replace("DV02", "DT01"), "unread_words", "B"),
        (("503", "3 trăm", "", ""), COUNT, "unread_words", "B"),
        (("503", "x", "", ""), COUNT, "not_a_number", "B"),
        (("503", "5", "", ""), COUNT.replace("DV02", "UD06"), "no_ratio", "B"),
        (
            ("503", "5", "", ""),
            COUNT.replace("column: Số", "{column: Số, is: numerator}").replace("DV02", "TH01"),
            "no_parts",
            "B",
        ),
    ],
)
def test_a_bad_cell_is_named_and_its_row_left_out(
    row: tuple[object, ...], mapping: str, code: str, column: str
) -> None:
    found = one(row, ("Sở Tài chính", 1, 1, ""), mapping=mapping)
    assert places(found.problems)[0] == (code, "t", 2, column)
    assert 2 in found.bad_rows
    assert all(said.unit == "49-STC" for said in found.statements)


@pytest.mark.parametrize(
    ("unit", "level"),
    [
        ("Tỉnh Quảng Nam", "Sở"),
        ("Tỉnh Quảng Nam", "xã"),
        ("Tỉnh Quảng Nam", "huyện"),
        ("Tỉnh Quảng Nam", "tỉnh"),
        ("503", "xã"),
        ("503", "huyện"),
        ("49-20341", "xã"),
    ],
)
def test_a_value_may_be_about_the_units_own_level_or_one_below(unit: str, level: str) -> None:
    found = one((unit, 5, level, ""), mapping=LEVELS)
    assert (found.problems, len(found.statements)) == ((), 1)


@pytest.mark.parametrize(
    ("line", "code", "row", "key"),
    [
        ("indicator: UD99", "unknown_indicator", 3, "indicator"),
        ("indicator: HT07", "not_declared", 3, "indicator"),
        ("day: 30/11/-0001", "not_in_calendar", 3, "day"),
        ("day: hôm qua", "not_a_day", 3, "day"),
        ("level: làng", "bad_choice", 3, "level"),
        ("scope: all", "bad_choice", 3, "scope"),
        ("mark: rumour", "bad_choice", 3, "mark"),
        ("qualifier: cỡ", "bad_choice", 3, "qualifier"),
        ("in: 5", "bad_choice", 3, "in"),
        ("in: triêu đồng", "bad_choice", 3, "in"),
        ("in: triệu USD", "bad_choice", 3, "in"),
        ("unit: Sở Không Có", "no_such_unit", 3, "unit"),
        ("{indicator: DV03, field: rừng}", "unknown_field", 3, "field"),
    ],
)
def test_what_is_wrong_in_the_mapping_is_told_once_and_there(line: str, code: str, row: int, key: str) -> None:
    more = line.strip("{}").replace(", ", "\n      ")
    base = {"unit": "'503'", "indicator": "UD06", "day": "31/12/2019"}
    top = "".join(f"{name}: {value}, " for name, value in base.items() if f"{name}:" not in more)
    inline = more.replace("\n      ", ", ")
    mapping = f"values:\n  -\n    {{{inline}, {top}column: Số, is: numerator}}\n"
    found = taken(csv_of(HEAD, ("x", 1, 1, ""), ("y", 2, 2, "")), mapping)
    assert places(found.problems) == [(code, "m.yml", row, key)]
    assert found.statements == ()
    assert found.bad_rows == {2, 3}


@pytest.mark.parametrize(
    ("row", "amount", "mark"),
    [
        (("503", "1.272", "", "69,47 %"), (1272, 1831, None), Mark.DERIVED),
        (("503", "1.272", "1.831", "69,47 %"), (1272, 1831, None), Mark.DOCUMENT),
        (("503", "1.272", "1.831", ""), (1272, 1831, None), Mark.DOCUMENT),
        (("503", "97", "", "97 %"), (97, 100, None), Mark.DERIVED),
        (("503", "1.164", "", "97 %"), (1164, None, Decimal("0.97")), Mark.DOCUMENT),
        (("503", "gần 1.272", "", "69,47 %"), (1272, None, Decimal("0.6947")), Mark.DOCUMENT),
        (("503", "0", "", "0 %"), (0, None, Decimal(0)), Mark.DOCUMENT),
        (("503", "", "", "69,47 %"), (None, None, Decimal("0.6947")), Mark.DOCUMENT),
        (("503", "", "10", "80 %"), (None, 10, Decimal("0.8")), Mark.DOCUMENT),
        (("503", "", "", "8/10"), (8, 10, Decimal("0.8")), Mark.DOCUMENT),
        (("503", "8/10", "", ""), (8, 10, Decimal("0.8")), Mark.DOCUMENT),
        (("503", "244", "", ""), (244, None, None), Mark.DOCUMENT),
        (("503", "2", "3", "66,67 %"), (2, 3, None), Mark.DOCUMENT),
        (("503", "1", "8", "12,5 %"), (1, 8, None), Mark.DOCUMENT),
        (("503", "1", "8", "12 %"), (1, 8, None), Mark.DOCUMENT),
        (("503", "chưa có số liệu", "10", "80 %"), (None, 10, Decimal("0.8")), Mark.DOCUMENT),
    ],
)
def test_the_parts_of_a_value_are_put_together(
    row: tuple[object, ...], amount: tuple[int | None, int | None, Decimal | None], mark: Mark
) -> None:
    found = one(row)
    assert found.problems == ()
    (said,) = found.statements
    numerator, denominator, value = amount
    if value is None and numerator is not None and denominator is not None:
        value = Decimal(numerator) / Decimal(denominator)
    assert (said.amount.numerator, said.amount.denominator, said.amount.value) == (numerator, denominator, value)
    assert said.mark is mark
    assert [note.code for note in found.notes] == (["denominator_derived"] if mark is Mark.DERIVED else [])


@pytest.mark.parametrize(
    ("row", "amount"),
    [
        (("503", "9.850", "", ""), (None, None, Decimal(9850))),
        (("503", "381/381", "", ""), (381, 381, Decimal(1))),
        (("503", "381", "381", "100 %"), (381, 381, Decimal(1))),
        (("503", "9.850", "8.000", ""), (9850, 8000, Decimal("1.23125"))),
    ],
)
def test_a_count_may_be_of_so_many(
    row: tuple[object, ...], amount: tuple[int | None, int | None, Decimal | None]
) -> None:
    found = one(row, mapping=PARTS.replace("UD06", "DV02"))
    assert found.problems == ()
    (said,) = found.statements
    assert (said.amount.numerator, said.amount.denominator, said.amount.value) == amount


def test_what_has_no_value_says_so_and_an_empty_cell_says_nothing() -> None:
    found = one(("503", "–", "", ""), ("502", "không áp dụng", "", ""), ("49-STC", "", "", ""), mapping=COUNT)
    assert [(said.unit, said.amount.state) for said in found.statements] == [
        ("49-503", ValueState.NO_DATA),
        ("49-502", ValueState.NOT_APPLICABLE),
    ]


def test_a_value_merged_over_two_rows_is_nobodys_but_a_name_is_both_rows() -> None:
    found = taken(xlsx_of(HEAD, ("503", 5), ("502", ""), merged=["B2:B3"]), COUNT)
    assert places(found.problems) == [("merged_value", "t", 3, "B")]
    mapping = COUNT.replace("DV02", "DV03").replace("column: Số", "{column: Tỷ lệ, field: {column: Số}}")
    mapping = mapping.replace("day: 31/12/2019", "day: {column: Tổng}")
    rows = (HEAD, ("503", "đất đai", "31/12/2018", "8"), ("", "Land", "31/12/2019", "9"))
    found = taken(xlsx_of(*rows, merged=["A2:A3"]), mapping)
    assert found.problems == ()
    assert [(said.unit, said.field, said.day.year) for said in found.statements] == [
        ("49-503", "land", 2018),
        ("49-503", "land", 2019),
    ]


def test_a_long_table_has_a_row_for_each_value() -> None:
    mapping = """
    unit: {column: Đơn vị}
    indicator: {column: Mã}
    field: {column: Lĩnh vực}
    level: {column: Cấp}
    day: {column: Ngày}
    mark: {column: Nguồn}
    qualifier: {column: Mức}
    aliases: {Một cửa: UD06}
    values: [{column: Giá trị}]
    """
    rows = (
        ("Đơn vị", "Mã", "Lĩnh vực", "Cấp", "Ngày", "Nguồn", "Mức", "Giá trị"),
        ("Tỉnh Quảng Nam", "UD06", "", "Huyện", "31/12/2019", "", "", "18/18"),
        ("Tỉnh Quảng Nam", "một cửa", "", "Xã", "ngày 01/03/2020", "synthetic", "", "90 %"),
        ("Hội An", "DV02", "Đất đai", "", "2019-12-31", "document", "gần", "1,2 triệu"),
        ("Hội An", "TH01", "", "", "30/11/-0001", "", "", "18"),
    )
    for data in (csv_of(*rows), xlsx_of(*rows)):
        found = taken(data, mapping)
        assert places(found.problems) == [("not_in_calendar", "t", 5, "E")]
        assert [(s.unit, s.indicator, s.field, s.scope, s.level, s.day.year, s.mark) for s in found.statements] == [
            ("49", "UD06", None, Scope.LEVEL, Level.DISTRICT, 2019, Mark.DOCUMENT),
            ("49", "UD06", None, Scope.LEVEL, Level.COMMUNE, 2020, Mark.SYNTHETIC),
            ("49-503", "DV02", "Đất đai", Scope.SUBTREE, None, 2019, Mark.DOCUMENT),
        ]
        assert found.statements[2].amount.qualifier is Qualifier.NEARLY


def test_of_names_that_two_levels_have_the_mapping_may_say_which() -> None:
    for level, unit in (("district", "49-504"), ("xã", "49-20350")):
        found = one(("Tây Giang", 8, 10, ""), mapping=f"among: {level}" + PARTS)
        assert values(found.statements) == [(unit, "UD06", "0.8")]


TALL = (
    ("ỦY BAN NHÂN DÂN", "", "", "", ""),
    ("Đơn vị", "Cấp huyện", "", "Cấp xã", ""),
    ("", "Số", "Tổng số", "Số", "Tổng số"),
    ("(1)", "(2)", "(3)", "(4)", "(5)=(4)/(3)"),
    ("I. Khối huyện", "", "", "", ""),
    ("Hội An", 1, 1, 12, 13),
    ("Ghi chú: đến 31/12/2019", "", "", "", ""),
)
TALL_MAPPING = (
    BASE
    + """
  - {column: Cấp huyện / Số, is: numerator, level: district}
  - {column: Cấp huyện / Tổng số, is: denominator, level: district}
  - {column: Cấp xã / Số, is: numerator, level: commune}
  - {column: E, is: denominator, level: commune}
"""
)


def test_a_heading_of_several_merged_lines_is_found() -> None:
    data = xlsx_of(*TALL, merged=["A1:E1", "A2:A3", "B2:C2", "D2:E2"])
    found = taken(data, TALL_MAPPING)
    assert found.problems == ()
    assert [(said.level, said.amount.numerator, said.amount.denominator) for said in found.statements] == [
        (Level.DISTRICT, 1, 1),
        (Level.COMMUNE, 12, 13),
    ]
    assert taken(data, "header: 2-3" + TALL_MAPPING).statements == found.statements


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (BASE + "  - {column: Số, is: numerator}", ("two_headings", "m.yml", 6, "column")),
        (BASE + "  - {column: Số lượng, is: numerator}", ("no_heading", "m.yml", 6, "column")),
        ("header: 2" + BASE + "  - {column: Tổng số, is: numerator}", ("no_heading", "m.yml", 6, "column")),
    ],
)
def test_a_column_that_cant_be_told_is_named_with_the_mappings_line(
    mapping: str, expected: tuple[str, str, int, str]
) -> None:
    data = xlsx_of(*TALL, merged=["A1:E1", "A2:A3", "B2:C2", "D2:E2"])
    assert places(taken(data, mapping).problems) == [expected]


def test_columns_by_letter_alone_begin_below_the_first_row() -> None:
    mapping = "{unit: {column: A}, indicator: DV02, day: 31/12/2019, values: [{column: C}]}"
    found = taken(csv_of(("x", "y", "z"), ("503", "", 5)), mapping)
    assert values(found.statements) == [("49-503", "DV02", "5")]


def test_a_table_without_values_is_a_problem() -> None:
    assert places(one(mapping=COUNT).problems) == [("no_values", "t", None, None)]


CELLS = st.one_of(
    st.sampled_from(["503", "Tam Kỳ", "Tây Giang", "Tổng", "8/10", "69,47 %", "1.272", "gần 5", "–", "5 triệu", "x y"]),
    st.integers(0, 10**6).map(str),
    st.text("0123456789.,%/ abđ-+=", max_size=8).filter(lambda text: not text.startswith("=")),
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=6))
def test_both_forms_of_a_table_say_the_same(rows: list[tuple[str, str, str, str]]) -> None:
    """Texts in a workbook are read as in a CSV file; a row that is empty there is no row here."""
    rows = [row for row in rows if all(cell.strip() and ";" not in cell for cell in row)]
    by_csv, by_xlsx = (taken(data, PARTS) for data in (csv_of(HEAD, *rows), xlsx_of(HEAD, *rows)))
    assert places(by_csv.problems) == places(by_xlsx.problems)
    assert places(by_csv.notes) == places(by_xlsx.notes)
    assert [(s.unit, s.amount, s.mark) for s in by_csv.statements] == [
        (s.unit, s.amount, s.mark) for s in by_xlsx.statements
    ]


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.integers(0, 3))
def test_a_denominator_is_derived_only_where_it_is_the_only_one(numerator: int, more: int, places_: int) -> None:
    denominator = numerator + more
    ratio = round(Decimal(numerator * 100) / denominator, places_)
    found = one(("503", numerator, "", f"{ratio} %".replace(".", ",")))
    if found.problems or found.statements[0].amount.denominator is None:
        return
    half = Decimal(1).scaleb(-places_) / 2
    assert found.statements[0].amount.denominator == denominator
    fits = [d for d in (denominator - 1, denominator + 1) if d >= numerator]
    assert all(abs(Decimal(numerator * 100) / d - ratio) > half for d in fits)
