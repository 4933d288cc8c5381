"""Reads one CSV register into rows of checked cells; every fault becomes a Problem."""

import csv
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Interface
from pathlib import Path
from typing import TypeVar

from ledger.plan.problem import Problem, nearest

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
#: What mail servers and shells take without quoting; 64 characters at most (RFC 5321 §4.5.3.1.1).
LOCAL_PART = re.compile(r"(?=.{1,64}$)[a-z0-9]+([._-][a-z0-9]+)*")
URL_PATH = re.compile(r"[A-Za-z0-9._~/-]{0,200}")
MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Register:
    """A register's rows, and what is wrong with them (`problems` grows while cells are read)."""

    file: str
    rows: list["Row"] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __iter__(self) -> Iterator["Row"]:
        return iter(self.rows)

    def report(self, code: str, row: int | None = None, column: str | None = None, **fields: str) -> None:
        """Note a problem with the file, or with the line `row` of it (the header is line 1)."""
        self.problems.append(Problem(code=code, file=self.file, row=row, column=column, fields=fields))


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is its line in the file. Cell readers note a Problem and give None for a bad cell."""

    register: Register
    number: int
    cells: dict[str, str]

    def report(self, code: str, column: str, **fields: str) -> None:
        """Note a problem with the cell in `column`."""
        self.register.report(code, self.number, column, **{"value": self.cells[column], **fields})

    def text(self, column: str) -> str:
        """The cell, which must not be empty."""
        if not self.cells[column]:
            self.report("empty", column)
        return self.cells[column]

    def optional(self, column: str) -> str | None:
        """The cell, None where it is empty."""
        return self.cells[column] or None

    def identifier(self, column: str) -> str:
        """The cell as an identifier; it becomes host names, file names and configuration."""
        value = self.text(column)
        if value and not IDENTIFIER.fullmatch(value):
            self.report("unsafe_identifier", column)
        return value

    def _parsed(self, column: str, parse: Callable[[str], T], code: str, wanted: str) -> T | None:
        value = self.text(column)
        if not value:
            return None
        try:
            return parse(value)
        except ValueError:
            self.report(code, column, wanted=wanted)
            return None

    def integer(self, column: str, low: int, high: int) -> int | None:
        """The cell as a number from `low` to `high`."""

        def parse(value: str) -> int:
            if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
                raise ValueError(value)
            return int(value)

        return self._parsed(column, parse, "bad_number", f"{low}…{high}")

    def day(self, column: str) -> date | None:
        """The cell as an ISO date."""
        return self._parsed(column, date.fromisoformat, "bad_date", "")

    def address(self, column: str) -> IPv4Address | None:
        """The cell as an IPv4 address."""
        return self._parsed(column, IPv4Address, "bad_address", "10.68.0.1")

    def interfaces(self, column: str) -> tuple[IPv4Interface | None, IPv6Interface | None]:
        """The cell as an IPv4 address with its prefix length, and after a space an IPv6 one; None for what isn't."""

        def parse(value: str) -> tuple[IPv4Interface, IPv6Interface | None]:
            first, *rest = value.split(" ")
            if len(rest) > 1 or not all("/" in part for part in (first, *rest)):
                raise ValueError(value)
            return IPv4Interface(first), IPv6Interface(rest[0]) if rest else None

        wanted = "10.68.0.1/30, 10.68.4.1/24 fd68:4::1/64"
        return self._parsed(column, parse, "bad_address", wanted) or (None, None)

    def network(self, column: str) -> IPv4Network | None:
        """The cell as an IPv4 prefix without host bits."""
        return self._parsed(column, IPv4Network, "bad_address", "10.68.16.0/21")

    def mac(self, column: str) -> str | None:
        """The cell as a MAC address, lower case with colons; dashes and Cisco's dots are understood."""

        def parse(value: str) -> str:
            digits = re.sub(r"[-.:]", "", value.lower())
            mac = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
            if not MAC.fullmatch(mac):
                raise ValueError(value)
            return mac

        return self._parsed(column, parse, "bad_mac", "")

    def choice(self, column: str, choices: type[E]) -> E | None:
        """The cell as one of a closed set."""
        value = self.text(column)
        if not value:
            return None
        names = [str(choice) for choice in choices]
        if value not in names:
            self.report("bad_choice", column, wanted=", ".join(names), nearest=nearest(value, names))
            return None
        return choices(value)

    def yes(self, column: str) -> bool:
        """The cell as yes or no."""
        value = self.text(column)
        if value and value not in ("yes", "no"):
            self.report("bad_choice", column, wanted="yes, no", nearest=nearest(value, ["yes", "no"]))
        return value == "yes"

    def reference(self, column: str, known: Collection[str], where: str) -> str:
        """The cell as the key of a row of another register; `known` is best a mapping."""
        value = self.text(column)
        if value and value not in known:
            self.report("unknown_reference", column, where=where, nearest=nearest(value, list(known)))
        return value

    def nothing(self, column: str, kind: str) -> None:
        """Nothing: the cell doesn't belong to a row of this kind."""
        if self.cells[column]:
            self.report("not_empty", column, wanted=kind)

    def domain_name(self, column: str) -> str:
        """The cell as a domain name of at least two labels, lower case (RFC 1035 §2.3.1)."""
        value = self.text(column).lower()
        if value and not is_domain_name(value):
            self.report("bad_domain", column)
        return value

    def mail_address(self, column: str) -> tuple[str, str]:
        """The cell as a mail address, lower case, and its domain; '' for the domain of what is none."""
        value = self.text(column).lower()
        local, _, domain = value.rpartition("@")
        if not value:
            return value, ""
        if not LOCAL_PART.fullmatch(local) or not is_domain_name(domain):
            self.report("bad_mail_address", column)
            return value, ""
        return value, domain

    def https_url(self, column: str) -> str | None:
        """The cell as https://name/path, the name in lower case, without port, query or user."""

        def parse(value: str) -> str:
            name, slash, path = value.removeprefix("https://").partition("/")
            if not value.startswith("https://") or not is_domain_name(name.lower()) or not URL_PATH.fullmatch(path):
                raise ValueError(value)
            return f"https://{name.lower()}/{path if slash else ''}"

        return self._parsed(column, parse, "bad_url", "")


