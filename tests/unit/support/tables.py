"""Tables of declared values made by hand: a small province, files in both forms, and what is taken from them."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from textwrap import dedent
from typing import Any

import openpyxl

from ledger.declared.known import KnownUnits
from ledger.declared.mapping_file import read_mapping
from ledger.declared.meaning import Known
from ledger.declared.opening import read_table
from ledger.declared.statement import Statement
from ledger.declared.taking import Taken, take
from ledger.plan import Code, CodeScheme, Indicator, Level, Problem, Unit, UnitHistory, UnitSpan, ValueUnit
from ledger.plan.indicator import Field

END = date(2025, 6, 30)
DAY = date(2019, 12, 31)


def _indicator(id_: str, unit: ValueUnit, **more: Any) -> Indicator:
    return Indicator(id=id_, name_vi=id_, name_en=id_, value_unit=unit, **{"is_declared": True, **more})


LAND = Field("land", "Đất đai", "Land", ValueUnit.COUNT)
INDICATORS = {
    each.id: each
    for each in (
        _indicator("UD06", ValueUnit.RATIO),
        _indicator("DV01", ValueUnit.RATIO),
        _indicator("DV02", ValueUnit.COUNT, parts_sum=True),
        _indicator("TH01", ValueUnit.RANK),
        _indicator("DT01", ValueUnit.VND, parts_sum=True),
        _indicator("DV03", ValueUnit.RATIO, fields={"land": LAND}),
        _indicator("HT07", ValueUnit.RATIO, is_declared=False),
    )
}


def _unit(id_: str, parent: str | None, level: Level, name: str) -> UnitSpan:
    return UnitSpan(Unit(id_, parent, level, "x", name, f"{id_} in English", None), None, END)


HISTORY = UnitHistory(
    spans=(
        _unit("49", None, Level.PROVINCE, "Tỉnh Quảng Nam"),
        _unit("49-STC", "49", Level.DEPARTMENT, "Sở Tài chính"),
        _unit("49-502", "49", Level.DISTRICT, "Thành phố Tam Kỳ"),
        _unit("49-503", "49", Level.DISTRICT, "Thành phố Hội An"),
        _unit("49-504", "49", Level.DISTRICT, "Huyện Tây Giang"),
        _unit("49-20341", "49-502", Level.COMMUNE, "Phường Hòa Thuận"),
        _unit("49-20398", "49-503", Level.COMMUNE, "Phường Minh An"),
        _unit("49-20350", "49-502", Level.COMMUNE, "Xã Tây Giang"),
    ),
    codes=tuple(Code(f"49-{code}", CodeScheme.AREA, code, None, None) for code in ("502", "503")),
)
KNOWN = Known(KnownUnits(HISTORY), INDICATORS)
Row = Sequence[object]


def csv_of(*rows: Row, delimiter: str = ";") -> bytes:
    """The rows as a CSV file; texts hold no quotes."""
    out = StringIO()
    for row in rows:
        out.write(delimiter.join(f'"{cell}"' if delimiter in str(cell) else str(cell) for cell in row) + "\n")
    return out.getvalue().encode()


def xlsx_of(
    *rows: Row, merged: Sequence[str] = (), formats: Mapping[str, str] | None = None, title: str = "Biểu 1"
) -> bytes:
    """The rows as the one sheet of a workbook; `formats` are number formats by cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for area in merged:
        sheet.merge_cells(area)
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def taken(data: bytes, mapping: str) -> Taken:
    """What is taken from a file by a mapping that is sound."""
    found, register = read_mapping(dedent(mapping).encode(), "m.yml")
    assert found is not None, [problem.text() for problem in register.problems]
    return take(read_table(data, found.sheet), found, KNOWN, "t")


def places(problems: Sequence[Problem]) -> list[tuple[str, str, int | None, str | None]]:
    """Code, file, row and column of each."""
    return [(problem.code, problem.file, problem.row, problem.column) for problem in problems]


def values(statements: Sequence[Statement]) -> list[tuple[str, str, str | None]]:
    """Unit, indicator and value of each."""
    return [
        (said.unit, said.indicator, None if said.amount.value is None else f"{said.amount.value:f}")
        for said in statements
    ]


HEAD = ("Đơn vị", "Số", "Tổng", "Tỷ lệ")
BASE = """
unit: {column: Đơn vị}
indicator: UD06
day: 31/12/2019
values:
"""
PARTS = (
    BASE
    + """
  - {column: Số, is: numerator}
  - {column: Tổng, is: denominator}
  - {column: Tỷ lệ, is: ratio}
"""
)
COUNT = BASE.replace("UD06", "DV02") + "  - column: Số\n"


def one(*rows: tuple[object, ...], mapping: str = PARTS) -> Taken:
    return taken(csv_of(HEAD, *rows), mapping)
