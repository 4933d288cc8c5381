"""Supplies, printers and computers: rows as agents sent them, and what is read from them."""

from collections.abc import Mapping

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import host_resources, printer, ucd, ups
from collectors.snmp.tables.host_resources import (
    DEVICES,
    PROCESSORS,
    STORAGE,
    DeviceKind,
    DeviceStatus,
    HostDevice,
    Storage,
    StorageKind,
)
from collectors.snmp.tables.printer import (
    ALERTS,
    PRINTERS,
    SUPPLIES,
    Printer,
    PrinterAlert,
    PrinterStatus,
    Severity,
    Supply,
)
from collectors.snmp.tables.sensors import Kind, Sensor, Unit
from collectors.snmp.tables.ucd import DISKS, LOAD, MEMORY, Disk, Load, Memory
from collectors.snmp.tables.ups import SUPPLY, BatteryStatus, Ups
from collectors.snmp.tables.value import BadValue, Table

Rows = Mapping[Oid, Mapping[Oid, Value]]
Z = (0,)


def test_a_supply_on_mains() -> None:
    rows: Rows = {
        ups.UPS_IDENT_MANUFACTURER: {Z: b"EATON"},
        ups.UPS_IDENT_MODEL: {Z: b"EATON 93E 80"},
        ups.UPS_IDENT_UPS_SOFTWARE_VERSION: {Z: b"INV: 2.08.0011"},
        ups.UPS_BATTERY_STATUS: {Z: 2},
        ups.UPS_SECONDS_ON_BATTERY: {Z: 0},
        ups.UPS_ESTIMATED_MINUTES_REMAINING: {Z: 1092},
        ups.UPS_ESTIMATED_CHARGE_REMAINING: {Z: 100},
        ups.UPS_BATTERY_VOLTAGE: {Z: 5210},
        ups.UPS_BATTERY_TEMPERATURE: {Z: 25},
        ups.UPS_INPUT_VOLTAGE: {(1,): 227, (2,): 0},
        ups.UPS_INPUT_FREQUENCY: {(1,): 500},
        ups.UPS_OUTPUT_SOURCE: {Z: 3},
        ups.UPS_OUTPUT_VOLTAGE: {(1, 0): 220},
        ups.UPS_OUTPUT_POWER: {(1, 0): 5100},
        ups.UPS_OUTPUT_PERCENT_LOAD: {(1, 0): 21},
        ups.UPS_ALARMS_PRESENT: {Z: 0},
    }
    expected = Ups(
        manufacturer="EATON",
        model="EATON 93E 80",
        version="INV: 2.08.0011",
        serial="",
        name="",
        battery=BatteryStatus.NORMAL,
        is_on_battery=False,
        seconds_on_battery=0,
        seconds_remaining=65520.0,
        charge=1.0,
        alarms=0,
        sensors=(
            Sensor("battery voltage", Kind.VOLTAGE, 521.0, Unit.VOLTS),
            Sensor("battery temperature", Kind.TEMPERATURE, 25.0, Unit.CELSIUS),
            Sensor("input 1 voltage", Kind.VOLTAGE, 227.0, Unit.VOLTS),
            Sensor("input 1 frequency", Kind.FREQUENCY, 50.0, Unit.HERTZ),
            Sensor("output 1 voltage", Kind.VOLTAGE, 220.0, Unit.VOLTS),
            Sensor("output 1 load", Kind.LOAD, 0.21, Unit.RATIO),
            Sensor("output 1 power", Kind.POWER, 5100.0, Unit.WATTS),
        ),
    )
    assert from_rows(SUPPLY, rows) == (expected,)


