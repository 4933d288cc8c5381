"""Columns say what the rows of the coverage table and the states' own classes say, with times that meet exactly."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.counters import CODES, Counters, Tree, roll_of
from ledger.counters.arrays import ALWAYS, NEVER
from ledger.counters.evidence import columns_of, proof_of
from ledger.counters.roll import PROGRESS
from ledger.counters.verdict import GONE, Known, turns_at, verdicts_of
from ledger.max_age import MaxAges
from ledger.obligation import CONNECTION_POINT, OBLIGATIONS
from ledger.observation import Check, Failure
from ledger.plan import AssetKind, Exemption, Level, Unit, Workstation
from ledger.reconcile.coverage import coverage_verdict
from ledger.reconcile.evidence import RECENCY, Evidence, Missing, Progress, Provisioned
from ledger.reconcile.outage import Outage
from ledger.reconcile.scene import scene_of
from ledger.seen import Seen, State
from ledger.store.schema import from_micros, to_micros
from ledger.store.states import HAS_VALUE, IS_FAILURE, IS_YES

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AGES = MaxAges(
    dict.fromkeys(Check, timedelta(days=1)) | {Check.PING: 20 * MINUTE, Check.ARP: 10 * MINUTE, Check.FDB: 20 * MINUTE}
)
EXEMPTION = Exemption("works", date(2026, 11, 22))
SOON = st.integers(-2, 2)
#: The time of the day in microseconds around 1970, where all of it takes place.
NOWS = range(-3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One asset's place in the columns."""

    planned_at: int
    exempt_until: int
    retired_at: int
    progress: Progress
    provisioned_at: int
    cut_off_since: int
    home_until: int
    away_until: int
    told_at: int
    is_complete: bool

    def evidence(self, now: int, cycle_began_at: int) -> Evidence:
        is_home, is_seen = self.home_until >= now, max(self.home_until, self.away_until) >= now
        ever_seen = self.told_at != NEVER
        return Evidence(
            exemption=EXEMPTION if now < self.exempt_until else None,
            planned_later=now < self.planned_at,
            proven_since=NOON if is_home and self.is_complete else None,
            seen=is_seen,
            away_since=NOON if is_seen and not is_home else None,
            missing=() if self.is_complete else (Missing(Check.TSLCD_VLAN),),
            ever_seen=ever_seen,
            unseen_since=from_micros(max(self.home_until, self.away_until)) if ever_seen else None,
            watched=cycle_began_at > (self.told_at if ever_seen else self.provisioned_at),
            upstream=Outage("root", from_micros(self.cut_off_since)) if self.cut_off_since != ALWAYS else None,
            provisioned=Provisioned(self.progress, NOON),
        )


def lines() -> st.SearchStrategy[list[Line]]:
    def seen(told_at: int, home: int, away: int, **rest: object) -> Line:
        never = told_at == NEVER
        return Line(told_at=told_at, home_until=NEVER if never else home, away_until=NEVER if never else away, **rest)  # type: ignore[arg-type]

    line = st.builds(
        seen,
        told_at=st.one_of(SOON, st.just(NEVER)),
        home=SOON,
        away=SOON,
        planned_at=SOON,
        exempt_until=st.one_of(st.just(NEVER), SOON),
        retired_at=st.one_of(st.just(ALWAYS), SOON),
        progress=st.sampled_from(Progress),
        provisioned_at=SOON,
        cut_off_since=st.one_of(st.just(ALWAYS), SOON),
        is_complete=st.booleans(),
    )
    return st.lists(line, min_size=20, max_size=60)


def known_of(lines: list[Line]) -> Known:
    def column(name: str) -> np.ndarray:
        return np.array([getattr(line, name) for line in lines])

    names = set(Line.__slots__) - {"progress"}
    progress = np.array([PROGRESS.index(line.progress) for line in lines])
    return Known(progress=progress, **{name: column(name) for name in names})


@settings(max_examples=100)
@given(lines=lines(), now=st.sampled_from(NOWS), cycle_began_at=st.one_of(SOON, st.just(NEVER)))
def test_columns_are_judged_as_the_table_judges_one_asset(lines: list[Line], now: int, cycle_began_at: int) -> None:
    expected = [
        GONE if line.retired_at <= now else CODES.index(coverage_verdict(line.evidence(now, cycle_began_at)))
        for line in lines
    ]
    assert verdicts_of(known_of(lines), now, cycle_began_at).tolist() == expected


