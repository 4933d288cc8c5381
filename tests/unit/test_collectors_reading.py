"""What is asked of a device, and what is kept of an answer that breaks off."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.reading import TABLES, DeviceReading, read_device
from collectors.snmp.tables import arp, bgp, bridge, interfaces, lldp, system, vlans
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
ROWS: Mapping[Oid, Column] = {
    interfaces.IF_NAME: {(1,): b"up0"},
    interfaces.IF_OPER_STATUS: {(1,): 1},
    interfaces.IF_ADMIN_STATUS: {(1,): 1},
    lldp.LOC_PORT_ID: {(1,): b"up0"},
    bridge.BASE_PORT_IF_INDEX: {(1,): 1},
    bgp.LOCAL_AS: {(0,): 65068},
}
UP0 = (interfaces.Interface(1, "up0", is_up=True, is_enabled=True),)


class Agent:
    """An SnmpClient that plays one device: `columns` gives what it answers, and may answer nothing for ever."""

    def __init__(
        self, columns: Mapping[Oid, Column | Fault], values: Mapping[Oid, Value] | Fault = SYSTEM, mute: Oid = ()
    ) -> None:
        self.columns = columns
        self.values = values
        self.mute = mute
        self.asked: list[Oid] = []
        self.addresses: set[IPv4Address] = set()

    async def get(self, address: IPv4Address, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        self.addresses.add(address)
        if self.mute in oids:
            await asyncio.Event().wait()
        return self.values

    async def walk(self, address: IPv4Address, column: Oid) -> Column | Fault:
        self.addresses.add(address)
        self.asked.append(column)
        if column == self.mute:
            await asyncio.Event().wait()
        return self.columns.get(column, {})


def read(plan: Plan, agent: Agent, role: Role, deadline_seconds: float = 60.0) -> DeviceReading:
    device = plan.devices[DEVICES[role]]
    reading = asyncio.run(read_device(agent, device, clock=lambda: NOW, deadline_seconds=deadline_seconds))
    assert (reading.device, reading.at) == (device.id, NOW)
    assert agent.addresses == {device.address}
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
    assert reading.interfaces == UP0
    assert reading.neighbours == Fault(Failure.BAD_REPLY, "table neighbours: the agent answered error status 5")
    assert (reading.peers, reading.arp) == ({}, ())


def test_a_table_that_makes_no_sense_is_a_bad_reply_that_names_it(lab_plan: Plan) -> None:
    agent = Agent({**ROWS, bgp.PEER_STATE: {(10, 68, 2, 2): 9}, arp.MEDIA_ADDRESS: {(1,): b"123456"}})
    reading = read(lab_plan, agent, Role.POP)
    assert [(fault.failure, fault.detail.split(":")[0]) for fault in reading.table_faults] == [
        (Failure.BAD_REPLY, "table arp"),
        (Failure.BAD_REPLY, "table peers"),
    ]


def test_a_device_that_falls_silent_is_not_waited_for_table_by_table(lab_plan: Plan) -> None:
    agent = Agent({**ROWS, lldp.LOC_PORT_ID: SILENT})
    reading = read(lab_plan, agent, Role.ACCESS_SWITCH)
    assert reading.interfaces == UP0
    assert [fault.detail.split(":")[0] for fault in reading.table_faults] == [
        "table neighbours",
        "table forwarding",
        "table vlans",
    ]
    assert {fault.failure for fault in reading.table_faults} == {Failure.NO_ANSWER}
    assert agent.asked == [*interfaces.INTERFACES.columns, lldp.LOC_PORT_ID]


def test_what_the_deadline_cuts_off_is_named_and_what_was_read_stays(lab_plan: Plan) -> None:
    agent = Agent(ROWS, mute=vlans.VLAN_STATIC_NAME)
    reading = read(lab_plan, agent, Role.ACCESS_SWITCH, deadline_seconds=0)
    assert (reading.interfaces, reading.neighbours, reading.forwarding) == (UP0, (), ())
    assert reading.vlans == Fault(Failure.NO_ANSWER, "table vlans: not read within 0 s")


def test_a_device_that_says_nothing_within_the_deadline_does_not_answer(lab_plan: Plan) -> None:
    reading = read(lab_plan, Agent({}, mute=system.SYS_NAME), Role.CPE, deadline_seconds=0)
    assert reading.system == Fault(Failure.NO_ANSWER, "not read within 0 s")
    assert reading.table_faults == ()


def test_a_reading_is_dated_by_the_first_reply(lab_plan: Plan) -> None:
    ticks = iter(NOW + timedelta(seconds=n) for n in range(100))
    clock: Callable[[], datetime] = lambda: next(ticks)  # noqa: E731 - a clock that shows when it was looked at
    device = lab_plan.devices["68-22945-SW-001"]
    reading = asyncio.run(read_device(Agent(ROWS), device, clock=clock, deadline_seconds=60))
    assert reading.at == NOW
