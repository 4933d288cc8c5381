"""One pysnmp engine on one socket for all devices, with an eye on what pysnmp drops without a word."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpAsyncioTransport
from pysnmp.entity import config
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine

from collectors.fault import Fault
from collectors.guard import guarded_call

#: pysnmp's name for the place where a message fails authentication, decryption or timeliness.
REJECTED = "rfc3412.prepareDataElements:sm-failure"

Peer = tuple[str, int]


class Session:
    """An engine with its socket; must be made and closed in the running loop.

    While a peer is being asked, `garbled` counts the datagrams from it that are no SNMP, and `rejected` those that
    failed SNMPv3's checks: pysnmp drops both without a word, and a device that answers rubbish would look silent. A
    datagram from an address that isn't being asked never reaches the engine.
    """

    def __init__(self) -> None:
        self.engine = SnmpEngine()
        self.opened_at = asyncio.get_running_loop().time()
        self.garbled: Counter[Peer] = Counter()
        self.rejected: Counter[Peer] = Counter()
        self.waiting: Counter[Peer] = Counter()
        self.is_retired = False
        transport = _WatchedTransport(self).open_client_mode()
        config.add_transport(self.engine, DOMAIN_NAME, transport)
        self.engine.observer.register_observer(self._note_rejection, REJECTED)
        (self._parse_errors,) = self.engine.get_mib_builder().import_symbols("__SNMPv2-MIB", "snmpInASNParseErrs")

    @contextmanager
    def asking(self, peer: Peer) -> Iterator[None]:
        """Let datagrams from `peer` in; a retired session closes after its last request."""
        self.waiting[peer] += 1
        try:
            yield
        finally:
            self.waiting[peer] -= 1
            if not self.waiting[peer]:
                for counter in (self.waiting, self.garbled, self.rejected):
                    del counter[peer]
            self._close_if_done()

    def undecodable(self) -> int:
        """How many datagrams the engine could not decode so far (snmpInASNParseErrs, RFC 3418)."""
        return int(self._parse_errors.syntax)

    def retire(self) -> None:
        """Take no new requests; close once those under way are done."""
        self.is_retired = True
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self.is_retired and not self.waiting:
            self.engine.close_dispatcher()

    def _note_rejection(self, engine: SnmpEngine, point: str, variables: dict[str, object], context: object) -> None:  # noqa: ARG002 - pysnmp calls it so
        address = variables["transportAddress"]
        if isinstance(address, tuple):
            self.rejected[address[0], address[1]] += 1


class _WatchedTransport(UdpAsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    """pysnmp's UDP transport, behind the session's door."""

    def __init__(self, session: Session) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._session = session

    def datagram_received(self, datagram: bytes, transportAddress: Peer) -> None:  # noqa: N803 - pysnmp's name
        peer = (transportAddress[0], transportAddress[1])
        if peer in self._session.waiting:
            self.loop.call_soon(self._decode, datagram, peer)

    def _decode(self, datagram: bytes, peer: Peer) -> None:
        if self._callback_function is None:
            return
        before = self._session.undecodable()
        # pysnmp's decoder was not written for hostile bytes: what it raises is this peer's bad reply, and no news.
        decode = partial(self._callback_function, self, peer, datagram)
        outcome = guarded_call(decode, level=logging.DEBUG, device=peer[0])
        if isinstance(outcome, Fault) or self._session.undecodable() != before:
            self._session.garbled[peer] += 1
