"""What is asked of a device, and what is kept of an answer that breaks off."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.reading import TABLES, DeviceReading, read_device
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables import arp, bgp, bridge, interfaces, lldp, system
from collectors.snmp.tables.value import Partial
from ledger.observation import Failure
from ledger.plan import Plan, Role

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
SYSTEM: Mapping[Oid, Value] = {system.SYS_OBJECT_ID: (1, 3), system.SYS_UP_TIME: 100, system.SYS_NAME: b"x"}
SILENT = Fault(Failure.NO_ANSWER, "silent")
DEVICES = {
    Role.PROVINCE_SERVER: "68-TTDL-SV-001",
    Role.POP: "68-POP-RT-001",
    Role.CPE: "68-22945-RT-001",
    Role.ACCESS_SWITCH: "68-22945-SW-001",
}
Played = Mapping[Oid, Value] | Fault
ROWS: Mapping[Oid, Played] = {
    interfaces.IF_NAME: {(1,): b"up0"},
    interfaces.IF_OPER_STATUS: {(1,): 1},
    interfaces.IF_ADMIN_STATUS: {(1,): 1},
    lldp.LOC_PORT_ID: {(1,): b"up0"},
    bridge.BASE_PORT_IF_INDEX: {(1,): 1},
    bgp.LOCAL_AS: {(0,): 65068},
}
UP0 = (interfaces.Interface(1, "up0", is_up=True, is_enabled=True),)


def column_of(played: Played) -> Column:
    if isinstance(played, Column | Fault):
        return played if isinstance(played, Column) else Column(fault=played)
    return Column(tuple(played), tuple(played.values()))


class Agent:
    """A Session that plays one device: `columns` gives what it answers, by column."""

    packets = 0

    def __init__(self, played: Mapping[Oid, Played], values: Mapping[Oid, Value] | Fault = SYSTEM) -> None:
        self.played = played
        self.values = values
        self.asked: list[Oid] = []

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        if isinstance(self.values, Fault):
            return self.values
        return {oid: value for oid, value in self.values.items() if oid in oids}

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        self.asked += oids
        return {oid: column_of(self.played.get(oid, {})) for oid in oids}


def read(plan: Plan, agent: Agent, role: Role, slow: SlowTables | None = None) -> DeviceReading:
    device = plan.devices[DEVICES[role]]
    reading = asyncio.run(read_device(agent, device, slow=slow or SlowTables(), clock=lambda: NOW))
    assert (reading.device, reading.at) == (device.id, NOW)
    return reading


@pytest.mark.parametrize("role", DEVICES)
def test_a_device_is_asked_for_the_tables_of_its_role_and_no_others(lab_plan: Plan, role: Role) -> None:
    reading = read(lab_plan, Agent(ROWS), role)
    names = ("interfaces", "neighbours", "forwarding", "vlans", "arp", "peers")
    assert {name for name in names if getattr(reading, name) is not None} == set(TABLES[role])
    assert reading.table_faults == ()


def test_the_older_table_is_asked_only_where_the_newer_is_empty(lab_plan: Plan) -> None:
    agent = Agent(ROWS)
    assert read(lab_plan, agent, Role.ACCESS_SWITCH).forwarding == ()
    assert bridge.TP_FDB_PORT in agent.asked
    mac = (2, 104, 0, 32, 0, 1)
    newer = Agent({**ROWS, bridge.Q_TP_FDB_PORT: {(10, *mac): 1}})
    entries = (bridge.ForwardingEntry("02:68:00:20:00:01", 10, 1),)
    assert read(lab_plan, newer, Role.ACCESS_SWITCH).forwarding == entries
    assert bridge.TP_FDB_PORT not in newer.asked


def test_a_device_that_gives_no_proper_answer_is_asked_nothing_more(lab_plan: Plan) -> None:
    agent = Agent({}, values=Fault(Failure.AUTH_FAILED, "refused"))
    assert read(lab_plan, agent, Role.CPE) == DeviceReading(
        device="68-22945-RT-001", at=NOW, system=Fault(Failure.AUTH_FAILED, "refused")
    )
    assert agent.asked == []


def test_a_system_group_without_a_name_is_a_bad_reply(lab_plan: Plan) -> None:
    found = read(lab_plan, Agent({}, values={}), Role.CPE).system
    assert isinstance(found, Fault)
    assert found.failure is Failure.BAD_REPLY


def test_a_refused_table_is_named_and_the_others_are_read(lab_plan: Plan) -> None:
    agent = Agent({**ROWS, lldp.REM_CHASSIS_ID: Fault(Failure.BAD_REPLY, "the agent answered error status 5")})
    reading = read(lab_plan, agent, Role.POP)
    assert tuple(cast("interfaces.Interfaces", reading.interfaces)) == UP0
    assert reading.neighbours == Fault(Failure.BAD_REPLY, "table neighbours: the agent answered error status 5")
    assert (reading.peers, reading.arp) == ({}, ())


def test_a_table_that_makes_no_sense_is_a_bad_reply_that_names_it(lab_plan: Plan) -> None:
    agent = Agent({**ROWS, bgp.PEER_STATE: {(10, 68, 2, 2): 9}, arp.MEDIA_ADDRESS: {(1,): b"123456"}})
    reading = read(lab_plan, agent, Role.POP)
    assert [(fault.failure, fault.detail.split(":")[0]) for fault in reading.table_faults] == [
        (Failure.BAD_REPLY, "table arp"),
        (Failure.BAD_REPLY, "table peers"),
    ]


def test_a_table_that_breaks_off_keeps_the_rows_that_all_its_columns_have(lab_plan: Plan) -> None:
    broken = Fault(Failure.BAD_REPLY, "the agent's OIDs do not increase")
    macs = [(10, 2, 104, 0, 32, 0, number) for number in (1, 2, 3)]
    played: dict[Oid, Played] = {
        **ROWS,
        bridge.Q_TP_FDB_PORT: Column(tuple(macs), (1, 1, 1)),
        bridge.Q_TP_FDB_STATUS: Column(tuple(macs[:2]), (3, 3), broken),
    }
    found = read(lab_plan, Agent(played), Role.ACCESS_SWITCH)
    named = Fault(Failure.BAD_REPLY, "table forwarding: the agent's OIDs do not increase")
    entries = tuple(bridge.ForwardingEntry(f"02:68:00:20:00:0{number}", 10, 1) for number in (1, 2))
    assert found.forwarding == Partial(entries, named)
    assert found.table_faults == (named,)


def test_a_table_whose_index_breaks_off_is_no_table(lab_plan: Plan) -> None:
    played: dict[Oid, Played] = {**ROWS, bridge.BASE_PORT_IF_INDEX: Column(((1,),), (1,), SILENT)}
    found = read(lab_plan, Agent(played), Role.ACCESS_SWITCH)
    assert found.forwarding == Fault(Failure.NO_ANSWER, "table forwarding: silent")


def test_names_are_asked_for_once_and_again_when_the_device_says_that_they_changed(lab_plan: Plan) -> None:
    slow = SlowTables()
    asked = []
    for values in (SYSTEM, SYSTEM, {**SYSTEM, interfaces.IF_TABLE_LAST_CHANGE: 5}):
        agent = Agent(ROWS, values)
        assert tuple(cast("interfaces.Interfaces", read(lab_plan, agent, Role.CPE, slow).interfaces)) == UP0
        asked.append(interfaces.IF_NAME in agent.asked)
    assert asked == [True, False, True]


def test_names_are_asked_for_again_at_once_where_another_port_is_there(lab_plan: Plan) -> None:
    slow = SlowTables()
    read(lab_plan, Agent(ROWS), Role.CPE, slow)
    more: dict[Oid, Played] = {
        **ROWS,
        interfaces.IF_NAME: {(1,): b"up0", (2,): b"p1"},
        interfaces.IF_OPER_STATUS: {(1,): 1, (2,): 2},
        interfaces.IF_ADMIN_STATUS: {(1,): 1, (2,): 1},
    }
    found = cast("interfaces.Interfaces", read(lab_plan, Agent(more), Role.CPE, slow).interfaces)
    assert [port.name for port in found] == ["up0", "p1"]


def test_a_reading_is_dated_by_the_first_reply(lab_plan: Plan) -> None:
    ticks = iter(NOW + timedelta(seconds=n) for n in range(100))
    clock: Callable[[], datetime] = lambda: next(ticks)  # noqa: E731 - a clock that shows when it was looked at
    device = lab_plan.devices["68-22945-SW-001"]
    reading = asyncio.run(read_device(Agent(ROWS), device, slow=SlowTables(), clock=clock))
    assert reading.at == NOW + timedelta(seconds=1)
