"""A province of real hosts, driven as its users drive it: by the command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.place import CTL, Place
from ledger.figure import AssetRow
from ledger.max_age import MaxAges
from ledger.plan import read_plan
from ledger.store import open_store
from ledger.view import LedgerView

PLAN = Path("inventory/lab")


@dataclass(frozen=True)
class Province:
    """A lab, its ledger, and short ways to ask both."""

    name: str
    store: Path
    plan: Path = PLAN

    def run(
        self, *arguments: str, check: bool = True, timeout: float = 900, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`baophu …` in English, with its output."""
        done = subprocess.run(  # noqa: PLW1510 - the assert below says more
            [sys.executable, "-m", "baophu", "--lang", "en", *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "BAOPHU_PLAN": str(self.plan), "BAOPHU_STORE": str(self.store), **(environment or {})},
        )
        with self.store.with_name("commands.log").open("a", encoding="utf-8") as log:
            log.write(f"$ baophu {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        assert not check or done.returncode == 0, f"baophu {arguments}:\n{done.stdout}\n{done.stderr}"
        return done

    def lab(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`baophu lab … --name NAME`."""
        return self.run("lab", *arguments, "--name", self.name)

    def on(self, host: str, command: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a shell command inside a host."""
        return self.run("lab", "exec", "--name", self.name, host, "--", "sh", "-c", command, check=check)

    @property
    def place(self) -> Place:
        """Where the lab lives."""
        return Place.of(self.name)

    def in_controller(self, *command: str) -> list[str]:
        """A command line that runs a command in the controller's namespace, as the playbooks run."""
        return ["ip", "netns", "exec", self.place.namespace(CTL), *command]

    def provision(self, playbook: str, *options: str, check: bool = True) -> dict[str, dict[str, int]]:
        """Run a playbook; gives Ansible's recap, `dict[host, dict[ok|changed|failed|unreachable…, count]]`."""
        log = self.store.with_name(f"ansible-{playbook}.log")
        self.run("provision", playbook, "--lab", self.name, "--log", str(log), *options, check=check)
        recap = log.read_text(encoding="utf-8").rpartition("PLAY RECAP")[2]
        return {
            line.split(":")[0].strip(): {
                key: int(value) for key, value in (word.split("=") for word in line.split(":", 1)[1].split())
            }
            for line in recap.splitlines()
            if "ok=" in line
        }

    def collect(self, times: int = 1, **options: Any) -> None:
        """Let the collectors look once, or more often."""
        for _ in range(times):
            self.run("collect", "--once", "--lab", self.name, **options)

    def asked(self, *arguments: str, environment: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """A command's `--json`."""
        answer: list[dict[str, Any]] = json.loads(self.run(*arguments, "--json", environment=environment).stdout)
        return answer

    def figure(self, indicator: str, unit: str = "68", **options: Any) -> dict[str, Any]:
        """One figure."""
        (figure,) = self.asked("coverage", "--indicator", indicator, "--unit", unit, **options)
        return figure

    def gaps(self, indicator: str, **options: Any) -> dict[str, str]:
        """The gaps of an indicator, `dict[asset id, verdict]`."""
        return {row["asset"]: row["verdict"] for row in self.asked("gaps", "--indicator", indicator, **options)}


def rows(province: Province, at: datetime | None = None) -> tuple[AssetRow, ...]:
    """Every asset as it stands, now or at a time."""
    with open_store(f"sqlite:///{province.store}") as store:
        view = LedgerView(read_plan(province.plan), store, MaxAges.default(), lambda: datetime.now(UTC))
        return (view.now() if at is None else view.at(at)).rows


@dataclass(frozen=True)
class Rollout:
    """What each step of the first rollout came to; a recap is `dict[host, dict[outcome, count]]`."""

    province: Province
    gaps_before: list[dict[str, Any]]
    figures_before: list[dict[str, Any]]
    dry_before: dict[str, dict[str, int]]
    gaps_after_dry_run: list[dict[str, Any]]
    first: dict[str, dict[str, int]]
    gaps_after_first: list[dict[str, Any]]
    second: dict[str, dict[str, int]]
    dry_after: dict[str, dict[str, int]]


#: A PC that has no power while the province is provisioned for the first time.
DARK = "68-SKHCN-PC-002"
