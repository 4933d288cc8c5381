"""Uninterruptible supplies: UPS-MIB (RFC 1628), or APC's PowerNet-MIB where it is all that an APC has.

PowerNet's names and numbers are those of APC's published MIB; from documentation alone, no recording has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.sensors import Kind, Sensor, Unit, scaled
from collectors.snmp.tables.value import BadValue, Table, integer, integer_at, text_at

UPS: Oid = (1, 3, 6, 1, 2, 1, 33, 1)
UPS_IDENT_MANUFACTURER: Oid = (*UPS, 1, 1)
UPS_IDENT_MODEL: Oid = (*UPS, 1, 2)
UPS_IDENT_UPS_SOFTWARE_VERSION: Oid = (*UPS, 1, 3)
UPS_IDENT_NAME: Oid = (*UPS, 1, 5)
UPS_BATTERY_STATUS: Oid = (*UPS, 2, 1)
UPS_SECONDS_ON_BATTERY: Oid = (*UPS, 2, 2)
UPS_ESTIMATED_MINUTES_REMAINING: Oid = (*UPS, 2, 3)
UPS_ESTIMATED_CHARGE_REMAINING: Oid = (*UPS, 2, 4)
UPS_BATTERY_VOLTAGE: Oid = (*UPS, 2, 5)
UPS_BATTERY_TEMPERATURE: Oid = (*UPS, 2, 7)
UPS_INPUT_FREQUENCY: Oid = (*UPS, 3, 3, 1, 2)
UPS_INPUT_VOLTAGE: Oid = (*UPS, 3, 3, 1, 3)
UPS_OUTPUT_SOURCE: Oid = (*UPS, 4, 1)
UPS_OUTPUT_VOLTAGE: Oid = (*UPS, 4, 4, 1, 2)
UPS_OUTPUT_POWER: Oid = (*UPS, 4, 4, 1, 4)
UPS_OUTPUT_PERCENT_LOAD: Oid = (*UPS, 4, 4, 1, 5)
UPS_ALARMS_PRESENT: Oid = (*UPS, 6, 1)
APC: Oid = (1, 3, 6, 1, 4, 1, 318, 1, 1, 1)
UPS_BASIC_IDENT_MODEL: Oid = (*APC, 1, 1, 1)
UPS_BASIC_IDENT_NAME: Oid = (*APC, 1, 1, 2)
UPS_ADV_IDENT_FIRMWARE_REVISION: Oid = (*APC, 1, 2, 1)
UPS_ADV_IDENT_SERIAL_NUMBER: Oid = (*APC, 1, 2, 3)
UPS_BASIC_BATTERY_STATUS: Oid = (*APC, 2, 1, 1)
UPS_BASIC_BATTERY_TIME_ON_BATTERY: Oid = (*APC, 2, 1, 2)
UPS_ADV_BATTERY_CAPACITY: Oid = (*APC, 2, 2, 1)
UPS_ADV_BATTERY_TEMPERATURE: Oid = (*APC, 2, 2, 2)
UPS_ADV_BATTERY_RUN_TIME_REMAINING: Oid = (*APC, 2, 2, 3)
UPS_ADV_INPUT_LINE_VOLTAGE: Oid = (*APC, 3, 2, 1)
UPS_BASIC_OUTPUT_STATUS: Oid = (*APC, 4, 1, 1)
UPS_ADV_OUTPUT_VOLTAGE: Oid = (*APC, 4, 2, 1)
UPS_ADV_OUTPUT_LOAD: Oid = (*APC, 4, 2, 3)
SCALAR: Oid = (0,)
NONE, ON_BATTERY, APC_ON_BATTERY = -1, 5, 3  # "can't tell"; of upsOutputSource; of upsBasicOutputStatus
#: A mains line has no more of either: an agent that says so counts hundredths of a Hz and tenths of a V (recorded:
#: a Huawei UPS5000 with 5000 and 2369).
MOST_TENTHS_OF_HERTZ, MOST_VOLTS = 1000, 1000


class BatteryStatus(StrEnum):
    """upsBatteryStatus, and upsBasicBatteryStatus; unknown also where the agent doesn't say."""

    UNKNOWN = "unknown"
    NORMAL = "normal"
    LOW = "low"
    DEPLETED = "depleted"
    FAULTY = "faulty"


