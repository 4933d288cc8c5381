"""Our SNMP engine with hundreds of devices at once: who is answered, who is late, who is gone, and what is left."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from pydantic import SecretStr
from snmp_asking import PATIENT, Story, name, names, tell
from snmp_messages import Mib, PlayedEngine, column, community_agent, community_asked, integer, mib, octets
from snmp_real import v3
from udp_peers import Said, playing

from collectors.credentials import Snmp, SnmpV2c
from collectors.fault import Fault
from collectors.snmp.ber import OBJECT_ID, TIME_TICKS, encode_oid
from collectors.snmp.client import Oid
from collectors.snmp.conversation import SILENT_V3
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.reading import read_device
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables import interfaces, lldp, system
from collectors.snmp.tables.interfaces import Interfaces
from collectors.snmp.tables.value import Partial
from ledger.observation import Failure
from ledger.plan import Plan

V2C = SnmpV2c(SecretStr("public"))
CROWD = [f"127.{number // 100 + 1}.0.{number % 100 + 1}" for number in range(300)]
FEW = CROWD[:30]
SILENCE = Fault(Failure.NO_ANSWER, "no answer over SNMPv2c; a wrong community looks the same")
COLUMN: Oid = interfaces.IF_OPER_STATUS
ROWS, MANY_ROWS = 40, 120  # one reply, several
Answer = Callable[[str, bytes], Iterable[Said]]


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - each run is to be the same


def number(at: str) -> int:
    return IPv4Address(at).packed[-1]


@cache
def held_by(at: str, rows: int = ROWS) -> Mib:
    """What a device has: its address for a name, and a column of its last octet."""
    return mib(
        {
            system.SYS_OBJECT_ID: (OBJECT_ID, encode_oid((1, 3, 6, 1, 4, 1, 9))),
            system.SYS_UP_TIME: (TIME_TICKS, b"\1\0"),
            system.SYS_NAME: octets(at.encode()),
            (2, 100): integer(1),
        },
        column(COLUMN, [integer(number(at))] * rows),
        column(interfaces.IF_ADMIN_STATUS, [integer(1)] * rows),
        column(interfaces.IF_NAME, [octets(b"p%d" % row) for row in range(1, rows + 1)]),
        column(lldp.LOC_PORT_ID, [octets(b"p1")]),
    )


def honestly(at: str, datagram: bytes) -> Iterable[Said]:
    return [Said(community_agent(held_by(at))(datagram))]


def silently(_at: str, _datagram: bytes) -> Iterable[Said]:
    return ()


class Stage:
    """What the devices do now; `answer` may be replaced at any time, `asked` counts their questions."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: Counter[str] = Counter()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.changed = asyncio.Event()

    def __call__(self, at: str, datagram: bytes) -> Iterable[Said]:
        self.asked[at] += 1
        said = [*self.answer(at, datagram)]
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.changed.set)
        return said

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for questions."""
        self.loop = asyncio.get_running_loop()
        async with asyncio.timeout(20):
            while not is_so():
                await self.changed.wait()
                self.changed.clear()


def sockets() -> int:
    """How many this process has open."""
    count = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the folder's own is gone by now
            count += one.readlink().name.startswith("socket:")
    return count


def run(
    answer: Answer, story: Story, credentials: Snmp = V2C, *, timeout: float = PATIENT, retries: int = 0
) -> EngineClient:
    with playing(answer) as port:
        return tell(story, credentials, port, timeout=timeout, retries=retries)


def own_names(at: Iterable[str]) -> Mapping[str, bytes]:
    return {one: one.encode() for one in at}


def test_hundreds_of_devices_are_asked_at_once_over_one_socket_a_family() -> None:
    """Nobody answers before a hundred were asked; then all do, in any order."""
    held: list[Said] = []
    open_then: list[int] = []

    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        held.extend(replace(said, at=at) for said in honestly(at, datagram))
        if len(held) < 100 and not open_then:
            return ()
        open_then.append(sockets())
        ready = chance(7).sample(held, len(held))
        held.clear()
        return ready

    before: list[int] = []

    async def story(client: EngineClient) -> None:
        families = len(client._engine._sockets)
        before.append(sockets() - families)
        assert await names(client, CROWD) == own_names(CROWD)
        assert (families, set(open_then)) == (2, {before[0] + 2})

    traffic = run(answer, story).traffic
    assert (traffic.sent, traffic.received, traffic.retries) == (len(CROWD), len(CROWD), 0)
    assert (traffic.unexpected, traffic.mismatched, traffic.garbled) == (0, 0, 0)


def test_devices_that_answer_late_are_not_confused_with_others() -> None:
    delays = chance(7)

    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        return [replace(said, after=delays.uniform(0.001, 0.1)) for said in honestly(at, datagram)]

    async def story(client: EngineClient) -> None:
        for _ in range(3):
            assert await names(client, FEW) == own_names(FEW)

    traffic = run(answer, story).traffic
    assert (traffic.unexpected, traffic.mismatched) == (0, 0)


def test_more_devices_than_the_window_holds_wait_for_their_turn_and_are_all_served() -> None:
    at_once: list[int] = []

    async def story(client: EngineClient) -> None:
        engine = client._engine
        engine._window = 4

        def answer(at: str, datagram: bytes) -> Iterable[Said]:
            at_once.append(len(engine._asked))
            return honestly(at, datagram)

        stage.answer = answer
        assert await names(client, FEW) == own_names(FEW)
        assert await names(client, FEW) == own_names(FEW)

    stage = Stage(honestly)
    run(stage, story)
    assert max(at_once) == 4
    assert stage.asked == dict.fromkeys(FEW, 2)


def test_an_agent_that_is_asked_twice_at_once_is_asked_one_thing_after_the_other() -> None:
    async def story(client: EngineClient) -> None:
        found = await asyncio.gather(*(name(client, FEW[0]) for _ in range(10)))
        assert found == [FEW[0].encode()] * 10

    traffic = run(honestly, story).traffic
    assert (traffic.sent, traffic.mismatched, traffic.unexpected) == (10, 0, 0)


def test_a_fifth_of_all_packets_lost_is_made_up_for() -> None:
    chances = {at: chance(number(at)) for at in FEW}
    in_a_row = Counter[str]()

    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        is_lost = chances[at].random() < 0.2 and in_a_row[at] < 2
        in_a_row[at] = in_a_row[at] + 1 if is_lost else 0
        return () if is_lost else honestly(at, datagram)

    async def story(client: EngineClient) -> None:
        async def whole(at: str) -> tuple[object, ...]:
            session = client.session(IPv4Address(at), deadline_seconds=60)
            got = await session.get([system.SYS_NAME])
            (read,) = (await session.columns([COLUMN])).values()
            return got, read.fault, dict(read)

        found = dict(zip(FEW, await asyncio.gather(*map(whole, FEW)), strict=True))
        assert found == {
            at: (
                {system.SYS_NAME: at.encode()},
                None,
                dict.fromkeys(((row,) for row in range(1, ROWS + 1)), number(at)),
            )
            for at in FEW
        }

    traffic = run(answer, story, timeout=0.3, retries=2).traffic
    assert traffic.timeouts == traffic.retries > 10


@pytest.mark.parametrize("credentials", [V2C, v3()], ids=["v2c", "v3"])
def test_a_dead_device_costs_one_packet_until_it_answers_again(credentials: Snmp) -> None:
    engine = PlayedEngine(v3(), bytes.fromhex("80001f880401020304"))

    def alive(at: str, datagram: bytes) -> Iterable[Said]:
        return honestly(at, datagram) if credentials is V2C else [Said(engine(datagram, held_by(at)))]

    async def story(client: EngineClient) -> None:
        async def turn() -> tuple[object, int]:
            session = client.session(IPv4Address(FEW[0]), deadline_seconds=60)
            found = await session.get([system.SYS_NAME])
            return found, session.packets

        named, silence = {system.SYS_NAME: FEW[0].encode()}, SILENCE if credentials is V2C else SILENT_V3
        answered = 1 if credentials is V2C else 3
        assert [await turn() for _ in range(3)] == [(silence, 3), (silence, 1), (silence, 1)]
        stage.answer = alive
        assert [await turn() for _ in range(2)] == [(named, answered), (named, 1)]
        stage.answer = silently
        assert [(await turn())[0] for _ in range(2)] == [silence] * 2
        assert (await turn())[1] == 1

    stage = Stage(silently)
    run(stage, story, credentials, timeout=0.1, retries=2)


def test_a_cancelled_session_leaves_the_engine_as_it_was() -> None:
    late: list[Said] = []

    def holding(at: str, datagram: bytes) -> Iterable[Said]:
        late.extend(honestly(at, datagram))
        return ()

    async def story(client: EngineClient) -> None:
        under_way = [asyncio.create_task(name(client, at)) for at in FEW]
        waiting = [asyncio.create_task(name(client, FEW[0])) for _ in range(3)]
        await stage.until(lambda: len(stage.asked) == len(FEW))
        for task in (*under_way, *waiting[:2]):
            task.cancel()
        stage.answer = lambda at, datagram: [*map(replace, late[:5]), *honestly(at, datagram)]
        ended = await asyncio.gather(*under_way, *waiting, return_exceptions=True)
        assert [type(one) for one in ended[:-1]] == [asyncio.CancelledError] * (len(FEW) + 2)
        assert ended[-1] == FEW[0].encode()
        assert (client._engine._asked, len(client._engine._queue)) == ({}, 0)
        assert await names(client, CROWD) == own_names(CROWD)

    stage = Stage(holding)
    traffic = run(stage, story).traffic
    assert traffic.mismatched + traffic.unexpected > 0


@pytest.mark.parametrize("window", [4, 100])
def test_closing_the_engine_ends_what_is_under_way_and_what_waits(window: int) -> None:
    async def story(client: EngineClient) -> None:
        client._engine._window = window
        tasks.extend(asyncio.create_task(name(client, at)) for at in (*FEW, FEW[0]))
        await stage.until(lambda: len(stage.asked) == min(window, len(FEW)))

    async def told(port: int) -> None:
        before = sockets()
        async with EngineClient(V2C, port=port, timeout_seconds=PATIENT) as client:
            await story(client)
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in ended] == [asyncio.CancelledError] * (len(FEW) + 1)
        assert sockets() == before
        with pytest.raises(RuntimeError, match="not open"):
            client.session(IPv4Address(FEW[0]), deadline_seconds=1)

    tasks: list[asyncio.Task[object]] = []
    stage = Stage(silently)
    with playing(stage) as port:
        asyncio.run(told(port))


def test_sessions_that_come_and_go_at_random_all_end() -> None:
    chances = chance(7)
    mute = set(FEW[::7])

    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        return () if at in mute else honestly(at, datagram)

    async def story(client: EngineClient) -> None:
        client._engine._window = 5
        tasks = [asyncio.create_task(name(client, chances.choice(FEW))) for _ in range(300)]
        for task in chances.sample(tasks, 100):
            if chances.random() < 0.3:
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(20):
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        kinds = Counter(type(one) for one in ended)
        assert set(kinds) == {bytes, Fault, asyncio.CancelledError}
        assert kinds[asyncio.CancelledError] <= 100
        assert kinds[bytes] > 100
        assert (client._engine._asked, len(client._engine._queue)) == ({}, 0)
        mute.clear()
        assert await names(client, FEW) == own_names(FEW)

    run(answer, story, timeout=0.1)


def asks(datagram: bytes, *oids: Oid) -> bool:
    (first, *_) = community_asked(datagram).oids
    return any(first[: len(oid)] == oid for oid in oids)


def test_a_deadline_keeps_what_was_read_and_names_the_rest(lab_plan: Plan) -> None:
    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        return () if asks(datagram, lldp.LOC_PORT_ID) else honestly(at, datagram)

    async def story(client: EngineClient) -> None:
        device = replace(lab_plan.devices["68-22945-SW-001"], address=IPv4Address(FEW[0]))
        session = client.session(device.address, deadline_seconds=0.5)
        reading = await read_device(session, device, slow=SlowTables(), clock=lambda: datetime.now(UTC))
        assert isinstance(reading.interfaces, Interfaces)
        assert len(reading.interfaces) == ROWS
        assert [(fault.failure, fault.detail) for fault in reading.table_faults] == [
            (Failure.NO_ANSWER, f"table {table}: not read within 0.5 s")
            for table in ("neighbours", "forwarding", "vlans")
        ]

    run(answer, story)


def test_a_deadline_in_the_midst_of_a_table_keeps_its_rows(lab_plan: Plan) -> None:
    rows_of: list[int] = []

    def answer(at: str, datagram: bytes) -> Iterable[Said]:
        if asks(datagram, interfaces.IF_ADMIN_STATUS):  # the table's last column
            rows_of.append(community_asked(datagram).repetitions)
        return () if len(rows_of) > 1 else [Said(community_agent(held_by(at, MANY_ROWS))(datagram))]

    async def story(client: EngineClient) -> None:
        device = replace(lab_plan.devices["68-22945-SW-001"], address=IPv4Address(FEW[0]))
        session = client.session(device.address, deadline_seconds=0.5)
        reading = await read_device(session, device, slow=SlowTables(), clock=lambda: datetime.now(UTC))
        assert isinstance(reading.interfaces, Partial)
        assert 0 < len(reading.interfaces.read) == rows_of[0] < MANY_ROWS
        assert reading.interfaces.fault.detail == "table interfaces: not read within 0.5 s"

    run(answer, story)


def test_a_deadline_holds_for_who_waits_for_a_place_too() -> None:
    async def story(client: EngineClient) -> None:
        client._engine._window = 1
        first = asyncio.create_task(name(client, FEW[0]))
        await stage.until(lambda: stage.asked[FEW[0]] == 1)
        waiting = client.session(IPv4Address(FEW[1]), deadline_seconds=0.2)
        second = asyncio.create_task(waiting.get([system.SYS_NAME]))
        done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
        assert done == {second}
        assert second.result() == Fault(Failure.NO_ANSWER, "not read within 0.2 s")
        assert waiting.packets == 0
        first.cancel()

    stage = Stage(silently)
    run(stage, story, timeout=1.0)
