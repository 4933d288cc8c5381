"""Lease tables over a real SSH server whose key may run one forced command."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

import pytest

from collectors.credentials import SshKey
from collectors.fault import Fault
from collectors.leases import LEASE_TABLE, Lease, SshLeaseSource
from collectors.ssh import SshPace
from ledger.observation import Failure
from ledger.plan import Plan

TABLE = "1763780400 02:68:00:20:00:01 10.68.24.100 pc-1 *\n"
LEASES = (Lease("02:68:00:20:00:01", IPv4Address("10.68.24.100"), datetime.fromtimestamp(1763780400, UTC)),)


class StartSshd(Protocol):
    """What the fixture gives."""

    folder: Path
    port: int
    user: str
    key: Path
    known_hosts: Path

    def __call__(self, forced_command: str) -> AbstractContextManager[None]:
        """Start it for as long as the context lasts."""


def read(
    plan: Plan, sshd: StartSshd, deadline_seconds: float = 10.0, port: int | None = None
) -> tuple[Lease, ...] | Fault:
    router = replace(plan.devices["68-22945-RT-001"], address=IPv4Address("127.0.0.1"))
    key = SshKey(sshd.user, sshd.key, sshd.known_hosts)
    pace = SshPace(port=port or sshd.port, timeout_seconds=5, deadline_seconds=deadline_seconds)
    with SshLeaseSource(key, pace) as source:
        return asyncio.run(source.read(router))


def failure(found: tuple[Lease, ...] | Fault) -> Failure:
    assert isinstance(found, Fault)
    return found.failure


@pytest.fixture
def table(sshd: StartSshd) -> str:
    """The forced command that prints the table."""
    (sshd.folder / "leases").write_text(TABLE, encoding="ascii")
    return f"cat {sshd.folder / 'leases'}"


def test_the_forced_command_prints_the_table(sshd: StartSshd, lab_plan: Plan, table: str) -> None:
    with sshd(table):
        assert read(lab_plan, sshd) == LEASES


def test_a_host_with_another_key_is_never_talked_to(sshd: StartSshd, lab_plan: Plan, table: str) -> None:
    other = sshd.key.with_suffix(".pub").read_text(encoding="ascii")
    sshd.known_hosts.write_text(f"[127.0.0.1]:{sshd.port} {other}", encoding="ascii")
    with sshd(f"touch {sshd.folder / 'talked'}; {table}"):
        found = read(lab_plan, sshd)
    assert found == Fault(Failure.AUTH_FAILED, "the host's SSH key is not the one in known_hosts")
    assert not (sshd.folder / "talked").exists()


def test_a_host_that_is_not_known_is_never_talked_to(sshd: StartSshd, lab_plan: Plan, table: str) -> None:
    sshd.known_hosts.write_text("", encoding="ascii")
    with sshd(table):
        found = read(lab_plan, sshd)
    assert found == Fault(Failure.AUTH_FAILED, "the host's SSH key is not the one in known_hosts")
    assert sshd.known_hosts.read_text(encoding="ascii") == ""


def test_a_key_that_the_router_does_not_know_is_refused(sshd: StartSshd, lab_plan: Plan, table: str) -> None:
    with sshd(table):
        (sshd.folder / "authorized_keys").write_text("", encoding="ascii")
        assert failure(read(lab_plan, sshd)) is Failure.AUTH_FAILED


@pytest.mark.parametrize("command", ["echo Permission denied; exit 0", "exit 3", "kill -9 $$"])
def test_what_is_no_table_is_a_bad_reply(sshd: StartSshd, lab_plan: Plan, command: str) -> None:
    with sshd(command):
        assert failure(read(lab_plan, sshd)) is Failure.BAD_REPLY


def test_a_table_without_an_end_is_a_bad_reply(sshd: StartSshd, lab_plan: Plan) -> None:
    with sshd(f"head -c {LEASE_TABLE.longest_bytes + 1} /dev/zero"):
        assert failure(read(lab_plan, sshd)) is Failure.BAD_REPLY


def test_a_router_that_keeps_us_waiting_does_not_answer(sshd: StartSshd, lab_plan: Plan) -> None:
    with sshd("sleep 60"):
        assert failure(read(lab_plan, sshd, deadline_seconds=1.5)) is Failure.NO_ANSWER


def test_a_port_where_nobody_listens_does_not_answer(sshd: StartSshd, lab_plan: Plan) -> None:
    assert failure(read(lab_plan, sshd)) is Failure.NO_ANSWER


@contextmanager
def tcp_peer(greeting: bytes) -> Iterator[int]:
    """A TCP server that says `greeting` and hangs up; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(greeting)
                connection.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n\x00\x00\x00\x01garbage!"])
def test_what_is_no_ssh_server_is_a_bad_reply_and_no_news(
    sshd: StartSshd, lab_plan: Plan, greeting: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with tcp_peer(greeting) as port:
        assert failure(read(lab_plan, sshd, port=port)) is Failure.BAD_REPLY
    assert caplog.records == []
