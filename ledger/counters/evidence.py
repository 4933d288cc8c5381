"""What was seen, as columns: states sorted to their assets, and what they prove under an obligation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import numpy as np

from ledger.counters.arrays import NEVER, Codes, Flags, Instants, Places
from ledger.counters.roll import Roll
from ledger.counters.tree import Tree
from ledger.max_age import MaxAges
from ledger.obligation import Obligation
from ledger.observation import Check
from ledger.reconcile.scene import TELLING
from ledger.store.schema import MICROSECOND
from ledger.store.states import HAS_VALUE, IS_FAILURE, IS_YES
from ledger.uncollected import uncollected

CHECKS = tuple(Check)
CODE_OF = {check.value: code for code, check in enumerate(CHECKS)}
IS_TELLING = np.array([check in TELLING for check in CHECKS])


@dataclass(frozen=True, slots=True, kw_only=True)
class StateColumns:
    """One place a state: its asset's place in the roll, its check's code, and as in State.

    `source` orders as the sources' names do. `is_answer`: a proper one, yes or no. `is_sighting`: it proves that the
    asset is there; `is_home`: nowhere else than at its unit.
    """

    asset: Places
    check: Codes
    source: Places
    ok: Flags
    is_answer: Flags
    is_sighting: Flags
    is_home: Flags
    first_at: Instants
    last_at: Instants

    def __len__(self) -> int:
        return len(self.asset)

    def where(self, chosen: Flags) -> "StateColumns":
        """The chosen states."""
        return StateColumns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of some assets under one obligation, one place an asset.

    `home_until`, `away_until`: the last instant at which the latest sighting at its unit, or elsewhere, still counts.
    `is_complete`: every property that is owed is there. `told_at`: a cycle that began later would have told of the
    latest sighting again. All of them NEVER where there is none.
    """

    home_until: Instants
    away_until: Instants
    told_at: Instants
    is_complete: Flags


def columns_of(pieces: Iterable[Sequence[Sequence[Any]]], roll: Roll, tree: Tree) -> StateColumns:
    """The states of the roll's assets, from rows as `Store.changed_since` gives them; others are left out."""
    numbers: dict[str, int] = {}
    with uncollected():
        parts = [_piece(rows, roll, tree, numbers) for rows in pieces] or [_piece([], roll, tree, numbers)]
    found = StateColumns(
        **{field.name: np.concatenate([getattr(piece, field.name) for piece in parts]) for field in fields(parts[0])}
    )
    rank = np.zeros(len(numbers), dtype=np.int64)
    rank[[numbers[name] for name in sorted(numbers)]] = np.arange(len(numbers))
    found.source[:] = rank[found.source]
    return found


def proof_of(states: StateColumns, assets: int, obligation: Obligation, max_ages: MaxAges) -> Proof:
    """What `states` prove of so many assets; `obligation` owes no proofs beside its presence."""
    ages, holds = _by_check(max_ages.by_check), _by_check({check: max_ages.flush_after(check) for check in CHECKS})
    places = {check: place for place, check in enumerate(reversed(obligation.presence))}
    order = np.array([places.get(check, NEVER) for check in CHECKS])
    seen = states.where(states.is_sighting & (order[states.check] != NEVER))
    until = seen.last_at + ages[seen.check]
    home, away, told_at = (np.full(assets, NEVER, dtype=np.int64) for _ in range(3))
    np.maximum.at(home, seen.asset[seen.is_home], until[seen.is_home])
    np.maximum.at(away, seen.asset[~seen.is_home], until[~seen.is_home])
    last = _latest(seen, assets, (order[seen.check], seen.source))
    told_at[seen.asset[last]] = seen.last_at[last] + holds[seen.check[last]]
    is_complete = np.ones(assets, dtype=np.bool_)
    for check in obligation.latest:
        answers = states.where(states.is_answer & (states.check == CODE_OF[check.value]))
        is_there = np.zeros(assets, dtype=np.bool_)
        last = _latest(answers, assets, (answers.source, answers.first_at))
        is_there[answers.asset[last]] = answers.ok[last]
        is_complete &= is_there
    return Proof(home_until=home, away_until=away, told_at=told_at, is_complete=is_complete)


def _latest(states: StateColumns, assets: int, ties: tuple[Places, ...]) -> Places:
    """The places of each asset's latest states; of equally late ones the last is the one that counts by `ties`.

    The last of `ties` is looked at first, as in `numpy.lexsort`.
    """
    last_at = np.full(assets, NEVER, dtype=np.int64)
    np.maximum.at(last_at, states.asset, states.last_at)
    latest: Places = np.flatnonzero(states.last_at == last_at[states.asset])
    if len(latest) > np.count_nonzero(last_at != NEVER):
        latest = latest[np.lexsort([tie[latest] for tie in ties])]
    return latest


def _by_check(lengths: Mapping[Check, timedelta]) -> Instants:
    return np.array([lengths[check] // MICROSECOND for check in CHECKS], dtype=np.int64)


def _piece(rows: Sequence[Sequence[Any]], roll: Roll, tree: Tree, numbers: dict[str, int]) -> StateColumns:
    """Columns of a few rows; `source` has the numbers that `numbers` gives the names as they come."""
    asset, check, source, unit, flags, first_at, last_at = zip(*rows, strict=True) if rows else ((),) * 7
    place = np.array([roll.place.get(name, -1) for name in asset], dtype=np.int64)
    codes = np.array([CODE_OF[name] for name in check], dtype=np.int8)
    at_unit = np.array([tree.place.get(name, -1) if name else -2 for name in unit], dtype=np.int64)
    applies = np.array(flags, dtype=np.int8)
    is_yes, is_answer = (applies & IS_YES) != 0, (applies & IS_FAILURE) == 0
    tells = is_answer & ((applies & HAS_VALUE) != 0) & IS_TELLING[codes]
    found = StateColumns(
        asset=place,
        check=codes,
        source=np.array([numbers.setdefault(name, len(numbers)) for name in source], dtype=np.int64),
        ok=is_yes,
        is_answer=is_answer,
        is_sighting=is_yes | tells,
        is_home=(at_unit == -2) | (at_unit == roll.unit[place]) if len(roll) else at_unit == -2,
        first_at=np.array(first_at, dtype=np.int64),
        last_at=np.array(last_at, dtype=np.int64),
    )
    return found.where(place >= 0) if (place < 0).any() else found
