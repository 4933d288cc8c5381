"""Writes how a playbook ended for each host into the ledger, and its progress into a file for the command line."""

import atexit
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ansible import context
from ansible.plugins.callback import CallbackBase

from ledger.errors import BaophuError
from ledger.observation import Outcome, RunResult
from ledger.store import open_store

DOCUMENTATION = r"""
name: ledger_runs
type: notification
short_description: Each host's outcome goes to the ledger
description:
  - With E(BAOPHU_STORE) set, every host's outcome, first error and diff are written to that ledger when the run ends.
    A run that was interrupted leaves what is certain by then, which is what failed.
  - With E(BAOPHU_PROGRESS) set, one JSON line per task and per ended host is appended to that file.
  - Tasks with C(no_log) or C(diff=false) leave nothing of their content.
options: {}
"""

#: What is kept of a host's diff and of an error, in characters.
LONGEST_DIFF, LONGEST_MESSAGE = 100_000, 2_000
#: Playbooks that only look: their outcome says nothing of provisioning.
ONLY_LOOKING = frozenset({"verify"})


@dataclass(slots=True)
class HostRecord:
    """What is known of one host so far."""

    changed: int = 0
    outcome: Outcome | None = None
    message: str | None = None
    diff: list[str] = field(default_factory=list)


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """Keeps a record per host, and hands all of them in at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "ledger_runs"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._hosts: dict[str, HostRecord] = {}
        self._playbook = ""
        self._play = ""
        self._task = ""
        self._recorded = False
        self._store = os.environ.get("BAOPHU_STORE")
        self._progress = os.environ.get("BAOPHU_PROGRESS")

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Note the playbook, and see to it that an interrupted run leaves what it knows."""
        self._playbook = os.path.splitext(os.path.basename(playbook._file_name))[0]  # noqa: PTH119, PTH122
        atexit.register(self._record)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Follow the plays."""
        self._play, self._task = play.get_name(), ""
        self._tell("play")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Follow the tasks."""
        del is_conditional
        self._task = task.get_name()
        self._tell("task")

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """Follow the handlers."""
        self._task = task.get_name()
        self._tell("task")

    def v2_runner_on_ok(self, result: Any) -> None:
        """Count what changed, and keep the host."""
        self._of(result).changed += bool(result.result.get("changed"))

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Keep the host."""
        self._of(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Keep the first error."""
        if not ignore_errors:
            self._fail(result, Outcome.FAILED)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Keep why the host could not be reached."""
        self._fail(result, Outcome.UNREACHABLE)

    def v2_on_file_diff(self, result: Any) -> None:
        """Keep the diff, which Ansible gives only where the task lets it."""
        record = self._of(result)
        for entry in (result.result, *result.result.get("results", ())):
            if entry.get("diff") and entry.get("changed") and not entry.get("_ansible_no_log"):
                record.diff.append(f"# {result.task.get_name()}\n{self._get_diff(entry['diff'])}")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Say how every host ended: a failure that was rescued is none."""
        for host, record in self._hosts.items():
            if stats.dark.get(host):
                record.outcome = Outcome.UNREACHABLE
            elif stats.failures.get(host):
                record.outcome = Outcome.FAILED
            else:
                record.outcome, record.message = Outcome.OK, None
            self._tell("host", host, record.outcome)
        self._record()

    def _of(self, result: Any) -> HostRecord:
        return self._hosts.setdefault(result.host.get_name(), HostRecord())

    def _fail(self, result: Any, outcome: Outcome) -> None:
        record = self._of(result)
        if record.message is None:
            record.outcome, record.message = outcome, _message(result)
        self._tell("failure", result.host.get_name())

    def _tell(self, event: str, host: str | None = None, outcome: Outcome | None = None) -> None:
        if self._progress is None or host == "localhost":
            return
        line = {"event": event, "play": self._play, "task": self._task, "host": host, "outcome": outcome}
        with open(self._progress, "a", encoding="utf-8") as file:  # noqa: PTH123 - a line a time, as events come
            file.write(json.dumps(line) + "\n")

    def _record(self) -> None:
        """Hand in what is certain, once; a store that can't be written never fails the run, but is said aloud."""
        if self._store is None or self._recorded or self._playbook in ONLY_LOOKING:
            return
        self._recorded = True
        run, at, check = uuid4().hex, datetime.now(UTC), bool(context.CLIARGS.get("check"))
        results = [
            RunResult(
                run=run,
                playbook=self._playbook,
                asset=host,
                outcome=record.outcome,
                changed=record.changed,
                check_mode=check,
                at=at,
                message=record.message,
                diff="\n".join(record.diff)[:LONGEST_DIFF] or None,
            )
            for host, record in self._hosts.items()
            if record.outcome is not None and host != "localhost"
        ]
        try:
            with open_store(self._store) as store:
                store.record_runs(results)
        except BaophuError as error:
            self._display.error(f"the ledger could not be written: {error}")
            sys.stderr.flush()


def _message(result: Any) -> str:
    found = result.result
    if found.get("_ansible_no_log") or "censored" in found:
        return f"{result.task.get_name()}: the output is hidden because it may hold secrets"
    text = str(found.get("msg") or found.get("stderr") or "failed without a message")
    return f"{result.task.get_name()}: {text}"[:LONGEST_MESSAGE]