@pytest.mark.parametrize(
    ("status", "source", "minutes", "expected"),
    [
        (2, 3, 0, (BatteryStatus.NORMAL, False, None)),
        (3, 5, 0, (BatteryStatus.LOW, True, 0.0)),
        (2, 5, 7, (BatteryStatus.NORMAL, True, 420.0)),
        (4, 5, -1, (BatteryStatus.DEPLETED, True, None)),
        (1, 4, 7, (BatteryStatus.UNKNOWN, False, 420.0)),
        (9, 3, 7, (BatteryStatus.UNKNOWN, False, 420.0)),
    ],
)
def test_what_a_battery_says(status: int, source: int, minutes: int, expected: tuple[object, ...]) -> None:
    rows: Rows = {
        ups.UPS_BATTERY_STATUS: {Z: status},
        ups.UPS_OUTPUT_SOURCE: {Z: source},
        ups.UPS_ESTIMATED_MINUTES_REMAINING: {Z: minutes},
    }
    (found,) = from_rows(SUPPLY, rows)
    assert (found.battery, found.is_on_battery, found.seconds_remaining) == expected


@pytest.mark.parametrize(
    ("volts", "hertz", "expected"),
    [(2369, 5000, (236.9, 50.0)), (1000, 1000, (1000.0, 100.0)), (1001, 1001, (100.1, 10.01)), (230, 499, (230, 49.9))],
)
def test_no_mains_has_more_than_a_thousand_volts(volts: int, hertz: int, expected: tuple[float, float]) -> None:
    rows: Rows = {
        ups.UPS_OUTPUT_SOURCE: {Z: 3},
        ups.UPS_INPUT_VOLTAGE: {(1,): volts},
        ups.UPS_INPUT_FREQUENCY: {(1,): hertz},
    }
    (found,) = from_rows(SUPPLY, rows)
    assert tuple(sensor.value for sensor in found.sensors) == expected


def test_apcs_own_scalars() -> None:
    assert SUPPLY.fallback is not None
    rows: Rows = {
        ups.UPS_BASIC_IDENT_MODEL: {Z: b"Smart-UPS 1500"},
        ups.UPS_ADV_IDENT_FIRMWARE_REVISION: {Z: b"UPS 09.3"},
        ups.UPS_ADV_IDENT_SERIAL_NUMBER: {Z: b"AS1234567890"},
        ups.UPS_BASIC_BATTERY_STATUS: {Z: 2},
        ups.UPS_BASIC_BATTERY_TIME_ON_BATTERY: {Z: 4200},
        ups.UPS_ADV_BATTERY_CAPACITY: {Z: 87},
        ups.UPS_ADV_BATTERY_RUN_TIME_REMAINING: {Z: 180000},
        ups.UPS_BASIC_OUTPUT_STATUS: {Z: 3},
        ups.UPS_ADV_OUTPUT_LOAD: {Z: 34},
    }
    expected = Ups(
        manufacturer="APC",
        model="Smart-UPS 1500",
        version="UPS 09.3",
        serial="AS1234567890",
        name="",
        battery=BatteryStatus.NORMAL,
        is_on_battery=True,
        seconds_on_battery=42.0,
        seconds_remaining=1800.0,
        charge=0.87,
        alarms=None,
        sensors=(Sensor("output load", Kind.LOAD, 0.34, Unit.RATIO),),
    )
    assert from_rows(SUPPLY.fallback, rows) == (expected,)


def test_a_printer_with_its_pages_and_display() -> None:
    rows: Rows = {
        printer.PRT_GENERAL_CONFIG_CHANGES: {(1,): 12},
        printer.PRT_GENERAL_PRINTER_NAME: {(1,): b"Van thu"},
        printer.PRT_GENERAL_SERIAL_NUMBER: {(1,): b"CNB9K12345 "},
        host_resources.HR_DEVICE_DESCR: {(1,): b"HP LaserJet M404dn"},
        printer.HR_PRINTER_STATUS: {(1,): 3},
        printer.PRT_MARKER_LIFE_COUNT: {(1, 1): 12000, (1, 2): 345, (1, 3): -2},
        printer.PRT_CONSOLE_DISPLAY_BUFFER_TEXT: {(1, 1): b"Ready", (1, 2): b"  "},
    }
    name, serial = "Van thu", "CNB9K12345"
    expected = Printer(1, "HP LaserJet M404dn", name, serial, PrinterStatus.IDLE, 12345, ("Ready",))
    assert from_rows(PRINTERS, rows) == (expected,)


