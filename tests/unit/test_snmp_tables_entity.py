"""What a device is built of and measures of itself: rows as agents sent them, and what is read from them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import entity, sensors
from collectors.snmp.tables.entity import ENTITIES, Entity, EntityClass
from collectors.snmp.tables.sensors import DARK_DBM, SENSORS, Kind, Sensor, Unit, dbm
from collectors.snmp.tables.value import BadValue

Rows = Mapping[Oid, Mapping[Oid, Value]]
CHASSIS = Entity(
    index=1,
    contained_in=0,
    entity_class=EntityClass.CHASSIS,
    position=-1,
    descr="HUAWEI S5720 Routing Switch",
    name="S5720",
    vendor_type="1.3.6.1.4.1.2011.20021210.11.536882",
    hardware_rev="VER.A",
    firmware_rev="",
    software_rev="V200R007C00SPC500",
    serial="210235956210F7000410",
    manufacturer="Huawei",
    model="",
    is_fru=False,
)
BARE = Entity(
    index=2,
    contained_in=0,
    entity_class=EntityClass.UNKNOWN,
    position=None,
    descr="",
    name="",
    vendor_type="",
    hardware_rev="",
    firmware_rev="",
    software_rev="",
    serial="",
    manufacturer="",
    model="",
    is_fru=None,
)


def test_a_chassis_and_a_row_of_which_hardly_anything_is_told() -> None:
    one = (1,)
    rows: Rows = {
        entity.ENT_PHYSICAL_DESCR: {one: b"HUAWEI S5720 Routing Switch"},
        entity.ENT_PHYSICAL_VENDOR_TYPE: {one: (1, 3, 6, 1, 4, 1, 2011, 20021210, 11, 536882)},
        entity.ENT_PHYSICAL_CONTAINED_IN: {one: 0},
        entity.ENT_PHYSICAL_CLASS: {one: 3, (3,): 99},
        entity.ENT_PHYSICAL_PARENT_REL_POS: {one: -1},
        entity.ENT_PHYSICAL_NAME: {one: b"S5720"},
        entity.ENT_PHYSICAL_HARDWARE_REV: {one: b"VER.A"},
        entity.ENT_PHYSICAL_FIRMWARE_REV: {one: b""},
        entity.ENT_PHYSICAL_SOFTWARE_REV: {one: b"V200R007C00SPC500"},
        entity.ENT_PHYSICAL_SERIAL_NUM: {one: b"210235956210F7000410   "},
        entity.ENT_PHYSICAL_MFG_NAME: {one: b"Huawei"},
        entity.ENT_PHYSICAL_IS_FRU: {one: 2},
        entity.ENT_PHYSICAL_MODEL_NAME: {(2,): b" "},
    }
    assert from_rows(ENTITIES, rows) == (CHASSIS, BARE, replace(BARE, index=3))


@pytest.mark.parametrize("number", range(1, 16))
def test_every_class_has_its_name(number: int) -> None:
    (found,) = from_rows(ENTITIES, {entity.ENT_PHYSICAL_CLASS: {(1,): number}})
    assert found.entity_class is EntityClass(number)


@pytest.mark.parametrize(
    "rows",
    [
        {entity.ENT_PHYSICAL_CLASS: {(1, 2): 3}},
        {entity.ENT_PHYSICAL_CLASS: {(1,): b"3"}},
        {entity.ENT_PHYSICAL_NAME: {(1,): 3}},
        {entity.ENT_PHYSICAL_VENDOR_TYPE: {(1,): b"1.3"}},
    ],
)
def test_entities_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(ENTITIES, rows)


def sensor(kind: int, scale: int, precision: int, value: int, *, status: int = 1, name: bytes = b"x") -> Rows:
    entry = sensors.ENT_PHY_SENSOR
    cells = dict(zip(sensors.PARTS, (kind, scale, precision, value, status), strict=True))
    rows: dict[Oid, Mapping[Oid, Value]] = {(*entry, part): {(7,): cell} for part, cell in cells.items()}
    return {**rows, entity.ENT_PHYSICAL_NAME: {(7,): name}}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (sensor(8, 9, 1, 282), Sensor("x", Kind.TEMPERATURE, 28.2, Unit.CELSIUS)),
        (sensor(8, 9, 0, -5), Sensor("x", Kind.TEMPERATURE, -5.0, Unit.CELSIUS)),
        (sensor(4, 8, 0, 3243), Sensor("x", Kind.VOLTAGE, 3.243, Unit.VOLTS)),
        (sensor(3, 10, 0, 1), Sensor("x", Kind.VOLTAGE, 1000.0, Unit.VOLTS)),
        (sensor(5, 7, 2, 616_000), Sensor("x", Kind.CURRENT, 0.00616, Unit.AMPERES)),
        (sensor(6, 9, -2, 300), Sensor("x", Kind.POWER, 300.0, Unit.WATTS)),
        (sensor(9, 9, 0, 45), Sensor("x", Kind.HUMIDITY, 0.45, Unit.RATIO)),
        (sensor(10, 9, 0, 4618), Sensor("x", Kind.FAN, 4618.0, Unit.RPM)),
        (sensor(12, 9, 0, 1), Sensor("x", Kind.STATE, 1.0, Unit.STATE)),
        (sensor(12, 9, 0, 2), Sensor("x", Kind.STATE, 0.0, Unit.STATE)),
        (sensor(14, 8, 0, -1931), Sensor("x", Kind.OPTICAL_POWER, -1.931, Unit.DBM)),
        (sensor(8, 0, 99, 28), Sensor("x", Kind.TEMPERATURE, 28.0, Unit.CELSIUS)),
        (
            sensor(6, 7, 0, 500, name=b"DOM RX Power Sensor for Ethernet23"),
            Sensor("DOM RX Power Sensor for Ethernet23", Kind.OPTICAL_POWER, -3.01, Unit.DBM),
        ),
        (
            sensor(6, 9, 0, 150, name=b"Power supply 1 output power"),
            Sensor("Power supply 1 output power", Kind.POWER, 150.0, Unit.WATTS),
        ),
        (sensor(8, 9, 0, 28, name=b""), Sensor("entity 7", Kind.TEMPERATURE, 28.0, Unit.CELSIUS)),
    ],
)
def test_a_sensor_in_its_base_unit(rows: Rows, expected: Sensor) -> None:
    assert from_rows(SENSORS, rows) == (expected,)


@pytest.mark.parametrize("rows", [sensor(8, 9, 0, 28, status=2), sensor(8, 9, 0, 28, status=3), sensor(15, 9, 0, 28)])
def test_what_cannot_be_read_now_or_is_of_no_known_type_is_left_out(rows: Rows) -> None:
    assert from_rows(SENSORS, rows) == ()


@pytest.mark.parametrize(
    ("watts", "expected"), [(0.001, 0.0), (0.0005, -3.01), (0.000_000_1, -40.0), (1e-12, DARK_DBM), (0.0, DARK_DBM)]
)
def test_light_is_no_darker_than_can_be_told(watts: float, expected: float) -> None:
    assert dbm(watts) == expected


@pytest.mark.parametrize(
    "rows",
    [
        {(*sensors.ENT_PHY_SENSOR, 4): {(7, 1): 28}},
        {(*sensors.ENT_PHY_SENSOR, 4): {(7,): b"28"}},
        {(*sensors.ENT_PHY_SENSOR, 4): {(7,): 28}, (*sensors.ENT_PHY_SENSOR, 2): {(7,): b"9"}},
    ],
)
def test_sensors_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(SENSORS, rows)
