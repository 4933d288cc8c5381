"""Lies over SNMPv2c, and who is told them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TypeVar

from pydantic import SecretStr
from snmp_asking import LONGEST_SECONDS, PATIENT
from snmp_messages import Asked, Varbind, community_message, integer, pdu, raw_pdu
from snmp_real import HOST
from udp_peers import peer

from collectors.credentials import SnmpV2c
from collectors.fault import Fault
from collectors.snmp.client import Oid
from collectors.snmp.engine_client import EngineClient, EngineSession
from collectors.snmp.tables.interfaces import IF_OPER_STATUS
from ledger.observation import Failure

COLUMN: Oid = IF_OPER_STATUS
BEYOND: Varbind = ((*COLUMN[:-1], 9, 1), *integer(7))
UP = integer(1)
T = TypeVar("T")
#: A reply to a question; None: silence.
Lie = Callable[[Asked], bytes | None]


def row(number: int, tag: int = 2, value: bytes = b"\1") -> Varbind:
    return (*COLUMN, number), tag, value


def rows(first: int, last: int) -> list[Varbind]:
    return [row(number) for number in range(first, last + 1)]


def saying(*varbinds: Varbind, status: int = 0) -> Lie:
    return lambda asked: community_message(pdu(asked.number, varbinds, status))


def saying_octets(variables: bytes) -> Lie:
    return lambda asked: community_message(raw_pdu(asked.number, variables))


def bad(detail: str) -> Fault:
    return Fault(Failure.BAD_REPLY, detail)


def hear(
    answer: Callable[[bytes], Iterable[bytes]],
    question: Callable[[EngineSession], Coroutine[None, None, T]],
    timeout: float = PATIENT,
) -> tuple[T, int]:
    """What comes of it, and after how many packets."""

    async def exchange(port: int) -> tuple[T, int]:
        asking = EngineClient(SnmpV2c(SecretStr("public")), port=port, timeout_seconds=timeout, retries=0)
        async with asyncio.timeout(LONGEST_SECONDS), asking as client:
            session = client.session(HOST, deadline_seconds=60)
            found = await question(session)
            assert client.traffic.sent == session.packets
            return found, session.packets

    with peer(answer) as port:
        return asyncio.run(exchange(port))
