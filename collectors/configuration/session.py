"""One netmiko session: only a pinned host is talked to, no more is read than a configuration may hold."""

import threading
from typing import Any

import paramiko
from netmiko import BaseConnection, ReadException, ssh_dispatcher
from netmiko.channel import Channel, SSHChannel

PARAMIKO_LOG = f"{__name__}.paramiko"


class UnknownHostError(paramiko.SSHException):
    """The host isn't in `known_hosts`."""


class TooLongError(ReadException):
    """More was printed than any configuration holds."""


class HungUpError(ReadException):
    """The device ended the session."""


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        raise UnknownHostError(hostname)


class Leash:
    """Ends a session from another thread, whatever it is waiting for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: paramiko.SSHClient | None = None
        self._cut = False

    def hold(self, client: paramiko.SSHClient) -> None:
        """Take hold of a client that is about to connect; raises HungUpError where the session was cut already."""
        with self._lock:
            self._client = client
            if self._cut:
                raise HungUpError

    def cut(self) -> None:
        """End it."""
        with self._lock:
            self._cut = True
            client = self._client
        if client is not None:
            client.close()

    @property
    def is_cut(self) -> bool:
        """Whether it was ended."""
        return self._cut


class BoundedChannel(SSHChannel):
    """Raises at once where netmiko would wait on, or blame the network: the session is over, or has no end."""

    def __init__(self, channel: SSHChannel, longest: int, leash: Leash) -> None:
        super().__init__(channel.remote_conn, channel.encoding)
        self._left = longest
        self._leash = leash

    def write_channel(self, out_data: str) -> None:
        """Send; a device that is quick to hang up is noticed here first."""
        try:
            super().write_channel(out_data)
        except OSError as error:
            raise HungUpError from error

    def read_buffer(self) -> str:
        """What is there, or an empty text."""
        if self._leash.is_cut:
            raise HungUpError
        chunk: str = super().read_buffer()
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLongError
        if not chunk and (self.remote_conn is None or self.remote_conn.closed):
            raise HungUpError
        return chunk


class _Pinned(BaseConnection):
    """What every platform's session does alike."""

    longest: int
    leash: Leash

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client: paramiko.SSHClient = super()._build_ssh_client()
        client.set_missing_host_key_policy(_RefuseUnknown())
        # What paramiko would log with a traceback, reading after reading, is a Fault already.
        client.set_log_channel(PARAMIKO_LOG)
        self.leash.hold(client)
        return client

    @property  # netmiko sets it once the session is there
    def channel(self) -> Channel:
        return self._bounded

    @channel.setter
    def channel(self, value: Channel) -> None:
        assert isinstance(value, SSHChannel)  # noqa: S101 - no platform is reached by telnet or a serial line
        self._bounded = BoundedChannel(value, self.longest, self.leash)


def open_session(device_type: str, leash: Leash, longest: int, **parameters: Any) -> BaseConnection:
    """Open netmiko's session for a type of device; raises what netmiko and paramiko raise."""
    kind = type("PinnedSession", (_Pinned, ssh_dispatcher(device_type)), {"leash": leash, "longest": longest})
    opened: BaseConnection = kind(device_type=device_type, **parameters)
    return opened
