"""What the readers of registers share: the columns, the rows of every file, and the life of an asset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypedDict

from ledger.plan.asset import Exemption
from ledger.plan.register import Register, Row, read_register

LIFE = ("owner", "planned_from", "retired_on", "exempt_reason", "exempt_until")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "units.csv": ("unit", "parent", "level", "kind", "name_vi", "name_en", "code"),
    "sites.csv": ("site", "unit", "kind", "name_vi", "name_en", "prefix"),
    "vlans.csv": ("vlan", "name", "name_vi", "name_en", "subnet", "dhcp", "tslcd"),
    "devices.csv": ("device", "kind", "role", "platform", "unit", "site", "address", "asn", "ports", *LIFE),
    "links.csv": (
        *("link", "kind", "unit", "a_device", "a_port", "a_address", "b_device", "b_port", "b_address"),
        *("bandwidth_mbps", *LIFE),
    ),
    "workstations.csv": ("workstation", "unit", "site", "mac", "switch", "port", "vlan", *LIFE),
    "mail.csv": ("address", "kind", "unit", "server", "quota_mb", "workstation", *LIFE),
    "services.csv": ("service", "kind", "unit", "name_vi", "name_en", "url", "server", *LIFE),
}
#: Registers that a plan may do without.
OPTIONAL = frozenset({"mail.csv", "services.csv"})
#: Stand-ins for cells that a Problem already names; a plan with problems is never given out.
NO_DAY, NO_ADDRESS, NO_NETWORK = date.min, IPv4Address(0), IPv4Network("0.0.0.0/0")


class Life(TypedDict):
    """The columns that every asset's register has."""

    owner: str
    planned_from: date
    retired_on: date | None
    exemption: Exemption | None


@dataclass(slots=True)
class Registers:
    """The rows of every register, and where each id stands."""

    folder: Path
    by_file: dict[str, Register] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def read(self, file: str) -> Register:
        """Read `file` of the folder once; an optional one that isn't there has no rows."""
        if file not in self.by_file:
            path = self.folder / file
            is_left_out = file in OPTIONAL and not path.exists()
            self.by_file[file] = Register(file) if is_left_out else read_register(path, COLUMNS[file])
        return self.by_file[file]

    def own(self, row: Row, column: str, value: str, space: str) -> None:
        """Note that `value` is the row's; report the row where another has it already."""
        key = f"{space}:{value.lower()}"
        if key in self.taken:
            row.report("duplicate", column, where=self.taken[key])
        else:
            self.taken[key] = f"{row.register.file} row {row.number}"


def life_of(row: Row) -> Life:
    """The columns that every asset's register has, read from `row`."""
    reason, until = row.optional("exempt_reason"), row.optional("exempt_until")
    if (reason is None) != (until is None):
        row.report("half_exempt", "exempt_reason" if reason is None else "exempt_until")
    last_day = row.day("exempt_until") if until else None
    return Life(
        owner=row.text("owner"),
        planned_from=row.day("planned_from") or NO_DAY,
        retired_on=row.day("retired_on") if row.optional("retired_on") else None,
        exemption=Exemption(reason, last_day) if reason and last_day else None,
    )
