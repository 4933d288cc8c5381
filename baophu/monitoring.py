"""Debian's Prometheus and Alertmanager with our rules, as child processes: configuration rendered, started, ended.

Both keep their data below the folder that they are given, listen where they are told and talk to nobody else:
Prometheus to our exporter and to Alertmanager, Alertmanager to one mail relay.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import exporter
from exporter.asgi import DISCOVERY_PATH
from ledger.errors import BaophuError
from ledger.language import N_

SOURCES = Path(exporter.__path__[0])
READY_SECONDS = 60.0
GRACE_SECONDS = 20.0
POLL_SECONDS = 0.05
#: What each of the two writes to its log once it answers.
PROMETHEUS_READY = "Server is ready to receive web requests"
ALERTMANAGER_READY = "Listening on"


class MonitoringError(BaophuError):
    """Prometheus or Alertmanager didn't start; its log says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast alerts come, in Prometheus' durations; `hold` and `keep` None: as each rule says."""

    scrape_interval: str = "15s"
    evaluation_interval: str = "15s"
    refresh_interval: str = "1m"
    hold: str | None = None
    keep: str | None = None
    group_wait: str = "30s"
    group_interval: str = "5m"
    repeat_interval: str = "12h"


#: For the demo and for the lab, with collection cycles of 15 s: `hold` is three of them, since an agent may take one to
#: notice that its link is down, and until then the router behind it is the root.
QUICK = Pace(
    scrape_interval="2s",
    evaluation_interval="2s",
    refresh_interval="5s",
    hold="45s",
    keep="30s",
    group_wait="2s",
    group_interval="5s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where alerts go: `relay` (host:port) must offer STARTTLS, as `server_name`, signed by a CA in `ca_file` (PEM)."""

    relay: str
    server_name: str
    ca_file: Path
    sender: str
    recipients: tuple[str, ...]
    hello: str = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What Prometheus watches: `baophu serve` at `url`, with the token in `token_file` where it asks for one.

    `samples` is the URL of `baophu collect --port`, and `listener` that of `baophu listen`; None: nobody asks it.
    """

    url: str
    token_file: Path | None = None
    samples: str | None = None
    listener: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where the two run: files below `folder`, each behind `prefix` (such as `ip netns exec NAME`)."""

    folder: Path
    prefix: Sequence[str] = ()
    pace: Pace = Pace()


@contextmanager
def running_alertmanager(seat: Seat, address: str, post: Post) -> Iterator[None]:
    """Run Alertmanager on `address` (host:port) until the block ends; raises MonitoringError."""
    folder = _made(seat.folder / "alertmanager")
    command = [
        "prometheus-alertmanager",
        f"--config.file={write_alertmanager(folder, seat.pace, post)}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with _running([*seat.prefix, *command], folder.with_suffix(".log"), ALERTMANAGER_READY):
        yield


@contextmanager
def running_prometheus(seat: Seat, address: str, watch: Watch, alertmanager: str) -> Iterator[None]:
    """Run Prometheus on `address` until the block ends, its alerts going to `alertmanager`; raises MonitoringError.

    What it has gathered stays in the folder for the next run.
    """
    folder = _made(seat.folder / "prometheus")
    command = [
        "prometheus",
        f"--config.file={write_prometheus(folder, seat.pace, watch, alertmanager)}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with _running([*seat.prefix, *command], folder.with_suffix(".log"), PROMETHEUS_READY):
        yield


def write_alertmanager(folder: Path, pace: Pace, post: Post) -> Path:
    """Write Alertmanager's configuration and its mail template into `folder`; gives the configuration's path."""
    template = folder / "baophu.tmpl"
    template.write_bytes((SOURCES / "alertmanager/baophu.tmpl").read_bytes())
    values = {**asdict(post), "ca_file": str(post.ca_file.absolute()), "template": str(template), "pace": pace}
    configuration = folder / "alertmanager.yml"
    configuration.write_text(_rendered("alertmanager/alertmanager.yml.j2", values), encoding="utf-8")
    return configuration


def write_prometheus(folder: Path, pace: Pace, watch: Watch, alertmanager: str) -> Path:
    """Write Prometheus' configuration into `folder`, its rules below it; gives the configuration's path."""
    values = {
        "pace": pace,
        "rules": str(folder / "rules/*.yml"),
        "alertmanager": alertmanager,
        "discovery": watch.url + DISCOVERY_PATH,
        "samples": None if watch.samples is None else watch.samples + DISCOVERY_PATH,
        "listener": None if watch.listener is None else watch.listener + DISCOVERY_PATH,
        "token_file": str(watch.token_file.absolute()) if watch.token_file else None,
    }
    write_rules(_made(folder / "rules"), pace)
    configuration = folder / "prometheus.yml"
    configuration.write_text(_rendered("prometheus/prometheus.yml.j2", values), encoding="utf-8")
    return configuration


def write_rules(folder: Path, pace: Pace) -> None:
    """Copy the rules, at `pace`: `hold` and `keep` go in place of every alert's own durations."""
    for source in sorted((SOURCES / "rules").glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
        for group in content["groups"]:
            for rule in group["rules"]:
                _set_durations(rule, pace)
        (folder / source.name).write_text(yaml.safe_dump(content, allow_unicode=True, width=1000), encoding="utf-8")


def _set_durations(rule: dict[str, Any], pace: Pace) -> None:
    for key, chosen in (("for", pace.hold), ("keep_firing_for", pace.keep)):
        if key in rule and chosen is not None:
            rule[key] = chosen


def _rendered(name: str, values: dict[str, Any]) -> str:
    # YAML, where a value can't break out of its quotes: every one of ours goes through `tojson`.
    environment = Environment(loader=FileSystemLoader(SOURCES), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.get_template(name).render(values)


def _made(folder: Path) -> Path:
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _running(command: Sequence[str], log: Path, ready: str) -> Iterator[None]:
    """Run `command` in a session of its own, from when its log says `ready` until the block ends."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process,
    ):
        try:
            _await(process, log, ready)
            yield
        finally:
            _end(process)


def _await(process: subprocess.Popen[bytes], log: Path, ready: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while ready not in log.read_text(encoding="utf-8", errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            message = N_("monitoring: {program} didn't start; its log says why: {log}")
            raise MonitoringError(message, program=log.stem, log=log)
        time.sleep(POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it close its files; what a prefix left running in the same session goes too."""
    process.terminate()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
