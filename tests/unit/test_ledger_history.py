"""One asset's history: what was seen of it and its provisioning runs, newest first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.max_age import MaxAges
from ledger.observation import Check, Observation, Outcome, RunResult
from ledger.seen import History
from ledger.store import open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PC = "68-22945-PC-001"


def seen(asset: str, hours: int, value: str) -> Observation:
    return Observation(
        asset=asset, check=Check.ARP, ok=True, at=NOON + timedelta(hours=hours), source="rt", unit="u", value=value
    )


def ran(asset: str, run: str, hours: int, *, check_mode: bool = False) -> RunResult:
    at = NOON + timedelta(hours=hours)
    return RunResult(
        run=run, playbook="site.yml", asset=asset, outcome=Outcome.OK, changed=1, check_mode=check_mode, at=at
    )


def test_one_assets_intervals_and_runs_newest_first_and_no_more_than_asked(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as store:
        store.record(
            [seen(PC, 0, "10.0.0.1"), seen(PC, 1, "10.0.0.1"), seen(PC, 2, "10.0.0.2"), seen("other", 3, "10.0.0.3")],
            max_ages=MaxAges.default(),
        )
        store.record_runs([ran(PC, "1", 0), ran(PC, "2", 1, check_mode=True), ran("other", "3", 2)])
        history = store.history(PC, 10)
        assert [(s.value, s.first_at, s.last_at) for s in history.states] == [
            ("10.0.0.2", NOON + timedelta(hours=2), NOON + timedelta(hours=2)),
            ("10.0.0.1", NOON, NOON + timedelta(hours=1)),
        ]
        assert [(run.run, run.check_mode) for run in history.runs] == [("2", True), ("1", False)]
        assert len(store.history(PC, 1).states) == len(store.history(PC, 1).runs) == 1
        assert store.history("nothing like it", 10) == History()
