"""The SNMP client against a real agent (net-snmp), and against peers that no good agent is."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]  # no types exist
from pydantic import SecretStr
from pysnmp.proto.api import v2c
from snmp_real import AGENT, AUTH_KEY, HOST, PRIV_KEY, StartSnmpd, v3
from udp_peers import peer

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV2c, SnmpV3
from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Session, Value
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.pysnmp_client import PysnmpClient
from collectors.snmp.reading import read_device
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables.bridge import ForwardingEntry
from collectors.snmp.tables.interfaces import IF_NAME, Interfaces
from collectors.snmp.tables.system import SYS_NAME, SYSTEM, System
from ledger.observation import Failure
from ledger.plan import Plan

Client = EngineClient | PysnmpClient
Kind = type[EngineClient] | type[PysnmpClient]
T = TypeVar("T")


def client(kind: Kind, credentials: SnmpV3 | SnmpV2c, port: int, *, timeout: float = 0.6, retries: int = 0) -> Client:
    return kind(credentials, port=port, timeout_seconds=timeout, retries=retries)


@pytest.fixture(params=[EngineClient, PysnmpClient], ids=["engine", "pysnmp"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def begin(opened: Client) -> Session:
    return opened.session(HOST, deadline_seconds=60)


def ask(opened: Client, question: Callable[[Client], Coroutine[None, None, T]]) -> T:
    async def exchange() -> T:
        async with opened as asking:
            return await question(asking)

    return asyncio.run(exchange())


async def get_system(asking: Client) -> Mapping[Oid, Value] | Fault:
    return await begin(asking).get(SYSTEM)


async def get_names(asking: Client) -> Column:
    return (await begin(asking).columns([IF_NAME]))[IF_NAME]


def name(opened: Client) -> object:
    """The agent's sysName, or why not."""
    found = ask(opened, get_system)
    return found.failure if isinstance(found, Fault) else found[SYS_NAME]


def test_a_user_with_the_right_keys_reads(kind: Kind, snmpd: StartSnmpd) -> None:
    with snmpd(AGENT):
        assert name(client(kind, v3(), snmpd.port)) == b"68-22945-SW-001"


@pytest.mark.parametrize(
    ("auth", "priv"), [("SHA", "AES"), ("SHA-256", "AES-256"), ("SHA-512", "AES")], ids=lambda word: word
)
def test_every_protocol_that_credentials_may_name_works(kind: Kind, snmpd: StartSnmpd, auth: str, priv: str) -> None:
    protocols = {"SHA": AuthProtocol.SHA1, "SHA-256": AuthProtocol.SHA256, "SHA-512": AuthProtocol.SHA512}
    ciphers = {"AES": PrivProtocol.AES128, "AES-256": PrivProtocol.AES256}
    credentials = SnmpV3("baophu", protocols[auth], SecretStr(AUTH_KEY), ciphers[priv], SecretStr(PRIV_KEY))
    with snmpd(AGENT.replace("SHA-256", auth).replace(" AES ", f" {priv} ")):
        assert name(client(kind, credentials, snmpd.port)) == b"68-22945-SW-001"


@pytest.mark.parametrize(
    "credentials",
    [v3(user="nobody"), v3(auth="another-key"), v3(priv="another-key")],
    ids=["user", "auth key", "priv key"],
)
def test_wrong_credentials_are_told_from_silence_in_every_cycle(
    kind: Kind, snmpd: StartSnmpd, credentials: SnmpV3
) -> None:
    async def thrice(asking: Client) -> list[object]:
        found = [await get_system(asking) for _ in range(3)]
        return [item.failure if isinstance(item, Fault) else item for item in found]

    with snmpd(AGENT):
        assert ask(client(kind, credentials, snmpd.port), thrice) == [Failure.AUTH_FAILED] * 3


def test_a_community_works_where_the_credentials_say_so(kind: Kind, snmpd: StartSnmpd) -> None:
    with snmpd(AGENT):
        assert name(client(kind, SnmpV2c(SecretStr("lookhere")), snmpd.port)) == b"68-22945-SW-001"
        found = ask(client(kind, SnmpV2c(SecretStr("elsewhere")), snmpd.port), get_system)
    assert found == Fault(Failure.NO_ANSWER, "no answer over SNMPv2c; a wrong community looks the same")


@pytest.mark.parametrize("credentials", [v3(), SnmpV2c(SecretStr("lookhere"))], ids=["v3", "v2c"])
def test_a_port_where_nobody_listens_does_not_answer(
    kind: Kind, snmpd: StartSnmpd, credentials: SnmpV3 | SnmpV2c
) -> None:
    assert name(client(kind, credentials, snmpd.port)) is Failure.NO_ANSWER


def test_a_user_who_may_see_nothing_gets_no_table(kind: Kind, snmpd: StartSnmpd) -> None:
    hidden = AGENT.replace(
        "rouser baophu authpriv", "view only included .1.3.6.1.2.1.1\nrouser baophu authpriv -V only"
    )
    with snmpd(hidden):
        assert ask(client(kind, v3(), snmpd.port), get_names) == {}


