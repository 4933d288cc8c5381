"""Printers: Printer-MIB (RFC 3805), with the model and state that the HOST-RESOURCES-MIB (RFC 2790) tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.host_resources import HR_DEVICE_DESCR
from collectors.snmp.tables.value import BadValue, Table, every_row, integer, integer_at, only, text_at

PRINTER: Oid = (1, 3, 6, 1, 2, 1, 43)
PRT_GENERAL_CONFIG_CHANGES: Oid = (*PRINTER, 5, 1, 1, 1)
PRT_GENERAL_PRINTER_NAME: Oid = (*PRINTER, 5, 1, 1, 16)
PRT_GENERAL_SERIAL_NUMBER: Oid = (*PRINTER, 5, 1, 1, 17)
PRT_MARKER_LIFE_COUNT: Oid = (*PRINTER, 10, 2, 1, 4)
PRT_MARKER_SUPPLIES_CLASS: Oid = (*PRINTER, 11, 1, 1, 4)
PRT_MARKER_SUPPLIES_DESCRIPTION: Oid = (*PRINTER, 11, 1, 1, 6)
PRT_MARKER_SUPPLIES_MAX_CAPACITY: Oid = (*PRINTER, 11, 1, 1, 8)
PRT_MARKER_SUPPLIES_LEVEL: Oid = (*PRINTER, 11, 1, 1, 9)
PRT_CONSOLE_DISPLAY_BUFFER_TEXT: Oid = (*PRINTER, 16, 5, 1, 2)
PRT_ALERT_SEVERITY_LEVEL: Oid = (*PRINTER, 18, 1, 1, 2)
PRT_ALERT_DESCRIPTION: Oid = (*PRINTER, 18, 1, 1, 8)
HR_PRINTER_STATUS: Oid = (1, 3, 6, 1, 2, 1, 25, 3, 5, 1, 1)
RECEPTACLE = 4  # of PrtMarkerSuppliesClassTC: it is filled, as a box of waste toner


CANNOT_TELL = frozenset({-1, -2})  # of prtMarkerSuppliesLevel: no restriction, unknown; -3 is "some remains"


class PrinterStatus(StrEnum):
    """hrPrinterStatus; unknown also where the agent doesn't say."""

    UNKNOWN = "unknown"
    OTHER = "other"
    IDLE = "idle"
    PRINTING = "printing"
    WARMUP = "warmup"


class Severity(StrEnum):
    """PrtAlertSeverityLevelTC."""

    OTHER = "other"
    CRITICAL = "critical"
    WARNING = "warning"


