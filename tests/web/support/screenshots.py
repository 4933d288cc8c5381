"""Takes the screenshots of the documentation: the seeded province, as Debian's Chromium shows it."""

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from browsing import CHROMIUM, DESK, FLAGS, NOW, PHONE, served
from playwright.sync_api import Browser, Page, sync_playwright
from seeded import MISPLACED, seed

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from ledger.max_age import MaxAges
from ledger.plan import read_plan
from ledger.store import open_store
from ledger.view import LedgerView

#: File name, address, width, height of what is shown, and where on the page it begins.
SHOTS = (
    ("overview", "/", DESK, 860, None),
    ("units", "/", DESK, 760, "#units-title"),
    ("unit", "/units/68-22945", DESK, 560, "#gaps-title"),
    ("trend", "/units/68", DESK, 620, "#trend-title"),
    ("topology", "/units/68/topology", DESK, 640, None),
    ("asset", f"/assets/{MISPLACED}", DESK, 800, None),
    ("phone", "/", PHONE, 740, "#units-title"),
)
#: Space above what a picture begins with.
MARGIN = 16


def take(folder: Path, plan_folder: Path, now: datetime) -> None:
    """Write one PNG a shot."""
    plan = read_plan(plan_folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, open_store(f"sqlite:///{place}/ledger.db", create=True) as store:
        seed(store, plan, now)
        view = LedgerView(plan, store, MaxAges.default(), lambda: now)
        app = build_server_app(build_api(view, plan), build_exporter(view, plan))
        with served(app) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, address, width, height, start in SHOTS:
                shoot(browser, url + address, folder / f"{name}.png", (width, height), start)
            browser.close()


def shoot(browser: Browser, url: str, file: Path, size: tuple[int, int], start: str | None) -> None:
    """One picture, once everything that the page fetches is there."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(url)
    if page.locator("#trend").count():
        page.locator("#trend").scroll_into_view_if_needed()
        page.locator("#trend .chart").first.wait_for()
        page.locator("#trend .working").wait_for(state="detached", timeout=120_000)
    top = max(0, offset(page, start) - MARGIN) if start else 0
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": top, "width": size[0], "height": size[1]})
    page.close()


def offset(page: Page, selector: str) -> float:
    """How far below the page's top something is."""
    top: float = page.locator(selector).evaluate("each => each.getBoundingClientRect().top + scrollY")
    return top


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]), NOW)
