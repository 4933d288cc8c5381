"""Makers' own readings: rows as their devices sent them, and what is read from them."""

from collections.abc import Mapping

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import (
    health_cisco,
    health_fortinet,
    health_h3c,
    health_huawei,
    health_juniper,
    health_mikrotik,
    health_ruijie,
)
from collectors.snmp.tables.entity import ENT_PHYSICAL_CLASS, ENT_PHYSICAL_NAME
from collectors.snmp.tables.interfaces import IF_NAME
from collectors.snmp.tables.sensors import Kind, Sensor, Unit
from collectors.snmp.tables.value import BadValue, Table

Rows = Mapping[Oid, Mapping[Oid, Value]]
Sensors = tuple[Sensor, ...]


def ok(name: str, kind: Kind) -> Sensor:
    return Sensor(name, kind, 1.0, Unit.STATE)


def broken(name: str, kind: Kind) -> Sensor:
    return Sensor(name, kind, 0.0, Unit.STATE)


def cpu(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.CPU, value, Unit.RATIO)


def memory(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.MEMORY, value, Unit.RATIO)


def celsius(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.TEMPERATURE, value, Unit.CELSIUS)


def volts(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.VOLTAGE, value, Unit.VOLTS)


def amperes(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.CURRENT, value, Unit.AMPERES)


def light(name: str, value: float) -> Sensor:
    return Sensor(name, Kind.OPTICAL_POWER, value, Unit.DBM)