STATUSES = {
    1: PrinterStatus.OTHER,
    2: PrinterStatus.UNKNOWN,
    3: PrinterStatus.IDLE,
    4: PrinterStatus.PRINTING,
    5: PrinterStatus.WARMUP,
}
SEVERITIES = {3: Severity.CRITICAL, 4: Severity.WARNING, 5: Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer; `index` is its hrDeviceIndex, `pages` all that its markers ever made, None where it can't tell."""

    index: int
    model: str
    name: str
    serial: str
    status: PrinterStatus
    pages: int | None
    console: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """Toner, ink, or a receptacle of waste. `level` is what is left (or, in a receptacle, taken), 0 to 1.

    None where the printer can't tell how much; `has_some` is whether there is any, None where it can't tell either.
    """

    name: str
    is_receptacle: bool
    level: float | None
    has_some: bool | None


@dataclass(frozen=True, slots=True)
class PrinterAlert:
    """What a printer asks for."""

    severity: Severity
    description: str


def parse_printers(columns: Mapping[Oid, Column]) -> tuple[Printer, ...]:
    """Join the columns by hrDeviceIndex."""
    pages, consoles = _pages(columns[PRT_MARKER_LIFE_COUNT]), _consoles(columns[PRT_CONSOLE_DISPLAY_BUFFER_TEXT])
    rows = every_row(columns, (PRT_GENERAL_CONFIG_CHANGES, PRT_GENERAL_PRINTER_NAME, PRT_GENERAL_SERIAL_NUMBER))
    return tuple(
        Printer(
            only(row, "hrDeviceIndex"),
            text_at(columns[HR_DEVICE_DESCR], row).strip(),
            text_at(columns[PRT_GENERAL_PRINTER_NAME], row).strip(),
            text_at(columns[PRT_GENERAL_SERIAL_NUMBER], row).strip(),
            STATUSES.get(integer_at(columns[HR_PRINTER_STATUS], row) or 0, PrinterStatus.UNKNOWN),
            pages.get(row[0]),
            tuple(consoles.get(row[0], ())),
        )
        for row in rows
    )


def parse_supplies(columns: Mapping[Oid, Column]) -> tuple[Supply, ...]:
    """Join the columns by (hrDeviceIndex, prtMarkerSuppliesIndex).

    A capacity below 1 (other, unknown) makes a level no share of anything.
    """
    found: list[Supply] = []
    for row, value in columns[PRT_MARKER_SUPPLIES_LEVEL].items():
        if len(row) != 2:
            raise BadValue("prtMarkerSuppliesLevel's index is not a printer and a supply")
        level, most = integer(value), integer_at(columns[PRT_MARKER_SUPPLIES_MAX_CAPACITY], row) or 0
        name = text_at(columns[PRT_MARKER_SUPPLIES_DESCRIPTION], row).strip() or f"supply {row[1]}"
        is_receptacle = integer_at(columns[PRT_MARKER_SUPPLIES_CLASS], row) == RECEPTACLE
        ratio = min(1.0, round(level / most, 4)) if level >= 0 and most > 0 else None
        found.append(Supply(name, is_receptacle, ratio, None if level in CANNOT_TELL else level != 0))
    return tuple(found)


def parse_alerts(columns: Mapping[Oid, Column]) -> tuple[PrinterAlert, ...]:
    """Join the columns by (hrDeviceIndex, prtAlertIndex)."""
    return tuple(
        PrinterAlert(
            SEVERITIES.get(integer(level), Severity.OTHER), text_at(columns[PRT_ALERT_DESCRIPTION], row).strip()
        )
        for row, level in columns[PRT_ALERT_SEVERITY_LEVEL].items()
    )


def _pages(counts: Column) -> dict[int, int]:
    """Each printer's pages: its markers' counts together."""
    found: dict[int, int] = {}
    for row, count in counts.items():
        if len(row) != 2:
            raise BadValue("prtMarkerLifeCount's index is not a printer and a marker")
        if integer(count) >= 0:
            found[row[0]] = found.get(row[0], 0) + integer(count)
    return found


def _consoles(lines: Column) -> dict[int, list[str]]:
    """What each printer's display shows, its empty lines left out."""
    found: dict[int, list[str]] = {}
    for row in lines:
        if len(row) != 2:
            raise BadValue("prtConsoleDisplayBufferText's index is not a printer and a line")
        line = text_at(lines, row).strip()
        if line:
            found.setdefault(row[0], []).append(line)
    return found


GENERAL = (PRT_GENERAL_CONFIG_CHANGES, PRT_GENERAL_PRINTER_NAME, PRT_GENERAL_SERIAL_NUMBER)
SUPPLY_COLUMNS = (
    PRT_MARKER_SUPPLIES_CLASS,
    PRT_MARKER_SUPPLIES_DESCRIPTION,
    PRT_MARKER_SUPPLIES_MAX_CAPACITY,
    PRT_MARKER_SUPPLIES_LEVEL,
)
ALERT_COLUMNS = (PRT_ALERT_SEVERITY_LEVEL, PRT_ALERT_DESCRIPTION)
PRINTERS = Table(
    "printers",
    (*GENERAL, HR_DEVICE_DESCR, HR_PRINTER_STATUS, PRT_MARKER_LIFE_COUNT, PRT_CONSOLE_DISPLAY_BUFFER_TEXT),
    parse_printers,
)
SUPPLIES = Table("supplies", SUPPLY_COLUMNS, parse_supplies, rows=SUPPLY_COLUMNS)
ALERTS = Table("printer_alerts", ALERT_COLUMNS, parse_alerts, rows=ALERT_COLUMNS)
