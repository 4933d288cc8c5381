"""Runs an Ansible playbook over the plan: its output goes to a file, its progress to a callback."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from sys import executable

from ledger.errors import BaophuError, CallError, ConfigurationError
from ledger.language import N_

#: The checkout: playbooks, roles and ansible.cfg lie beside this package.
HOUSE = Path(__file__).resolve().parent.parent
PLAYBOOKS = HOUSE / "playbooks"
#: ansible-playbook's exit code when hosts failed (2) or could not be reached (4), bit by bit.
HOSTS_FAILED, HOSTS_UNREACHABLE = 2, 4
POLL_SECONDS = 0.2
#: How long an interrupted Ansible may take to end.
PATIENCE_SECONDS = 30


#: What Ansible's exit code says, bit by bit.
ENDED = {
    HOSTS_FAILED: N_("provision: hosts failed; the ledger has each host's outcome (baophu gaps), the log is {log}"),
    HOSTS_UNREACHABLE: N_(
        "provision: hosts could not be reached; the ledger has each host's outcome (baophu gaps), the log is {log}"
    ),
    HOSTS_FAILED | HOSTS_UNREACHABLE: N_(
        "provision: hosts failed and hosts could not be reached; the ledger has each host's outcome (baophu gaps), "
        "the log is {log}"
    ),
}
NOBODY = N_(
    "provision: nothing was done: no host is in the access file (BAOPHU_ACCESS) and in --limit; the log is {log}"
)


class ProvisioningError(BaophuError):
    """Ansible itself could not run, or hosts failed; the ledger has each host's outcome, the log has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How hosts are reached: a command prefix (the lab's namespace) and what the inventory plugin reads."""

    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One playbook run as asked for."""

    playbook: str
    plan: Path
    store: str
    log: Path
    strategy: str = "linear"
    check: bool = False
    limit: str | None = None
    in_band: bool = False


@dataclass(slots=True)
class Progress:
    """Where a run stands: the current play and task, and how many hosts ended each way."""

    play: str = ""
    task: str = ""
    done: dict[str, int] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """Follow one line of the callback plugin's progress file."""
        event = json.loads(line)
        self.play = event.get("play") or self.play
        self.task = event.get("task") or self.task
        outcome = event.get("outcome")
        if outcome:
            self.done[outcome] = self.done.get(outcome, 0) + 1


def playbook_path(name: str) -> Path:
    """The playbook called `name` (`site`, `wan`, …); raises CallError with the names that there are."""
    path = PLAYBOOKS / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in PLAYBOOKS.glob("*.yml")))
        raise CallError(N_("provision: there is no playbook '{name}'; there are: {known}"), name=name, known=known)
    return path


def run_playbook(run: Run, access: Access, on_progress: Callable[[Progress], None]) -> None:
    """Run it to its end; raises ProvisioningError where hosts failed or Ansible could not start.

    Ctrl-C ends Ansible, which still records what it knows, and then the call.
    """
    run.log.parent.mkdir(parents=True, exist_ok=True)
    progress_file = run.log.with_suffix(".progress")
    progress_file.write_text("")
    with run.log.open("wb") as log:
        process = subprocess.Popen(
            _command(run, access), cwd=HOUSE, env=_environment(run, access, progress_file), stdout=log,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            progress = _follow(process, progress_file, on_progress)
        finally:
            _end(process)
    _judge(process.returncode, run, progress)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let an interrupted Ansible hand in what it knows; a terminal's Ctrl-C has reached it already."""
    if process.poll() is None:
        process.send_signal(SIGINT)
        try:
            process.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(run: Run, access: Access) -> list[str]:
    ansible = Path(executable).parent / "ansible-playbook"
    command = [*access.prefix, str(ansible), "-i", str(inventory_source(run.plan)), str(playbook_path(run.playbook))]
    if run.check:
        command += ["--check", "--diff"]
    if run.limit is not None:
        command += ["--limit", run.limit]
    return command


def inventory_source(plan: Path) -> Path:
    """The plan folder's source file for our inventory plugin."""
    return plan.absolute() / "plan.baophu.yml"


def _environment(run: Run, access: Access, progress_file: Path) -> dict[str, str]:
    chosen = {
        "ANSIBLE_CONFIG": str(HOUSE / "ansible.cfg"),
        "BAOPHU_STORE": run.store,
        "BAOPHU_PROGRESS": str(progress_file.absolute()),
        # Ansible refuses to start in a locale that this machine hasn't generated, whatever language its user reads.
        "LC_ALL": "C.UTF-8",
        "PATH": f"{Path(executable).parent}:{os.environ.get('PATH', '')}",
    }
    if run.in_band:
        chosen["BAOPHU_ACCESS_MODE"] = "in_band"
    if run.strategy != "linear":
        chosen |= {"ANSIBLE_STRATEGY": run.strategy, "ANSIBLE_STRATEGY_PLUGINS": _mitogen_strategies()}
    return {**os.environ, **access.environment, **chosen}


def _mitogen_strategies() -> str:
    found = find_spec("ansible_mitogen")
    if found is None or found.origin is None:
        raise ConfigurationError(N_("provision: the package mitogen is missing; run: make setup"))
    return str(Path(found.origin).parent / "plugins" / "strategy")


def _follow(process: subprocess.Popen[bytes], progress_file: Path, on_progress: Callable[[Progress], None]) -> Progress:
    progress = Progress()
    with progress_file.open(encoding="utf-8") as lines:
        while True:
            ended = process.poll() is not None
            while (line := lines.readline()).endswith("\n"):
                progress.take(line)
            on_progress(progress)
            if ended:
                return progress
            time.sleep(POLL_SECONDS)


def _judge(code: int, run: Run, progress: Progress) -> None:
    if code & ~(HOSTS_FAILED | HOSTS_UNREACHABLE):
        raise ProvisioningError(
            N_("provision: ansible-playbook ended with {code}; its output: {log}"), code=code, log=run.log
        )
    if code:
        raise ProvisioningError(ENDED[code], log=run.log)
    if not progress.done:
        raise ProvisioningError(NOBODY, log=run.log)
