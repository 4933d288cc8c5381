"""What was seen (As-Is), kept: SQLite by default, PostgreSQL with the same schema."""

from ledger.store.lock import collect_lock
from ledger.store.store import Store, open_store, open_store_to_read

__all__ = ["Store", "collect_lock", "open_store", "open_store_to_read"]
