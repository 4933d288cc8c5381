"""A switch that lies: it is read as far as it goes, and each table that is missing says why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from snmp_asking import PATIENT, SHORT
from snmp_lies import COLUMN, UP, Lie, bad, hear, row, rows, saying
from snmp_messages import Varbind, column, community_asked, community_message, integer, mib, octets, pdu
from snmp_real import HOST

from collectors.snmp.ber import END_OF_MIB_VIEW, OBJECT_ID, TIME_TICKS, encode_oid
from collectors.snmp.client import Oid
from collectors.snmp.engine_client import EngineSession
from collectors.snmp.reading import DeviceReading, read_device
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables import bridge, interfaces, lldp, system, vlans
from collectors.snmp.tables.interfaces import Interface, Interfaces
from collectors.snmp.tables.neighbourhood import Neighbourhood
from collectors.snmp.tables.value import Partial
from ledger.observation import Failure
from ledger.plan import Plan

LAST: Oid = (2, 100)
BEYOND_ALL: Varbind = (LAST, *UP)
SCALARS = (system.SYS_OBJECT_ID, system.SYS_UP_TIME, system.SYS_NAME)
NAMED: Varbind = (system.SYS_NAME, *octets(b"switch"))


def switch(lies: Mapping[Oid, Lie], *tables: dict[Oid, tuple[int, bytes]]) -> Callable[[bytes], Iterable[bytes]]:
    """A switch that is honest but for some columns."""
    honest = mib(
        {
            system.SYS_OBJECT_ID: (OBJECT_ID, encode_oid((1, 3, 6, 1, 4, 1, 9))),
            system.SYS_UP_TIME: (TIME_TICKS, b"\1\0"),
            system.SYS_NAME: octets(b"switch"),
            LAST: UP,
        },
        *tables,
    )

    def answer(datagram: bytes) -> Iterable[bytes]:
        asked = community_asked(datagram)
        lie = next((lie for oid, lie in lies.items() if asked.oids[0][: len(oid)] == oid), None)
        reply = community_message(pdu(asked.number, honest(asked))) if lie is None else lie(asked)
        return [] if reply is None else [reply]

    return answer


PORTS = (
    column(interfaces.IF_NAME, [octets(b"p1"), octets(b"p2"), octets(b"p3")]),
    column(interfaces.IF_OPER_STATUS, [UP] * 3),
    column(interfaces.IF_ADMIN_STATUS, [UP] * 3),
)
MAC = (2, 104, 0, 32, 0, 1)
BRIDGE = (
    column(bridge.BASE_PORT_IF_INDEX, [UP]),
    {(*bridge.Q_TP_FDB_PORT, 10, *MAC): UP, (*bridge.Q_TP_FDB_STATUS, 10, *MAC): integer(3)},
)
LLDP = (
    column(lldp.LOC_PORT_ID, [octets(b"p1")]),
    {(*lldp.REM_CHASSIS_ID_SUBTYPE, 0, 1, 1): integer(4), (*lldp.REM_CHASSIS_ID, 0, 1, 1): octets(bytes(6))},
)
VLAN = (
    {(*vlans.VLAN_STATIC_NAME, 10): octets(b"ten"), (*vlans.VLAN_STATIC_NAME, 20): octets(b"twenty")},
    {(*vlans.VLAN_STATIC_ROW_STATUS, 10): integer(1), (*vlans.VLAN_STATIC_ROW_STATUS, 20): integer(2)},
)


def read_switch(lab_plan: Plan, lies: Mapping[Oid, Lie], timeout: float = PATIENT) -> DeviceReading:
    device = replace(lab_plan.devices["68-22945-SW-001"], address=HOST)
    answer = switch(lies, *PORTS, *BRIDGE, *LLDP, *VLAN)

    async def question(session: EngineSession) -> DeviceReading:
        return await read_device(session, device, slow=SlowTables(), clock=lambda: datetime.now(UTC))

    return hear(answer, question, timeout)[0]


Told = tuple[object, ...]


def told(reading: DeviceReading) -> Told:
    """What was read of its tables; ports as a list, neighbours by their chassis."""
    read = reading.interfaces
    ports = (
        (list(read.read), read.fault)
        if isinstance(read, Partial)
        else list(read)
        if isinstance(read, Interfaces)
        else read
    )
    heard = reading.neighbours
    chassis = [remote.chassis_id for remote in heard.heard] if isinstance(heard, Neighbourhood) else heard
    return ports, chassis, reading.forwarding, reading.vlans


def port(number: int) -> Interface:
    return Interface(number, f"p{number}", is_up=True, is_enabled=True)


ALL_PORTS = [port(1), port(2), port(3)]
NEIGHBOURS = ["00:00:00:00:00:00"]
FORWARDING = (bridge.ForwardingEntry("02:68:00:20:00:01", 10, 1),)
VLANS = frozenset({10})


def two_rows_then(lie: Lie) -> Lie:
    """Of ifOperStatus."""
    return lambda asked: saying(*rows(1, 2))(asked) if asked.oids == (COLUMN,) else lie(asked)


@pytest.mark.parametrize(
    ("lies", "expected"),
    [
        ({}, (ALL_PORTS, NEIGHBOURS, FORWARDING, VLANS)),
        (
            {
                COLUMN: two_rows_then(saying(status=5)),
                lldp.REM_CHASSIS_ID: saying(((*lldp.REM_CHASSIS_ID, 0, 1, 1), *UP), BEYOND_ALL),
                bridge.Q_TP_FDB_PORT: saying(((*bridge.Q_TP_FDB_PORT, 10, 300, *MAC[1:]), *UP), BEYOND_ALL),
                vlans.VLAN_STATIC_ROW_STATUS: saying(((*vlans.VLAN_STATIC_ROW_STATUS, 10), *octets(b"up")), BEYOND_ALL),
            },
            (
                ([port(1), port(2)], bad("table interfaces: the agent answered error status 5")),
                bad("table neighbours: expected octets, got int"),
                bad("table forwarding: an index of octets holds more than a byte in one part"),
                bad("table vlans: expected an integer, got bytes"),
            ),
        ),
        (
            {
                COLUMN: saying(row(1), row(2), BEYOND_ALL),
                lldp.LOC_PORT_ID: saying((LAST, END_OF_MIB_VIEW, b"")),
                bridge.Q_TP_FDB_PORT: saying(
                    ((*bridge.Q_TP_FDB_PORT, 10, *MAC), *UP), ((*bridge.Q_TP_FDB_PORT, 9), *UP)
                ),
                vlans.VLAN_STATIC_NAME: saying(((*vlans.VLAN_STATIC_NAME, 10), 0x47, b"")),
            },
            (
                [port(1), port(2)],  # RFC 2863: one without a state is being created
                bad("table neighbours: the agent has no LLDP-MIB"),
                bad("table forwarding: the agent's OIDs do not increase"),
                bad("table vlans: a value of the unknown type 0x47"),
            ),
        ),
    ],
    ids=["honest", "errors and wrong types", "short tables and disorder"],
)
def test_a_switch_that_lies_is_read_as_far_as_it_goes_and_each_table_says_why(
    lab_plan: Plan, lies: Mapping[Oid, Lie], expected: Told
) -> None:
    assert told(read_switch(lab_plan, lies)) == expected


def test_a_switch_that_falls_silent_is_not_asked_on(lab_plan: Plan) -> None:
    reading = read_switch(lab_plan, {COLUMN: two_rows_then(lambda _asked: None)}, SHORT)
    silence = "no answer over SNMPv2c; a wrong community looks the same"
    not_asked = "not asked, the device had fallen silent"
    assert [(fault.failure, fault.detail) for fault in reading.table_faults] == [
        (Failure.NO_ANSWER, f"table interfaces: {silence}"),
        (Failure.NO_ANSWER, f"table neighbours: {not_asked}"),
        (Failure.NO_ANSWER, f"table forwarding: {not_asked}"),
        (Failure.NO_ANSWER, f"table vlans: {not_asked}"),
    ]


@pytest.mark.parametrize(
    ("scalars", "detail"),
    [
        ((NAMED,), "system: the agent has no 1.3.6.1.2.1.1.2.0, 1.3.6.1.2.1.1.3.0"),
        (((SCALARS[0], *UP), (SCALARS[1], *UP), NAMED), "system: sysObjectID is no object identifier"),
        (
            ((SCALARS[0], OBJECT_ID, b"\x2b"), (SCALARS[1], *octets(b"long")), NAMED),
            "system: expected an integer, got bytes",
        ),
        (
            ((SCALARS[0], OBJECT_ID, b"\x2b"), (SCALARS[1], *UP), (SCALARS[2], *UP)),
            "system: expected octets, got int",
        ),
        (((SCALARS[0], OBJECT_ID, b"\x2b\x80\x01"),), "a sub-identifier is padded"),
    ],
)
def test_a_switch_whose_system_group_makes_no_sense_is_asked_for_nothing_else(
    lab_plan: Plan, scalars: Sequence[Varbind], detail: str
) -> None:
    reading = read_switch(lab_plan, {system.SYS_OBJECT_ID: saying(*scalars)})
    assert (reading.system, told(reading)) == (bad(detail), (None, None, None, None))
