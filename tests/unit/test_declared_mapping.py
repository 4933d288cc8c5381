"""A mapping's file: what it may say, and where it can't be understood."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import places

from ledger.declared.mapping import Part, Source, TableMapping, ValueColumn
from ledger.declared.mapping_file import read_mapping
from ledger.declared.sheet import MIB, Limits
from ledger.declared.totals import MOST


def test_everything_that_a_mapping_may_say_is_read() -> None:
    text = """\
    sheet: Biểu 1
    header: 5-6
    unit: {column: Đơn vị}
    day: 31/12/2019
    totals: [Cộng khối, Toàn ngành]
    aliases: {QOffice: Qoffice, 1: "49"}
    values:
      - column: Số
        indicator: UD06
        is: numerator
        day: {column: Ngày}
      - {column: C, indicator: DV01}
    """
    found, register = read_mapping(dedent(text).encode(), "m.yml")
    assert register.problems == []
    unit, day = Source(None, "Đơn vị", 3), Source("31/12/2019", None, 4)
    assert found == TableMapping(
        file="m.yml",
        sheet="Biểu 1",
        header=(5, 6),
        totals=("Cộng khối", "Toàn ngành"),
        aliases={"QOffice": "Qoffice", "1": "49"},
        values=(
            ValueColumn(
                "Số",
                Part.NUMERATOR,
                {"unit": unit, "day": Source(None, "Ngày", 11), "indicator": Source("UD06", None, 9)},
                8,
            ),
            ValueColumn("C", Part.VALUE, {"unit": unit, "day": day, "indicator": Source("DV01", None, 12)}, 12),
        ),
    )
    assert found.references() == {"Số": 8, "Đơn vị": 3, "Ngày": 11, "C": 12}


def test_the_mappings_in_the_documentation_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", Path("docs/import.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        found, register = read_mapping(block.encode(), "m.yml")
        assert register.problems == []
        assert found is not None
        assert {value.part for value in found.values} <= set(Part)


def test_the_bounds_in_the_documentation_are_those_that_hold() -> None:
    text, limits = Path("docs/import.md").read_text(encoding="utf-8"), Limits()
    for row in (
        f"| the file | {limits.file_bytes // MIB} MiB |",
        f"| a workbook's parts that are read, unpacked | {limits.unpacked_bytes // MIB} MiB |",
        f"unpacked to packed | {limits.ratio} : 1 |",
        f"| sheets | {limits.sheets} |",
        f"| {limits.rows:,}; {limits.columns:,}; {limits.cells:,} |",
        f"| rows of totals | {MOST} |",
    ):
        assert row in text


SOUND = "unit: {column: A}\nindicator: UD06\nday: 31/12/2019\nvalues:\n  - column: B\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("bad_mapping", None, None)]),
        ("- a\n", [("bad_mapping", None, None)]),
        ("values: [\n", [("bad_yaml", 2, None)]),
        ("a: \x01\n", [("bad_yaml", 1, None)]),
        ("[" * 5_000, [("bad_yaml", None, None)]),
        ("unit: A\n", [("bad_mapping", None, None)]),
        ("values: B\n", [("bad_mapping", 1, None)]),
        ("values: [B]\n", [("bad_mapping", 1, None)]),
        (SOUND + "sheets: 1\n", [("unknown_key", 6, None)]),
        (SOUND + "[a]: 1\n", [("unknown_key", 6, None)]),
        (SOUND + "    colour: 1\n", [("unknown_key", 6, None)]),
        (SOUND + "day: 01/01/2020\n", [("duplicate", 6, "day")]),
        (SOUND + "header: x\n", [("bad_mapping", 6, "header")]),
        (SOUND + "header: 6-5\n", [("bad_mapping", 6, "header")]),
        (SOUND + "header: [5, 6]\n", [("bad_text", 6, "header")]),
        (SOUND + "totals: {a: b}\n", [("bad_mapping", 6, "totals")]),
        (SOUND + "aliases: [a]\n", [("bad_mapping", 6, "aliases")]),
        (SOUND + "aliases: {a: [b]}\n", [("bad_mapping", 6, "aliases")]),
        (SOUND + "    is: sum\n", [("bad_choice", 6, "is")]),
        (SOUND + "    mark: {colour: A}\n", [("unknown_key", 6, None), ("bad_mapping", 6, "mark")]),
        (SOUND + "  - is: value\n", [("missing_key", 6, "column")]),
        (SOUND.replace("indicator: UD06\n", ""), [("missing_key", 4, "indicator")]),
        (SOUND.replace("31/12/2019", ""), [("missing_key", 5, "day")]),
        (SOUND + "    indicator:\n", []),
    ],
)
def test_what_cant_be_understood_is_named_with_its_line(
    text: str, expected: list[tuple[str, int | None, str | None]]
) -> None:
    found, register = read_mapping(text.encode(), "m.yml")
    assert (found is None) == bool(expected)
    assert [(code, row, column) for code, _, row, column in places(register.problems)] == expected


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: (SOUND + text).encode())))
def test_any_bytes_are_a_mapping_or_have_problems(data: bytes) -> None:
    found, register = read_mapping(data, "m.yml")
    assert (found is None) == bool(register.problems)
