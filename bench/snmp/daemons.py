"""Programs that run beside the measured ones: started here, watched in /proc, ended by their own id."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 20.0
END_SECONDS = 10.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
#: The kernel ends it when this process ends, however that came about.
MORTAL = ("setpriv", "--pdeathsig", "KILL", "--")


@contextmanager
def running(
    command: Sequence[str], is_ready: Callable[[int], bool], *, environment: dict[str, str] | None = None
) -> Iterator[int]:
    """A program from when it is ready, as its process id; raises RuntimeError with what it said if it never is."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*MORTAL, *command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            _await(process, is_ready, said.fileno())
            yield process.pid
        finally:
            _end(process)


def _await(process: "subprocess.Popen[bytes]", is_ready: Callable[[int], bool], said: int) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not is_ready(process.pid):
        if process.poll() is not None or time.monotonic() > give_up:
            text = os.pread(said, 2000, 0).decode(errors="replace")
            raise RuntimeError(f"{process.args!r} did not start: {text}")
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in user and kernel mode; in steps of a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def max_rss_mib(pid: int) -> float:
    """The most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def listens(kind: str, port: int) -> Callable[[int], bool]:
    """Whether the process's network namespace has a "udp", "tcp" or "tcp6" socket of that port open for peers."""

    def is_bound(pid: int) -> bool:
        lines = Path(f"/proc/{pid}/net/{kind}").read_text(encoding="ascii").splitlines()[1:]
        fields = [line.split() for line in lines]
        unconnected = {"0A", "07"}  # TCP_LISTEN, and what a UDP socket has instead
        return any(int(each[1].rsplit(":", 1)[1], 16) == port and each[3] in unconnected for each in fields)

    return is_bound


def free_port(kind: socket.SocketKind) -> int:
    """A port of this machine that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
