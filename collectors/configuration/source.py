"""Running configurations over SSH with netmiko, in threads of its own; a device that fails is a Fault."""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

import paramiko
from netmiko import (
    BaseConnection,
    NetmikoAuthenticationException,
    NetmikoBaseException,
    NetmikoTimeoutException,
    ReadException,
    ReadTimeout,
)

from collectors.configuration.platforms import PLATFORMS, Platform
from collectors.configuration.reading import DigestKey, captured
from collectors.configuration.session import (
    PARAMIKO_LOG,
    HungUpError,
    Leash,
    TooLongError,
    UnknownHostError,
    open_session,
)
from collectors.credentials import SshKey
from collectors.fault import Fault
from ledger.configuration import Capture
from ledger.observation import Failure
from ledger.plan import Device
from ledger.plan.problem import nearest

#: No configuration of a router or switch is longer; what is longer is none.
LONGEST_CONFIGURATION = 4 * 1024 * 1024
#: The prompt, on a line of its own, with nothing after it: the configuration is over.
PROMPT_AT_THE_END = r"\n{prompt}[ ]*\Z"
#: What is raised, and what it says of the device; the first that fits.
FAULTS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Failure, str], ...] = (
    (NetmikoAuthenticationException, Failure.AUTH_FAILED, "SSH refused the key"),
    (
        (paramiko.BadHostKeyException, UnknownHostError),
        Failure.AUTH_FAILED,
        "the host's SSH key is not the one in known_hosts",
    ),
    (TooLongError, Failure.BAD_REPLY, f"configuration: longer than {LONGEST_CONFIGURATION} bytes"),
    (ReadTimeout, Failure.NO_ANSWER, "the device printed no prompt in time"),
    ((HungUpError, ReadException), Failure.BAD_REPLY, "the device ended the session before its configuration"),
    (paramiko.SSHException, Failure.BAD_REPLY, "no proper SSH answer"),
)


class ConfigurationSource(Protocol):
    """Reads running configurations; a device that doesn't answer properly is a Fault, never an exception."""

    async def read(self, device: Device) -> Capture | Fault:
        """The device's configuration, secrets masked."""


class NetmikoSource:
    """Reads with netmiko; `with` ends its threads. A host whose key isn't in `known_hosts` is never talked to.

    No more than `at_once` devices may be read at a time. Nothing waits longer than `deadline_seconds`.
    """

    def __init__(
        self,
        key: SshKey,
        clock: Callable[[], datetime],
        *,
        port: int = 22,
        timeout_seconds: float = 10.0,
        deadline_seconds: float = 60.0,
        at_once: int = 8,
    ) -> None:
        self._key = key
        self._clock = clock
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._deadline_seconds = deadline_seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="configuration")

    def __enter__(self) -> Self:
        # At their lower levels both write out what they read, secrets included.
        for name in ("netmiko", PARAMIKO_LOG):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._digest_key = DigestKey.derived(self._key.key_file.read_bytes())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def read(self, device: Device) -> Capture | Fault:
        """The device's configuration, within the deadline."""
        platform = PLATFORMS.get(device.platform)
        if platform is None:
            known = nearest(device.platform, list(PLATFORMS))
            return Fault(Failure.COLLECTOR_ERROR, f"no driver for platform '{device.platform}'; nearest: {known}")
        leash = Leash()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                loop = asyncio.get_running_loop()
                printed = await loop.run_in_executor(self._threads, self._ask, device, platform, leash)
        except TimeoutError:
            return Fault(Failure.NO_ANSWER, f"configuration not read within {self._deadline_seconds:g} s")
        finally:
            leash.cut()  # ends the thread's waiting too
        if isinstance(printed, Fault):
            return printed
        return await asyncio.to_thread(captured, device.id, printed, platform, self._digest_key, self._clock())

    def _ask(self, device: Device, platform: Platform, leash: Leash) -> str | Fault:
        try:
            return self._printed(device, platform, leash)
        except (NetmikoBaseException, paramiko.SSHException, OSError, EOFError) as error:
            return _fault(error)
        except ValueError:  # netmiko's word for it
            return Fault(Failure.BAD_REPLY, "no prompt of this platform after login")

    def _printed(self, device: Device, platform: Platform, leash: Leash) -> str:
        connection = open_session(
            platform.device_type,
            leash,
            LONGEST_CONFIGURATION,
            host=str(device.address),
            port=self._port,
            username=self._key.user,
            key_file=str(self._key.key_file),
            alt_host_keys=True,
            alt_key_file=str(self._key.known_hosts),
            ssh_strict=True,
            conn_timeout=self._timeout_seconds,
            auth_timeout=self._timeout_seconds,
            banner_timeout=self._timeout_seconds,
            blocking_timeout=self._timeout_seconds,
            read_timeout_override=self._deadline_seconds,
        )
        try:
            return _configuration(connection, platform)
        finally:
            connection.disconnect()


def _configuration(connection: BaseConnection, platform: Platform) -> str:
    prompt = connection.find_prompt()
    end = PROMPT_AT_THE_END.format(prompt=re.escape(prompt))
    printed = connection.send_command(platform.command, expect_string=end)
    return str(printed)


def _fault(error: BaseException) -> Fault:
    """What went wrong; netmiko hides what paramiko raised behind an error of its own."""
    cause = error.__context__ if isinstance(error, NetmikoTimeoutException) else error
    for kinds, failure, detail in FAULTS:
        if isinstance(cause, kinds):
            return Fault(failure, detail)
    return Fault(Failure.NO_ANSWER, "no answer over SSH")
