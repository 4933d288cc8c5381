"""Runs statements for very many rows by the driver's own means, without SQLAlchemy's work per row."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert, select, update
from sqlalchemy.engine.interfaces import Compiled

#: SQLite takes a limited number of parameters in one statement.
LONGEST = 512
#: Rows read at once.
PIECE = 5_000


class Bulk:
    """A statement that changes a table. A row is a tuple of all the table's columns, in the order of `layout`.

    Values are as the database stores them.
    """

    @classmethod
    def insertion(cls, table: Table, layout: Sequence[str]) -> "Bulk":
        """Add whole rows."""
        return cls(table, layout, key=(), changed=())

    @classmethod
    def change(cls, table: Table, layout: Sequence[str], *, key: Sequence[str], changed: Sequence[str]) -> "Bulk":
        """Set the columns `changed` of the row whose columns `key` match; others of a row are left aside."""
        return cls(table, layout, key=key, changed=changed)

    def __init__(self, table: Table, layout: Sequence[str], *, key: Sequence[str], changed: Sequence[str]) -> None:
        # SQLAlchemy keeps a column's own name for itself in an UPDATE.
        names = {f"p_{name}": name for name in (*key, *changed)} or {name: name for name in layout}
        self._places = {parameter: layout.index(name) for parameter, name in names.items()}
        where = (table.c[name] == bindparam(f"p_{name}") for name in key)
        values: dict[str, BindParameter[object]] = {name: bindparam(f"p_{name}") for name in changed}
        inserted = insert(table).values({name: bindparam(name) for name in layout})
        self._statement = update(table).where(*where).values(values) if key else inserted

    def run(self, connection: Connection, rows: Sequence[Sequence[object]]) -> None:
        """Run it for each row."""
        compiled = self._statement.compile(dialect=connection.dialect)
        if compiled.positional:
            order = itemgetter(*(self._places[name] for name in compiled.positiontup or ()))
            connection.exec_driver_sql(str(compiled), list(map(order, rows)))
        else:
            named = [{name: row[place] for name, place in self._places.items()} for row in rows]
            connection.exec_driver_sql(str(compiled), named)


def plain_rows(connection: Connection, query: Select[Any]) -> Sequence[tuple[Any, ...]]:
    """The rows of a query as the driver gives them, without SQLAlchemy's work per row; values as they are stored."""
    compiled = query.compile(dialect=connection.dialect)
    values = compiled.params
    if compiled.positional:
        given = tuple(values[name] for name in compiled.positiontup or ())
        return connection.exec_driver_sql(str(compiled), given).cursor.fetchall()
    return connection.exec_driver_sql(str(compiled), values).cursor.fetchall()


class Search:
    """A question for the columns `columns` of the rows whose column `by` has one of very many texts."""

    def __init__(self, table: Table, columns: Sequence[str], *, by: str) -> None:
        self._select = select(*(table.c[name] for name in columns))
        self._by = table.c[by]
        self._compiled: dict[tuple[str, int], Compiled] = {}

    def run(self, connection: Connection, keys: Sequence[str]) -> Iterator[Sequence[Any]]:
        """The rows, values as the driver gives them."""
        for start in range(0, len(keys), LONGEST):
            chunk = keys[start : start + LONGEST]
            size = 1 << (len(chunk) - 1).bit_length()
            # As few statements as possible, so that the drivers keep them: the last key fills what is left.
            padded = (*chunk, *[chunk[-1]] * (size - len(chunk)))
            compiled = self._of_size(connection, size)
            given: tuple[str, ...] | Mapping[str, str] = padded
            if not compiled.positional:
                given = {f"k{place}": key for place, key in enumerate(padded)}
            yield from connection.exec_driver_sql(str(compiled), given)

    def _of_size(self, connection: Connection, size: int) -> Any:
        dialect = connection.dialect
        known = self._compiled.get((dialect.name, size))
        if known is None:
            one_of = self._by.in_([bindparam(f"k{place}") for place in range(size)])
            known = self._compiled[dialect.name, size] = self._select.where(one_of).compile(dialect=dialect)
        return known


def pieces(connection: Connection, statement: Select[Any]) -> Iterator[list[Sequence[Any]]]:
    """What is selected, values as the driver gives them, as many rows at a time as stay in a processor's caches."""
    compiled = statement.compile(dialect=connection.dialect)
    values = [compiled.params[name] for name in compiled.positiontup or ()] if compiled.positional else compiled.params
    with connection.exec_driver_sql(str(compiled), tuple(values) if compiled.positional else values) as result:
        while result.cursor is not None and (piece := result.cursor.fetchmany(PIECE)):
            yield list(piece)
