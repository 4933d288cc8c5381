"""A seeded province behind the real server, and Debian's Chromium, which may ask nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, DESK, FLAGS, NOW, Site, Visit, Watch, served
from playwright.sync_api import Browser, Page, sync_playwright
from seeded import seed

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from ledger.max_age import MaxAges
from ledger.plan import Plan
from ledger.store import open_store
from ledger.view import LedgerView


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, lab_plan: Plan) -> Iterator[Site]:
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.db"
    with open_store(f"sqlite:///{ledger}", create=True) as store:
        seed(store, lab_plan, NOW)
        view = LedgerView(lab_plan, store, MaxAges.default(), lambda: NOW)
        app = build_server_app(build_api(view, lab_plan), build_exporter(view, lab_plan))
        with served(app) as url:
            yield Site(url, view)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Debian's chromium is missing; run make setup"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test where a page asked another origin, broke its policy or threw."""
    watching = Watch(site.url)
    yield watching
    assert (watching.foreign, watching.unexpected) == ([], [])


@pytest.fixture
def visit(site: Site, browser: Browser, watch: Watch) -> Iterator[Visit]:
    """`visit(path, width=…)`: the page, at rest."""
    contexts = []

    def go(path: str, width: int = DESK) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="en-US", timezone_id="Europe/Paris"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch.on(page)
        page.goto(site.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
