"""Reads targets.yml: what is owed, by when."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ledger.plan.model import Level, Plan, Target
from ledger.plan.problem import Problem, nearest


def read_targets(path: Path, plan: Plan) -> tuple[tuple[Target, ...], list[Problem]]:
    """Read the list under `targets:`; what is wrong comes back as problems whose row counts the targets from 1."""
    problems: list[Problem] = []

    def problem(code: str, row: int | None = None, column: str | None = None, **fields: str) -> None:
        problems.append(Problem(code=code, file=path.name, row=row, column=column, fields=fields))

    try:
        content: Any = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        problem("missing_file", wanted="targets: [{indicator, unit|level, value, due, legal_basis}]")
        return (), problems
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem("bad_yaml", value=" ".join(str(error).split()))
        return (), problems
    entries = content.get("targets") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        problem("bad_target", value="no list under 'targets:'")
        return (), problems
    found: list[Target] = []
    for number, entry in enumerate(entries, start=1):
        try:
            target = _target(entry)
        except (KeyError, TypeError, ValueError) as error:
            problem("bad_target", number, value=f"{type(error).__name__}: {error}")
            continue
        if target.unit is not None and target.unit not in plan.units:
            close = nearest(target.unit, list(plan.units))
            problem("unknown_reference", number, "unit", value=target.unit, where="units.csv", nearest=close)
            continue
        found.append(target)
    return tuple(found), problems


def _target(entry: dict[str, Any]) -> Target:
    unknown = set(entry) - {"indicator", "value", "due", "unit", "level", "legal_basis"}
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}")
    value, due = entry["value"], entry["due"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"value {value!r}")
    if type(due) is not date:
        raise ValueError(f"due {due!r} is not a date such as 2026-12-31")
    if ("unit" in entry) == ("level" in entry):
        raise ValueError("neither or both of unit and level")
    return Target(
        indicator=str(entry["indicator"]),
        value=float(value),
        due=due,
        unit=str(entry["unit"]) if "unit" in entry else None,
        level=Level(entry["level"]) if "level" in entry else None,
        legal_basis=entry.get("legal_basis"),
    )
