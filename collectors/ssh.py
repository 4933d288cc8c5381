"""What hosts tell over SSH: as a user whose key may run nothing but one forced command."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address
from types import TracebackType
from typing import Self

import paramiko

from collectors.credentials import SshKey
from collectors.fault import Fault
from ledger.observation import Failure

PARAMIKO_LOG = f"{__name__}.paramiko"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedCommand:
    """What is asked, called `what` in faults; the forced command answers whatever is asked. A longer answer is none."""

    name: str
    what: str
    longest_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPace:
    """Seconds for one step and for a whole reading, and how many readings at once.

    A reading that waits its turn waits on its own deadline.
    """

    port: int = 22
    timeout_seconds: float = 5.0
    deadline_seconds: float = 20.0
    at_once: int = 8


class SshReader:
    """Reads with paramiko, in threads of its own; `with` ends them.

    A host whose key isn't in `known_hosts` is never talked to.
    """

    def __init__(self, key: SshKey, command: ForcedCommand, pace: SshPace) -> None:
        self._key = key
        self._command = command
        self._pace = pace
        self._threads = ThreadPoolExecutor(pace.at_once, thread_name_prefix=command.name)

    def __enter__(self) -> Self:
        # What paramiko would log with a traceback, cycle after cycle, is this reader's Fault.
        logging.getLogger(PARAMIKO_LOG).setLevel(logging.CRITICAL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def read(self, address: IPv4Address) -> str | Fault:
        """What the host's command prints, within the deadline."""
        client = paramiko.SSHClient()
        try:
            async with asyncio.timeout(self._pace.deadline_seconds):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._ask, client, str(address))
        except TimeoutError:
            seconds = f"{self._pace.deadline_seconds:g} s"
            return Fault(Failure.NO_ANSWER, f"{self._command.what} not read within {seconds}")
        finally:
            client.close()  # ends the thread's waiting too

    def _ask(self, client: paramiko.SSHClient, address: str) -> str | Fault:
        try:
            self._connect(client, address)
            return self._output(client)
        except (paramiko.BadHostKeyException, _UnknownHost):
            return Fault(Failure.AUTH_FAILED, "the host's SSH key is not the one in known_hosts")
        except paramiko.AuthenticationException:
            return Fault(Failure.AUTH_FAILED, "SSH refused the key")
        except (OSError, EOFError):
            return Fault(Failure.NO_ANSWER, "no answer over SSH")
        except paramiko.SSHException:
            return Fault(Failure.BAD_REPLY, "no proper SSH answer")

    def _connect(self, client: paramiko.SSHClient, address: str) -> None:
        seconds = self._pace.timeout_seconds
        client.set_log_channel(PARAMIKO_LOG)
        client.load_host_keys(str(self._key.known_hosts))
        client.set_missing_host_key_policy(_RefuseUnknown())
        client.connect(
            address,
            self._pace.port,
            self._key.user,
            key_filename=str(self._key.key_file),
            allow_agent=False,
            look_for_keys=False,
            timeout=seconds,
            banner_timeout=seconds,
            auth_timeout=seconds,
            channel_timeout=seconds,
        )

    def _output(self, client: paramiko.SSHClient) -> str | Fault:
        _, output, _ = client.exec_command(self._command.name, timeout=self._pace.timeout_seconds)
        what, longest = self._command.what, self._command.longest_bytes
        raw = output.read(longest + 1)
        if len(raw) > longest:
            return Fault(Failure.BAD_REPLY, f"{what}: longer than {longest} bytes")
        status = output.channel.recv_exit_status()
        if status != 0:
            return Fault(Failure.BAD_REPLY, f"{what}: the host's command ended with status {status}")
        return raw.decode("utf-8", "replace")


class _UnknownHost(paramiko.SSHException):
    """The host isn't in `known_hosts`."""


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        raise _UnknownHost(hostname)