STATUSES = {2: BatteryStatus.NORMAL, 3: BatteryStatus.LOW, 4: BatteryStatus.DEPLETED}
APC_STATUSES = {2: BatteryStatus.NORMAL, 3: BatteryStatus.LOW, 4: BatteryStatus.FAULTY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ups:
    """A supply and its battery; None is what the agent can't tell.

    `seconds_on_battery` is 0 on mains, `charge` 0 to 1, `alarms` how many conditions stand.
    """

    manufacturer: str
    model: str
    version: str
    serial: str
    name: str
    battery: BatteryStatus
    is_on_battery: bool | None
    seconds_on_battery: float | None
    seconds_remaining: float | None
    charge: float | None
    alarms: int | None
    sensors: tuple[Sensor, ...]


def parse_ups(columns: Mapping[Oid, Column]) -> tuple[Ups, ...]:
    """The supply; none where the agent has neither a battery's status nor an output's source."""
    status, source = _scalar(columns, UPS_BATTERY_STATUS), _scalar(columns, UPS_OUTPUT_SOURCE)
    if status is None and source is None:
        return ()
    charge = _scalar(columns, UPS_ESTIMATED_CHARGE_REMAINING)
    minutes = _scalar(columns, UPS_ESTIMATED_MINUTES_REMAINING)
    if minutes == 0 and STATUSES.get(status or 0) is BatteryStatus.NORMAL:
        minutes = None  # a battery that is well lasts longer: the agent has no estimate
    found = Ups(
        manufacturer=_text(columns, UPS_IDENT_MANUFACTURER),
        model=_text(columns, UPS_IDENT_MODEL),
        version=_text(columns, UPS_IDENT_UPS_SOFTWARE_VERSION),
        serial="",
        name=_text(columns, UPS_IDENT_NAME),
        battery=STATUSES.get(status or 0, BatteryStatus.UNKNOWN),
        is_on_battery=None if source is None else source == ON_BATTERY,
        seconds_on_battery=_scalar(columns, UPS_SECONDS_ON_BATTERY),
        seconds_remaining=None if minutes is None else 60.0 * minutes,
        charge=None if charge is None else scaled(charge, 0.01),
        alarms=_scalar(columns, UPS_ALARMS_PRESENT),
        sensors=(*_battery(columns), *_lines(columns)),
    )
    return (found,)


def parse_apc(columns: Mapping[Oid, Column]) -> tuple[Ups, ...]:
    """APC's own scalars; times are hundredths of a second."""
    status, output = _scalar(columns, UPS_BASIC_BATTERY_STATUS), _scalar(columns, UPS_BASIC_OUTPUT_STATUS)
    if status is None and output is None:
        return ()
    on_battery = _scalar(columns, UPS_BASIC_BATTERY_TIME_ON_BATTERY)
    remaining = _scalar(columns, UPS_ADV_BATTERY_RUN_TIME_REMAINING)
    charge = _scalar(columns, UPS_ADV_BATTERY_CAPACITY)
    readings = (
        ("battery temperature", UPS_ADV_BATTERY_TEMPERATURE, Kind.TEMPERATURE, 1.0, Unit.CELSIUS),
        ("input voltage", UPS_ADV_INPUT_LINE_VOLTAGE, Kind.VOLTAGE, 1.0, Unit.VOLTS),
        ("output voltage", UPS_ADV_OUTPUT_VOLTAGE, Kind.VOLTAGE, 1.0, Unit.VOLTS),
        ("output load", UPS_ADV_OUTPUT_LOAD, Kind.LOAD, 0.01, Unit.RATIO),
    )
    found = Ups(
        manufacturer="APC",
        model=_text(columns, UPS_BASIC_IDENT_MODEL),
        version=_text(columns, UPS_ADV_IDENT_FIRMWARE_REVISION),
        serial=_text(columns, UPS_ADV_IDENT_SERIAL_NUMBER),
        name=_text(columns, UPS_BASIC_IDENT_NAME),
        battery=APC_STATUSES.get(status or 0, BatteryStatus.UNKNOWN),
        is_on_battery=None if output is None else output == APC_ON_BATTERY,
        seconds_on_battery=None if on_battery is None else scaled(on_battery, 0.01),
        seconds_remaining=None if remaining is None else scaled(remaining, 0.01),
        charge=None if charge is None else scaled(charge, 0.01),
        alarms=None,
        sensors=tuple(
            Sensor(name, kind, scaled(number, scale), unit)
            for name, oid, kind, scale, unit in readings
            if (number := _scalar(columns, oid)) is not None
        ),
    )
    return (found,)


def _battery(columns: Mapping[Oid, Column]) -> list[Sensor]:
    volts, degrees = _scalar(columns, UPS_BATTERY_VOLTAGE), _scalar(columns, UPS_BATTERY_TEMPERATURE)
    found = []
    if volts is not None:
        found.append(Sensor("battery voltage", Kind.VOLTAGE, scaled(volts, 0.1), Unit.VOLTS))
    if degrees is not None:
        found.append(Sensor("battery temperature", Kind.TEMPERATURE, float(degrees), Unit.CELSIUS))
    return found


def _lines(columns: Mapping[Oid, Column]) -> list[Sensor]:
    """Each line of input and output that has a voltage; others are the agent's table for larger models."""
    found: list[Sensor] = []
    for name, volts_of in (("input", UPS_INPUT_VOLTAGE), ("output", UPS_OUTPUT_VOLTAGE)):
        for row, value in columns[volts_of].items():
            volts, label = integer(value), f"{name} {_line(row)}"
            if volts <= 0:
                continue
            scale = 0.1 if volts > MOST_VOLTS else 1.0
            found.append(Sensor(f"{label} voltage", Kind.VOLTAGE, scaled(volts, scale), Unit.VOLTS))
            found += _input(columns, row, label) if name == "input" else _output(columns, row, label)
    return found


def _input(columns: Mapping[Oid, Column], row: Oid, label: str) -> list[Sensor]:
    hertz = integer_at(columns[UPS_INPUT_FREQUENCY], row)
    if hertz is None or hertz <= 0:
        return []
    scale = 0.01 if hertz > MOST_TENTHS_OF_HERTZ else 0.1
    return [Sensor(f"{label} frequency", Kind.FREQUENCY, scaled(hertz, scale), Unit.HERTZ)]


def _output(columns: Mapping[Oid, Column], row: Oid, label: str) -> list[Sensor]:
    found: list[Sensor] = []
    load, watts = integer_at(columns[UPS_OUTPUT_PERCENT_LOAD], row), integer_at(columns[UPS_OUTPUT_POWER], row)
    if load is not None and load >= 0:
        found.append(Sensor(f"{label} load", Kind.LOAD, scaled(load, 0.01), Unit.RATIO))
    if watts is not None and watts > 0:  # many say 0 whatever their load
        found.append(Sensor(f"{label} power", Kind.POWER, float(watts), Unit.WATTS))
    return found


def _line(row: Oid) -> int:
    """A line's number; some agents put a zero behind it, as behind a scalar."""
    if len(row) == 1 or (len(row) == 2 and row[1] == 0):
        return row[0]
    raise BadValue("a line's index is one number")


def _scalar(columns: Mapping[Oid, Column], oid: Oid) -> int | None:
    number = integer_at(columns[oid], SCALAR)
    return None if number == NONE else number


def _text(columns: Mapping[Oid, Column], oid: Oid) -> str:
    return text_at(columns[oid], SCALAR).strip()


COLUMNS = (
    UPS_IDENT_MANUFACTURER,
    UPS_IDENT_MODEL,
    UPS_IDENT_UPS_SOFTWARE_VERSION,
    UPS_IDENT_NAME,
    UPS_BATTERY_STATUS,
    UPS_SECONDS_ON_BATTERY,
    UPS_ESTIMATED_MINUTES_REMAINING,
    UPS_ESTIMATED_CHARGE_REMAINING,
    UPS_BATTERY_VOLTAGE,
    UPS_BATTERY_TEMPERATURE,
    UPS_INPUT_FREQUENCY,
    UPS_INPUT_VOLTAGE,
    UPS_OUTPUT_SOURCE,
    UPS_OUTPUT_VOLTAGE,
    UPS_OUTPUT_POWER,
    UPS_OUTPUT_PERCENT_LOAD,
    UPS_ALARMS_PRESENT,
)
APC_COLUMNS = (
    UPS_BASIC_IDENT_MODEL,
    UPS_BASIC_IDENT_NAME,
    UPS_ADV_IDENT_FIRMWARE_REVISION,
    UPS_ADV_IDENT_SERIAL_NUMBER,
    UPS_BASIC_BATTERY_STATUS,
    UPS_BASIC_BATTERY_TIME_ON_BATTERY,
    UPS_ADV_BATTERY_CAPACITY,
    UPS_ADV_BATTERY_TEMPERATURE,
    UPS_ADV_BATTERY_RUN_TIME_REMAINING,
    UPS_ADV_INPUT_LINE_VOLTAGE,
    UPS_BASIC_OUTPUT_STATUS,
    UPS_ADV_OUTPUT_VOLTAGE,
    UPS_ADV_OUTPUT_LOAD,
)
SUPPLY = Table("ups", COLUMNS, parse_ups, fallback=Table("ups", APC_COLUMNS, parse_apc))
