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
from polled import Source, switch
from starlette.types import ASGIApp
from timeless import Timeless

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from exporter.exposition import Exposition
from exporter.sample_asgi import SampleExposition, build_sample_exporter
from exporter.targets import series_of
from ledger.figure import Snapshot
from ledger.plan import Plan
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
TOKEN = "t0ken-" + "a" * 40
#: How long Prometheus may take to start, to find its target and to scrape it.
DEADLINE_SECONDS = 60


class HeldSnapshot(Timeless):
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


def test_promtool_has_nothing_to_say_about_samples_of_devices() -> None:
    exposition = SampleExposition(Source(switch("a"), switch("b")))
    text = (exposition.render("0") or b"") + exposition.render_own(tuple)
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
        "relabel_configs": [
            {"source_labels": ["__meta_baophu_province"], "target_label": "province"},
            {"source_labels": ["__meta_baophu_part"], "target_label": "part"},
        ],
        "metric_relabel_configs": [
            {
                "source_labels": ["__name__"],
                "regex": "baophu_(snmp|interface)_.+",
                "target_label": "part",
                "replacement": "",
            }
        ],
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


def test_prometheus_finds_every_part_and_the_process_beside_them(tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    devices = [switch(name) for name in "abc"]
    app = build_sample_exporter(Source(*devices), provinces=["68"], most_series=2 * series_of(devices[0]))
    with served(app) as target, prometheus(tmp_path, target, token_file) as address:
        answer_of(address, "count(baophu_snmp_up) == 3")
        answer_of(address, 'count(up{job="baophu"} == 1) == 3')
        interfaces = answer_of(address, "baophu_interface_in_octets_total")
        assert {sample["metric"]["device"] for sample in interfaces} == set("abc")
        assert {frozenset(sample["metric"]) for sample in interfaces} == {
            frozenset({"__name__", "device", "instance", "interface", "job", "province", "unit"})
        }
        (series,) = answer_of(address, 'baophu_part_series{part="1"}')
        assert float(series["value"][1]) == series_of(devices[0])
