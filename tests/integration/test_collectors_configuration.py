"""Running configurations over a real SSH server: netmiko on this side, the devices' own reader on the other."""

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

import pytest

from collectors.configuration.reading import DigestKey
from collectors.configuration.source import LONGEST_CONFIGURATION, NetmikoSource
from collectors.credentials import SshKey
from collectors.fault import Fault
from ledger.configuration import Capture
from ledger.observation import Failure
from ledger.plan import Device, Plan

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
READER = Path(__file__).parents[2] / "roles/configuration_reader/files/configuration_shell.py"
#: What vtysh of FRR 8.4 prints.
FRR = """Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname 68-22945-RT-001
service integrated-vtysh-config
!
password zebrapw
!
router bgp 65102
 neighbor 10.68.0.1 remote-as 65068
 neighbor 10.68.0.1 password bgpsecret
exit
!
end
"""
TEXT = """!
frr version 8.4.4
frr defaults traditional
hostname 68-22945-RT-001
service integrated-vtysh-config
!
password <masked>
!
router bgp 65102
 neighbor 10.68.0.1 remote-as 65068
 neighbor 10.68.0.1 password <masked>
exit
!
end
"""


class StartSshd(Protocol):
    """What the fixture gives."""

    folder: Path
    port: int
    user: str
    key: Path
    known_hosts: Path

    def __call__(self, forced_command: str) -> AbstractContextManager[None]:
        """Start it for as long as the context lasts."""


@contextmanager
def device(sshd: StartSshd, command: str, options: str = "restrict,pty") -> Iterator[None]:
    """An SSH server with a terminal whose only command is `command`."""
    with sshd(command):
        public = sshd.key.with_suffix(".pub").read_text(encoding="ascii")
        line = f'{options},command="{command}" {public}'
        (sshd.folder / "authorized_keys").write_text(line, encoding="ascii")
        yield


