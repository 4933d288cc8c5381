"""`python -m bench.ledger.reconcile`: a province judged from scratch, in memory and out of its store."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ledger.measuring import Watch, serve
from bench.ledger.province import ASSETS, NOON, heartbeats, plan_of, runs_of, seen_of
from ledger.max_age import MaxAges
from ledger.reconcile import reconcile
from ledger.seen import Seen
from ledger.store import open_store
from ledger.uncollected import uncollected

AGES = MaxAges.default()


def scenario(assets: int) -> dict[str, float]:
    """CPU seconds to read the states, to judge them, and how much there was."""
    watch = Watch()
    units = assets // ASSETS
    plan = plan_of(units)
    with (
        TemporaryDirectory(prefix="baophu-bench-") as folder,
        open_store(f"sqlite:///{Path(folder) / 'l.db'}") as store,
    ):
        store.record(list(seen_of(units)), max_ages=AGES)
        with watch.on("read"), uncollected():
            states = store.states()
    seen = Seen(version=1, states=states, heartbeats=heartbeats(), provisioning=runs_of(units))
    with watch.on("judge"), uncollected():  # as LedgerView does it
        snapshot = reconcile(plan, seen, AGES, NOON)
    found = {"assets": sum(1 for _ in plan.assets()), "states": len(states), "rows": len(snapshot.rows)}
    return watch.seconds | found


if __name__ == "__main__":
    serve(scenario)
