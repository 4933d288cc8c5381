"""What a probe takes of memory: little for a large switch, and no more than a bound for one that lies."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from snmp_messages import (
    Asked,
    Mib,
    Reaction,
    Varbind,
    column,
    community_agent,
    integer,
    mib,
    octets,
    time_ticks,
)
from snmp_real import HOST
from udp_peers import peer

from collectors.snmp.ber import OBJECT_ID, Oid, encode_oid
from collectors.snmp.conversation import MOST_OCTETS, TOO_LONG, TOO_MUCH
from collectors.snmp.pdu import PduType
from collectors.snmp.tables.bridge import BASE_PORT_IF_INDEX, Q_TP_FDB_PORT, Q_TP_FDB_STATUS
from collectors.snmp.tables.interfaces import IF_ADMIN_STATUS, IF_NAME, IF_OPER_STATUS
from collectors.snmp.tables.system import SYS_NAME, SYS_OBJECT_ID, SYS_UP_TIME

ENTRIES, PORTS, VLANS = 10_000, 48, 5
#: A part of the index of rows that are made up.
MARK = 77_777
#: An entry's rows in two columns, what is read of them and what is printed are some 1,000 octets (10 MiB were measured
#: for all), and twice as much again, since the interpreter takes memory by the arena.
MOST_FOR_ENTRIES = 32 << 20
#: Of each octet that an agent may say, Python makes 8 at most (84 MiB were measured, of rows of one octet).
MOST_FOR_LIES = 8 * MOST_OCTETS + MOST_FOR_ENTRIES


def who() -> dict[Oid, tuple[int, bytes]]:
    return {
        SYS_OBJECT_ID: (OBJECT_ID, encode_oid((1, 3, 6, 1, 4, 1, 99999))),
        SYS_UP_TIME: time_ticks(1),
        SYS_NAME: octets(b"switch"),
    }


def switch(entries: int) -> Mib:
    macs = [(2, 104, 0, *number.to_bytes(3, "big")) for number in range(entries)]
    ports = [integer(1)] * PORTS
    return mib(
        who(),
        column(IF_ADMIN_STATUS, ports),
        column(IF_OPER_STATUS, ports),
        column(IF_NAME, [octets(b"p%d" % port) for port in range(1, PORTS + 1)]),
        column(BASE_PORT_IF_INDEX, [integer(port) for port in range(1, PORTS + 1)]),
        {(*Q_TP_FDB_PORT, 10 + mac[-1] % VLANS, *mac): integer(1 + mac[-1] % PORTS) for mac in macs},
        {(*Q_TP_FDB_STATUS, 10 + mac[-1] % VLANS, *mac): integer(3) for mac in macs},
    )


def probed(agent: Reaction, deadline: float = 120.0) -> tuple[dict[str, Any], int]:
    """What `baophu probe --json` says of it, and the most memory that its process ever had, in bytes."""
    answer = community_agent(agent)

    def reply(datagram: bytes) -> Iterable[bytes]:
        return [answer(datagram)]

    with peer(reply) as port:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "baophu", "probe", str(HOST), "--port", str(port), "--community", "public"),
                *("--json", "--deadline", str(deadline)),
            ],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
    assert process.returncode == 0
    document: dict[str, Any] = json.loads(said)
    return document, usage.ru_maxrss * 1024


@pytest.fixture(scope="module")
def small() -> int:
    """The memory of a probe that finds one entry."""
    document, memory = probed(switch(1))
    assert len(document["forwarding"]) == 1
    return memory


def test_ten_thousand_forwarding_entries_are_all_told_in_bounded_memory(small: int) -> None:
    document, memory = probed(switch(ENTRIES))
    assert document["problems"] == []
    expected = {
        (f"02:68:00:{number.to_bytes(3, 'big').hex(':')}", 10 + number % 256 % VLANS, f"p{1 + number % 256 % PORTS}")
        for number in range(ENTRIES)
    }
    assert {(entry["mac"], entry["vlan"], entry["port"]) for entry in document["forwarding"]} == expected
    assert len(document["forwarding"]) == ENTRIES
    assert memory - small < MOST_FOR_ENTRIES, f"{(memory - small) >> 20} MiB more than for one entry"


def endless(columns: Sequence[Oid] = ((),), value: bytes = b"\1") -> Reaction:
    """An agent whose columns below these OIDs have a row after every row; whatever else is asked is a switch's."""
    honest = switch(1)

    def react(asked: Asked) -> list[Varbind]:
        (oid, *_) = asked.oids
        if asked.kind != PduType.GET_BULK or not any(oid[: len(below)] == below for below in columns):
            return honest(asked)
        prefix, last = (oid[:-2], oid[-1]) if oid[-2] == MARK else (oid, 0)
        return [((*prefix, MARK, last + n), 4, value) for n in range(1, asked.repetitions + 1)]

    return react


def test_a_table_without_end_is_cut_off_and_named_and_the_others_are_read(small: int) -> None:
    document, memory = probed(endless([Q_TP_FDB_PORT]))
    assert document["problems"] == [
        {"table": "forwarding", "reason": f"bad_reply: table forwarding: {TOO_LONG.detail}"}
    ]
    assert [port["name"] for port in document["interfaces"]] == [f"p{port}" for port in range(1, PORTS + 1)]
    assert memory - small < MOST_FOR_LIES, f"{(memory - small) >> 20} MiB more than for one entry"


@pytest.mark.parametrize("value", [b"\1", b"x" * 1000], ids=["short rows", "long rows"])
def test_an_agent_that_has_rows_without_end_everywhere_is_not_asked_on_after_so_many(small: int, value: bytes) -> None:
    document, memory = probed(endless(value=value))
    assert TOO_MUCH.detail in {problem["reason"].rpartition(": ")[2] for problem in document["problems"]}
    assert memory - small < MOST_FOR_LIES, f"{(memory - small) >> 20} MiB more than for one entry"
