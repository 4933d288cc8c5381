"""A network namespace of a test's own, in which this machine has any address that a plan gives."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Namespace:
    """Its name, and short ways to run something in it."""

    name: str

    def run(
        self, *command: str, check: bool = True, environment: Mapping[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            ["ip", "netns", "exec", self.name, *command],
            capture_output=True,
            text=True,
            check=check,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "MIBS": "", **(environment or {})},
        )

    def python(self, code: str, *arguments: str) -> str:
        """What a piece of Python prints in there."""
        return self.run(sys.executable, "-c", code, *arguments).stdout

    @contextmanager
    def running(
        self, *command: str, log: Path, environment: Mapping[str, str] | None = None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a command until the block ends; `log` gets what it says."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.name, *command],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "MIBS": "", **(environment or {})},
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(20)


@contextmanager
def network_namespace(addresses: Iterable[str]) -> Iterator[Namespace]:
    """Make one with these addresses, all on its loopback."""
    name = f"baophu-test-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    namespace = Namespace(name)
    try:
        namespace.run("ip", "link", "set", "lo", "up")
        for address in dict.fromkeys(addresses):
            namespace.run("ip", "address", "add", f"{address}/32", "dev", "lo")
        yield namespace
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)