C, H, J, F, M, R = health_cisco, health_huawei, health_juniper, health_fortinet, health_mikrotik, health_ruijie
H3C_ENTITY: Oid = (*health_h3c.HH3C, *health_h3c.STATE_ENTRY)
CASES: list[tuple[Table[Sensors] | None, Rows, Sensors]] = [
    (
        C.CPU,
        {
            C.CPM_CPU_TOTAL_PHYSICAL_INDEX: {(1,): 3017, (2,): 0},
            C.CPM_CPU_TOTAL_5MIN: {(1,): 70, (2,): 20},
            C.CPM_CPU_TOTAL_5MIN_REV: {(1,): 71, (2,): 21},
            ENT_PHYSICAL_NAME: {(3017,): b"Routing Processor 5"},
        },
        (cpu("Routing Processor 5", 0.71), cpu("CPU 2", 0.21)),
    ),
    (C.CPU, {C.CPM_CPU_TOTAL_5MIN: {(1,): 100}}, (cpu("CPU 1", 1.0),)),
    (
        C.MEMORY,
        {
            C.CEMP_MEM_POOL_NAME: {(7000, 1): b"Processor"},
            C.CEMP_MEM_POOL_USED: {(7000, 1): 0xFFFFFFFF},
            C.CEMP_MEM_POOL_FREE: {(7000, 1): 0},
            C.CEMP_MEM_POOL_HC_USED: {(7000, 1): 6 << 30},
            C.CEMP_MEM_POOL_HC_FREE: {(7000, 1): 2 << 30},
            ENT_PHYSICAL_NAME: {(7000,): b"Switch 1"},
        },
        (memory("Switch 1 Processor", 0.75),),
    ),
    (
        C.MEMORY.fallback,
        {
            C.MEMORY_POOL_NAME: {(1,): b"Processor", (3,): b"empty"},
            C.MEMORY_POOL_USED: {(1,): 30, (2,): 1, (3,): 0, (4,): 5},
            C.MEMORY_POOL_FREE: {(1,): 70, (2,): 1, (3,): 0},
        },
        (memory("Processor", 0.3), memory("pool 2", 0.5)),
    ),
    (
        C.ENVIRONMENT,
        {
            C.ENV_TEMPERATURE_DESCR: {(1005,): b"SW#1, Sensor#1, YELLOW "},
            C.ENV_TEMPERATURE_VALUE: {(1005,): 61},
            C.ENV_VOLTAGE_VALUE: {(2,): 3312},
            C.ENV_FAN_DESCR: {(1004,): b"Switch#1, Fan#1"},
            C.ENV_FAN_STATE: {(1004,): 1, (1006,): 5},
            C.ENV_SUPPLY_STATE: {(1003,): 3},
        },
        (
            celsius("SW#1, Sensor#1, YELLOW", 61.0),
            volts("2", 3.312),
            ok("Switch#1, Fan#1", Kind.FAN),
            broken("1003", Kind.SUPPLY),
        ),
    ),
    (
        H.BOARDS,
        {
            ENT_PHYSICAL_NAME: {(9,): b"MPU Board 0"},
            H.HW_ENTITY_CPU_USAGE: {(3,): 0, (9,): 38},
            H.HW_ENTITY_MEM_USAGE: {(3,): 0, (9,): 7},
            H.HW_ENTITY_TEMPERATURE: {(3,): 0, (9,): 42, (10,): 2147483647},
        },
        (cpu("MPU Board 0", 0.38), memory("MPU Board 0", 0.07), celsius("MPU Board 0", 42.0)),
    ),
    (
        H.FANS,
        {
            H.HW_ENTITY_FAN_PRESENT: {(0, 7): 1, (0, 8): 2},
            H.HW_ENTITY_FAN_STATE: {(0, 7): 1, (0, 8): 2, (0, 9): 2},
        },
        (ok("fan 0/7", Kind.FAN), broken("fan 0/9", Kind.FAN)),
    ),
    (
        H.OPTICS,
        {
            ENT_PHYSICAL_NAME: {(1,): b"GigabitEthernet4/0/1"},
            H.HW_ENTITY_OPTICAL_TEMPERATURE: {(1,): 25, (2,): -255},
            H.HW_ENTITY_OPTICAL_VOLTAGE: {(1,): 3386, (2,): -1},
            H.HW_ENTITY_OPTICAL_RX_POWER: {(1,): -801, (2,): -1},
            H.HW_ENTITY_OPTICAL_TX_POWER: {(1,): 125, (2,): -1},
        },
        (
            celsius("GigabitEthernet4/0/1 temperature", 25.0),
            volts("GigabitEthernet4/0/1 voltage", 3.386),
            light("GigabitEthernet4/0/1 rx power", -8.01),
            light("GigabitEthernet4/0/1 tx power", 1.25),
        ),
    ),
    (
        H.OPTICS,
        {
            H.HW_ENTITY_OPTICAL_VOLTAGE: {(1,): 3312, (2,): 3300},
            H.HW_ENTITY_OPTICAL_RX_POWER: {(1,): 331, (2,): 0},
            H.HW_ENTITY_OPTICAL_TX_POWER: {(1,): -1},
        },
        (
            volts("entity 1 voltage", 3.312),
            light("entity 1 rx power", -4.8),
            volts("entity 2 voltage", 3.3),
            light("entity 2 rx power", -40.0),
        ),
    ),
    (
        health_h3c.ENTITIES,
        {
            ENT_PHYSICAL_NAME: {(1,): b"Board 0", (2,): b"PSU2", (3,): b"FAN1"},
            ENT_PHYSICAL_CLASS: {(1,): 9, (2,): 6, (3,): 7, (4,): 6},
            (*H3C_ENTITY, health_h3c.CPU_USAGE): {(1,): 24, (2,): 0},
            (*H3C_ENTITY, health_h3c.MEM_USAGE): {(1,): 55, (2,): 0},
            (*H3C_ENTITY, health_h3c.TEMPERATURE): {(1,): 31, (2,): 65535},
            (*H3C_ENTITY, health_h3c.ERROR_STATUS): {(1,): 2, (2,): 51, (3,): 2, (4,): 4},
        },
        (
            cpu("Board 0", 0.24),
            memory("Board 0", 0.55),
            celsius("Board 0", 31.0),
            broken("PSU2", Kind.SUPPLY),
            ok("FAN1", Kind.FAN),
        ),
    ),
    (
        health_h3c.TRANSCEIVERS,
        {
            IF_NAME: {(1,): b"XGE1/0/0/1"},
            health_h3c.TRANSCEIVER_RX_POWER: {(1,): -254, (2,): 2147483647},
            health_h3c.TRANSCEIVER_TX_POWER: {(1,): -229},
            health_h3c.TRANSCEIVER_TEMPERATURE: {(1,): 37},
            health_h3c.TRANSCEIVER_VOLTAGE: {(1,): 334},
            health_h3c.TRANSCEIVER_BIAS_CURRENT: {(1,): 536},
        },
        (
            light("XGE1/0/0/1 rx power", -2.54),
            light("XGE1/0/0/1 tx power", -2.29),
            celsius("XGE1/0/0/1 temperature", 37.0),
            volts("XGE1/0/0/1 voltage", 3.34),
            amperes("XGE1/0/0/1 bias current", 0.00536),
        ),
    ),
    (
        J.OPERATING,
        {
            J.JNX_OPERATING_DESCR: {(2, 1, 0, 0): b"PEM 0", (4, 1, 0, 0): b"Top Fan Tray", (9, 1, 0, 0): b"RE 0"},
            J.JNX_OPERATING_STATE: {(2, 1, 0, 0): 6, (4, 1, 0, 0): 2, (9, 1, 0, 0): 2},
            J.JNX_OPERATING_TEMP: {(2, 1, 0, 0): 35, (4, 1, 0, 0): 0},
            J.JNX_OPERATING_CPU: {(2, 1, 0, 0): 0, (9, 1, 0, 0): 0},
            J.JNX_OPERATING_BUFFER: {(9, 1, 0, 0): 8},
            J.JNX_OPERATING_MEMORY: {(2, 1, 0, 0): 0, (9, 1, 0, 0): 16351},
        },
        (
            celsius("PEM 0", 35.0),
            cpu("RE 0", 0.0),
            memory("RE 0", 0.08),
            broken("PEM 0", Kind.SUPPLY),
            ok("Top Fan Tray", Kind.FAN),
        ),
    ),
    (
        J.OPTICS,
        {
            IF_NAME: {(550,): b"ge-0/0/1"},
            J.JNX_DOM_RX_POWER: {(550,): -865, (551,): 0},
            J.JNX_DOM_TX_POWER: {(550,): -206},
            J.JNX_DOM_TX_BIAS_CURRENT: {(550,): 5381},
            J.JNX_DOM_TEMPERATURE: {(550,): 22},
        },
        (
            light("ge-0/0/1 rx power", -8.65),
            light("ge-0/0/1 tx power", -2.06),
            amperes("ge-0/0/1 bias current", 0.005381),
            celsius("ge-0/0/1 temperature", 22.0),
        ),
    ),
    (
        J.OPTICS,
        {J.JNX_DOM_RX_POWER: {(550,): 1755, (551,): 754}, J.JNX_DOM_TX_POWER: {(550,): -206}},
        (light("550 tx power", -2.06),),
    ),
    (J.OPTICS, {J.JNX_DOM_RX_POWER: {(550,): 1000}}, (light("550 rx power", 10.0),)),
    (
        F.SYSTEM,
        {F.FG_SYS_CPU_USAGE: {(0,): 5}, F.FG_SYS_MEM_USAGE: {(0,): 19}},
        (cpu("CPU", 0.05), memory("memory", 0.19)),
    ),
    (
        F.SENSORS,
        {
            F.FG_HW_SENSOR_ENT_NAME: {
                (1,): b"MAC_1.025V",
                (2,): b"CPU 0 Core 0",
                (3,): b"PS1 Fan 1",
                (4,): b"PS1 VIN",
                (5,): b"PS1 Status",
                (6,): b"TP Module",
                (7,): b"TD1",
                (8,): b"PS2 Status",
                (9,): b"DTS CPU0",
            },
            F.FG_HW_SENSOR_ENT_VALUE: {
                (1,): b"1.0368",
                (2,): b"50",
                (3,): b"4480",
                (4,): b"218",
                (5,): b"0",
                (6,): b"-1",
                (7,): b"N/A",
                (8,): b"1",
                (9,): b"53",
            },
        },
        (
            volts("MAC_1.025V", 1.0368),
            celsius("CPU 0 Core 0", 50.0),
            Sensor("PS1 Fan 1", Kind.FAN, 4480.0, Unit.RPM),
            volts("PS1 VIN", 218.0),
            ok("PS1 Status", Kind.SUPPLY),
            broken("PS2 Status", Kind.SUPPLY),
            celsius("DTS CPU0", 53.0),
        ),
    ),
    (
        M.HEALTH,
        {
            M.MTXR_GAUGE_NAME: {(14,): b"cpu-temperature", (7001,): b"fan1-speed", (13,): b"voltage"},
            M.MTXR_GAUGE_VALUE: {(13,): 241, (14,): 45, (7001,): 4500, (15,): 2, (16,): 35, (17,): 0, (18,): 9},
            M.MTXR_GAUGE_UNIT: {(13,): 3, (14,): 1, (7001,): 2, (15,): 4, (16,): 5, (17,): 6, (18,): 7},
        },
        (
            volts("voltage", 24.1),
            celsius("cpu-temperature", 45.0),
            Sensor("fan1-speed", Kind.FAN, 4500.0, Unit.RPM),
            amperes("15", 0.2),
            Sensor("16", Kind.POWER, 3.5, Unit.WATTS),
            ok("17", Kind.STATE),
        ),
    ),
    (
        M.HEALTH.fallback,
        {M.MTXR_HL_VOLTAGE: {(0,): 241}, M.MTXR_HL_TEMPERATURE: {(0,): 350}, M.MTXR_HL_CURRENT: {(0,): 0}},
        (volts("voltage", 24.1), celsius("temperature", 35.0)),
    ),
    (
        M.OPTICS,
        {
            M.MTXR_OPTICAL_NAME: {(1,): b"sfp1", (2,): b"sfp2"},
            M.MTXR_OPTICAL_RX_POWER: {(1,): -5100, (2,): 0},
            M.MTXR_OPTICAL_TX_POWER: {(1,): -2400, (2,): 0},
            M.MTXR_OPTICAL_SUPPLY_VOLTAGE: {(1,): 3300, (2,): 0},
        },
        (light("sfp1 rx power", -5.1), light("sfp1 tx power", -2.4), volts("sfp1 voltage", 3.3)),
    ),
    (
        R.NODES,
        {
            R.RUIJIE_CPU_UTILIZATION_5MIN: {(0,): 99},
            R.RUIJIE_NODE_CPU_NAME: {(1,): b"Slot 1/0: M18000-WS-ED, Cpu 0"},
            R.RUIJIE_NODE_CPU_UTILIZATION_5MIN: {(1,): 8},
            R.RUIJIE_NODE_MEMORY_UTILIZATION: {(1,): 47, (2,): 0},
        },
        (cpu("Slot 1/0: M18000-WS-ED, Cpu 0", 0.08), memory("1", 0.47)),
    ),
    (R.NODES, {R.RUIJIE_CPU_UTILIZATION_5MIN: {(0,): 37}}, (cpu("CPU", 0.37),)),
    (
        R.ENVIRONMENT,
        {
            R.RUIJIE_TEMPERATURE_NAME: {(1,): b"switch 1 M1", (2,): b"switch 1 FE3:invalid"},
            R.RUIJIE_TEMPERATURE_CURRENT: {(1,): 38, (2,): 5, (3,): 0},
            R.RUIJIE_SUPPLY_NAME: {(1,): b"Power supply 1"},
            R.RUIJIE_SUPPLY_STATE: {(1,): 4, (2,): 1, (3,): 6, (4,): 2},
            R.RUIJIE_FAN_STATE: {(1,): 5},
        },
        (
            celsius("switch 1 M1", 38.0),
            ok("Power supply 1", Kind.SUPPLY),
            broken("4", Kind.SUPPLY),
            broken("1", Kind.FAN),
        ),
    ),
]


