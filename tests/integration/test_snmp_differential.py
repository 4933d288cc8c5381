"""Our SNMP engine beside pysnmp and net-snmp's command line: the same agent, the same protocols, the same values."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from itertools import product
from pathlib import Path
from typing import TypeVar

import net_snmp
import pytest
from pyasn1.type.univ import Integer, ObjectIdentifier, OctetString  # type: ignore[import-untyped]  # no types exist
from pydantic import SecretStr
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    walk_cmd,
)
from snmp_real import AUTH_KEY, HOST, PRIV_KEY, MakeSnmpd

from collectors.credentials import AuthProtocol, Credentials, PrivProtocol, Snmp, SnmpV1, SnmpV2c, SnmpV3, SshKey
from collectors.settings import CollectorSettings
from collectors.snmp.client import Oid, SnmpClient, Value
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.opening import open_snmp
from collectors.snmp.pysnmp_client import PysnmpClient
from collectors.snmp.traffic import Traffic

V1, V2C = SnmpV1(SecretStr("knows-v1-only")), SnmpV2c(SecretStr("lookhere"))
#: All that there are: Debian's snmpd (5.9) is built with every one, so none is left out or skipped.
PAIRS = [
    SnmpV3(f"{auth}-{priv}", auth, SecretStr(AUTH_KEY), priv, SecretStr(PRIV_KEY))
    for auth, priv in product(AuthProtocol, PrivProtocol)
]
PAIRS_HERE = [pair for pair in PAIRS if pair.priv_protocol is not PrivProtocol.DES]
IPV6 = IPv6Address("::1")
LONG_NAME = "Phòng họp tầng 2, " * 9
AGENT = "\n".join(
    (
        "rocommunity lookhere 127.0.0.1",
        "rocommunity6 lookhere ::1",
        "com2sec old 127.0.0.1 knows-v1-only",
        "com2sec6 old ::1 knows-v1-only",
        "group old v1 old",
        "view all included .1",
        'access old "" v1 noauth exact all none none',
        "sysName Trạm 22945",
        f"sysLocation {LONG_NAME}",
        *(
            f'createUser {pair.user} {net_snmp.AUTH[pair.auth_protocol]} "{AUTH_KEY}"'
            f' {net_snmp.PRIV[pair.priv_protocol]} "{PRIV_KEY}"\nrouser {pair.user} authpriv'
            for pair in PAIRS
        ),
    )
)
MIB_2: Oid = (1, 3, 6, 1, 2, 1)
#: Groups of scalars, and entries of tables: integers, counters of 32 and 64 bits, ticks, octets, addresses, OIDs.
SCALARS: tuple[Oid, ...] = ((*MIB_2, 1), (*MIB_2, 11), (1, 3, 6, 1, 6, 3, 10, 2, 1))
SYS_OR: Oid = (*MIB_2, 1, 9, 1)
IF, IF_X = (*MIB_2, 2, 2, 1), (*MIB_2, 31, 1, 1, 1)
IP_ADDRESS: Oid = (*MIB_2, 4, 20, 1)
STORAGE: Oid = (*MIB_2, 25, 2, 3, 1)
TABLES: tuple[Oid, ...] = (SYS_OR, IF, IF_X, IP_ADDRESS, STORAGE)
#: Rows named by octet strings and by OIDs, sub-identifiers above 127, columns that take several replies.
STRANGE_TABLES: tuple[Oid, ...] = (
    (*MIB_2, 4, 34, 1),  # ipAddressTable
    (*MIB_2, 4, 31, 3, 1),  # ipIfStatsTable
    (*MIB_2, 25, 3, 2, 1),  # hrDeviceTable
    (1, 3, 6, 1, 6, 3, 15, 1, 2, 2, 1),  # usmUserTable
    (1, 3, 6, 1, 6, 3, 16, 1, 4, 1),  # vacmAccessTable
    (1, 3, 6, 1, 6, 3, 16, 1, 5, 2, 1),  # vacmViewTreeFamilyTable
    (1, 3, 6, 1, 4, 1, 8072, 1, 2, 1, 1),  # nsModuleTable
)
T = TypeVar("T")
Values = Mapping[Oid, Value]


@pytest.fixture(scope="module")
def port(make_snmpd: MakeSnmpd) -> Iterator[int]:
    """One agent for all: it has a user for every pair."""
    snmpd = make_snmpd("all-pairs")
    with snmpd(f"agentaddress udp6:[{IPV6}]:{snmpd.port}\n{AGENT}"):
        yield snmpd.port


def run(credentials: Snmp, port: int, question: Callable[[SnmpClient], Coroutine[None, None, T]]) -> T:
    """Ask through the client that the collectors would choose."""
    nobody = SshKey("nobody", Path("/nonexistent"), Path("/nonexistent"))
    settings = CollectorSettings(Credentials(credentials, nobody), snmp_port=port, snmp_timeout_seconds=5.0)

    async def exchange() -> T:
        async with AsyncExitStack() as stack:
            return await question(await open_snmp(stack, settings, Traffic()))

    return asyncio.run(exchange())


async def whole(
    client: SnmpClient, names: Iterable[Oid], address: IPv4Address | IPv6Address = HOST, times: int = 2
) -> Values:
    """The scalars among `names`, and the columns that have any of them; twice, for the shape of replies is learnt."""
    scalars, columns = [oid for oid in names if is_scalar(oid)], columns_of(names)
    for _ in range(times):
        session = client.session(address, deadline_seconds=60)
        got = await session.get(scalars)
        assert isinstance(got, Mapping), got
        found = dict(got)
        for oid, column in (await session.columns(columns)).items():
            assert column.fault is None, (oid, column.fault)
            found |= {(*oid, *row): value for row, value in column.items()}
    return found


def is_scalar(oid: Oid) -> bool:
    return oid[:-2] in SCALARS


def columns_of(names: Iterable[Oid]) -> list[Oid]:
    entries = TABLES + STRANGE_TABLES
    return sorted({oid[: len(entry) + 1] for oid in names for entry in entries if oid[: len(entry)] == entry})


class Oracle:
    """What net-snmp reads, once before and once after what is put to the proof."""

    def __init__(self, credentials: Snmp, agent: str, tables: tuple[Oid, ...]) -> None:
        self.read: Callable[[], Values] = partial(net_snmp.walk, credentials, agent, (*SCALARS, *tables))
        self.before = self.read()
        columns = columns_of(self.before)
        self.names = sorted(
            oid for oid in self.before if is_scalar(oid) or any(oid[: len(one)] == one for one in columns)
        )

    def agrees_with(self, *readings: Values) -> int:
        """All have its rows, and the values that it reads twice alike: so many."""
        after = self.read()
        steady = {oid: self.before[oid] for oid in self.names if after.get(oid) == self.before[oid]}
        for found in readings:
            assert sorted(found) == self.names
            assert {oid: found[oid] for oid in steady} == steady
        assert {type(value) for value in steady.values()} == {int, bytes, tuple}
        return len(steady)


@pytest.mark.parametrize("pair", PAIRS_HERE, ids=lambda pair: pair.user)
def test_every_pair_of_protocols_reads_what_net_snmp_and_pysnmp_read(port: int, pair: SnmpV3) -> None:
    oracle = Oracle(pair, f"{HOST}:{port}", TABLES)
    ours = run(pair, port, lambda client: whole(ours_only(client), oracle.names))
    theirs = asyncio.run(with_pysnmp(pair, port, oracle.names))
    assert oracle.agrees_with(ours, theirs) > 200


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair.priv_protocol is PrivProtocol.DES], ids=lambda pair: pair.user
)
def test_des_is_read_through_pysnmp_and_is_what_net_snmp_reads(port: int, pair: SnmpV3) -> None:
    oracle = Oracle(pair, f"{HOST}:{port}", TABLES)

    async def chosen(client: SnmpClient) -> Values:
        assert isinstance(client, PysnmpClient)
        return await whole(client, oracle.names, times=1)

    assert oracle.agrees_with(run(pair, port, chosen)) > 200


@pytest.mark.parametrize("credentials", [V2C, PAIRS_HERE[-1]], ids=["v2c", PAIRS_HERE[-1].user])
def test_rows_with_strange_names_are_those_of_net_snmp_and_pysnmp(port: int, credentials: SnmpV2c | SnmpV3) -> None:
    oracle = Oracle(credentials, f"{HOST}:{port}", TABLES + STRANGE_TABLES)
    ours = run(credentials, port, lambda client: whole(ours_only(client), oracle.names))
    theirs = asyncio.run(with_pysnmp(credentials, port, oracle.names))
    assert oracle.agrees_with(ours, theirs) > 1500


def test_over_v1_rows_are_those_of_net_snmp_and_pysnmp(port: int) -> None:
    oracle = Oracle(V1, f"{HOST}:{port}", TABLES + STRANGE_TABLES[:-2])
    ours = run(V1, port, lambda client: whole(ours_only(client), oracle.names))
    theirs = asyncio.run(with_pysnmp_v1(port, oracle.names))
    assert oracle.agrees_with(ours, theirs) > 500


@pytest.mark.parametrize("credentials", [V1, V2C, PAIRS_HERE[0]], ids=["v1", "v2c", PAIRS_HERE[0].user])
def test_over_ipv6_an_agent_is_the_one_that_net_snmp_reads(port: int, credentials: Snmp) -> None:
    oracle = Oracle(credentials, f"udp6:[{IPV6}]:{port}", TABLES)
    ours = run(credentials, port, lambda client: whole(ours_only(client), oracle.names, IPV6))
    assert oracle.agrees_with(ours) > 200


def ours_only(client: SnmpClient) -> EngineClient:
    assert isinstance(client, EngineClient)
    return client


async def with_pysnmp(credentials: SnmpV2c | SnmpV3, port: int, names: Iterable[Oid]) -> Values:
    async with PysnmpClient(credentials, port=port, timeout_seconds=5.0) as client:
        return await whole(client, names, times=1)


async def with_pysnmp_v1(port: int, names: Iterable[Oid]) -> Values:
    """Row by row, through pysnmp's own walk: its client here speaks no SNMPv1."""
    engine = SnmpEngine()
    target = await UdpTransportTarget.create((str(HOST), port), timeout=5.0)
    community = CommunityData(V1.community.get_secret_value(), mpModel=0)  # noqa: S508 - SNMPv1 is what is put to the proof
    asked = (engine, community, target, ContextData())
    found: dict[Oid, Value] = {}
    for below in (*(oid[:-1] for oid in names if is_scalar(oid)), *columns_of(names)):
        walked = walk_cmd(*asked, ObjectType(ObjectIdentity(below)), lookupMib=False, lexicographicMode=False)
        async for indication, status, _, rows in walked:
            assert not indication, indication
            assert not status
            found |= {tuple(oid): plain(value) for oid, value in rows}
    engine.close_dispatcher()
    return found


def plain(value: object) -> Value:
    if isinstance(value, ObjectIdentifier):
        return tuple(value)
    if isinstance(value, Integer):
        return int(value)
    assert isinstance(value, OctetString)
    octets: bytes = value.asOctets()
    return octets
