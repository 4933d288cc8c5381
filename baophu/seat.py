"""The collectors' seat: where commands that ask devices run, and with which credentials."""

import os
import sys
from pathlib import Path

from baophu.lab_session import LabSession
from baophu.settings import Settings
from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.plan import Plan

#: Set in the re-executed command, so that a mistake can't make it enter the namespace again and again.
INSIDE = "BAOPHU_AT_SEAT"


def needs_seat(session: LabSession | None) -> bool:
    """Whether this command still has to go inside a lab's network."""
    return session is not None and INSIDE not in os.environ


def take_seat(session: LabSession | None, plan: Plan) -> None:
    """Go on as this same command in the lab's seat, behind the PoP; comes back where it is there, or has no lab."""
    if session is None or not needs_seat(session):
        return
    command = session.at_seat(plan, [sys.executable, "-m", "baophu", *sys.argv[1:]])
    sys.stdout.flush()
    os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})  # noqa: S606 - this command, inside the namespace


def chosen_credentials(given: Path | None, settings: Settings, session: LabSession | None) -> Path:
    """The credentials file: the option's, the environment's, or the lab's; raises ConfigurationError without one."""
    path = given or settings.credentials or (session.credentials() if session else None)
    if path is None:
        raise ConfigurationError(N_("collect: no credentials; give --credentials FILE or BAOPHU_CREDENTIALS"))
    return path
