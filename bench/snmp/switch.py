"""A real net-snmp agent with 52 ports: snmpd in a network namespace that ends with this process."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.snmp.columns import PORTS
from bench.snmp.daemons import listens, running
from bench.snmp.measurement import User

PORT = 10161
SNMPD = "/usr/sbin/snmpd"


@dataclass(frozen=True, slots=True)
class Switch:
    """Where it answers, at each of its addresses, for programs that are started behind `prefix`."""

    port: int
    prefix: Sequence[str]
    addresses: Sequence[str] = tuple(f"127.0.0.{number}" for number in range(1, 9))


@contextmanager
def switch(folder: Path, user: User) -> Iterator[Switch]:
    """Snmpd with the user in a namespace of 52 veth ports; their far ends stand in a second namespace.

    It has 53 rows, as the loopback interface is one too: 797 values.
    """
    with _namespace() as near, _namespace() as far:
        lines = ["link set lo up"]
        for port in range(1, PORTS + 1):
            lines.append(f"link add port{port} type veth peer name far{port} netns {far}")
            lines.append(f"link set port{port} up")
        subprocess.run([*_inside(near), "ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
        command = [*_inside(near), SNMPD, "-f", "-Lo", "-C", "-c", str(_configuration(folder, user))]
        environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "snmpd"), "MIBS": ""}
        with running(command, listens("udp", PORT), environment=environment):
            yield Switch(PORT, _inside(near))


@contextmanager
def _namespace() -> Iterator[int]:
    """A network namespace, as the id of a process that keeps it."""
    ours = Path("/proc/self/ns/net").readlink()
    command = ["unshare", "--net", "sleep", "infinity"]
    with running(command, lambda pid: Path(f"/proc/{pid}/ns/net").readlink() != ours) as pid:
        yield pid


def _inside(pid: int) -> tuple[str, ...]:
    return ("nsenter", f"--net=/proc/{pid}/ns/net", "--")


def _configuration(folder: Path, user: User) -> Path:
    file = folder / "snmpd.conf"
    file.touch(mode=0o600)
    file.write_text(
        f"agentaddress udp:0.0.0.0:{PORT}\n"
        f'createUser {user.name} SHA "{user.auth_key}" AES "{user.priv_key}"\n'
        f"rouser {user.name} priv\n",
        encoding="utf-8",
    )
    return file
