"""SNMP over pysnmp, for ciphers that our engine doesn't speak (DES). GET and GETBULK only; it can't write."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Self

from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString  # type: ignore[import-untyped]  # no types exist
from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
    USM_PRIV_CBC56_DES,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB192_AES_BLUMENTHAL,
    USM_PRIV_CFB256_AES_BLUMENTHAL,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
)
from pysnmp.proto import errind

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV2c, SnmpV3
from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.community import Version
from collectors.snmp.conversation import (
    GARBLED,
    LONGEST_COLUMN,
    NO_ROWS,
    NOT_INCREASING,
    REJECTED,
    SILENT_V3,
    TOO_BIG,
    TOO_LONG,
    UNDECIPHERED,
    refused,
    silent,
)
from collectors.snmp.pacing import SitePace
from collectors.snmp.pysnmp_session import Session
from collectors.snmp.pysnmp_turn import PysnmpTurn
from collectors.snmp.tables.system import SYS_UP_TIME
from ledger.observation import Failure

LOGGER = logging.getLogger(__name__)

AUTH = {
    AuthProtocol.MD5: USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA1: USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    PrivProtocol.DES: USM_PRIV_CBC56_DES,
    PrivProtocol.AES128: USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: USM_PRIV_CFB192_AES_BLUMENTHAL,
    PrivProtocol.AES256: USM_PRIV_CFB256_AES_BLUMENTHAL,
}
#: What an agent reports of credentials that it doesn't accept (RFC 3414 §3.2).
REFUSALS = (errind.UnknownUserName, errind.WrongDigest, errind.DecryptionError, errind.UnsupportedSecurityLevel)
#: Rows asked for at first, and at most: a reply should fit one datagram of about 1,400 bytes.
FIRST_REPETITIONS, MOST_REPETITIONS = 10, 40
#: At most so often is an engine replaced that no longer understands a device (another engine id after a repair).
RENEWAL_SECONDS = 60.0
#: pysnmp never forgets a message that it rejected: an engine lives no longer than this.
SESSION_SECONDS = 3600.0

Rows = list[tuple[Oid, Value | None]]


class PysnmpClient:
    """An SnmpClient; open it with `async with` in the loop that uses it."""

    def __init__(
        self, credentials: SnmpV3 | SnmpV2c, *, port: int = 161, timeout_seconds: float = 2.0, retries: int = 1
    ) -> None:
        self._credentials = credentials
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._retries = retries
        self._targets: dict[IPv4Address | IPv6Address, UdpTransportTarget] = {}
        self._rows: dict[tuple[IPv4Address | IPv6Address, Oid], int] = {}
        self._session: Session | None = None
        self._renewed_at = -math.inf

    async def __aenter__(self) -> Self:
        """Open the engine and its socket."""
        self._authentication = _authentication(self._credentials)
        self._session = Session()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the engine."""
        if self._session is not None:
            self._session.retire()

    def session(
        self, address: IPv4Address | IPv6Address, *, deadline_seconds: float, pace: SitePace | None = None
    ) -> PysnmpTurn:
        """Ask an agent, within the deadline; `pace` is not kept: pysnmp is for few and unusual devices."""
        del pace
        deadline = asyncio.get_running_loop().time() + deadline_seconds
        return PysnmpTurn(self, address, deadline_seconds, deadline)

    async def get(self, address: IPv4Address | IPv6Address, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""
        rows = await self._ask(address, oids, repetitions=None)
        if isinstance(rows, Fault):
            return UNDECIPHERED if rows == SILENT_V3 and await self._is_discovered(address) else rows
        return {oid: value for oid, value in rows if value is not None and oid in oids}

    async def walk(self, address: IPv4Address | IPv6Address, column: Oid) -> Column:
        """A column by GETBULK, asked for in as many rows as it had the last time; it says why where it breaks off."""
        found: dict[Oid, Value] = {}
        repetitions = min(self._rows.get((address, column), FIRST_REPETITIONS - 1) + 1, MOST_REPETITIONS)
        last = column
        while len(found) < LONGEST_COLUMN:
            rows = await self._bulk(address, last, repetitions)
            if isinstance(rows, Fault):
                return _column(found, rows)
            for oid, value in rows:
                if value is None or oid[: len(column)] != column:
                    self._rows[address, column] = len(found)
                    return _column(found, None)
                if oid <= last:
                    return _column(found, NOT_INCREASING)
                found[oid[len(column) :]] = value
                last = oid
        return _column(found, TOO_LONG)

    async def _bulk(self, address: IPv4Address | IPv6Address, last: Oid, repetitions: int) -> Rows | Fault:
        """The rows after `last`; an agent that finds them too big to send is asked for fewer."""
        while True:
            rows = await self._ask(address, (last,), repetitions=repetitions)
            if not isinstance(rows, Fault) or rows != TOO_BIG or repetitions == 1:
                return NO_ROWS if rows == [] else rows
            repetitions //= 2

    async def _ask(
        self, address: IPv4Address | IPv6Address, oids: Sequence[Oid], *, repetitions: int | None
    ) -> Rows | Fault:
        """One request, and once more with a fresh engine where the old one rejects what the device answers."""
        answer = await self._ask_once(address, oids, repetitions)
        if answer == REJECTED and self._renew(address):
            return await self._ask_once(address, oids, repetitions)
        return answer

    async def _ask_once(
        self, address: IPv4Address | IPv6Address, oids: Sequence[Oid], repetitions: int | None
    ) -> Rows | Fault:
        session = self._opened()
        target = await self._target(address)
        peer = (str(address), self._port)
        wanted = [ObjectType(ObjectIdentity(oid)) for oid in oids]
        asked = (session.engine, self._authentication, target, ContextData())
        with session.asking(peer):
            if repetitions is None:
                indication, status, _, rows = await get_cmd(*asked, *wanted, lookupMib=False)
            else:
                indication, status, _, rows = await bulk_cmd(*asked, 0, repetitions, *wanted, lookupMib=False)
            if isinstance(indication, errind.RequestTimedOut):
                return self._silence(session, peer)
        if indication:
            return _indicated(indication)
        return refused(int(status)) if status else [(tuple(oid), _value(value)) for oid, value in rows]

    def _silence(self, session: Session, peer: tuple[str, int]) -> Fault:
        if session.rejected[peer]:
            return REJECTED
        if session.garbled[peer]:
            return GARBLED
        if isinstance(self._credentials, SnmpV2c):
            return silent(Version.V2C)
        return SILENT_V3

    async def _is_discovered(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether the agent answers SNMPv3's discovery (RFC 3414 §4), which needs no credentials."""
        session = self._opened()
        target = await UdpTransportTarget.create((str(address), self._port), timeout=self._timeout_seconds, retries=0)
        wanted = ObjectType(ObjectIdentity(SYS_UP_TIME))
        nobody = UsmUserData("initial")  # noqa: S509 - any answer will do, a refusal too; nothing is read
        with session.asking((str(address), self._port)):
            indication, *_ = await get_cmd(session.engine, nobody, target, ContextData(), wanted, lookupMib=False)
        return not isinstance(indication, errind.RequestTimedOut)

    def _opened(self) -> Session:
        """The engine to ask with; a fresh one where it has grown old."""
        if self._session is None:
            raise RuntimeError("the SNMP client is not open")
        if asyncio.get_running_loop().time() - self._session.opened_at > SESSION_SECONDS:
            self._session = self._replaced(self._session)
        return self._session

    def _renew(self, address: IPv4Address | IPv6Address) -> bool:
        """Start over with an empty engine, for a device whose engine is another than the one that was known."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed_at < RENEWAL_SECONDS:
            return False
        LOGGER.info("SNMP engine replaced", extra={"address": str(address)})
        self._session, self._renewed_at = self._replaced(self._opened()), now
        return True

    def _replaced(self, session: Session) -> Session:
        """A new engine; the old one closes when its last request is done."""
        session.retire()
        return Session()

    async def _target(self, address: IPv4Address | IPv6Address) -> UdpTransportTarget:
        if address not in self._targets:
            self._targets[address] = await UdpTransportTarget.create(
                (str(address), self._port), timeout=self._timeout_seconds, retries=self._retries
            )
        return self._targets[address]


def _column(found: dict[Oid, Value], fault: Fault | None) -> Column:
    return Column(tuple(found), tuple(found.values()), fault)


def _authentication(credentials: SnmpV3 | SnmpV2c) -> UsmUserData | CommunityData:
    if isinstance(credentials, SnmpV2c):
        community = credentials.community.get_secret_value()
        return CommunityData(community, mpModel=1)  # noqa: S508 - v2c only where the credentials file says so
    return UsmUserData(
        credentials.user,
        credentials.auth_key.get_secret_value().encode(),
        credentials.priv_key.get_secret_value().encode(),
        authProtocol=AUTH[credentials.auth_protocol],
        privProtocol=PRIV[credentials.priv_protocol],
    )


def _indicated(indication: object) -> Fault:
    name = type(indication).__name__
    if isinstance(indication, REFUSALS):
        return Fault(Failure.AUTH_FAILED, f"the agent refused the SNMPv3 credentials ({name})")
    return Fault(Failure.BAD_REPLY, f"the SNMP exchange failed ({name})")


def _value(value: object) -> Value | None:
    """What pysnmp decoded as a plain value; None for noSuchObject, noSuchInstance and endOfMibView."""
    if isinstance(value, ObjectIdentifier):
        return tuple(value)
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, OctetString) and not isinstance(value, Null):  # to pyasn1 a Null is an OctetString
        octets: bytes = value.asOctets()
        return octets
    return None
