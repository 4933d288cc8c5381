"""What the machine must have before a lab can be; each lack is one message that says how to get it."""

import os
import shutil
from pathlib import Path

from lab.cgroup import hierarchies
from lab.errors import LabError
from lab.network import REDIRECT
from lab.system import succeeds
from ledger.language import N_

PACKAGES = Path(__file__).parent / "host_packages.txt"
#: Each tool that the lab runs, and the Debian package that has it.
TOOLS = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ethtool": "ethtool",
    "ip": "iproute2",
    "tc": "iproute2",
    "bridge": "iproute2",
    "gpg": "gnupg",
    "ssh": "openssh-client",
}
#: What may be a module on a stock kernel and built in on another.
MODULES = ("overlay", "veth", "bridge", "tun", "sch_ingress", "cls_u32", "act_mirred")
INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
#: With the kernel's 128, a third of 40 hosts never answered: each systemd takes several.
ENOUGH_INSTANCES = 8192


def check_machine() -> None:
    """Raise LabError for the first thing that this machine lacks; loads modules and raises the inotify limit."""
    check_root()
    _check_tools()
    _check_kernel()
    if int(INSTANCES.read_text(encoding="ascii")) < ENOUGH_INSTANCES:
        INSTANCES.write_text(str(ENOUGH_INSTANCES), encoding="ascii")


def check_root() -> None:
    """Raise LabError unless this is root."""
    if os.geteuid() != 0:
        raise LabError(N_("lab: booting hosts needs root; run the command again as root, or with sudo"))


def _check_tools() -> None:
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if missing and shutil.which("apt-get") is None:
        raise LabError(
            N_("lab: this machine is not a Debian and lacks {missing}; use Debian 12 or later"),
            missing=", ".join(missing),
        )
    if missing:
        raise LabError(N_("lab: tools are missing; install them: apt-get install {missing}"), missing=" ".join(missing))


def _check_kernel() -> None:
    if shutil.which("modprobe"):  # a kernel without modules has what it has
        succeeds(["modprobe", "--all", "--quiet", *MODULES])
    if not Path("/proc/self/ns/net").exists():
        raise LabError(N_("lab: the kernel has no network namespaces (CONFIG_NET_NS); boot Debian's own kernel"))
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="ascii").split():
        raise LabError(N_("lab: the kernel has no overlayfs (CONFIG_OVERLAY_FS); boot Debian's own kernel"))
    if not Path("/dev/net/tun").exists():
        raise LabError(
            N_("lab: /dev/net/tun is missing (CONFIG_TUN); boot Debian's own kernel, or allow the device here")
        )
    if not hierarchies(Path("/proc/self/mountinfo").read_text(encoding="utf-8")):
        raise LabError(N_("lab: no cgroup hierarchy is mounted; mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup"))
    _check_networking()


def _check_networking() -> None:
    """Try what the lab's cables are made of, in a namespace that goes with the command."""
    redirect = (
        "ip link add name a0 type veth peer name b0 && tc qdisc add dev a0 ingress && "
        f"tc filter add dev a0 {REDIRECT} b0"
    )
    steps = (
        ("veth pairs (CONFIG_VETH)", "ip link add name a0 type veth peer name b0"),
        ("bridges (CONFIG_BRIDGE)", "ip link add name c0 type bridge"),
        ("packet redirection (CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_U32, CONFIG_NET_ACT_MIRRED)", redirect),
    )
    for what, script in steps:
        if not succeeds(["unshare", "--net", "sh", "-ec", script]):
            raise LabError(
                N_("lab: the kernel has no {what}, or doesn't let this user have them; boot Debian's own kernel"),
                what=what,
            )
