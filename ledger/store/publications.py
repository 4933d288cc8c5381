"""Reads and writes publications: sealed parts, a row of what each is, nothing ever changed."""

from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, String, Table, Text, func, insert, select

from ledger.publication.chain import BEGINNING, Sealed
from ledger.publication.published import Published
from ledger.store.schema import Instant, metadata

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


def read_publications(connection: Connection) -> tuple[Published, ...]:
    """Every publication, in the order of their numbers."""
    query = select(publication).order_by(publication.c.number)
    return tuple(_published(row) for row in connection.execute(query))


def last_publication(connection: Connection) -> tuple[int, str]:
    """The number and the digest of the last one; 0 and what the first one begins with, where there is none."""
    number: int | None = connection.execute(select(func.max(publication.c.number))).scalar()
    if number is None:
        return 0, BEGINNING
    digest: str = connection.execute(select(publication.c.digest).where(publication.c.number == number)).scalar_one()
    return number, digest


def write_publication(connection: Connection, made: Published, sealed: Sealed) -> None:
    """Add a publication with its parts."""
    columns = ("number", "period", "published_at", "by", "lines", "digest")
    connection.execute(insert(publication).values({name: getattr(made, name) for name in columns}))
    rows = [{"publication": made.number, "part": part, "body": body} for part, body in enumerate(sealed.parts)]
    connection.execute(insert(publication_part), rows)


def read_sealed(connection: Connection, made: Published) -> Sealed:
    """The parts of a publication as they are stored."""
    query = select(publication_part.c.body).where(publication_part.c.publication == made.number)
    parts = tuple(connection.execute(query.order_by(publication_part.c.part)).scalars())
    return Sealed(parts, made.lines, made.digest)


def _published(row: Row[Any]) -> Published:
    return Published(
        number=row.number,
        period=row.period,
        published_at=row.published_at,
        by=row.by,
        lines=row.lines,
        digest=row.digest,
    )