@settings(max_examples=100)
@given(lines=lines(), now=st.sampled_from(NOWS), cycle_began_at=SOON)
def test_nothing_turns_before_it_is_said_to(lines: list[Line], now: int, cycle_began_at: int) -> None:
    known = known_of(lines)
    before, turns = verdicts_of(known, now, cycle_began_at), turns_at(known, now)
    assert (turns > now).all()
    for later in range(now, max(NOWS) + 1):
        still = turns > later
        assert (verdicts_of(known, later, cycle_began_at)[still] == before[still]).all()


TREE = Tree({u: Unit(u, p, Level.COMMUNE, "", "", "", None) for u, p in (("r", None), ("a", "r"), ("b", "r"))})
PCS = [
    Workstation(
        id=f"pc{number}",
        unit="a",
        site=None,
        owner="ours",
        planned_from=date(2026, 1, 1),
        mac=None,
        switch=None,
        port=None,
        vlan=None,
    )
    for number in range(3)
]
ROLL = roll_of(PCS, TREE, lambda _pc: Provisioned())


@st.composite
def states(draw: st.DrawFn) -> State:
    first, last = sorted(draw(st.tuples(st.integers(0, 2), st.integers(0, 2))))
    ok = draw(st.booleans())
    return State(
        asset=draw(st.sampled_from(["pc0", "pc1", "nobody"])),
        check=draw(st.sampled_from([Check.FDB, Check.ARP, Check.PING, Check.TSLCD_VLAN, Check.MAILBOX])),
        source=draw(st.sampled_from(["b", "a"])),
        ok=ok,
        unit=draw(st.sampled_from([None, "a", "b", "gone"])),
        value=draw(st.sampled_from([None, "active"])),
        failure=None if ok else draw(st.sampled_from([None, Failure.NO_ANSWER])),
        detail=None,
        first_at=NOON + first * MINUTE,
        last_at=NOON + last * MINUTE,
        since=NOON,
    )


def keyed(found: list[State]) -> list[State]:
    """As the store keeps them: one of each sort, and no two of a source that began or ended at one instant."""
    for key in (("answer", "unit"), ("first_at",), ("last_at",)):
        of_key = attrgetter("asset", "check", "source", *key)
        found = list({of_key(state): state for state in found}.values())
    return found


def row(state: State) -> tuple[object, ...]:
    applies = state.ok * IS_YES + (state.failure is not None) * IS_FAILURE + (state.value is not None) * HAS_VALUE
    names = (state.asset, state.check.value, state.source, state.unit or "")
    return (*names, applies, to_micros(state.first_at), to_micros(state.last_at))


@pytest.mark.parametrize("kind", [AssetKind.WORKSTATION, AssetKind.MAILBOX])
@settings(max_examples=300)
@given(found=st.lists(states(), max_size=12).map(keyed))
def test_columns_prove_what_the_states_prove(kind: AssetKind, found: list[State]) -> None:
    owed = OBLIGATIONS[kind]
    proof = proof_of(columns_of([[row(state) for state in found]], ROLL, TREE), len(ROLL), owed, AGES)
    scene = scene_of(Seen(states=tuple(found)), AGES, NOON)
    for pc, place in ROLL.place.items():
        seen = scene.states_of(pc)
        sightings = seen.sightings(owed.presence)
        until = [(s.unit in (None, "a"), to_micros(s.last_at + AGES.of(s.check))) for s in sightings]
        assert proof.home_until[place] == max((at for is_home, at in until if is_home), default=NEVER)
        assert proof.away_until[place] == max((at for is_home, at in until if not is_home), default=NEVER)
        last = max(sightings, key=RECENCY) if sightings else None
        told_at = NEVER if last is None else to_micros(last.last_at + AGES.flush_after(last.check))
        assert proof.told_at[place] == told_at
        answers = [seen.answered(check) for check in owed.latest]
        assert proof.is_complete[place] == all(answer is not None and answer.ok for answer in answers)


def test_an_obligation_with_proofs_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="presence and properties"):
        Counters(TREE, ROLL, {"HT04": CONNECTION_POINT}, AGES)
