"""Reads and writes publications: sealed parts, a row of what each is, nothing ever changed."""

from typing import NoReturn

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from ledger.errors import StoreError
from ledger.language import N_
from ledger.publication.chain import BEGINNING, Sealed
from ledger.publication.published import Published
from ledger.publication.thawing import stored_header
from ledger.store.engine import store_name
from ledger.store.schema import Instant, from_micros, metadata

publication = Table(
    "publication",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("period", String, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("digest", String, nullable=False),
)
publication_part = Table(
    "publication_part",
    metadata,
    Column("publication", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)


#: What each column holds; SQLite keeps whatever is written, so that what was written by other means may be anything.
COLUMNS = {"number": int, "period": str, "published_at": int, "by": str, "lines": int, "digest": str}
#: A column as the database gives it.
AS_STORED: NullType = NullType()
#: Of a first part, so many bytes are read to learn which days a publication is of.
HEADER_BYTES = 16_384


def read_publications(connection: Connection) -> tuple[Published, ...]:
    """Every publication, in the order of their numbers; StoreError where the list of them is damaged."""
    first = and_(publication_part.c.publication == publication.c.number, publication_part.c.part == 0)
    columns = [type_coerce(publication.c[name], AS_STORED) for name in COLUMNS]
    beginning = func.substr(type_coerce(publication_part.c.body, AS_STORED), 1, HEADER_BYTES)
    query = select(*columns, beginning.label("beginning")).outerjoin_from(publication, publication_part, first)
    rows = connection.execute(query.order_by(publication.c.number)).mappings()
    return tuple(_published(row, store_name(connection.engine.url)) for row in rows)


def read_part_numbers(connection: Connection) -> frozenset[int]:
    """The numbers of the publications that there are parts of."""
    return frozenset(connection.execute(select(publication_part.c.publication).distinct()).scalars())


def last_publication(connection: Connection) -> tuple[int, str]:
    """The number and the digest of the last one; 0 and what the first one begins with, where there is none."""
    made = read_publications(connection)
    return (made[-1].number, made[-1].digest) if made else (0, BEGINNING)


def write_publication(connection: Connection, made: Published, sealed: Sealed) -> None:
    """Add a publication with its parts; StoreError where parts of one of that number are left."""
    if made.number in read_part_numbers(connection):
        raise StoreError(
            N_(
                "store: '{name}' has lines of a publication {number} that was taken from its list; restore a backup, "
                "or see docs/figures.md"
            ),
            name=store_name(connection.engine.url),
            number=made.number,
        )
    connection.execute(insert(publication).values({name: getattr(made, name) for name in COLUMNS}))
    rows = [{"publication": made.number, "part": part, "body": body} for part, body in enumerate(sealed.parts)]
    connection.execute(insert(publication_part), rows)


def read_sealed(connection: Connection, made: Published) -> Sealed:
    """The parts of a publication as they are stored."""
    query = select(type_coerce(publication_part.c.body, AS_STORED)).where(publication_part.c.publication == made.number)
    parts = connection.execute(query.order_by(publication_part.c.part)).scalars()
    return Sealed(tuple(_bytes(part) for part in parts), made.lines, made.digest)


def _published(row: RowMapping, store: str) -> Published:
    for name, of in COLUMNS.items():
        if type(row[name]) is not of:
            _refuse(store, row, name)
    try:
        at = from_micros(row["published_at"])
    except OverflowError:
        _refuse(store, row, "published_at")
    header = None if row["beginning"] is None else stored_header(_bytes(row["beginning"]))
    days = None if header is None else header.span()
    return Published(**{**{name: row[name] for name in COLUMNS}, "published_at": at}, days=days)


def _bytes(body: object) -> bytes:
    """A part as it is stored; what isn't bytes isn't what was written, and its seals will say so."""
    return bytes(body) if isinstance(body, bytes | memoryview) else str(body).encode()


def _refuse(store: str, row: RowMapping, name: str) -> NoReturn:
    raise StoreError(
        N_("store: '{name}' is damaged: the list has {value} as {column} of publication {number}; restore a backup"),
        name=store,
        value=repr(row[name]),
        column=name,
        number=repr(row["number"]),
    )
