"""What `lab status` tells."""

from dataclasses import dataclass
from typing import Any

from lab.record import Record


@dataclass(frozen=True, slots=True)
class HostStatus:
    """One host; `address` is its management address."""

    id: str
    role: str
    unit: str
    site: str | None
    address: str
    running: bool


@dataclass(frozen=True, slots=True)
class LabStatus:
    """A lab that is up."""

    name: str
    state: str
    record: Record
    hosts: tuple[HostStatus, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as JSON's types; keys are English and stay."""
        faults = self.record.faults
        return {
            "name": self.name,
            "state": self.state,
            "image": self.record.image,
            "plan": self.record.plan,
            "complete": self.record.complete,
            "hosts": [
                {
                    "host": host.id,
                    "role": host.role,
                    "unit": host.unit,
                    "site": host.site,
                    "address": host.address,
                    "running": host.running,
                }
                for host in self.hosts
            ],
            "cut": sorted(faults.cut),
            "unplugged": sorted(faults.unplugged),
            "moved": {pc: {"switch": to.host, "port": to.port} for pc, to in sorted(faults.moves.items())},
            "off": sorted(faults.off),
        }