@pytest.mark.parametrize(("table", "rows", "expected"), CASES)
def test_readings_of_a_maker(table: Table[Sensors] | None, rows: Rows, expected: Sensors) -> None:
    assert table is not None
    assert from_rows(table, rows) == expected


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (C.CPU, {C.CPM_CPU_TOTAL_5MIN: {(1, 2): 5}}),
        (C.CPU, {C.CPM_CPU_TOTAL_5MIN: {(1,): b"5"}}),
        (C.MEMORY, {C.CEMP_MEM_POOL_USED: {(1,): 5}}),
        (C.ENVIRONMENT, {C.ENV_FAN_STATE: {(1,): b"1"}}),
        (H.BOARDS, {H.HW_ENTITY_CPU_USAGE: {(1, 2): 5}}),
        (H.FANS, {H.HW_ENTITY_FAN_STATE: {(1,): 1}}),
        (H.OPTICS, {H.HW_ENTITY_OPTICAL_RX_POWER: {(1,): b"-801"}}),
        (health_h3c.ENTITIES, {(*H3C_ENTITY, health_h3c.ERROR_STATUS): {(1,): b"2"}}),
        (J.OPERATING, {J.JNX_OPERATING_DESCR: {(1, 1, 0, 0): 5}}),
        (J.OPTICS, {J.JNX_DOM_RX_POWER: {(1,): b"5"}}),
        (F.SENSORS, {F.FG_HW_SENSOR_ENT_VALUE: {(1,): 5}}),
        (M.HEALTH, {M.MTXR_GAUGE_VALUE: {(1,): b"5"}}),
        (R.ENVIRONMENT, {R.RUIJIE_SUPPLY_STATE: {(1,): b"4"}}),
    ],
)
def test_readings_that_make_no_sense_are_refused(table: Table[Sensors], rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(table, rows)
