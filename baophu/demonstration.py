"""The demo: a whole province on this machine, from an empty ledger to figures that a planner reads."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from signal import SIGTERM, default_int_handler, signal
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from baophu.lab_session import LabSession
from baophu.listening import listening_socket
from baophu.noc import HOST, Letters, Ports, watching
from baophu.progress import playbook_message, progress_line
from baophu.provisioning import Run, run_playbook
from baophu.session import SPEAKING, chosen_plan, opened_store, opened_view
from baophu.settings import Settings
from baophu.tables import console, coverage_table, gaps_table
from lab.images import Image
from ledger.document import figure_document
from ledger.errors import BaophuError
from ledger.figure import Snapshot
from ledger.language import N_, Text
from ledger.observation import COLLECTOR_OF
from ledger.plan import Level, Plan

STEPS = 5
CYCLE_SECONDS = 15
#: Cycles before figures are shown: the first finds the PCs' addresses, the second pings them all.
CYCLES = 2
PATIENCE_SECONDS = 240.0
POLL_SECONDS = 0.5
TRIES = 20
#: The classes of devices whose interfaces are shown to Prometheus.
INTERFACE_SERIES = "pop,cpe,access_switch"


class DemoError(BaophuError):
    """A part of the demo ended or never answered; its log says why."""


@dataclass(slots=True)
class Demo:
    """What the steps of one demo share."""

    settings: Settings
    plan: Plan
    session: LabSession
    port: int
    text: Text
    console: Console = field(default_factory=console)
    began: float = field(default_factory=time.monotonic)
    step: int = 0

    @property
    def ports(self) -> Ports:
        """Where Prometheus and Alertmanager answer."""
        return Ports.after(self.port)

    @property
    def url(self) -> str:
        """Where API and exporter answer."""
        return f"http://{HOST}:{self.port}"

    def announce(self, message: str) -> None:
        """Begin the next step: its number, the time since the start, what it does."""
        self.step += 1
        elapsed = int(time.monotonic() - self.began)
        self.console.print(f"\n\\[{self.step}/{STEPS} · {elapsed // 60}:{elapsed % 60:02}] {message}", style="bold")

    def snapshot(self) -> Snapshot:
        """What the ledger says now."""
        with opened_view(self.settings) as view:
            return view.now()

    def show(self, snapshot: Snapshot) -> None:
        """Print coverage and the gaps with their reasons."""
        self.console.print(coverage_table(snapshot.figures, self.plan, self.text))
        self.console.print(gaps_table(snapshot.gaps, self.text, self.console.width))


def run_demo(settings: Settings, session: LabSession, image: Image, port: int, *, once: bool) -> None:
    """Run the demo; however it ends, the lab is taken down."""
    signal(SIGTERM, default_int_handler)
    text = SPEAKING.get()
    run = Demo(settings, chosen_plan(settings), session, port, text)
    listening_socket(HOST, port).close()
    run.ports.check()
    with ExitStack() as stack:
        _boot(run, image, stack)
        _before(run)
        _provision(run)
        _collect_and_serve(run, stack)
        _after(run)
        if not once:
            _wait(run)
        run.console.print(text(N_("Taking the lab down.")))


def _boot(run: Demo, image: Image, stack: ExitStack) -> None:
    run.announce(run.text(N_("Booting a province of real hosts")))
    run.session.lab.down()
    run.session.fresh()
    with opened_store(run.settings, create=True):
        pass
    stack.callback(run.session.lab.down)
    with progress_line(run.console) as line:
        run.session.lab.up(run.settings.plan, image, line.show)
    hosts = run.text.number(len(run.session.lab.topology().hosts))
    run.console.print(run.text(N_("{count} hosts answer; nothing is configured on them.")).format(count=hosts))


def _before(run: Demo) -> None:
    run.announce(run.text(N_("Coverage before: nothing is there yet, and each asset says why")))
    run.show(run.snapshot())


def _provision(run: Demo) -> None:
    log = run.session.log("ansible")
    run.announce(run.text(N_("Provisioning with playbooks/site.yml; Ansible's output: {log}")).format(log=log))
    wanted = Run(
        playbook="site",
        plan=run.settings.plan,
        store=run.settings.store_url(),
        log=log,
        strategy=run.settings.strategy,
    )
    with progress_line(run.console) as line:
        run_playbook(wanted, run.session.access(), lambda p: line.show(playbook_message(p, run.text)))


def _collect_and_serve(run: Demo, stack: ExitStack) -> None:
    run.announce(run.text(N_("Collecting from the province server's place, behind the PoP")))
    shared = ["--plan", str(run.settings.plan), "--store", run.settings.store]
    collecting = ["collect", *shared, "--lab", run.session.name, "--interval", str(CYCLE_SECONDS)]
    collecting += ["--port", str(run.ports.samples)]
    collector = stack.enter_context(_running(run, collecting))
    server = stack.enter_context(_running(run, ["serve", *shared, "--port", str(run.port)]))
    began = time.time()
    letters = Letters.of(run.settings.plan)
    stack.enter_context(watching(run.session, run.plan, run.url, run.ports, letters))
    reader = stack.enter_context(_running(run, ["config", "collect", *shared, "--lab", run.session.name]))

    def looked_twice() -> bool:
        beats = run.snapshot().heartbeats
        return {beat.collector for beat in beats} == set(COLLECTOR_OF.values()) and all(
            beat.started_at.timestamp() >= began + (CYCLES - 1) * CYCLE_SECONDS for beat in beats
        )

    with progress_line(run.console) as line:
        line.show(run.text(N_("waiting for two cycles of every collector")))
        _await(run, looked_twice, collector, server)
        line.show(run.text(N_("waiting for the devices' configurations")))
        _await(run, lambda: reader.poll() is not None, collector, server)


@contextmanager
def _running(run: Demo, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with run.session.log(arguments[0]).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "baophu", *arguments],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "BAOPHU_INTERFACE_SERIES": INTERFACE_SERIES},
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(run: Demo, happened: Callable[[], bool], *processes: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        ended = [process for process in processes if process.poll() is not None]
        if ended or time.monotonic() > deadline:
            message = (
                N_("demo: a part of it ended; the logs {folder}/*.log say why")
                if ended
                else N_("demo: the collectors never finished two cycles; the logs {folder}/*.log say why")
            )
            raise DemoError(message, folder=run.session.folder)
        time.sleep(POLL_SECONDS)


def _after(run: Demo) -> None:
    run.announce(run.text(N_("Coverage after")))
    run.show(_agreed(run))
    run.console.print(run.text(N_("API and exporter give the same numbers.")))
    with opened_store(run.settings, create=False) as store:
        kept = len({version.device for version in store.configuration_versions(None)})
    message = run.text(N_("Configurations of {count} routers and switches are kept, secrets masked."))
    run.console.print(message.format(count=run.text.number(kept)))
    run.console.print()
    for name, url in (
        (run.text(N_("page")), f"{run.url}/"),
        ("API", f"{run.url}/api/v1/coverage"),
        ("exporter", f"{run.url}/metrics"),
        (run.text(N_("devices")), f"http://{HOST}:{run.ports.samples}/metrics?part=0"),
        ("Prometheus", f"http://{HOST}:{run.ports.prometheus}/alerts"),
        ("Alertmanager", f"http://{HOST}:{run.ports.alertmanager}/"),
    ):
        run.console.print(f"{name:13} {url}", soft_wrap=True)
    hint = (
        "export BAOPHU_STORE={store}\n.venv/bin/baophu coverage\n.venv/bin/baophu config log\n"
        ".venv/bin/baophu lab cut 68-22945-LK-001 --name {lab}"
    )
    run.console.print(run.text(N_("Look around in another terminal:")))
    run.console.print(
        hint.format(store=os.path.relpath(run.settings.store), lab=run.session.name), style="cyan", soft_wrap=True
    )


def _agreed(run: Demo) -> Snapshot:
    """A snapshot whose numbers API and exporter give too; collectors go on meanwhile, so it may take some tries."""
    for _ in range(TRIES):
        snapshot = run.snapshot()
        shown = _by_place([figure_document(figure) for figure in snapshot.figures])
        served = _by_place(json.loads(_fetch(f"{run.url}/api/v1/coverage?limit=10000"))["items"])
        if shown == served and _exported(_fetch(f"{run.url}/metrics").decode()) == _expected(run, snapshot):
            return snapshot
        time.sleep(POLL_SECONDS)
    raise DemoError(
        N_("demo: ledger, API and exporter disagree; compare {url}/api/v1/coverage and {url}/metrics"), url=run.url
    )


def _expected(run: Demo, snapshot: Snapshot) -> dict[tuple[str, str], tuple[int, int]]:
    """`dict[(indicator, unit), (denominator, numerator)]` of the units below which there is none."""
    return {
        (figure.indicator, figure.unit): (figure.denominator, figure.numerator or 0)
        for figure in snapshot.main_figures
        if figure.denominator and not run.plan.children[figure.unit]
    }


def _exported(metrics: str) -> dict[tuple[str, str], tuple[int, int]]:
    """The same, read from the metrics; what the province's own unit has is left out."""
    wholes = ("baophu_assets_planned", "baophu_assets_in_service")
    parts = ("baophu_assets_covered", "baophu_assets_answering")
    found: dict[tuple[str, str], dict[bool, int]] = {}
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name in wholes + parts and sample.labels["level"] != Level.PROVINCE:
                key = (sample.labels["indicator"], sample.labels["unit"])
                found.setdefault(key, {})[sample.name in wholes] = int(sample.value)
    return {key: (values[True], values[False]) for key, values in found.items() if values[True]}


def _by_place(figures: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Figures by indicator and unit, without the instant at which each was worked out."""
    main = [f for f in figures if f["evidence"] == "measured" and f["scope"] == "subtree"]
    return {(f["indicator"], f["unit"]): {key: f[key] for key in f if key != "as_of"} for f in main}


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - our own server on loopback
        content: bytes = response.read()
    return content


def _wait(run: Demo) -> None:
    run.console.print(run.text(N_("Running until Ctrl-C.")), style="bold")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        run.console.print()
