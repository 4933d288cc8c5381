"""Brings a store's schema up to this version's."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ledger.errors import StoreError
from ledger.language import N_

FOLDER = Path(__file__).parent / "migrations"
#: The newest revision in `migrations/versions`; a test keeps the two equal.
HEAD = "0006"
SOMETHING_ELSE = N_("store: '{name}' is a database of something else, not a ledger; choose another --store")
NEWER = N_(
    "store: '{name}' has schema {current}, this version knows {known} and before; "
    "upgrade Bao Phủ, or choose another --store"
)


def revision_of(connection: Connection) -> str | None:
    """The store's revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def require_current(connection: Connection, name: str) -> None:
    """Raise StoreError unless the store has this version's schema."""
    current = revision_of(connection)
    if current == HEAD:
        return
    if current is None and inspect(connection).get_table_names():
        raise StoreError(SOMETHING_ELSE, name=name)
    if current is None:
        raise StoreError(
            N_("store: '{name}' is empty; run `baophu collect` first, or choose another --store"), name=name
        )
    if current > HEAD:
        raise StoreError(NEWER, name=name, current=current, known=HEAD)
    raise StoreError(
        N_(
            "store: '{name}' has schema {current}, this version's is {known}; "
            "`baophu collect` or `baophu serve` brings it up to date"
        ),
        name=name,
        current=current,
        known=HEAD,
    )


def upgrade(connection: Connection, name: str) -> None:
    """Run the migrations that are missing, inside the connection's transaction; StoreError for a newer schema."""
    current = revision_of(connection)
    if current == HEAD:
        return
    if current is None and inspect(connection).get_table_names():
        raise StoreError(SOMETHING_ELSE, name=name)
    # Loaded only here: alembic takes as long to import as a whole `baophu coverage`.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(NEWER, name=name, current=current, known=HEAD)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
