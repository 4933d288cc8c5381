"""Cisco's forwarding tables, a context a VLAN: over v2c on a played switch, over v3 through net-snmp's contexts."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from catalyst import CATALYST_3560, COMMUNITY, DESCRIPTION, HEARD, bridge, catalyst
from net_snmp import dotted
from snmp_asking import PATIENT
from snmp_messages import MessageV3, PlayedEngine, integer, mib, pdu
from snmp_real import AUTH_KEY, HOST, PRIV_KEY, StartSnmpd, v3
from udp_peers import peer

from collectors.fault import Fault
from collectors.snmp.client import Column
from collectors.snmp.conversation import NO_CONTEXT
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.pdu import PduType
from collectors.snmp.tables.bridge import DOT1D, TP_FDB_PORT
from collectors.snmp.tables.system import SYS_NAME
from collectors.snmp.tables.vlan_ports import CISCO_VTP
from ledger.observation import Failure

#: snmpUnknownContexts (RFC 3413 §4.1.2).
UNKNOWN_CONTEXTS = ((1, 3, 6, 1, 6, 3, 12, 1, 5, 0), *integer(1))


def entries(port: str) -> list[dict[str, object]]:
    return [{"mac": mac.hex(":"), "vlan": vlan, "port": port} for vlan, mac in HEARD.items()]


def probed(port: int, folder: Path, snmp: dict[str, object], **secrets: str) -> dict[str, Any]:
    """What `baophu probe --json` says, with a credentials file in `folder`."""
    for name, text in {**secrets, "credentials.yml": yaml.safe_dump({"snmp": snmp})}.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "baophu", "probe", str(HOST), "--port", str(port), "--timeout", "0.3", "--json"),
            *("--credentials", str(folder / "credentials.yml")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not any(text in done.stdout + done.stderr for text in secrets.values())
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_each_vlan_is_read_by_its_community(tmp_path: Path) -> None:
    with peer(catalyst) as port:
        document = probed(port, tmp_path, {"version": "2c", "community_file": "key"}, key=COMMUNITY.decode())
    assert (document["device"]["os"], [vlan["id"] for vlan in document["vlans"]]) == ("IOS", [1, 10, 20, 30])
    assert document["forwarding"] == entries("Gi0/1")
    assert document["problems"] == [
        {
            "table": "forwarding",
            "reason": "VLAN 30: no_answer: table forwarding: no answer over SNMPv2c; a wrong community looks the same",
        }
    ]


def agent_before(port: int) -> str:
    """snmpd that hands each VLAN's context on to the played switch, and knows none of VLAN 30's."""
    contexts = [
        f"proxy -Cn vlan-{vlan} -v2c -c {COMMUNITY.decode()}@{vlan} {HOST}:{port} {dotted(DOT1D)}" for vlan in HEARD
    ]
    return "\n".join(
        (
            f'createUser baophu SHA-256 "{AUTH_KEY}" AES "{PRIV_KEY}"',
            "view all included .1",
            "rouser baophu priv -V all vlan-*",
            "rouser baophu priv -V all",
            f"sysDescr {DESCRIPTION}",
            f"sysObjectID {dotted(CATALYST_3560)}",
            "sysName 68-22945-SW-009",
            f"proxy -v2c -c {COMMUNITY.decode()} {HOST}:{port} {dotted(CISCO_VTP)}",
            *contexts,
        )
    )


def test_each_vlan_is_read_in_its_context_over_v3_and_one_that_is_not_there_is_named(
    snmpd: StartSnmpd, tmp_path: Path
) -> None:
    snmp = {"version": 3, "user": "baophu", "auth_key_file": "auth", "priv_key_file": "priv"}
    with peer(catalyst) as port, snmpd(agent_before(port)):
        document = probed(snmpd.port, tmp_path, snmp, auth=AUTH_KEY, priv=PRIV_KEY)
    assert document["device"]["os"] == "IOS"
    assert document["forwarding"] == entries("10001")  # interfaces are net-snmp's own
    assert document["problems"] == [
        {"table": "forwarding", "reason": "VLAN 30: no_answer: table forwarding: no answer over SNMPv3"}
    ]


@pytest.mark.parametrize(
    ("refusal", "fault"),
    [
        (lambda: pdu(0, [UNKNOWN_CONTEXTS], kind=PduType.REPORT), NO_CONTEXT),
        (None, Fault(Failure.AUTH_FAILED, "the agent answered authorizationError")),
    ],
    ids=["RFC 3413's report", "authorizationError"],
)
def test_a_context_that_an_engine_refuses_is_a_reason_and_leaves_the_others_alone(
    refusal: Callable[[], bytes] | None, fault: Fault
) -> None:
    engine, rows = PlayedEngine(v3(), b"\x80\0\0\x09\x03switch"), mib(bridge(HEARD[10]))
    asked_for: list[bytes] = []

    def answer(datagram: bytes) -> Iterable[bytes]:
        message = MessageV3(datagram)
        number = message.integer("number")
        if message.octets("engine id") != engine.engine_id:
            return [engine(datagram, rows)]
        context = engine.context(message)
        asked_for.append(context)
        if context == b"vlan-10":
            return [engine(datagram, rows)]
        return [engine.sealed(number, refusal() if refusal is not None else pdu(number, [], status=16))]

    async def exchange(port: int) -> list[Column]:
        async with EngineClient(v3(), port=port, timeout_seconds=PATIENT, retries=0) as client:
            session = client.session(HOST, deadline_seconds=60)
            await session.get([SYS_NAME])
            turns = [session.in_vlan(vlan) for vlan in (20, 10)]
            return [(await turn.columns([TP_FDB_PORT]))[TP_FDB_PORT] for turn in turns]

    with peer(answer) as port:
        refused, read = asyncio.run(exchange(port))
    assert (refused.fault, len(refused)) == (fault, 0)
    assert (read.fault, dict(read)) == (None, {tuple(HEARD[10]): 1})
    assert asked_for == [b"", b"vlan-20", b"vlan-10"], "the engine is found once, and its time"
