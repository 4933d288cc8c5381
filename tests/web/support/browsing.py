"""The real server on loopback for a real browser: one thread, one port, ended with its test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import uvicorn
from playwright.sync_api import Page
from starlette.types import ASGIApp

from baophu.listening import listening_socket
from baophu.serving import answer_by_name, url_of
from ledger.view import LedgerView

CHROMIUM = "/usr/bin/chromium"
#: Headless, as root in a container, and without calls home.
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-default-browser-check"]

NOW = datetime(2026, 11, 24, 3, 48, tzinfo=UTC)
PHONE, DESK = 360, 1280
REPORT_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (event) => console.error('CSP: ' + event.violatedDirective))"
)
Visit = Callable[..., Page]


@dataclass(frozen=True)
class Site:
    """Where it is, and what its ledger says."""

    url: str
    view: LedgerView

    def json(self, path: str) -> list[dict[str, object]]:
        items: list[dict[str, object]] = httpx.get(f"{self.url}/api/v1/{path}").json()["items"]
        return items


@dataclass
class Watch:
    """What a browser must not do; `expected` are words of console errors that a test brings about."""

    origin: str
    expected: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("request", lambda request: self._asked(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.foreign.append(url)

    @property
    def unexpected(self) -> list[str]:
        return [error for error in self.errors if not any(word in error for word in self.expected)]


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The application behind the server's own gate; gives its address."""
    listening = listening_socket("127.0.0.1", 0)
    config = uvicorn.Config(
        answer_by_name(app, "127.0.0.1"), lifespan="off", ws="none", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield url_of(listening, tls=False)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
