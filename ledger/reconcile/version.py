"""Which rules a figure was worked out by: a fingerprint of the modules that judge and count."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import ledger

#: What verdicts and figures follow from, beside plan and evidence.
RULES = ("reconcile/*.py", "declared/s*.py", "declared/tree.py", "attainment.py", "obligation.py", "seen.py")


@cache
def rule_version() -> str:
    """Twelve hexadecimal digits that change whenever a rule does."""
    folder = Path(ledger.__file__).parent
    digest = sha256()
    for path in sorted(path for pattern in RULES for path in folder.glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
