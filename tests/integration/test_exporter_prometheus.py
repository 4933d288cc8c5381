"""Prometheus itself reads what the exporter gives: promtool's rules, and a server that finds and scrapes it."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from starlette.types import ASGIApp

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from exporter.exposition import Exposition
from ledger.figure import Snapshot
from ledger.plan import Plan
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
TOKEN = "t0ken-" + "a" * 40
#: How long Prometheus may take to start, to find its target and to scrape it.
DEADLINE_SECONDS = 60


class HeldSnapshot:
    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, _when: object) -> Snapshot:
        return self.snapshot

    def history(self, _asset: str, _limit: int) -> History:
        return History()


def test_promtool_has_nothing_to_say(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    text = Exposition(HeldSnapshot(make_snapshot()), lab_plan, "1.2.3").render()
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_promtool_would_have_found_a_bad_name() -> None:
    text = b"# TYPE baophu_bad_total gauge\nbaophu_bad_total 1\n"
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert checked.returncode != 0


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """A server in a thread of its own; gives its address and port."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def prometheus(folder: Path, target: str, token_file: Path) -> Iterator[str]:
    """A Prometheus that knows nothing but the exporter's `/sd`; gives its own address and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    # Prometheus 2.42 forgets its default, Bearer, where it asks for targets.
    bearer = {"type": "Bearer", "credentials_file": str(token_file)}
    discovery = {"url": f"http://{target}/sd", "refresh_interval": "1s", "authorization": bearer}
    job = {
        "job_name": "baophu",
        "scrape_interval": "1s",
        "authorization": bearer,
        "http_sd_configs": [discovery],
        "relabel_configs": [{"source_labels": ["__meta_baophu_province"], "target_label": "province"}],
    }
    configuration = folder / "prometheus.yml"
    configuration.write_text(yaml.safe_dump({"scrape_configs": [job]}))
    command = [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--log.level=error",
    ]
    with subprocess.Popen(command) as process:
        try:
            yield address
        finally:
            process.terminate()


def answer_of(address: str, query: str) -> list[dict[str, Any]]:
    """The first answer to `query` that isn't empty; fails past the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"http://{address}/api/v1/query", params={"query": query}).json()
        except (httpx.TransportError, json.JSONDecodeError):
            answer = {"data": {"result": []}}
        if found := answer["data"]["result"]:
            return list(found)
        time.sleep(0.2)
    pytest.fail(f"no answer to {query} in {DEADLINE_SECONDS} s")


def test_prometheus_finds_the_exporter_and_counts_as_the_api_does(
    tmp_path: Path, lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    token_file.chmod(0o600)
    source = HeldSnapshot(make_snapshot())
    app = build_server_app(build_api(source, lab_plan), build_exporter(source, lab_plan), token_file)
    with served(app) as target, prometheus(tmp_path, target, token_file) as address:
        (counted,) = answer_of(address, 'sum(baophu_assets_covered{indicator="HT06"}) by (province)')
        url = f"http://{target}/api/v1/coverage?unit=68&indicator=HT06"
        (figure,) = httpx.get(url, headers={"Authorization": f"Bearer {TOKEN}"}).json()["items"]
        assert counted["metric"] == {"province": "68"}
        assert float(counted["value"][1]) == figure["numerator"] == 8
