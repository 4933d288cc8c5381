"""SNMPv3 informs through pysnmp, which is the authoritative engine that they need (RFC 3414 §1.5.1).

pysnmp gets datagrams and gives answers through here, and has no socket and no task of its own.
"""

import logging
from collections.abc import Callable
from typing import Any

from pyasn1.type.univ import OctetString  # type: ignore[import-untyped]  # no types exist
from pysnmp.carrier.asyncio.dgram.udp import UdpTransportAddress
from pysnmp.carrier.base import AbstractTransport, AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine

from collectors.credentials import SnmpV3
from collectors.fault import Fault
from collectors.guard import guarded_call
from collectors.snmp.ber import Oid
from collectors.snmp.pysnmp_client import AUTH, PRIV

#: pysnmp never forgets a message that it refused, a handshake included: an engine lives for so many messages.
MOST_MESSAGES = 5000
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)

Answer = Callable[[bytes], None]
Peer = tuple[str, int]


class InformEngine:
    """Takes informs that `engine_id` is authoritative for. `boots` gives a number that is higher each time.

    What it is given must be authentic, or ask for the engine's id and time. It checks again: HMAC, time window, and it
    decrypts.
    """

    def __init__(self, credentials: SnmpV3, engine_id: bytes, boots: Callable[[], int]) -> None:
        self._credentials = credentials
        self._engine_id = engine_id
        self._boots = boots
        self._engine: SnmpEngine | None = None
        self._messages = 0
        self._kinds: list[Oid] = []
        self._answer: Answer | None = None

    def receive(self, data: bytes, sender: Peer, answer: Answer) -> list[Oid]:
        """The kinds of the notifications that were believed, one or none; `answer` gets what the sender waits for."""
        if self._engine is None or self._messages >= MOST_MESSAGES:
            self.close()
            self._engine, self._messages = self._opened(), 0
        engine = self._engine
        self._messages += 1
        self._kinds, self._answer = [], answer
        # pysnmp's decoder was not written for hostile bytes: what it raises is the sender's failure, and no news.
        outcome = guarded_call(
            lambda: engine.message_dispatcher.receive_message(
                engine, config.SNMP_UDP_DOMAIN, UdpTransportAddress(sender), data
            ),
            level=logging.DEBUG,
            device=sender[0],
        )
        self._answer = None
        return [] if isinstance(outcome, Fault) else self._kinds

    def close(self) -> None:
        """Let go of the engine."""
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None

    def _opened(self) -> SnmpEngine:
        # Given to the engine's constructor, the id would be a reason for it to keep files in /tmp.
        engine = SnmpEngine()
        named, boots = engine.get_mib_builder().import_symbols(
            "__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots"
        )
        named.syntax = named.syntax.clone(OctetString(self._engine_id))
        engine.snmpEngineID = named.syntax
        boots.syntax = boots.syntax.clone(self._boots())
        config.add_transport(engine, config.SNMP_UDP_DOMAIN, _Outlet(self._send))
        given = self._credentials
        config.add_v3_user(
            engine,
            given.user,
            AUTH[given.auth_protocol],
            given.auth_key.get_secret_value(),
            PRIV[given.priv_protocol],
            given.priv_key.get_secret_value(),
        )
        NotificationReceiver(engine, self._note)
        return engine

    def _send(self, data: bytes) -> None:
        if self._answer is not None:
            self._answer(data)

    def _note(  # pysnmp calls it so
        self,
        engine: SnmpEngine,
        reference: object,
        context_id: object,
        context: object,
        variables: list[tuple[Any, Any]],
        ours: object,
    ) -> None:
        del engine, reference, context_id, context, ours
        self._kinds += [tuple(value) for name, value in variables if tuple(name) == SNMP_TRAP_OID][:1]


class _Dispatcher(AbstractTransportDispatcher):  # type: ignore[misc]  # pysnmp has no types
    """No loop and no timer: datagrams are handed in, and answers handed out, while somebody waits."""


class _Outlet(AbstractTransport):  # type: ignore[misc]  # pysnmp has no types
    PROTO_TRANSPORT_DISPATCHER = _Dispatcher

    def __init__(self, send: Answer) -> None:
        self._send = send

    def send_message(self, outgoingMessage: bytes, transportAddress: object) -> None:  # noqa: N803 - pysnmp's names
        del transportAddress  # that of who is being answered
        self._send(bytes(outgoingMessage))
