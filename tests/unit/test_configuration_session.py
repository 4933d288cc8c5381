"""What a session does with a device that is gone."""

from types import SimpleNamespace
from typing import cast

import paramiko
import pytest
from netmiko.channel import SSHChannel

from collectors.configuration.session import BoundedChannel, HungUpError, Leash


def gone() -> BoundedChannel:
    def refuse(_data: bytes) -> None:
        raise OSError("Socket is closed")

    remote = SimpleNamespace(sendall=refuse, recv_ready=lambda: False, closed=True)
    return BoundedChannel(SSHChannel(cast("paramiko.Channel", remote), "utf-8"), 100, Leash())


def test_writing_to_a_device_that_hung_up_says_so() -> None:
    with pytest.raises(HungUpError):
        gone().write_channel("show\n")


def test_reading_from_it_says_so_too() -> None:
    with pytest.raises(HungUpError):
        gone().read_buffer()