def test_a_column_is_read_whole_and_is_the_one_that_linux_tells(kind: Kind, snmpd: StartSnmpd) -> None:
    async def twice(asking: Client) -> list[object]:
        return [await get_names(asking) for _ in range(2)]

    with snmpd(AGENT):
        found = ask(client(kind, v3(), snmpd.port), twice)
    expected = {(number,): interface.encode() for number, interface in socket.if_nameindex()}
    assert found == [expected, expected]


def test_an_agent_that_restarts_is_understood_at_once(kind: Kind, snmpd: StartSnmpd) -> None:
    async def across_a_restart(asking: Client) -> list[object]:
        found: list[object] = []
        for _ in range(2):
            with snmpd(f"exactEngineID 0x80001f88040102030405\n{AGENT}"):
                found.append(await begin(asking).get((SYS_NAME,)))
        return found

    named = {SYS_NAME: b"68-22945-SW-001"}
    assert ask(client(kind, v3(), snmpd.port, retries=1), across_a_restart) == [named, named]


def test_a_replaced_device_with_another_engine_is_understood_at_once(kind: Kind, snmpd: StartSnmpd) -> None:
    async def across_a_replacement(asking: Client) -> list[object]:
        found: list[object] = []
        for engine in ("0x80001f88040102030405", "0x80001f88040102030406"):
            with snmpd(f"exactEngineID {engine}\n{AGENT}"):
                found.append(await begin(asking).get((SYS_NAME,)))
        return found

    named = {SYS_NAME: b"68-22945-SW-001"}
    assert ask(client(kind, v3(), snmpd.port), across_a_replacement) == [named, named]


def test_an_engine_that_has_grown_old_is_replaced_between_two_questions(
    kind: Kind, snmpd: StartSnmpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.snmp.pysnmp_client.SESSION_SECONDS", -1.0)

    async def many(asking: Client) -> list[object]:
        return list(await asyncio.gather(*(get_names(asking) for _ in range(4))))

    expected = {(number,): interface.encode() for number, interface in socket.if_nameindex()}
    with snmpd(AGENT):
        assert ask(client(kind, v3(), snmpd.port, timeout=5), many) == [expected] * 4


PASSED = """
import sys
ROWS = {rows!r}
asked = tuple(int(part) for part in sys.argv[2].strip(".").split("."))
match = [asked] if sys.argv[1] == "-g" and asked in ROWS else sorted(oid for oid in ROWS if oid > asked)[:1]
if match and (sys.argv[1] == "-n" or match == [asked]):
    print("." + ".".join(map(str, match[0])), "integer", ROWS[match[0]], sep=chr(10))
"""


def test_a_switch_is_read_table_by_table(kind: Kind, snmpd: StartSnmpd, lab_plan: Plan) -> None:
    bridge: Oid = (1, 3, 6, 1, 2, 1, 17)
    pc = (2, 104, 0, 32, 0, 1)
    rows = {
        (*bridge, 1, 4, 1, 2, 1): 11,
        (*bridge, 7, 1, 2, 2, 1, 2, 10, *pc): 1,
        (*bridge, 7, 1, 2, 2, 1, 3, 10, *pc): 3,
        (*bridge, 7, 1, 4, 3, 1, 1, 10): 0,
    }
    script = snmpd.folder / "rows.py"
    script.write_text(PASSED.format(rows=rows), encoding="utf-8")
    switch = replace(lab_plan.devices["68-22945-SW-001"], address=HOST)

    with snmpd(f"{AGENT}\npass .1.3.6.1.2.1.17 /usr/bin/python3 {script}"):
        reading = ask(
            client(kind, v3(), snmpd.port),
            lambda asking: read_device(begin(asking), switch, slow=SlowTables(), clock=lambda: datetime.now(UTC)),
        )
    assert isinstance(reading.system, System)
    assert reading.system.name == "68-22945-SW-001"
    assert isinstance(reading.interfaces, Interfaces)
    assert {port.name for port in reading.interfaces} == {interface for _, interface in socket.if_nameindex()}
    assert reading.forwarding == (ForwardingEntry("02:68:00:20:00:01", 10, 11),)
    assert reading.vlans == frozenset({10})
    assert reading.neighbours == Fault(Failure.BAD_REPLY, "table neighbours: the agent has no LLDP-MIB")


@pytest.mark.parametrize("credentials", [v3(), SnmpV2c(SecretStr("lookhere"))], ids=["v3", "v2c"])
@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x30\x82\xff\xff\x02\x01",
        b"\x30\x03\x02\x01\x03",
        b"\xff" * 1400,
    ],
    ids=["empty", "zero", "http", "cut short", "version only", "ones"],
)
def test_what_is_no_snmp_is_a_bad_reply(kind: Kind, credentials: SnmpV3 | SnmpV2c, garbage: bytes) -> None:
    with peer(lambda _: [garbage]) as port:
        assert name(client(kind, credentials, port)) is Failure.BAD_REPLY


