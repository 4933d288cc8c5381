"""What the readers of registers share: the columns, the rows of every file, and the life of an asset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypedDict

from ledger.plan.asset import AssetKind, Exemption, Role
from ledger.plan.files import read_register
from ledger.plan.problem import Place
from ledger.plan.register import Register, Row

LIFE = ("owner", "planned_from", "retired_on", "exempt_reason", "exempt_until")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "units.csv": ("unit", "parent", "level", "kind", "name_vi", "name_en", "code"),
    "former_units.csv": (
        *("unit", "parent", "level", "kind", "name_vi", "name_en", "code"),
        *("valid_from", "valid_until"),
    ),
    "later_units.csv": ("unit", "parent", "level", "kind", "name_vi", "name_en", "code", "valid_from"),
    "successions.csv": ("on", "kind", "source", "target", "share", "decision"),
    "unit_codes.csv": ("unit", "scheme", "value", "valid_from", "valid_until"),
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
OPTIONAL = frozenset(
    {
        *("mail.csv", "services.csv", "former_units.csv", "later_units.csv", "successions.csv", "unit_codes.csv"),
        *("indicators.yml", "tasks.yml", "profile.yml"),
    }
)
TARGETS = "targets.yml"
INDICATORS = "indicators.yml"
TASKS = "tasks.yml"
PROFILE = "profile.yml"
#: The plan's files that aren't CSV; of these targets.yml must be there.
YAML_FILES = (INDICATORS, TARGETS, TASKS, PROFILE)
#: What Ansible means by these is never a host: the inventory's groups, its own words, the machine that it runs on.
HOST_GROUPS = frozenset({"all", "ungrouped", "unenrolled", "localhost", str(AssetKind.WORKSTATION), *map(str, Role)})
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
    taken: dict[str, Place] = field(default_factory=dict)

    def read(self, file: str) -> Register:
        """Read `file` of the folder once; an optional one that isn't there has no rows."""
        if file not in self.by_file:
            self.by_file[file] = read_register(self.folder / file, COLUMNS[file], optional=file in OPTIONAL)
        return self.by_file[file]

    @property
    def unreadable(self) -> frozenset[str]:
        """The registers of which rows are missing."""
        return frozenset(file for file, register in self.by_file.items() if not register.is_readable)

    def own(self, row: Row, column: str, value: str, space: str, code: str = "duplicate") -> None:
        """Note that `value` is the row's, if it has one; report the row where another has it already."""
        if not value:
            return
        key = f"{space}:{value.lower()}"
        if key in self.taken:
            row.report(code, column, where=self.taken[key])
        else:
            self.taken[key] = row.place

    def host(self, row: Row, column: str) -> str:
        """The cell as the id of a host, the row's own."""
        value = row.identifier(column)
        self.own(row, column, value, "asset")
        if value.lower() in HOST_GROUPS:
            row.report("kept_id", column)
        return value


def life_of(row: Row) -> Life:
    """The columns that every asset's register has, read from `row`."""
    reason, until = row.optional("exempt_reason"), row.optional("exempt_until")
    if (reason is None) != (until is None):
        row.report("half_exempt", "exempt_reason" if reason is None else "exempt_until")
    last_day = row.day("exempt_until") if until else None
    planned_from = row.day("planned_from") or NO_DAY
    retired_on = row.day("retired_on") if row.optional("retired_on") else None
    if retired_on is not None and retired_on < planned_from:
        row.report("retired_early", "retired_on", wanted=planned_from.isoformat())
    return Life(
        owner=row.text("owner"),
        planned_from=planned_from,
        retired_on=retired_on,
        exemption=Exemption(reason, last_day) if reason and last_day else None,
    )