def is_domain_name(value: str) -> bool:
    """Whether `value` is two or more labels of letters, digits and inner dashes."""
    labels = value.split(".")
    return len(value) <= 253 and len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)


def read_register(path: Path, columns: Sequence[str]) -> Register:
    """Read a CSV file whose header must hold `columns`; an unreadable file gives no rows and its problems."""
    register = Register(path.name)
    text = _decoded(register, path, columns)
    if text is None:
        return register
    reader = csv.reader(text.splitlines(keepends=True))
    header = [cell.strip() for cell in next(reader, [])]
    if not _header_fits(register, header, columns):
        return register
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            register.report("wrong_width", reader.line_num, value=str(len(cells)), wanted=str(len(header)))
            continue
        row = Row(register, reader.line_num, dict(zip(header, map(_clean, cells), strict=True)))
        _refuse_control_characters(row)
        register.rows.append(row)
    return register


def _decoded(register: Register, path: Path, columns: Sequence[str]) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        register.report("missing_file", wanted=",".join(columns))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        register.report("bad_encoding", line, value=f"0x{error.object[error.start]:02x}")
    return None


def _header_fits(register: Register, header: Sequence[str], columns: Sequence[str]) -> bool:
    for column in columns:
        if column not in header:
            register.report("missing_column", 1, value=column, wanted=",".join(columns))
    for column in header:
        if column not in columns:
            register.report("unknown_column", 1, value=column, nearest=nearest(column, columns))
    return not register.problems


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip(" \t"))


def _refuse_control_characters(row: Row) -> None:
    for column, value in row.cells.items():
        bad = next((c for c in value if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")), None)
        if bad is not None:
            row.report("control_character", column, value=f"U+{ord(bad):04X}")
