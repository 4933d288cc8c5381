"""Which rules a figure was worked out by: a fingerprint of the modules that judge and count."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import ledger

#: What verdicts and figures follow from, beside plan and evidence: a module each, or all of a package. A test holds
#: them against what `reconcile` imports; modules that only put things into words are left out.
RULES = (
    "adjacency.py",
    "attainment.py",
    "capacity.py",
    "declared/amount.py",
    "declared/day.py",
    "declared/scale.py",
    "declared/statement.py",
    "declared/sums.py",
    "declared/tree.py",
    "figure.py",
    "load.py",
    "max_age.py",
    "obligation.py",
    "observation.py",
    "plan/asset.py",
    "plan/due.py",
    "plan/files.py",
    "plan/indicator.py",
    "plan/indicators.yml",
    "plan/model.py",
    "plan/problem.py",
    "plan/profile.py",
    "plan/register.py",
    "plan/registers.py",
    "plan/sections.py",
    "plan/task.py",
    "plan/unit.py",
    "reconcile/*.py",
    "seen.py",
    "terminal.py",
    "topology.py",
    "units/*.py",
    "vietnamese.py",
)


def rule_files() -> tuple[str, ...]:
    """The files of the rules, below the package `ledger`."""
    folder = _folder()
    return tuple(sorted({path.relative_to(folder).as_posix() for each in RULES for path in folder.glob(each)}))


@cache
def rule_version() -> str:
    """Twelve hexadecimal digits that change whenever a rule does."""
    digest = sha256()
    for name in rule_files():
        digest.update(name.encode() + b"\0" + (_folder() / name).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _folder() -> Path:
    return Path(ledger.__file__).parent
