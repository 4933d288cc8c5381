"""Wires the listener: both sockets, who is believed, the way to the collectors, and its own metrics."""

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import uvloop

from baophu.logs import log_json_lines
from baophu.readiness import tell_ready
from baophu.samples_service import provinces_of, samples_socket, served_in_thread
from baophu.session import utc_now
from baophu.settings import Settings
from collectors.credentials import Credentials, SnmpV3, read_credentials
from collectors.listening.believed import Believed
from collectors.listening.listener import Listener, listen
from collectors.listening.mailbox import Mailbox
from collectors.listening.rules import read_rules
from collectors.listening.snmp_judge import Informs, NoInforms, SnmpJudge
from collectors.listening.tally import Tally
from collectors.runner import stop_signals
from collectors.triggers import TriggerOutlet
from exporter.listener_asgi import build_listener_exporter
from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.plan import Plan

LOGGER = logging.getLogger(__name__)
#: RFC 3411 §5 (SnmpEngineID): an enterprise's number with the first bit set, then the format: 5 is octets. The number
#: is the one of net-snmp, since we have none.
ENGINE_ID_PREFIX, ENGINE_ID_OCTETS = bytes.fromhex("80001f8805"), 16
#: Engines must not begin with a boot count that they had: ours is the number of seconds since 2026.
BOOTS_BEGAN = 1_767_225_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Where to listen; `metrics_port` is on loopback."""

    host: str
    trap_port: int
    syslog_port: int
    metrics_port: int


def run_listening(settings: Settings, plan: Plan, credentials: Path, ears: Ears) -> None:
    """Listen until told to stop; raises ConfigurationError."""
    path = settings.trigger_path()
    if path is None:
        raise ConfigurationError(
            N_(
                "listen: the ledger '{store}' is no file beside which the collectors listen; give BAOPHU_TRIGGER_SOCKET"
            ),
            store=settings.store.partition("@")[2] or settings.store,
        )
    given = read_credentials(credentials)
    log_json_lines()
    tally, engine_id = Tally(), own_engine_id(Path("/etc/machine-id"))
    with ExitStack() as stack:
        snmp = stack.enter_context(Mailbox((ears.host, ears.trap_port), buffer_bytes=settings.receive_bytes))
        syslog = stack.enter_context(Mailbox((ears.host, ears.syslog_port), buffer_bytes=settings.receive_bytes))
        for name, box in (("snmp", snmp), ("syslog", syslog)):
            tally.buffers[name] = box.got_bytes
            LOGGER.info(
                "listening",
                extra={"what": name, "host": ears.host, "port": box.port, "receive_buffer_bytes": box.got_bytes},
            )
        listener = Listener(
            believed=Believed(plan, utc_now),
            judge=_judge(given, engine_id),
            rules=read_rules(),
            outlet=stack.enter_context(TriggerOutlet(path)),
            tally=tally,
            clock=time.monotonic,
            least_seconds=settings.trigger_seconds,
            settle_seconds=settings.settle_seconds,
        )
        exporter = build_listener_exporter(tally, provinces=provinces_of(plan))
        stack.enter_context(served_in_thread(exporter, samples_socket(ears.metrics_port), name="metrics"))
        LOGGER.info("informs are for this engine", extra={"engine_id": engine_id.hex()})
        tell_ready()
        uvloop.run(_until_stopped(listener, snmp, syslog))
    LOGGER.info("stopped")


async def _until_stopped(listener: Listener, snmp: Mailbox, syslog: Mailbox) -> None:
    with stop_signals() as stop:
        await listen(listener, snmp, syslog, stop)


def _judge(credentials: Credentials, engine_id: bytes) -> SnmpJudge:
    informs: Informs = NoInforms()
    if isinstance(credentials.snmp, SnmpV3):
        from collectors.listening.pysnmp_informs import InformEngine  # noqa: PLC0415 - a second to load

        informs = InformEngine(credentials.snmp, engine_id, lambda: int(time.time()) - BOOTS_BEGAN)
    return SnmpJudge(
        credentials.snmp,
        credentials.trap_communities(),
        informs=informs,
        engine_id=engine_id,
        clock=time.monotonic,
    )


def own_engine_id(machine: Path) -> bytes:
    """This machine's engine id as a receiver of informs: the same after a restart, another than its agent's."""
    try:
        identity = machine.read_bytes().strip()
    except OSError:
        identity = b""
    return ENGINE_ID_PREFIX + sha256(b"baophu listen\0" + identity).digest()[:ENGINE_ID_OCTETS]