@pytest.mark.parametrize(
    ("level", "most", "ratio", "has_some"),
    [
        (50, 100, 0.5, True),
        (0, 100, 0.0, False),
        (120, 100, 1.0, True),
        (-3, 100, None, True),
        (-2, 100, None, None),
        (-1, -2, None, None),
        (50, -2, None, True),
        (0, 0, None, False),
    ],
)
def test_what_is_left_of_a_supply(level: int, most: int, ratio: float | None, has_some: bool | None) -> None:
    rows: Rows = {
        printer.PRT_MARKER_SUPPLIES_DESCRIPTION: {(1, 1): b"Black Cartridge"},
        printer.PRT_MARKER_SUPPLIES_CLASS: {(1, 1): 3},
        printer.PRT_MARKER_SUPPLIES_MAX_CAPACITY: {(1, 1): most},
        printer.PRT_MARKER_SUPPLIES_LEVEL: {(1, 1): level},
    }
    assert from_rows(SUPPLIES, rows) == (Supply("Black Cartridge", False, ratio, has_some),)


def test_a_box_of_waste_is_filled() -> None:
    rows: Rows = {
        printer.PRT_MARKER_SUPPLIES_CLASS: {(1, 2): 4},
        printer.PRT_MARKER_SUPPLIES_MAX_CAPACITY: {(1, 2): 100},
        printer.PRT_MARKER_SUPPLIES_LEVEL: {(1, 2): 5},
    }
    assert from_rows(SUPPLIES, rows) == (Supply("supply 2", True, 0.05, True),)


def test_what_a_printer_asks_for() -> None:
    rows: Rows = {
        printer.PRT_ALERT_SEVERITY_LEVEL: {(1, 1): 3, (1, 2): 4, (1, 3): 1},
        printer.PRT_ALERT_DESCRIPTION: {(1, 1): b"Paper jam"},
    }
    levels = (PrinterAlert(Severity.CRITICAL, "Paper jam"), PrinterAlert(Severity.WARNING, ""))
    assert from_rows(ALERTS, rows) == (*levels, PrinterAlert(Severity.OTHER, ""))


def test_storage_in_bytes_and_beyond_a_signed_number() -> None:
    fixed: Oid = (*host_resources.HR_STORAGE_TYPES, 4)
    rows: Rows = {
        host_resources.HR_STORAGE_TYPE: {(1,): fixed, (2,): (1, 3, 6, 1, 4, 1, 9999, 4)},
        host_resources.HR_STORAGE_DESCR: {(1,): b"/", (2,): b"/srv"},
        host_resources.HR_STORAGE_ALLOCATION_UNITS: {(1,): 4096, (2,): 4096},
        host_resources.HR_STORAGE_SIZE: {(1,): 1000, (2,): -(1 << 31), (3,): 0},
        host_resources.HR_STORAGE_USED: {(1,): 250, (2,): -1},
    }
    assert from_rows(STORAGE, rows) == (
        Storage(1, StorageKind.FIXED_DISK, "/", 4_096_000, 1_024_000),
        Storage(2, StorageKind.OTHER, "/srv", 4096 << 31, 4096 * 0xFFFFFFFF),
    )


@pytest.mark.parametrize(("last", "kind"), [(1, "other"), (3, "processor"), (6, "disk_storage"), (10, "video")])
def test_devices_by_their_registered_types(last: int, kind: str) -> None:
    rows: Rows = {
        host_resources.HR_DEVICE_TYPE: {(1,): (*host_resources.HR_DEVICE_TYPES, last)},
        host_resources.HR_DEVICE_DESCR: {(1,): b"x"},
        host_resources.HR_DEVICE_STATUS: {(1,): 5},
    }
    assert from_rows(DEVICES, rows) == (HostDevice(1, DeviceKind(kind), "x", DeviceStatus.DOWN),)


