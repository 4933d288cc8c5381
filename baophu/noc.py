"""The NOC's eyes on a lab: Prometheus and Alertmanager on this machine, their mail carried to the lab's relay."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from baophu.lab_session import LabSession
from baophu.listening import listening_socket
from baophu.monitoring import QUICK, MonitoringError, Post, Seat, Watch, running_alertmanager, running_prometheus
from ledger.language import N_
from ledger.plan import Device, Plan, Role

HOST = "127.0.0.1"
#: Carries connections from this machine's network into a host's (Debian's package systemd).
PROXY = "/lib/systemd/systemd-socket-proxyd"
SMTP = 25
READY_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """TCP ports on loopback; `relay` is where the lab's relay is carried to, `samples` the collectors'."""

    prometheus: int
    alertmanager: int
    relay: int
    samples: int

    @classmethod
    def after(cls, port: int) -> "Ports":
        """The four that follow the API's."""
        return cls(prometheus=port + 1, alertmanager=port + 2, relay=port + 3, samples=port + 4)

    def check(self) -> None:
        """Raise ConfigurationError where one is taken."""
        for port in (self.prometheus, self.alertmanager, self.relay, self.samples):
            listening_socket(HOST, port).close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Whom alerts are mailed from and to, and the zone that the relay is named in."""

    sender: str
    recipients: tuple[str, ...]
    zone: str

    @classmethod
    def of(cls, plan_folder: Path) -> "Letters":
        """As the province's group variables say: `province_zone` and `monitoring_server_mail_to`."""
        said = yaml.safe_load((plan_folder / "group_vars/all.yml").read_text(encoding="utf-8"))
        zone = str(said["province_zone"])
        return cls(sender=f"baophu@{zone}", recipients=(str(said["monitoring_server_mail_to"]),), zone=zone)


@contextmanager
def watching(session: LabSession, plan: Plan, url: str, ports: Ports, letters: Letters) -> Iterator[None]:
    """Watch `baophu serve` at `url`, and the collectors' samples, until the block ends; raises MonitoringError."""
    seat = Seat(folder=session.folder, pace=QUICK)
    post = Post(
        relay=f"{HOST}:{ports.relay}",
        server_name=f"relay.{letters.zone}",
        ca_file=session.secrets / "ca.crt",
        sender=letters.sender,
        recipients=letters.recipients,
    )
    alertmanager = f"{HOST}:{ports.alertmanager}"
    with ExitStack() as stack:
        stack.enter_context(_carried(session, plan, ports.relay))
        stack.enter_context(running_alertmanager(seat, alertmanager, post))
        watch = Watch(url=url, samples=f"http://{HOST}:{ports.samples}")
        stack.enter_context(running_prometheus(seat, f"{HOST}:{ports.prometheus}", watch, alertmanager))
        yield


@contextmanager
def _carried(session: LabSession, plan: Plan, port: int) -> Iterator[None]:
    """Let `port` on loopback reach the lab's mail relay, as seen from the province's server."""
    relay: Device = plan.one_device(Role.MAIL_RELAY)
    proxy = session.at_seat(plan, [PROXY, f"{relay.address}:{SMTP}"])
    log = session.log("relay")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["systemd-socket-activate", f"--listen={HOST}:{port}", *proxy],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
    ):
        try:
            _await_listening(process, log)
            yield
        finally:
            process.terminate()


def _await_listening(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while b"Listening on" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            message = N_("monitoring: {program} didn't start; its log says why: {log}")
            raise MonitoringError(message, program="systemd-socket-activate", log=log)
        time.sleep(0.05)
