"""A card says what is wanted without a date, too."""

from collections.abc import Callable
from dataclasses import replace

from starlette.types import ASGIApp
from timeless import Timeless

from api.app import build_api
from ledger.figure import Snapshot
from ledger.plan import Plan
from ledger.seen import History


class Held(Timeless):
    """A ledger that says one thing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, _when: object) -> Snapshot:
        return self.snapshot

    def history(self, _asset: str, _limit: int) -> History:
        return History()


def test_a_target_without_a_date_is_shown(
    make_snapshot: Callable[..., Snapshot], lab_plan: Plan, ask: Callable[..., object]
) -> None:
    snapshot = make_snapshot()
    undated = tuple(replace(f, due=None, target_met=False, to_target=3) if f.target else f for f in snapshot.figures)
    app: ASGIApp = build_api(Held(replace(snapshot, figures=undated)), lab_plan)
    answer = ask(app, "/units/68")
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert "không có hạn" in answer.text  # type: ignore[attr-defined]
