"""`/sd` gives Prometheus the address at which it was reached; `/metrics` is in the text format."""

from collections.abc import Callable

import httpx
import pytest
from starlette.types import ASGIApp

from exporter.asgi import build_exporter, target_groups
from ledger.figure import Snapshot
from ledger.plan import Plan

MakeSnapshot = Callable[..., Snapshot]
Ask = Callable[..., httpx.Response]


class HeldSnapshot:
    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def now(self) -> Snapshot:
        return self.snapshot


@pytest.fixture
def exporter(lab_plan: Plan, make_snapshot: MakeSnapshot) -> ASGIApp:
    return build_exporter(HeldSnapshot(make_snapshot()), lab_plan)


@pytest.mark.parametrize(
    ("server", "scheme", "target"),
    [
        (("127.0.0.1", 8470), "http", "127.0.0.1:8470"),
        (("10.68.1.10", 443), "https", "10.68.1.10:443"),
        (("::1", 8470), "http", "[::1]:8470"),
    ],
)
def test_discovery_gives_the_address_of_the_connection(server: tuple[str, int], scheme: str, target: str) -> None:
    labels = {"__scheme__": scheme, "__metrics_path__": "/metrics", "__meta_baophu_province": "68"}
    assert target_groups(server, scheme, ["68"]) == [{"targets": [target], "labels": labels}]


@pytest.mark.parametrize("server", [None, ("/run/baophu.sock", None)])
def test_a_unix_socket_has_no_address_to_give(server: tuple[str, None] | None) -> None:
    assert target_groups(server, "http", ["68"]) == []


def test_discovery_does_not_believe_the_host_header(ask: Ask, exporter: ASGIApp) -> None:
    answer = ask(exporter, "/sd", headers={"Host": "evil.example:9"})
    assert answer.headers["content-type"] == "application/json"
    assert [group["targets"] for group in answer.json()] == [["127.0.0.1:8470"]]


def test_metrics_are_in_the_text_format(ask: Ask, exporter: ASGIApp) -> None:
    answer = ask(exporter, "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.startswith("# HELP baophu_assets_planned ")


@pytest.mark.parametrize("path", ["/metrics", "/sd"])
def test_nothing_can_be_written(path: str, ask: Ask, exporter: ASGIApp) -> None:
    assert ask(exporter, path, "POST").status_code == 405
