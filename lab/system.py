"""Runs the machine's own tools and turns their failures into one message."""

import subprocess
from collections.abc import Sequence

from lab.errors import LabError
from ledger.language import N_

#: Goes before a command that must not outlive this process, even one that was killed.
DYING_WITH_US = ("setpriv", "--pdeathsig", "KILL")


def run(argv: Sequence[str], *, feed: str | None = None) -> str:
    """Run a tool and give what it printed; raises LabError with what it complained of."""
    done = subprocess.run(argv, input=feed, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip()
        raise LabError(
            N_("lab: `{command}` failed ({returncode}): {complaint}"),
            command=" ".join(argv),
            returncode=done.returncode,
            complaint=complaint,
        )
    return done.stdout


def succeeds(argv: Sequence[str]) -> bool:
    """Run a tool; whether it ended well."""
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def batch(tool: Sequence[str], lines: Sequence[str]) -> None:
    """Give `ip` or `tc` many commands in one process; raises LabError at the first that fails."""
    if lines:
        run([*tool, "-batch", "-"], feed="".join(f"{line}\n" for line in lines))
