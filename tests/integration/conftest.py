"""Real peers on loopback, each started by its test and stopped with it: net-snmp's snmpd and OpenSSH's sshd."""

import getpass
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

LOOPBACK = "127.0.0.1"
READY_SECONDS = 20.0


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path, is_ready: Callable[[], bool]) -> Iterator[None]:
    with (
        log.open("ab") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL) as process,
    ):
        try:
            give_up = time.monotonic() + READY_SECONDS
            while not is_ready():
                if process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.02)
            yield
        finally:
            process.terminate()
            process.wait(10)


@dataclass(frozen=True)
class Snmpd:
    """Starts snmpd with a configuration; what it must remember (its boots) stays in `folder` between two starts.

    `log` in the folder has who asked, where `tells_who` says so.
    """

    folder: Path
    port: int
    tells_who: bool = False

    def __call__(self, configuration: str, address: str = LOOPBACK) -> AbstractContextManager[None]:
        file = self.folder / "snmpd.conf"
        file.write_text(f"agentaddress udp:{address}:{self.port}\n{configuration}\n", encoding="utf-8")
        (self.folder / "state").mkdir(exist_ok=True)
        return running(
            ["/usr/sbin/snmpd", "-f", "-Lo", *(["-a"] if self.tells_who else []), "-C", "-c", str(file)],
            {"SNMP_PERSISTENT_DIR": str(self.folder / "state"), "MIBS": "", "PATH": os.environ["PATH"]},
            self.log,
            partial(self._is_bound, address),
        )

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "snmpd.log"

    def _is_bound(self, address: str) -> bool:
        lines = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
        bound = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}:{self.port:04X}"
        return any(line.split()[1] == bound for line in lines)


@pytest.fixture
def snmpd(tmp_path: Path) -> Snmpd:
    folder = tmp_path / "snmpd"
    folder.mkdir()
    return Snmpd(folder, free_port(socket.SOCK_DGRAM))


@pytest.fixture(scope="module")
def make_snmpd(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Snmpd]:
    """`make_snmpd(name, port, tells_who=…)`: for agents that a module's tests share, or several of one port."""

    def make(name: str, port: int | None = None, *, tells_who: bool = False) -> Snmpd:
        return Snmpd(tmp_path_factory.mktemp(name), port or free_port(socket.SOCK_DGRAM), tells_who)

    return make


@dataclass(frozen=True)
class Sshd:
    """Starts sshd that runs one command for whoever holds `key`; `known_hosts` has its host key."""

    folder: Path
    port: int
    user: str
    key: Path
    known_hosts: Path

    def __call__(self, forced_command: str) -> AbstractContextManager[None]:
        public = self.key.with_suffix(".pub").read_text(encoding="ascii")
        (self.folder / "authorized_keys").write_text(f'restrict,command="{forced_command}" {public}', encoding="ascii")
        file = self.folder / "sshd_config"
        settings = (
            f"ListenAddress {LOOPBACK}:{self.port}",
            f"HostKey {self.folder / 'host_key'}",
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            "AuthenticationMethods publickey",
            "PermitRootLogin prohibit-password",
            "StrictModes no",
            "UsePAM no",
            "PidFile none",
        )
        file.write_text("\n".join(settings) + "\n", encoding="utf-8")
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        return running(
            ["/usr/sbin/sshd", "-D", "-e", "-f", str(file)], dict(os.environ), self.folder / "sshd.log", self._listens
        )

    def _listens(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex((LOOPBACK, self.port)) == 0


def ssh_key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True)
    return path


@pytest.fixture
def sshd(tmp_path: Path) -> Sshd:
    folder = tmp_path / "sshd"
    folder.mkdir()
    port = free_port(socket.SOCK_STREAM)
    host_key = ssh_key(folder / "host_key").with_suffix(".pub").read_text(encoding="ascii")
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(f"[{LOOPBACK}]:{port} {host_key}", encoding="ascii")
    return Sshd(folder, port, getpass.getuser(), ssh_key(folder / "key"), known_hosts)
