"""Serves the samples of `baophu collect` beside its cycles: /metrics and /sd on loopback, in a thread of their own."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from api.middleware import SecurityHeaders
from baophu.listening import listening_socket
from baophu.serving import GRACE_SECONDS, http_server
from collectors.snmp.samples import Samples
from exporter.sample_asgi import build_sample_exporter
from exporter.sample_own import engine_families
from ledger.plan import Plan

HOST = "127.0.0.1"
#: The open socket's descriptor, for the command that goes on inside a lab's network (baophu/seat.py).
DESCRIPTOR = "BAOPHU_LISTENING"


def samples_socket(port: int) -> socket.socket:
    """The socket to serve on: one that was handed over, else a new one; raises ConfigurationError."""
    handed = os.environ.pop(DESCRIPTOR, None)
    return socket.socket(fileno=int(handed)) if handed is not None else listening_socket(HOST, port)


def hand_over(port: int) -> None:
    """Open the socket here and leave it to the command that this process becomes; raises ConfigurationError."""
    opened = listening_socket(HOST, port)
    opened.set_inheritable(True)
    os.environ[DESCRIPTOR] = str(opened.detach())


@contextmanager
def samples_served(samples: Samples, plan: Plan, listening: socket.socket) -> Iterator[None]:
    """Serve until the block ends; what is asked is answered from the latest polls, and no cycle waits for it."""
    exporter = build_sample_exporter(samples, lambda: engine_families(samples.traffic), provinces=provinces_of(plan))
    with served_in_thread(exporter, listening, name="samples"):
        yield


def provinces_of(plan: Plan) -> list[str]:
    """The ids of the plan's root units."""
    return [unit.id for unit in plan.units.values() if unit.parent is None]


@contextmanager
def served_in_thread(app: ASGIApp, listening: socket.socket, *, name: str) -> Iterator[None]:
    """Serve an exporter on a loopback socket until the block ends."""
    server = http_server(SecurityHeaders(app), HOST)
    thread = threading.Thread(target=server.run, args=([listening],), name=name, daemon=True)
    with listening:
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=2 * GRACE_SECONDS)