@contextmanager
def source(folder: Path, name: str, answer: bytes) -> Iterator[None]:
    """A socket that answers like the units of the role configuration_reader."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(folder / name))
        listening.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def folder(sshd: StartSshd) -> Path:
    path = sshd.folder / "run"
    path.mkdir()
    return path


@pytest.fixture
def router(lab_plan: Plan) -> Device:
    return replace(lab_plan.devices["68-22945-RT-001"], address=IPv4Address("127.0.0.1"))


def reader(folder: Path) -> str:
    return f"/usr/bin/python3 -I {READER} {folder}"


def read(
    sshd: StartSshd, router: Device, *, deadline_seconds: float = 30.0, port: int | None = None
) -> Capture | Fault:
    key = SshKey(sshd.user, sshd.key, sshd.known_hosts)
    with NetmikoSource(
        key, lambda: NOON, port=port or sshd.port, timeout_seconds=5, deadline_seconds=deadline_seconds
    ) as opened:
        return asyncio.run(opened.read(router))


def failure(found: Capture | Fault) -> Failure:
    assert isinstance(found, Fault), found
    return found.failure


def test_a_routers_configuration_is_read_without_its_secrets(sshd: StartSshd, folder: Path, router: Device) -> None:
    with source(folder, "configuration_frr", FRR.encode()), device(sshd, reader(folder)):
        found = read(sshd, router)
    assert found == Capture(
        device=router.id,
        at=NOON,
        text=TEXT,
        digest=DigestKey.derived(sshd.key.read_bytes()).digest(["zebrapw", "bgpsecret"]),
        message=None,
    )


def test_a_long_configuration_is_read_whole(sshd: StartSshd, folder: Path, router: Device) -> None:
    routes = "".join(f"ip route 10.{n // 250}.{n % 250}.0/24 blackhole\n" for n in range(20_000))
    printed = FRR.replace("router bgp", f"{routes}!\nrouter bgp")
    with source(folder, "configuration_frr", printed.encode()), device(sshd, reader(folder)):
        found = read(sshd, router)
    assert isinstance(found, Capture)
    assert found.text == TEXT.replace("router bgp", f"{routes}!\nrouter bgp")


def test_a_prompt_within_the_configuration_is_not_its_end(sshd: StartSshd, folder: Path, router: Device) -> None:
    prompt = f"{socket.gethostname()}> "
    printed = FRR.replace("!\npassword", f"!\n{prompt}show\n{prompt}x\npassword")
    with source(folder, "configuration_frr", printed.encode()), device(sshd, reader(folder)):
        found = read(sshd, router)
    assert isinstance(found, Capture)
    assert found.text == TEXT.replace("!\npassword", f"!\n{prompt}show\n{prompt}x\npassword")


def test_the_account_can_do_nothing_else(sshd: StartSshd, folder: Path) -> None:
    tried = ["configure terminal", "router bgp 1", "!ls", "$(id)", "`id`", "show running-config | save /etc/x"]
    words = "\n".join([*tried, "exit", "show running-config", ""])
    base = ["ssh", "-F", "none", "-p", str(sshd.port), "-i", str(sshd.key), "-o", "IdentitiesOnly=yes"]
    base += ["-o", f"UserKnownHostsFile={sshd.known_hosts}", "-o", "BatchMode=yes"]
    with source(folder, "configuration_frr", FRR.encode()), device(sshd, reader(folder)):
        command = [*base, f"{sshd.user}@127.0.0.1"]
        shell = subprocess.run(command, input=words, capture_output=True, text=True, timeout=30, check=False)
        other = subprocess.run([*command, "id"], input="", capture_output=True, text=True, timeout=30, check=False)
        tunnel = subprocess.run(
            [*base, "-W", "127.0.0.1:22", f"{sshd.user}@127.0.0.1"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert shell.stdout.count("% Unknown command.") == len(tried)
    assert "frr version" not in shell.stdout  # nothing is answered after `exit`
    assert "uid=" not in shell.stdout + other.stdout
    assert other.stdout == f"{socket.gethostname()}> "
    assert tunnel.returncode != 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "configuration source does not answer"),
        (b"", "configuration_frr does not answer"),  # FRR is down
        (FRR[:-5].encode(), "configuration_frr does not answer"),  # cut off
    ],
)
def test_no_whole_configuration_is_a_bad_reply(
    sshd: StartSshd, folder: Path, router: Device, answer: bytes | None, words: str
) -> None:
    with device(sshd, reader(folder)):
        if answer is None:
            found = read(sshd, router)
        else:
            with source(folder, "configuration_frr", answer):
                found = read(sshd, router)
    assert failure(found) is Failure.BAD_REPLY
    assert isinstance(found, Fault)
    assert words in found.detail


def test_a_host_with_another_key_is_never_talked_to(sshd: StartSshd, folder: Path, router: Device) -> None:
    other = sshd.key.with_suffix(".pub").read_text(encoding="ascii")
    sshd.known_hosts.write_text(f"[127.0.0.1]:{sshd.port} {other}", encoding="ascii")
    with device(sshd, f"touch {sshd.folder / 'talked'}"):
        found = read(sshd, router)
    assert found == Fault(Failure.AUTH_FAILED, "the host's SSH key is not the one in known_hosts")
    assert not (sshd.folder / "talked").exists()


def test_a_host_that_is_not_known_is_never_talked_to(sshd: StartSshd, folder: Path, router: Device) -> None:
    sshd.known_hosts.write_text("", encoding="ascii")
    with device(sshd, f"touch {sshd.folder / 'talked'}"):
        found = read(sshd, router)
    assert found == Fault(Failure.AUTH_FAILED, "the host's SSH key is not the one in known_hosts")
    assert sshd.known_hosts.read_text(encoding="ascii") == ""
    assert not (sshd.folder / "talked").exists()


def test_a_key_that_the_device_does_not_know_is_refused(sshd: StartSshd, folder: Path, router: Device) -> None:
    with device(sshd, reader(folder)):
        (sshd.folder / "authorized_keys").write_text("", encoding="ascii")
        assert read(sshd, router) == Fault(Failure.AUTH_FAILED, "SSH refused the key")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("sleep 60", Failure.NO_ANSWER),
        ("printf 'r1> '; sleep 60", Failure.NO_ANSWER),  # a prompt, and then nothing
        ("exit 3", Failure.BAD_REPLY),
        ("kill -9 $$", Failure.BAD_REPLY),
    ],
)
def test_a_silent_device_and_one_that_hangs_up(
    sshd: StartSshd, router: Device, command: str, expected: Failure
) -> None:
    with device(sshd, command):
        assert failure(read(sshd, router, deadline_seconds=3)) is expected


def test_an_answer_without_an_end_is_a_bad_reply(sshd: StartSshd, router: Device) -> None:
    with device(sshd, "yes configuration"):
        found = read(sshd, router)
    assert found == Fault(Failure.BAD_REPLY, f"configuration: longer than {LONGEST_CONFIGURATION} bytes")


def test_a_refused_terminal_is_a_bad_reply(sshd: StartSshd, folder: Path, router: Device) -> None:
    with device(sshd, reader(folder), options="restrict"):
        assert failure(read(sshd, router)) is Failure.BAD_REPLY


def test_a_port_where_nobody_listens_does_not_answer(sshd: StartSshd, router: Device) -> None:
    assert read(sshd, router) == Fault(Failure.NO_ANSWER, "no answer over SSH")


def test_a_peer_that_takes_the_connection_and_is_silent_does_not_answer(sshd: StartSshd, router: Device) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert failure(read(sshd, router, deadline_seconds=2, port=port)) is Failure.NO_ANSWER


def test_a_platform_without_a_driver_names_the_nearest(sshd: StartSshd, router: Device) -> None:
    found = read(sshd, replace(router, platform="cisco_iso"))
    assert found == Fault(Failure.COLLECTOR_ERROR, "no driver for platform 'cisco_iso'; nearest: cisco_ios")
