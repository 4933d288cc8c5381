"""A link's load as a real agent counts it: net-snmp's snmpd beside real traffic, in namespaces of the test's own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from link_measuring import COMMUNITY
from link_traffic import FRAME, SLICE_SECONDS

SUPPORT = Path(__file__).parent / "support"
LINK, PORT = "68-22945-LK-001", "up2"
AGENT_PORT = 16161
HERE, THERE = "192.0.2.1", "192.0.2.2"
#: Datagrams a second each way, some 5.8 and 1.4 Mbit/s.
TO_UNIT, FROM_UNIT = 500.0, 120.0
#: Two whole slices, wherever the first one begins, and what it takes to start.
SECONDS = 3 * SLICE_SECONDS + 2
#: Polls are half a second apart, and packets don't leave to the millisecond.
TOLERANCE = 0.03


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


@contextmanager
def joined_namespaces() -> Iterator[tuple[str, str]]:
    """The PoP's and the unit's, joined by a link."""
    names = (f"capacity-{os.getpid()}-pop", f"capacity-{os.getpid()}-unit")
    with ExitStack() as stack:
        for name in names:
            run("ip", "netns", "add", name)
            stack.callback(run, "ip", "netns", "del", name)
        run("ip", "-n", names[0], "link", "add", PORT, "type", "veth", "peer", "name", "wan0", "netns", names[1])
        for name, port, address in ((names[0], PORT, HERE), (names[1], "wan0", THERE)):
            run("ip", "-n", name, "address", "add", f"{address}/30", "dev", port)
            run("ip", "-n", name, "link", "set", port, "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
        yield names


@contextmanager
def begun(namespace: str, *command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    inside = ["ip", "netns", "exec", namespace, *command]
    with subprocess.Popen(
        inside, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def program(name: str, *words: object) -> list[str]:
    return [sys.executable, str(SUPPORT / name), *map(str, words)]


@contextmanager
def agent(namespace: str, folder: Path) -> Iterator[None]:
    """An snmpd that looks at its interfaces whenever it is asked."""
    file = folder / "snmpd.conf"
    file.write_text(f"agentaddress udp:127.0.0.1:{AGENT_PORT}\nrwcommunity {COMMUNITY} 127.0.0.1\n", encoding="utf-8")
    snmpd = ("/usr/sbin/snmpd", "-f", "-Lf", str(folder / "log"), "-C", "-c", str(file))
    ask = ("snmpset", "-v2c", "-c", COMMUNITY, "-r", "9", "-t", "0.5", f"127.0.0.1:{AGENT_PORT}")
    keep_for = "1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2"  # nsCacheTimeout of the ifTable
    with begun(namespace, *snmpd, SNMP_PERSISTENT_DIR=str(folder), MIBS=""):
        subprocess.run(
            ["ip", "netns", "exec", namespace, *ask, keep_for, "i", "0"], check=True, stdout=subprocess.DEVNULL
        )
        yield


@pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root")
def test_what_is_measured_is_what_was_sent(tmp_path: Path) -> None:
    path = os.pathsep.join((str(Path.cwd()), str(SUPPORT)))
    with ExitStack() as stack:
        pop, unit = stack.enter_context(joined_namespaces())
        stack.enter_context(agent(pop, tmp_path))
        down = stack.enter_context(begun(pop, *program("link_traffic.py", HERE, THERE, TO_UNIT, SECONDS + 4)))
        up = stack.enter_context(begun(unit, *program("link_traffic.py", THERE, HERE, FROM_UNIT, SECONDS + 4)))
        time.sleep(1)
        measuring = program("link_measuring.py", AGENT_PORT, LINK, PORT, SECONDS)
        found = stack.enter_context(begun(pop, *measuring, PYTHONPATH=path)).communicate(timeout=90)[0]
        sent = [{int(k): v for k, v in json.loads(p.communicate(timeout=30)[0]).items()} for p in (up, down)]
    samples = [json.loads(line) for line in found.splitlines()]
    assert len(samples) >= 2
    for number, *ways in samples:
        expected = [counts[number] * FRAME * 8 / SLICE_SECONDS for counts in sent]
        assert ways == pytest.approx(expected, rel=TOLERANCE)
