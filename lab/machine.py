"""One host: its disk (an overlay above the shared image), what is planted on it before it boots, and its power."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from lab.cgroup import kill, lab_cgroups, leader, make_cgroups
from lab.errors import LabError
from lab.identity import SshKey, write_key
from lab.place import Place
from lab.system import run
from lab.topology import Host
from ledger.language import N_

BOOT_LOOP = Path(__file__).parent / "boot_loop.sh"
#: Where the province's server finds the package pool.
POOL = "/srv/pool"
CAPABILITIES = "CAP_NET_ADMIN,CAP_NET_RAW,CAP_SYS_NICE,CAP_IPC_LOCK"
#: Where systemd-nspawn keeps a folder for each machine that runs.
PROPAGATED = Path("/run/systemd/nspawn/propagate")
#: Lines of a console log that tell why a host doesn't answer.
TAIL = 15


class Machine:
    """A host of a lab as a machine: seed it once, then switch it on and off."""

    def __init__(self, place: Place, host: Host) -> None:
        self._place = place
        self.host = host
        self._folder = place.host_folder(host.hostname)
        self._root = place.root_of(host.hostname)

    def seed(self, layers: Sequence[str], key: SshKey, opener: SshKey) -> None:
        """Make the disk above `layers`, with its identity on it: host key, name, and who may log in."""
        for name in ("upper", "work", "root"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        self.mount(layers)
        self._plant("etc/hostname", f"{self.host.hostname}\n")
        self._plant("etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {self.host.hostname}\n::1 localhost\n")
        self._plant("etc/machine-id", f"{uuid.uuid4().hex}\n")
        self._plant("etc/resolv.conf", "")
        ssh = self._root / "root/.ssh"
        ssh.mkdir(mode=0o700, exist_ok=True)
        self._plant("root/.ssh/authorized_keys", opener.public)
        (ssh / "authorized_keys").chmod(0o600)
        write_key(self._root / "etc/ssh/ssh_host_ed25519_key", key)

    def mount(self, layers: Sequence[str]) -> None:
        """Mount the disk."""
        lower = ":".join(layers)
        options = f"lowerdir={lower},upperdir={self._folder}/upper,workdir={self._folder}/work"
        try:
            run(["mount", "-t", "overlay", "overlay", "-o", options, str(self._root)])
        except LabError as error:
            raise LabError(
                N_(
                    "{error}; where the folder's own file system is an overlay or a network's, "
                    "set BAOPHU_LAB_DIR to one on ext4, xfs or btrfs"
                ),
                error=error,
            ) from None

    def boot(self, pool: Path | None) -> None:
        """Switch it on; it runs on when this process ends. `pool` is shown to it read-only at /srv/pool."""
        cgroups = make_cgroups(self._place, self.host.hostname)
        loop = ["sh", str(BOOT_LOOP), sys.executable, str(self._place.state), self.host.id, *map(str, cgroups), "--"]
        with self.console.open("ab") as console:
            subprocess.run(
                ["setsid", "--fork", *loop, *self._nspawn(pool)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.environ["PATH"], "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"},
                check=True,
            )

    def kill(self) -> None:
        """Switch it off without a word, as a power cut does; its disk stays as it was."""
        kill(self.cgroups())

    def cgroups(self) -> list[Path]:
        """Its cgroups."""
        return [cgroup / self.host.hostname for cgroup in lab_cgroups(self._place)]

    def leader(self) -> int | None:
        """Its PID 1 as the machine numbers it; None where it is off."""
        return leader(self.cgroups())

    @property
    def console(self) -> Path:
        """Its console log."""
        return self._folder / "console.log"

    def last_words(self) -> str:
        """The end of its console log."""
        if not self.console.exists():
            return ""
        return "\n".join(self.console.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:])

    def _nspawn(self, pool: Path | None) -> list[str]:
        shown = [] if pool is None else [f"--bind-ro={pool}:{POOL}"]
        return [
            *("systemd-nspawn", "--quiet", "--settings=no", "--boot", f"--directory={self._root}"),
            *(
                "--register=no",
                "--keep-unit",
                f"--machine={self._place.machine(self.host.hostname)}",
                f"--hostname={self.host.hostname}",
            ),
            f"--network-namespace-path=/run/netns/{self._place.namespace(self.host.hostname)}",
            *("--console=pipe", "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--suppress-sync=yes"),
            *(f"--capability={CAPABILITIES}", "--bind=/dev/net/tun", *shown),
        ]

    def _plant(self, path: str, text: str) -> None:
        target = self._root / path
        target.unlink(missing_ok=True)
        target.write_text(text, encoding="utf-8")


def unmount_below(folder: Path) -> None:
    """Unmount everything that is mounted below `folder`, the innermost first."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = [line.split()[4].replace("\\040", " ") for line in mounts]
    for point in reversed([point for point in points if Path(point).is_relative_to(folder)]):
        run(["umount", "--lazy", point])


def forget_machines(place: Place) -> None:
    """Remove the empty folders that systemd-nspawn leaves for hosts that were killed."""
    for folder in PROPAGATED.glob(place.machine("*")):
        folder.rmdir()


def erase(folder: Path) -> None:
    """Remove `folder` and what is in it; mounts must be gone."""
    if folder.exists():
        shutil.rmtree(folder)
