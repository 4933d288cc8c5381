"""Where a lab lives, and what everything of it is called: two labs never share a name."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabCallError, LabError
from ledger.language import N_

DEFAULT_NAME = "lab"
DEFAULT_ROOT = Path(".baophu/lab")
DEFAULT_CACHE = Path("/var/cache/baophu")
#: The namespace that stands for the controller: it has the management bridge and no other way to a host.
CTL = "ctl"
#: The namespace in which every cable of the lab is patched.
PANEL = "panel"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
#: Characters that separate the options of an overlay mount.
_UNMOUNTABLE = re.compile(r"[,:\\]")


@dataclass(frozen=True, slots=True)
class Place:
    """A lab's state folder and image cache, both absolute."""

    name: str
    state: Path
    cache: Path

    @classmethod
    def of(cls, name: str = DEFAULT_NAME, root: Path = DEFAULT_ROOT, cache: Path = DEFAULT_CACHE) -> "Place":
        """The place of lab `name` below `root`; raises LabError for a name or path that the kernel won't take."""
        if not _NAME.fullmatch(name):
            raise LabCallError(
                N_("lab: '{name}' is not a lab's name; use small letters, digits and dashes, 31 at most"), name=name
            )
        place = cls(name, (root / name).absolute(), cache.absolute())
        for path in (place.state, place.cache):
            if _UNMOUNTABLE.search(str(path)):
                raise LabError(
                    N_(
                        "lab: the folder '{path}' can't be mounted because of ',', ':' or '\\' in its name; "
                        "set BAOPHU_LAB_DIR or BAOPHU_CACHE to another"
                    ),
                    path=path,
                )
        return place

    @property
    def tag(self) -> str:
        """What marks the lab's namespaces and cgroups as its own: its name and a hash of its folder."""
        return f"{self.name}-{self._digest}"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(str(self.state).encode()).hexdigest()[:6]

    def namespace(self, host: str) -> str:
        """The network namespace of a host (by host name), `ctl` or `panel`."""
        return f"{self.tag}.{host}"

    def machine(self, host: str) -> str:
        """What systemd-nspawn calls a host; `*` gives the pattern of all of the lab's."""
        return f"baophu{self._digest}-{host}"

    def host_folder(self, host: str) -> Path:
        """Where a host's disk, console log and cgroup are kept."""
        return self.state / "hosts" / host

    def root_of(self, host: str) -> Path:
        """Where a host's disk is mounted."""
        return self.host_folder(host) / "root"

    @property
    def record(self) -> Path:
        """The file that holds topology, faults and image."""
        return self.state / "hosts.json"

    @property
    def lock(self) -> Path:
        """The file that a command of the lab holds while it changes anything."""
        return self.state.with_name(f".{self.name}.lock")
