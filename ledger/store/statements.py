"""Reads and writes what is declared: files that were taken in, and the values in them. Nothing is ever deleted."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.statement import Declared, Import, Mark, Place, Scope, Statement
from ledger.plan import Level
from ledger.store.schema import Instant, metadata

#: Files that were taken in; one that was undone stays, with who undid it and when.
imports = Table(
    "import",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("mapping_sha256", String, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("values", Integer, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Text),
)
#: The values in them, in the file's order.
statement = Table(
    "statement",
    metadata,
    Column("import", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("indicator", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("level", String),
    Column("field", String),
    Column("day", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("value", String),
    Column("value_unit", String, nullable=False),
    Column("qualifier", String),
    Column("numerator", BigInteger),
    Column("denominator", BigInteger),
    Column("mark", String, nullable=False),
    Column("sheet", Text),
    Column("row", Integer),
    Column("column", String),
    Index("statement_of", "unit", "indicator"),
)
#: The state of a value that was estimated; the others are ValueState's.
ESTIMATED = "estimated"
FIELDS = ("number", "file", "sha256", "mapping_sha256", "by", "at", "values", "undone_at", "undone_by")


def write_import(connection: Connection, taken: Import, statements: Sequence[Statement]) -> Import | None:
    """Keep a file's values under the next number, which `taken` gets; None where the same ones count already."""
    same = select(imports.c.number).where(
        imports.c.sha256 == taken.sha256,
        imports.c.mapping_sha256 == taken.mapping_sha256,
        imports.c.undone_at.is_(None),
    )
    if connection.execute(same).first() is not None:
        return None
    last: int | None = connection.execute(select(func.max(imports.c.number))).scalar()
    number = (last or 0) + 1
    values = {name: getattr(taken, name) for name in FIELDS} | {"number": number, "values": len(statements)}
    connection.execute(insert(imports).values(values))
    if statements:
        rows = [_row(number, place, said) for place, said in enumerate(statements)]
        connection.execute(insert(statement), rows)
    return read_import(connection, number)


def undo_import(connection: Connection, number: int, by: str, at: datetime) -> bool:
    """Let an import count no longer; False where there is none that counts."""
    found = (imports.c.number == number, imports.c.undone_at.is_(None))
    return connection.execute(update(imports).where(*found).values(undone_at=at, undone_by=by)).rowcount == 1


def read_imports(connection: Connection) -> tuple[Import, ...]:
    """Every import, in the order of their numbers."""
    query = select(imports).order_by(imports.c.number)
    return tuple(_import(row) for row in connection.execute(query))


def read_import(connection: Connection, number: int) -> Import | None:
    """One import; None where there is none of that number."""
    row = connection.execute(select(imports).where(imports.c.number == number)).first()
    return None if row is None else _import(row)


def read_declared(connection: Connection, known_at: datetime | None) -> tuple[Declared, ...]:
    """The values that count, now or as known at an instant, by import and place."""
    counts: list[ColumnElement[bool]] = [imports.c.undone_at.is_(None)]
    if known_at is not None:
        counts = [imports.c.at <= known_at, imports.c.undone_at.is_(None) | (imports.c.undone_at > known_at)]
    query = (
        select(statement)
        .join(imports, statement.c["import"] == imports.c.number)
        .where(*counts)
        .order_by(statement.c["import"], statement.c.place)
    )
    return tuple(_declared(row) for row in connection.execute(query))


def _import(row: Row[Any]) -> Import:
    return Import(**{name: getattr(row, name) if name != "values" else row._mapping["values"] for name in FIELDS})


def _row(number: int, place: int, said: Statement) -> dict[str, object]:
    amount, where = said.amount, said.place
    return {
        "import": number,
        "place": place,
        "indicator": said.indicator,
        "unit": said.unit,
        "scope": said.scope.value,
        "level": said.level,
        "field": said.field,
        "day": said.day,
        "state": ESTIMATED if amount.is_estimated else amount.state.value,
        "value": None if amount.value is None else str(amount.value),
        "value_unit": amount.unit.value,
        "qualifier": amount.qualifier,
        "numerator": amount.numerator,
        "denominator": amount.denominator,
        "mark": said.mark.value,
        "sheet": where.sheet if where else None,
        "row": where.row if where else None,
        "column": where.column if where else None,
    }


def _declared(row: Row[Any]) -> Declared:
    cells = row._mapping
    amount = Amount(
        state=ValueState.VALUE if cells["state"] == ESTIMATED else ValueState(cells["state"]),
        value=None if cells["value"] is None else Decimal(cells["value"]),
        unit=AmountUnit(cells["value_unit"]),
        qualifier=None if cells["qualifier"] is None else Qualifier(cells["qualifier"]),
        numerator=cells["numerator"],
        denominator=cells["denominator"],
        is_estimated=cells["state"] == ESTIMATED,
    )
    said = Statement(
        indicator=cells["indicator"],
        unit=cells["unit"],
        day=cells["day"],
        amount=amount,
        scope=Scope(cells["scope"]),
        level=None if cells["level"] is None else Level(cells["level"]),
        field=cells["field"],
        mark=Mark(cells["mark"]),
        place=None if cells["row"] is None else Place(cells["sheet"], cells["row"], cells["column"]),
    )
    return Declared(said, cells["import"])