def test_processors_memory_load_and_disks() -> None:
    assert from_rows(PROCESSORS, {host_resources.HR_PROCESSOR_LOAD: {(768,): 42}}) == (
        Sensor("CPU 768", Kind.CPU, 0.42, Unit.RATIO),
    )
    assert from_rows(MEMORY, {ucd.MEM_TOTAL_REAL: {Z: 4}, ucd.MEM_CACHED: {Z: 1}}) == (Memory(4096, 0, 0, 1024, 0, 0),)
    assert from_rows(MEMORY, {ucd.MEM_CACHED: {Z: 1}}) == ()
    assert from_rows(LOAD, {ucd.LA_LOAD_INT: {(1,): 84, (2,): 32, (3,): 16}, ucd.SS_CPU_IDLE: {Z: 79}}) == (
        Load(0.84, 0.32, 0.16, 0.21),
    )
    assert from_rows(LOAD, {ucd.LA_LOAD_INT: {(1,): 84, (2,): 32}}) == ()
    rows: Rows = {
        ucd.DSK_PATH: {(1,): b"/", (2,): b"/srv"},
        ucd.DSK_DEVICE: {(1,): b"/dev/sda1"},
        ucd.DSK_TOTAL: {(1,): 1000, (2,): 0x7FFFFFFF},
        ucd.DSK_AVAIL: {(1,): 250, (2,): 0x7FFFFFFF},
        ucd.DSK_PERCENT: {(1,): 75},
        ucd.DSK_TOTAL_LOW: {(2,): 5},
        ucd.DSK_TOTAL_HIGH: {(2,): 2},
        ucd.DSK_AVAIL_LOW: {(2,): 4},
        ucd.DSK_AVAIL_HIGH: {(2,): 1},
    }
    assert from_rows(DISKS, rows) == (
        Disk("/", "/dev/sda1", 1_024_000, 256_000, 0.75),
        Disk("/srv", "", 1024 * ((2 << 32) + 5), 1024 * ((1 << 32) + 4), 0.0),
    )


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (SUPPLY, {ups.UPS_BATTERY_STATUS: {Z: b"2"}}),
        (SUPPLY, {ups.UPS_BATTERY_STATUS: {Z: 2}, ups.UPS_INPUT_VOLTAGE: {(1, 2): 230}}),
        (PRINTERS, {printer.PRT_MARKER_LIFE_COUNT: {(1,): 5}}),
        (PRINTERS, {printer.PRT_CONSOLE_DISPLAY_BUFFER_TEXT: {(1,): b"x"}}),
        (PRINTERS, {printer.PRT_GENERAL_SERIAL_NUMBER: {(1,): 5}}),
        (SUPPLIES, {printer.PRT_MARKER_SUPPLIES_LEVEL: {(1,): 5}}),
        (SUPPLIES, {printer.PRT_MARKER_SUPPLIES_LEVEL: {(1, 1): b"5"}}),
        (ALERTS, {printer.PRT_ALERT_SEVERITY_LEVEL: {(1, 1): b"3"}}),
        (STORAGE, {host_resources.HR_STORAGE_SIZE: {(1, 2): 5}}),
        (STORAGE, {host_resources.HR_STORAGE_SIZE: {(1,): b"5"}}),
        (DEVICES, {host_resources.HR_DEVICE_DESCR: {(1,): 5}}),
        (PROCESSORS, {host_resources.HR_PROCESSOR_LOAD: {(1, 2): 5}}),
        (MEMORY, {ucd.MEM_TOTAL_REAL: {Z: b"5"}}),
        (DISKS, {ucd.DSK_TOTAL: {(1, 2): 5}}),
    ],
)
def test_rows_that_make_no_sense_are_refused(table: Table[object], rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(table, rows)
