"""One ledger, four ways to read it: page, API, exporter and `baophu coverage` say the same."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from browsing import DESK
from playwright.sync_api import Browser
from prometheus_client.parser import text_string_to_metric_families
from seeded import seed

from ledger.plan import Plan
from ledger.store import open_store

#: `dict[(unit, indicator), (numerator, denominator)]`
Counts = dict[tuple[str, str], tuple[int, int]]
WHOLES = ("baophu_assets_planned", "baophu_assets_in_service")
PARTS = ("baophu_assets_covered", "baophu_assets_answering")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, lab_plan: Plan) -> dict[str, str]:
    """What a process needs to find plan and ledger; the ledger ends now, since processes have the wall clock."""
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.db"
    with open_store(f"sqlite:///{ledger}", create=True) as store:
        seed(store, lab_plan, datetime.now(UTC))
    return {**os.environ, "BAOPHU_STORE": str(ledger), "BAOPHU_PLAN": str(Path("inventory/lab").absolute())}


@pytest.fixture(scope="module")
def url(environment: dict[str, str]) -> Iterator[str]:
    """Where `baophu serve` says that it listens."""
    command = [sys.executable, "-m", "baophu", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield json.loads(process.stderr.readline())["url"]
        finally:
            process.terminate()


def by_command_line(environment: dict[str, str]) -> Counts:
    command = [sys.executable, "-m", "baophu", "coverage", "--json"]
    return counts_of(json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout))


def by_api(url: str) -> Counts:
    return counts_of(httpx.get(f"{url}/api/v1/coverage").json()["items"])


def counts_of(figures: list[dict[str, str | int]]) -> Counts:
    return {(str(f["unit"]), str(f["indicator"])): (int(f["numerator"]), int(f["denominator"])) for f in figures}


def by_page(url: str, browser: Browser) -> Counts:
    """As the page shows them; "no data" is nothing of nothing."""
    page = browser.new_page(viewport={"width": DESK, "height": 800})
    page.goto(url)
    cells = page.locator("#units td[data-indicator]").evaluate_all(
        """all => all.map(each => [
          each.closest('tr').dataset.unit, each.dataset.indicator,
          each.querySelector('.counts')?.innerText ?? '0/0'])"""
    )
    page.close()
    found: Counts = {}
    for unit, indicator, counts in cells:
        numerator, denominator = counts.replace(".", "").split("/")
        found[unit, indicator] = (int(numerator), int(denominator))
    return found


def by_exporter(url: str, plan: Plan, keys: Counts) -> Counts:
    """Its series are each unit's own; a figure counts all below, so they are added up."""
    own: dict[tuple[str, str, bool], int] = defaultdict(int)
    for family in text_string_to_metric_families(httpx.get(f"{url}/metrics").text):
        for sample in family.samples:
            if sample.name in WHOLES + PARTS:
                own[sample.labels["unit"], sample.labels["indicator"], sample.name in WHOLES] += int(sample.value)
    return {
        (unit, indicator): (
            sum(own[below, indicator, False] for below in plan.subtree(unit)),
            sum(own[below, indicator, True] for below in plan.subtree(unit)),
        )
        for unit, indicator in keys
    }


def test_page_api_exporter_and_command_line_agree(
    url: str, environment: dict[str, str], browser: Browser, lab_plan: Plan
) -> None:
    figures = by_command_line(environment)
    assert len(set(figures.values())) > 8, "the ledger is seeded with figures that differ"
    assert by_api(url) == figures
    assert by_exporter(url, lab_plan, figures) == figures
    assert by_page(url, browser) == figures
