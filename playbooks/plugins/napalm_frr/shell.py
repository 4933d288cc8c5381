"""One SSH session to a device: commands in, text out. The host key must be the pinned one."""

import socket
from pathlib import Path

import paramiko


class ShellError(Exception):
    """The session could not be opened, or broke."""


class RemoteError(Exception):
    """A command failed on the device; `output` is what it printed."""

    def __init__(self, output: str, status: int) -> None:
        super().__init__(output.strip() or f"exit status {status}")
        self.output = output
        self.status = status


class _PinnedKey(paramiko.MissingHostKeyPolicy):
    """Refuses every host whose key was not recorded at enrolment."""

    def missing_host_key(
        self,
        client: paramiko.SSHClient,  # noqa: ARG002 - paramiko's signature
        hostname: str,
        key: paramiko.PKey,  # noqa: ARG002 - paramiko's signature
    ) -> None:
        """Raise: there is no pinned key for `hostname`."""
        raise ShellError(f"no pinned host key for {hostname}: enrol the device first, then try again")


class Shell:
    """Runs commands on `host`. `alias` is the name under which its key is pinned in `known_hosts` (as HostKeyAlias)."""

    def __init__(
        self,
        host: str,
        username: str,
        *,
        known_hosts: Path | None,
        alias: str | None = None,
        password: str | None = None,
        key_file: str | None = None,
        proxy_command: str | None = None,
        timeout_seconds: float = 60,
    ) -> None:
        self._host = host
        self._username = username
        self._known_hosts = known_hosts
        self._alias = alias or host
        self._password = password
        self._key_file = key_file
        self._proxy_command = proxy_command
        self._timeout_seconds = timeout_seconds
        self._client: paramiko.SSHClient | None = None

    def open(self) -> None:
        """Connect; raises ShellError, also where the host key is not the pinned one."""
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(_PinnedKey())
        try:
            if self._known_hosts is not None:
                client.load_host_keys(str(self._known_hosts))
            else:
                client.load_system_host_keys()
            client.connect(
                self._alias,  # the name that keys are looked up by; the socket below decides where to
                username=self._username,
                password=self._password or None,
                key_filename=self._key_file,
                sock=self._socket(),
                timeout=self._timeout_seconds,
                allow_agent=self._key_file is None and not self._password,
                look_for_keys=False,
            )
        except (OSError, paramiko.SSHException) as error:
            client.close()
            raise ShellError(f"{self._host}: {error}") from error
        self._client = client

    def close(self) -> None:
        """Disconnect; harmless where nothing is open."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def is_alive(self) -> bool:
        """Whether the session is open."""
        transport = self._client.get_transport() if self._client is not None else None
        return transport is not None and transport.is_active()

    def run(self, command: str, stdin: str = "") -> str:
        """Run a shell command; gives stdout and stderr together, raises RemoteError and ShellError."""
        if self._client is None:
            raise ShellError(f"{self._host}: the session is not open")
        try:
            channel_in, channel_out, _ = self._client.exec_command(
                f"{{ {command}\n}} 2>&1", timeout=self._timeout_seconds
            )
            channel_in.write(stdin)
            channel_in.channel.shutdown_write()
            output = channel_out.read().decode(errors="replace")
            status = channel_out.channel.recv_exit_status()
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise ShellError(f"{self._host}: {error or type(error).__name__}") from error
        if status != 0:
            raise RemoteError(output, status)
        return output

    def _socket(self) -> "socket.socket | paramiko.ProxyCommand":
        if self._proxy_command is not None:
            return paramiko.ProxyCommand(self._proxy_command)
        return socket.create_connection((self._host, 22), timeout=self._timeout_seconds)