def test_a_reply_that_fails_authentication_is_not_believed(kind: Kind, snmpd: StartSnmpd) -> None:
    with snmpd(AGENT), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as behind:
        behind.connect((str(HOST), snmpd.port))
        behind.settimeout(2)

        def tamper(datagram: bytes) -> list[bytes]:
            behind.send(datagram)
            reply = behind.recv(65535)
            is_report = b"baophu" not in reply
            return [reply if is_report else reply[:-1] + bytes([reply[-1] ^ 1])]

        with peer(tamper) as port:
            found = ask(client(kind, v3(), port), get_system)
    assert found == Fault(Failure.BAD_REPLY, "the replies failed SNMPv3's checks of authenticity and time")


def v2c_agent(react: Callable[[Oid, int], tuple[int, list[tuple[Oid, int]]]]) -> Callable[[bytes], list[bytes]]:
    """An agent that reacts to (OID, max-repetitions) with an error status and integer varbinds."""

    def answer(datagram: bytes) -> list[bytes]:
        message, _ = decoder.decode(datagram, asn1Spec=v2c.Message())
        request = v2c.apiMessage.get_pdu(message)
        (oid, _) = v2c.apiPDU.get_varbinds(request)[0]
        status, rows = react(tuple(oid), int(request[2]))
        response = v2c.GetResponsePDU()
        v2c.apiPDU.set_defaults(response)
        v2c.apiPDU.set_request_id(response, v2c.apiPDU.get_request_id(request))
        v2c.apiPDU.set_error_status(response, status)
        v2c.apiPDU.set_varbinds(response, [(row, v2c.Integer(value)) for row, value in rows])
        v2c.apiMessage.set_pdu(message, response)
        return [encoder.encode(message)]

    return answer


COLUMN: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8)


async def get_column(asking: Client) -> Column:
    return (await begin(asking).columns([COLUMN]))[COLUMN]


def walk(kind: Kind, react: Callable[[Oid, int], tuple[int, list[tuple[Oid, int]]]]) -> Column:
    with peer(v2c_agent(react)) as port:
        return ask(client(kind, SnmpV2c(SecretStr("public")), port), get_column)


def test_a_walk_asks_on_until_the_column_ends(kind: Kind) -> None:
    def react(oid: Oid, repetitions: int) -> tuple[int, list[tuple[Oid, int]]]:
        first = oid[len(COLUMN)] + 1 if len(oid) > len(COLUMN) else 1
        rows = [((*COLUMN, row), 1) for row in range(first, 26)][:repetitions]
        return 0, [*rows, ((*COLUMN[:-1], 9, 1), 7)][:repetitions]

    assert walk(kind, react) == {(row,): 1 for row in range(1, 26)}


def test_rows_too_big_for_the_agent_are_asked_for_in_smaller_numbers(kind: Kind) -> None:
    asked: list[int] = []

    def react(oid: Oid, repetitions: int) -> tuple[int, list[tuple[Oid, int]]]:
        asked.append(repetitions)
        return (1, []) if repetitions > 2 else (0, [((*COLUMN, 1), 1), ((*COLUMN[:-1], 9, 1), 7)])

    assert walk(kind, react) == {(1,): 1}
    assert asked == ([25, 12, 6, 3, 1] if kind is EngineClient else [10, 5, 2])


@pytest.mark.parametrize(
    ("rows", "status", "failure"),
    [
        ([((*COLUMN, 2), 1), ((*COLUMN, 1), 1)], 0, Failure.BAD_REPLY),
        ([((*COLUMN, 2), 1), ((*COLUMN, 2), 1)], 0, Failure.BAD_REPLY),
        ([(COLUMN, 1)], 0, Failure.BAD_REPLY),
        ([], 0, Failure.BAD_REPLY),
        ([], 1, Failure.BAD_REPLY),
        ([], 5, Failure.BAD_REPLY),
        ([], 16, Failure.AUTH_FAILED),
    ],
    ids=["falling", "standing", "the column itself", "no rows", "always too big", "genErr", "authorizationError"],
)
def test_an_agent_that_errs_is_never_an_empty_table(
    kind: Kind, rows: list[tuple[Oid, int]], status: int, failure: Failure
) -> None:
    found = walk(kind, lambda _oid, _repetitions: (status, rows))
    assert found.fault is not None
    assert found.fault.failure is failure


def test_a_reply_from_an_address_that_was_not_asked_is_not_heard(
    kind: Kind,
) -> None:
    agent = v2c_agent(lambda _oid, _repetitions: (0, [((*COLUMN[:-1], 9, 1), 1)]))
    for speaking_as, expected in ((None, {}), ("127.0.0.2", Failure.NO_ANSWER)):
        with peer(agent, speaking_as) as port:
            found = ask(client(kind, SnmpV2c(SecretStr("x")), port), get_column)
        assert (found.fault.failure if found.fault else dict(found)) == expected
