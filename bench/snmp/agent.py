"""The agent in C that is every switch of 127.0.0.0/8: built here, run beside the pollers."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.snmp.daemons import free_port, listens, running

HERE = Path(__file__).parent
#: Not -Wmissing-field-initializers: the table of columns leaves out what is zero.
FLAGS = ("-O2", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror", "-pthread")


def build(folder: Path) -> Path:
    """Compile the agent into `folder`; the compiler's own words are shown where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "agent"
    subprocess.run(["gcc", *FLAGS, "-o", str(program), str(HERE / "agent.c"), str(HERE / "objects.c")], check=True)
    return program


@contextmanager
def agent(program: Path, *options: str) -> Iterator[int]:
    """The agent with such options, as the port where all its devices answer."""
    port = free_port(socket.SOCK_DGRAM)
    with running([str(program), "-p", str(port), *options], listens("udp", port)):
        yield port
