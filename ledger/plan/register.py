"""A register's rows and their checked cells; every fault becomes a Problem."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface
from typing import TypeVar

from ledger.plan.problem import Place, Problem, nearest

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
#: As vendors write them: Gi1/0/1, xe-0/0/1:2, port1.
PORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,39}")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
#: What mail servers and shells take without quoting; 64 characters at most (RFC 5321 §4.5.3.1.1).
LOCAL_PART = re.compile(r"(?=.{1,64}$)[a-z0-9]+([._-][a-z0-9]+)*")
URL_PATH = re.compile(r"[A-Za-z0-9._~/-]{0,200}")
MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
RATIO = re.compile(r"0?\.[0-9]+|0|1(\.0+)?")
FRACTION = re.compile(r"[0-9]{1,6}/[1-9][0-9]{0,5}")
#: "This network" (RFC 6890), of which Python knows the first address only.
NOWHERE = IPv4Network("0.0.0.0/8")
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Register:
    """A register's rows, and what is wrong with them (`problems` grows while cells are read).

    Of one that isn't `is_readable` rows are missing, so that nothing follows from what it doesn't hold.
    """

    file: str
    rows: list["Row"] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True

    def __iter__(self) -> Iterator["Row"]:
        return iter(self.rows)

    def report(self, code: str, row: int | None = None, column: str | None = None, **fields: str | Place) -> None:
        """Note a problem with the file, or with the line `row` of it (the header is line 1)."""
        self.problems.append(Problem(code=code, file=self.file, row=row, column=column, fields=fields))

    def fail(self, code: str, row: int | None = None, **fields: str) -> None:
        """Note a problem that keeps rows from being read."""
        self.is_readable = False
        self.report(code, row, **fields)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is its first line in the file. Cell readers note a Problem and give None for a bad cell."""

    register: Register
    number: int
    cells: dict[str, str]

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return Place(self.register.file, self.number)

    def report(self, code: str, column: str, **fields: str | Place) -> None:
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

    def port(self, column: str) -> str:
        """The cell as a port's name on its device (ifName)."""
        value = self.text(column)
        if value and not PORT.fullmatch(value):
            self.report("unsafe_port", column)
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
        """The cell as a date, YYYY-MM-DD."""

        def parse(value: str) -> date:
            if not DAY.fullmatch(value):
                raise ValueError(value)
            return date.fromisoformat(value)

        return self._parsed(column, parse, "bad_date", "")

    def ratio(self, column: str) -> float | None:
        """The cell as a ratio from 0 to 1."""

        def parse(value: str) -> float:
            if not RATIO.fullmatch(value):
                raise ValueError(value)
            return float(value)

        return self._parsed(column, parse, "bad_ratio", "")

    def share(self, column: str) -> Fraction | None:
        """The cell as a share from 0 to 1, exactly: 0.25 or 1/3."""

        def parse(value: str) -> Fraction:
            if not (RATIO.fullmatch(value) or FRACTION.fullmatch(value)) or not 0 <= Fraction(value) <= 1:
                raise ValueError(value)
            return Fraction(value)

        return self._parsed(column, parse, "bad_share", "")

    def address(self, column: str) -> IPv4Address | None:
        """The cell as the IPv4 address of a host."""
        address = self._parsed(column, IPv4Address, "bad_address", "10.68.0.1")
        self._refuse_no_host(column, address)
        return address

    def _refuse_no_host(self, column: str, address: IPv4Address | IPv6Address | None) -> None:
        if address is not None and not may_be_host(address):
            self.report("no_host", column, value=str(address))

    def interfaces(self, column: str) -> tuple[IPv4Interface | None, IPv6Interface | None]:
        """The cell as an IPv4 address with its prefix length, and after a space an IPv6 one; None for what isn't."""

        def parse(value: str) -> tuple[IPv4Interface, IPv6Interface | None]:
            first, *rest = value.split(" ")
            if len(rest) > 1 or "%" in value or not all("/" in part for part in (first, *rest)):
                raise ValueError(value)
            return IPv4Interface(first), IPv6Interface(rest[0]) if rest else None

        found = self._parsed(column, parse, "bad_interface", "") or (None, None)
        for interface in found:
            if interface is not None:
                self._refuse_no_host(column, interface.ip)
                if is_of_network(interface):
                    self.report("network_address", column, value=str(interface))
        return found

    def network(self, column: str) -> IPv4Network | None:
        """The cell as an IPv4 prefix without host bits."""
        network = self._parsed(column, IPv4Network, "bad_prefix", "10.68.16.0/21")
        self._refuse_no_host(column, network.network_address if network is not None else None)
        return network

    def mac(self, column: str) -> str | None:
        """The cell as a card's MAC address, lower case with colons; dashes and Cisco's dots are understood."""

        def parse(value: str) -> str:
            digits = re.sub(r"[-.:]", "", value.lower())
            mac = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
            if not MAC.fullmatch(mac):
                raise ValueError(value)
            return mac

        mac = self._parsed(column, parse, "bad_mac", "")
        if mac is not None and (int(mac[:2], 16) & 1 or mac == "00:00:00:00:00:00"):
            self.report("no_card", column)
        return mac

    def choice(self, column: str, choices: Iterable[E]) -> E | None:
        """The cell as one of a closed set."""
        value = self.text(column)
        if not value:
            return None
        by_name = {str(choice): choice for choice in choices}
        if value not in by_name:
            self.report("bad_choice", column, wanted=", ".join(by_name), nearest=nearest(value, list(by_name)))
        return by_name.get(value)

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


def may_be_host(address: IPv4Address | IPv6Address) -> bool:
    """Whether a host can have `address`: no loopback, multicast, link-local, broadcast or reserved one (RFC 6890)."""
    special = (address.is_loopback, address.is_multicast, address.is_link_local, address.is_unspecified)
    return not any(special) and not address.is_reserved and address not in NOWHERE


def is_of_network(interface: IPv4Interface | IPv6Interface) -> bool:
    """Whether its address is the network's own or its broadcast; IPv6 has the routers' anycast (RFC 4291 §2.6.1)."""
    network = interface.network
    last = [network.broadcast_address] if network.version == 4 else []
    return network.prefixlen < network.max_prefixlen - 1 and interface.ip in (network.network_address, *last)
