"""The peer prometheus-pushgateway of Debian: a Go client that serves as many samples as ours."""

import http.client
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from bench.snmp.daemons import cpu_seconds, free_port, listens, running

PROGRAM = "prometheus-pushgateway"


class Pushgateway:
    """A running pushgateway; what it costs is read from /proc."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid = pid
        self._port = port

    def push(self, texts: Mapping[str, bytes]) -> None:
        """Push each device's samples as a group of its own, and wait until all can be scraped."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        for device, text in texts.items():
            connection.request("PUT", f"/metrics/job/snmp/device/{device}", body=text)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.ACCEPTED:
                raise RuntimeError(f"pushgateway answered {answer.status} to a push")
        connection.close()
        wanted = sum(_samples(text.splitlines()) for text in texts.values())
        while (seen := self.scrape()[1]) < wanted:  # it answers before it has taken a push in
            time.sleep(0.1)
        if seen != wanted:
            raise RuntimeError(f"pushgateway serves {seen} samples of the {wanted} that were pushed")

    def scrape(self) -> tuple[float, int]:
        """CPU seconds that a scrape cost it, and how many of the pushed samples came."""
        before = cpu_seconds(self._pid)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        samples = _samples(answer)
        connection.close()
        return cpu_seconds(self._pid) - before, samples


def _samples(lines: Iterable[bytes]) -> int:
    """Those of ours: it has some of its own."""
    return sum(line.startswith(b"baophu_") for line in lines)


@contextmanager
def pushgateway() -> Iterator[Pushgateway]:
    """It, keeping what is pushed in memory and not comparing each push with all the earlier ones."""
    port = free_port(socket.SOCK_STREAM)
    options = ["--persistence.file=", "--push.disable-consistency-check", "--log.level=error"]
    with running([PROGRAM, f"--web.listen-address=127.0.0.1:{port}", *options], listens("tcp", port)) as pid:
        yield Pushgateway(pid, port)
