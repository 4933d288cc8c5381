"""The peer snmpbulkwalk: a process for each device and table, as a script around net-snmp's commands has it."""

import subprocess
import sys

from bench.snmp.columns import COLUMNS, IF_ENTRY, IFX_ENTRY, SCALARS, VALUES
from bench.snmp.measurement import Measurement, Meter, Poll, serve

#: "columns" reads what the other pollers read; "tables" reads whole tables, 2,132 values, with fewer processes.
TABLES = {"columns": COLUMNS, "tables": (IF_ENTRY, IFX_ENTRY)}


def _options(poll: Poll) -> list[str]:
    output = ["-m", "", "-On", "-t", str(poll.timeout_seconds), "-r", str(poll.retries)]  # no MIB files are read
    if poll.user is None:
        return ["-v2c", "-c", "public", *output]
    keys = ["-a", "SHA", "-A", poll.user.auth_key, "-x", "AES", "-X", poll.user.priv_key]
    return ["-v3", "-l", "authPriv", "-u", poll.user.name, *keys, *output]


def _lines(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).stdout.count(b"\n")


def bulkwalk(poll: Poll, tables: tuple[str, ...]) -> Measurement:
    """Read every address, one process after the other."""
    options, values, missed, meter = _options(poll), 0, [], Meter(children=True)
    targets = [address for _ in range(poll.cycles) for address in poll.addresses]
    for address in targets:
        agent = f"{address}:{poll.port}"
        read = _lines(["snmpget", *options, agent, *SCALARS])
        read += sum(_lines(["snmpbulkwalk", *options, "-Cr25", agent, table]) for table in tables)
        values += read
        if read < VALUES:
            missed.append(address)
    cpu_seconds, wall_seconds = meter.read()
    return Measurement(
        cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, devices=len(targets), values=values, missed=tuple(missed)
    )


if __name__ == "__main__":
    tables = TABLES[sys.argv[1]]
    serve(lambda poll: bulkwalk(poll, tables))
