"""The driver: candidate, difference, commit with a revert timer on the device, confirm, rollback.

What can be undone: all that stands in FRR's configuration, by replacing it with the running configuration of before
the commit; at the deadline, at a reboot, or on request. What can't: that sessions and routes were gone meanwhile.
"""

import json
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from napalm.base.base import NetworkDriver
from napalm.base.exceptions import (
    CommitError,
    ConnectionException,
    MergeConfigException,
    ReplaceConfigException,
)

from napalm_frr import parsing, revert
from napalm_frr.shell import RemoteError, Shell, ShellError


class FrrDriver(NetworkDriver):  # type: ignore[misc]  # napalm has no types
    """FRRouting behind vtysh.

    `optional_args`: known_hosts (path of pinned keys; the system's without it), host_key_alias, key_file,
    proxy_command, commit_id (the id that commits carry and that confirms must match; a new one without it).
    """

    platform = "frr"

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        options = optional_args or {}
        known_hosts = options.get("known_hosts")
        self.hostname = hostname
        self.commit_id: str = options.get("commit_id") or uuid4().hex[:12]
        self._is_loaded = False
        self._shell = Shell(
            hostname,
            username,
            known_hosts=Path(known_hosts) if known_hosts else None,
            alias=options.get("host_key_alias"),
            password=password,
            key_file=options.get("key_file"),
            proxy_command=options.get("proxy_command"),
            timeout_seconds=timeout,
        )

    def open(self) -> None:
        """Connect; raises ConnectionException, also where the host key is not the pinned one."""
        try:
            self._shell.open()
        except ShellError as error:
            raise ConnectionException(str(error)) from error

    def close(self) -> None:
        """Disconnect."""
        self._shell.close()

    def is_alive(self) -> dict[str, bool]:
        """Whether the session is open."""
        return {"is_alive": self._shell.is_alive}

    # --- configuration ---

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a whole configuration; raises ReplaceConfigException with FRR's complaints."""
        self._load(_given(filename, config), ReplaceConfigException)

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take lines to add to the running configuration; raises MergeConfigException with FRR's complaints."""
        self._load(self._running() + _given(filename, config), MergeConfigException)

    def compare_config(self) -> str:
        """What a commit would take away (`-`) and add (`+`); "" where nothing is loaded or nothing differs."""
        if not self._is_loaded:
            return ""
        if not self._is_installed():
            candidate = self._do(f"cat {revert.CANDIDATE}/frr.conf")
            return "".join(f"+{line}\n" for line in candidate.splitlines() if line != "!")
        return self._difference(revert.CANDIDATE, against_startup=not self._is_running())

    def startup_differs(self) -> bool:
        """Whether a restart would bring back another configuration than the one that runs."""
        found = self.get_config()
        if found["running"] == found["startup"]:
            return False
        self._put(revert.RUNNING, found["running"])
        return bool(self._difference(revert.RUNNING, against_startup=True))

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Run the candidate; with `revert_in` seconds, the device itself undoes it unless it is confirmed before.

        Without `revert_in` it is confirmed at once: the only case in which the startup file is written here.
        Raises CommitError; the configuration of before is running then, or comes back at the deadline.
        """
        if not self._is_loaded:
            raise CommitError("no candidate is loaded")
        if not self._is_installed():
            raise CommitError("FRR is not installed on the device: install frr and frr-pythontools first")
        if self.has_pending_commit():
            raise CommitError(f"commit {self._pending()['id']} is still pending: confirm it or wait until it reverts")
        self._do(revert.arm(self.commit_id, message, revert_in or 120))
        try:
            self._do(_detached(revert.reload_command(revert.CANDIDATE)))
        except CommitError:
            self.rollback()
            raise
        self._is_loaded = False
        if revert_in is None:
            self.confirm_commit()

    def has_pending_commit(self) -> bool:
        """Whether a commit waits for its confirmation."""
        return bool(self._pending())

    def confirm_commit(self) -> None:
        """Stop the revert timer, then write the startup file; raises CommitError where there is nothing to confirm."""
        pending = self._pending()
        if pending.get("id") != self.commit_id:
            raise CommitError(
                f"commit {self.commit_id} is no longer pending: the device has gone back to the one before"
            )
        if pending.get("boot") != self._do(f"cat {revert.BOOT_ID}").strip():
            raise CommitError(f"commit {self.commit_id} was lost: the device restarted before it was confirmed")
        self._do(revert.disarm())
        self._do(revert.save_startup())

    def rollback(self) -> None:
        """Go back now to the configuration from before the pending commit."""
        self._do(f"systemctl start {revert.NAME}.service")

    def discard_config(self) -> None:
        """Forget the candidate."""
        self._is_loaded = False
        self._do(f"rm -rf {revert.CANDIDATE}")

    # --- what it says ---

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str]:
        """The output of vtysh commands."""
        if encoding != "text":
            raise NotImplementedError(f"encoding {encoding}: use text, or a command that ends in json")
        return {command: self._vtysh(command) for command in commands}

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: ARG002 - NAPALM's signature
        sanitized: bool = False,  # noqa: ARG002 - NAPALM's signature
        format: str = "text",  # noqa: A002, ARG002 - NAPALM's signature
    ) -> dict[str, str]:
        """The running and the startup configuration."""
        found = {"running": "", "startup": "", "candidate": ""}
        if retrieve in ("all", "running"):
            found["running"] = self._running()
        if retrieve in ("all", "startup"):
            found["startup"] = parsing.configuration(self._do(f"cat {revert.STARTUP}"))
        return found

    def get_facts(self) -> dict[str, Any]:
        """The device's facts."""
        files = ("/proc/sys/kernel/hostname", "/proc/uptime", "/etc/machine-id")
        hostname, uptime, machine_id = (self._do(f"cat {file}") for file in files)
        return parsing.facts(self._vtysh("show version"), hostname, uptime, self._do("ls /sys/class/net"), machine_id)

    def get_interfaces(self) -> dict[str, dict[str, Any]]:
        """The device's interfaces."""
        return parsing.interfaces(self._vtysh("show interface json"))

    def get_bgp_neighbors(self) -> dict[str, Any]:
        """The BGP neighbours, by address."""
        return parsing.bgp_neighbors(self._vtysh("show bgp summary json"))

    # --- how ---

    def _put(self, folder: str, text: str) -> None:
        self._do(f"{revert.make_folder(folder)}\ncat > {folder}/frr.conf", text)

    def _is_installed(self) -> bool:
        return bool(self._do("command -v vtysh || true").strip())

    def _is_running(self) -> bool:
        return self._do("systemctl is-active frr.service || true").strip() == "active"

    def _difference(self, folder: str, *, against_startup: bool) -> str:
        mode = f"--test --input {revert.STARTUP}" if against_startup else "--test"
        return parsing.reload_diff(self._do(revert.reload_command(folder, mode)))

    def _do(self, command: str, stdin: str = "") -> str:
        try:
            return self._shell.run(command, stdin)
        except RemoteError as error:
            raise CommitError(error.output.strip()[-1500:] or str(error)) from error
        except ShellError as error:
            raise ConnectionException(str(error)) from error

    def _vtysh(self, command: str) -> str:
        if "'" in command or "\n" in command:
            raise ValueError(f"{command!r} is not one vtysh command")
        return self._do(f"vtysh -c '{command}'")

    def _running(self) -> str:
        return parsing.configuration(self._vtysh("show running-config no-header"))

    def _pending(self) -> dict[str, str]:
        text = self._do(f"cat {revert.PENDING} 2>/dev/null || true")
        found: dict[str, str] = json.loads(text) if text.strip() else {}
        return found

    def _load(self, text: str, problem: type[Exception]) -> None:
        self._is_loaded = False
        self._put(revert.CANDIDATE, parsing.configuration(text))
        if self._is_installed():  # before the first installation a dry run has nobody to judge the syntax
            self._judge(problem)
        self._is_loaded = True

    def _judge(self, problem: type[Exception]) -> None:
        folder = revert.CANDIDATE
        try:
            report = self._shell.run(f"vtysh --config_dir {folder} -C -f {folder}/frr.conf")
        except RemoteError as error:
            _refuse(error.output, problem, error)
        except ShellError as error:
            raise ConnectionException(str(error)) from error
        if parsing.syntax_errors(report):
            _refuse(report, problem, None)


def _refuse(report: str, problem: type[Exception], cause: Exception | None) -> NoReturn:
    raise problem("; ".join(parsing.syntax_errors(report)) or report.strip()) from cause


def _given(filename: str | None, config: str | None) -> str:
    if config is not None:
        return config
    if filename is None:
        raise ValueError("neither filename nor config is given")
    return Path(filename).read_text(encoding="utf-8")


def _detached(command: str) -> str:
    """Run `command` so that it ends even where it cuts the session that started it."""
    return f"systemd-run --quiet --wait --collect --pipe --unit=baophu-commit {command} < /dev/null"
