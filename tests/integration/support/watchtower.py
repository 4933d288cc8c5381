"""The whole watch on loopback: `baophu serve` on a ledger, Debian's Prometheus and Alertmanager, and a relay."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from certificates import Authority
from postbox import Postbox, free_address, postbox

from baophu.listening import listening_socket
from baophu.monitoring import QUICK, Post, Seat, Watch, running_alertmanager, running_prometheus
from baophu.samples_service import served_in_thread
from collectors.listening.tally import Tally
from exporter.listener_asgi import build_listener_exporter

PACE = replace(
    QUICK, scrape_interval="1s", evaluation_interval="1s", hold="6s", keep="4s", group_wait="1s", group_interval="2s"
)
RELAY = "relay.lamdong.test"
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Tower:
    """Addresses of what runs."""

    prometheus: str
    service: str
    box: Postbox

    def ask(self, path: str, **parameters: str) -> Any:
        """What Prometheus' API answers; AssertionError where it is an error."""
        answer = httpx.get(f"http://{self.prometheus}/api/v1/{path}", params=parameters, timeout=30).json()
        assert answer["status"] == "success", (parameters, answer)
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector that an expression gives now."""
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def some(self, expression: str) -> list[dict[str, Any]]:
        """The same, as soon as it isn't empty; AssertionError past the deadline."""
        found: list[dict[str, Any]] = until(lambda: self.query(expression), expression)
        return found

    def firing(self) -> list[dict[str, str]]:
        """Labels of every alert that fires."""
        return [alert["labels"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"]


def until(look: Callable[[], Any], what: str) -> Any:
    """What `look` gives, as soon as it is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing came of {what}"
        time.sleep(0.2)
    return found


@contextmanager
def serving(plan: Path, store: Path) -> Iterator[str]:
    """`baophu serve` as a process of its own; gives its URL."""
    command = [sys.executable, "-m", "baophu", "serve", "--plan", str(plan), "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield json.loads(process.stderr.readline())["url"]
        finally:
            process.terminate()


@contextmanager
def heard() -> Iterator[str]:
    """What a listener shows that heard nothing yet; gives its URL."""
    tally = Tally(buffers={"snmp": 4096, "syslog": 4096})
    with listening_socket("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with served_in_thread(build_listener_exporter(tally), listening, name="listener"):
            yield url


@contextmanager
def watching(folder: Path, service: str, box: Postbox, ca_file: Path) -> Iterator[Tower]:
    """Prometheus and Alertmanager over a service, mailing to `box`."""
    seat = Seat(folder=folder, pace=PACE)
    post = Post(relay=box.address, server_name=RELAY, ca_file=ca_file, sender="bp@x.test", recipients=("noc@x.test",))
    alerts, metrics = free_address(), free_address()
    with (
        heard() as listener,
        running_alertmanager(seat, alerts, post),
        running_prometheus(seat, metrics, Watch(url=service, listener=listener), alerts),
    ):
        yield Tower(metrics, service, box)


@contextmanager
def tower(folder: Path, plan: Path, store: Path) -> Iterator[Tower]:
    """All of it, on a ledger that is there."""
    authority = Authority(folder)
    with (
        postbox(authority.server(RELAY)) as box,
        serving(plan, store) as service,
        watching(folder, service, box, authority.file) as built,
    ):
        yield built
