"""The text that a scrape gets; what comes from the snapshot is rendered again only when the snapshot changed."""

import logging
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Protocol

from prometheus_client import ProcessCollector, generate_latest

from exporter.collector import OwnCollector, SnapshotCollector
from ledger.errors import StoreError
from ledger.figure import Snapshot
from ledger.plan import Plan

LOG = logging.getLogger(__name__)


class SnapshotSource(Protocol):
    """What the exporter asks of the ledger."""

    def now(self) -> Snapshot:
        """What the ledger says now, from a cache where nothing changed; raises StoreError."""


class Exposition:
    """Renders scrapes; safe to call from several threads. `timer` gives seconds from any start."""

    def __init__(
        self, source: SnapshotSource, plan: Plan, version: str, timer: Callable[[], float] = perf_counter
    ) -> None:
        self._source = source
        self._plan = plan
        self._version = version
        self._timer = timer
        self._process = ProcessCollector(registry=None)
        self._rendered: tuple[tuple[str, datetime], bytes] | None = None

    def render(self) -> bytes:
        """The text exposition format, 0.0.4; where the ledger can't be read, the exporter's own metrics alone."""
        start = self._timer()
        try:
            body = self._snapshot_body()
        except StoreError as error:
            LOG.warning("scrape without the ledger", extra={"error": str(error)})
            body = None
        own = OwnCollector(version=self._version, succeeded=body is not None, duration_seconds=self._timer() - start)
        return (body or b"") + generate_latest(own) + generate_latest(self._process)

    def _snapshot_body(self) -> bytes:
        snapshot = self._source.now()
        key = (snapshot.version, snapshot.as_of)
        rendered = self._rendered
        if rendered is None or rendered[0] != key:
            rendered = self._rendered = (key, generate_latest(SnapshotCollector(snapshot, self._plan)))
        return rendered[1]
