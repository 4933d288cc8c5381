"""Runs one statement for many rows by the driver's executemany, without SQLAlchemy's work per row."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert, update


class Bulk:
    """A statement and its parameters. Rows are `dict[column, value]`, values as the database stores them."""

    @classmethod
    def insertion(cls, table: Table) -> "Bulk":
        """Add whole rows."""
        return cls(table, key=(), changed=())

    @classmethod
    def change(cls, table: Table, *, key: Sequence[str], changed: Sequence[str]) -> "Bulk":
        """Set the columns `changed` of the row whose columns `key` match."""
        return cls(table, key=key, changed=changed)

    def __init__(self, table: Table, *, key: Sequence[str], changed: Sequence[str]) -> None:
        # SQLAlchemy keeps a column's own name for itself in an UPDATE.
        whole = {column.name: column.name for column in table.c}
        self._columns = {f"p_{name}": name for name in (*key, *changed)} or whole
        where = (table.c[name] == bindparam(f"p_{name}") for name in key)
        values: dict[str, BindParameter[object]] = {name: bindparam(f"p_{name}") for name in changed}
        self._statement = update(table).where(*where).values(values) if key else insert(table)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Run it for each row; columns that it doesn't name are left out."""
        compiled = self._statement.compile(dialect=connection.dialect)
        if compiled.positional:
            order = itemgetter(*(self._columns[name] for name in compiled.positiontup or ()))
            connection.exec_driver_sql(str(compiled), list(map(order, rows)))
        else:
            named = [{name: row[column] for name, column in self._columns.items()} for row in rows]
            connection.exec_driver_sql(str(compiled), named)


def plain_rows(connection: Connection, query: Select[Any]) -> Sequence[tuple[Any, ...]]:
    """The rows of a query as the driver gives them, without SQLAlchemy's work per row; values as they are stored."""
    compiled = query.compile(dialect=connection.dialect)
    values = compiled.params
    if compiled.positional:
        given = tuple(values[name] for name in compiled.positiontup or ())
        return connection.exec_driver_sql(str(compiled), given).cursor.fetchall()
    return connection.exec_driver_sql(str(compiled), values).cursor.fetchall()
