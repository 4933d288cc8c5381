"""The peer prometheus-snmp-exporter of Debian: told to read the same columns, asked over HTTP."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from bench.snmp import requests
from bench.snmp.columns import COLUMNS, NUMBERS, PORTS, SCALARS, SYS_UP_TIME, TEXTS, VALUES
from bench.snmp.daemons import cpu_seconds, free_port, listens, max_rss_mib, running
from bench.snmp.measurement import Measurement, Poll, User, run_json

PROGRAM = "prometheus-snmp-exporter"
#: As many as upstream's own if_mib has; 53, a whole column, made no difference.
MAX_REPETITIONS = 25


def _metric(name: str, oid: str, kind: str) -> dict[str, Any]:
    """A column as upstream's if_mib has it: labelled with the port's alias, description and name."""
    labels = [{"labels": ["ifIndex"], "labelname": n, "oid": o, "type": "DisplayString"} for n, o in TEXTS.items()]
    indexes = [{"labelname": "ifIndex", "type": "gauge"}]
    return {"name": name, "oid": oid, "type": kind, "help": name, "indexes": indexes, "lookups": labels}


def configuration(user: User | None) -> str:
    """Its snmp.yml with one module, `ports`, for v2c or for an SNMPv3 user."""
    up_time = {"name": "sysUpTime", "oid": SYS_UP_TIME.removesuffix(".0"), "type": "gauge", "help": "sysUpTime"}
    module = {
        "walk": list(COLUMNS),
        "get": list(SCALARS),
        "metrics": [up_time, *(_metric(name, oid, kind) for name, (oid, kind) in NUMBERS.items())],
        "version": 3 if user else 2,
        "max_repetitions": MAX_REPETITIONS,
        "retries": 3,
        "timeout": "5s",
        "auth": _authentication(user),
    }
    return yaml.safe_dump({"ports": module}, sort_keys=False)


def _authentication(user: User | None) -> dict[str, str]:
    if user is None:
        return {"community": "public"}
    return {
        "username": user.name,
        "security_level": "authPriv",
        "auth_protocol": "SHA",
        "password": user.auth_key,
        "priv_protocol": "AES",
        "priv_password": user.priv_key,
    }


class SnmpExporter:
    """A running snmp_exporter; what it costs is read from /proc."""

    def __init__(self, pid: int, port: int, prefix: Sequence[str]) -> None:
        self._pid = pid
        self._port = port
        self._prefix = prefix

    def poll(self, poll: Poll) -> Measurement:
        """Have it read every address; an answer without all ports' numbers counts as missed."""
        targets = [address for _ in range(poll.cycles) for address in poll.addresses]
        paths = [f"/snmp?module=ports&target={address}:{poll.port}" for address in targets]
        task = requests.Task(self._port, paths, poll.in_flight, lines=1 + len(NUMBERS) * PORTS)
        before = cpu_seconds(self._pid)
        report = requests.Report(**run_json(requests.__name__, asdict(task), prefix=self._prefix))
        return Measurement(
            cpu_seconds=cpu_seconds(self._pid) - before,
            wall_seconds=report.wall_seconds,
            devices=len(targets),
            values=(len(targets) - len(report.missed)) * VALUES,
            missed=tuple(targets[place] for place in report.missed),
            max_rss_mib=max_rss_mib(self._pid),
        )


@contextmanager
def snmp_exporter(folder: Path, user: User | None = None, *, prefix: Sequence[str] = ()) -> Iterator[SnmpExporter]:
    """It, with its configuration in `folder`, started behind `prefix`."""
    file = folder / "snmp.yml"
    file.touch(mode=0o600)
    file.write_text(configuration(user), encoding="utf-8")
    port = free_port(socket.SOCK_STREAM)
    command = [*prefix, PROGRAM, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with running(command, listens("tcp", port)) as pid:
        yield SnmpExporter(pid, port, prefix)
