"""Tells what form a table's file has, and reads it."""

from ledger.declared.delimited import read_delimited
from ledger.declared.sheet import MIB, Limits, Sheet, UnreadableError
from ledger.declared.workbook import read_workbook

ARCHIVE = b"PK\x03\x04"
#: An .xls of before 2007, and any workbook that has a password (MS-CFB §2.2).
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")


def read_table(data: bytes, sheet: str | None, limits: Limits | None = None) -> Sheet:
    """The table in a file's bytes, whatever its name; `sheet` as in the mapping. Raises UnreadableError."""
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise UnreadableError("file_too_large", wanted=f"{limits.file_bytes // MIB} MiB")
    if data.startswith(COMPOUND):
        raise UnreadableError("old_workbook")
    if data.startswith(ARCHIVE):
        return read_workbook(data, sheet, limits)
    return read_delimited(data, limits)
