"""A process that writes to a ledger and says so: `python ledger_writer.py URL NAME FIRST LAST SIZE`.

It takes batches FIRST to LAST from one deterministic run and prints each number once its batch is in the store.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ledger.max_age import MaxAges
from ledger.observation import Check, Heartbeat, Observation
from ledger.sink import LedgerSink
from ledger.store import open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGES = MaxAges.default()
#: PCs of a writer; every batch says something new of `size` of them.
PCS = 400


def at(number: int) -> datetime:
    """When a batch is seen."""
    return NOON + number * timedelta(seconds=10)


def batch(name: str, number: int, size: int) -> Iterator[Observation]:
    """The batch: each PC at another port than before, every fourth time silent."""
    for place in range(number * 7, number * 7 + size):
        ok = (place + number) % 4 != 0
        yield Observation(
            asset=f"{name}-PC-{place % PCS:03}",
            check=Check.FDB,
            ok=ok,
            at=at(number),
            source=f"{name}-SW-001",
            unit="68-22945" if ok else None,
            value=f"p{number}",
        )


def main() -> None:
    """Write, and tell."""
    url, name, first, last, size = sys.argv[1:]
    now = [NOON]
    with open_store(url) as store:
        sink = LedgerSink(store, AGES, lambda: now[0])
        for number in range(int(first), int(last)):
            now[0] = at(number)
            sink.accept(list(batch(name, number, int(size))))
            sink.beat(
                Heartbeat(
                    collector=name, started_at=now[0], finished_at=now[0], cycle_seconds=10, asked=int(size), failed=0
                )
            )
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
