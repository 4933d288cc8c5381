"""Serves the samples of `baophu collect` beside its cycles: /metrics and /sd on loopback, in a thread of their own."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
    provinces = [unit.id for unit in plan.units.values() if unit.parent is None]
    exporter = build_sample_exporter(samples, lambda: engine_families(samples.traffic), provinces=provinces)
    server = http_server(SecurityHeaders(exporter), HOST)
    thread = threading.Thread(target=server.run, args=([listening],), name="samples", daemon=True)
    with listening:
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=2 * GRACE_SECONDS)
