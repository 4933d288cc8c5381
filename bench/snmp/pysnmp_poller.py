"""The peer pysnmp 7: its high-level asyncio interface, one engine for all devices, one GETBULK after the other."""

import asyncio
from collections.abc import Iterator
from typing import TypeAlias

from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_SHA,
    USM_PRIV_CFB128_AES,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
)

from bench.snmp.columns import COLUMNS, SCALARS, VALUES
from bench.snmp.measurement import Measurement, Meter, Poll, User, max_rss_mib, serve

MAX_REPETITIONS = 25
Authentication: TypeAlias = CommunityData | UsmUserData  # mypy knows neither


def _authentication(user: User | None) -> Authentication:
    if user is None:
        return CommunityData("public", mpModel=1)  # noqa: S508 - v2c is what is measured
    return UsmUserData(
        user.name, user.auth_key, user.priv_key, authProtocol=USM_AUTH_HMAC96_SHA, privProtocol=USM_PRIV_CFB128_AES
    )


async def _column(asked: tuple[object, ...], column: tuple[int, ...]) -> int:
    """Walk a column; how many values it had before an error or its end."""
    last, count = column, 0
    while True:
        wanted = ObjectType(ObjectIdentity(last))
        indication, status, _, rows = await bulk_cmd(*asked, 0, MAX_REPETITIONS, wanted, lookupMib=False)
        if indication or status or not rows:
            return count
        for oid, _value in rows:
            last = tuple(oid)
            if last[: len(column)] != column:
                return count
            count += 1


async def _device(engine: SnmpEngine, authentication: Authentication, address: str, poll: Poll) -> int:
    target = await UdpTransportTarget.create((address, poll.port), timeout=poll.timeout_seconds, retries=poll.retries)
    asked = (engine, authentication, target, ContextData())
    scalars = [ObjectType(ObjectIdentity(oid)) for oid in SCALARS]
    indication, status, _, rows = await get_cmd(*asked, *scalars, lookupMib=False)
    if indication or status:
        return 0
    columns = [tuple(int(arc) for arc in column.split(".")) for column in COLUMNS]
    return len(rows) + sum([await _column(asked, column) for column in columns])


async def _poll(poll: Poll) -> Measurement:
    engine, authentication = SnmpEngine(), _authentication(poll.user)
    read: list[tuple[str, int]] = []
    targets = [address for _ in range(poll.cycles) for address in poll.addresses]

    async def worker(waiting: Iterator[str]) -> None:
        read.extend([(address, await _device(engine, authentication, address, poll)) for address in waiting])

    meter, waiting = Meter(), iter(targets)
    async with asyncio.TaskGroup() as workers:
        for _ in range(poll.in_flight):
            workers.create_task(worker(waiting))
    cpu_seconds, wall_seconds = meter.read()
    engine.close_dispatcher()
    return Measurement(
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        devices=len(targets),
        values=sum(values for _, values in read),
        missed=tuple(address for address, values in read if values < VALUES),
        max_rss_mib=max_rss_mib(),
    )


if __name__ == "__main__":
    serve(lambda poll: asyncio.run(_poll(poll)))
