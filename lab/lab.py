"""A lab: boot a plan's province, break it, mend it, take it down."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import yaml

from lab.cgroup import kill, lab_cgroups
from lab.errors import LabCallError, LabError
from lab.identity import SshKey, known_hosts_line, make_secrets
from lab.images import Image, ImageStore, Progress, Say
from lab.machine import Machine, erase, forget_machines, unmount_below
from lab.network import Network
from lab.place import Place
from lab.preflight import check_machine, check_root
from lab.record import PATIENCE_SECONDS, Record, held, read_record, write_record
from lab.status import HostStatus, LabStatus
from lab.system import DYING_WITH_US
from lab.topology import Host, Topology, derive_topology, read_absences
from lab.wiring import Faults, known_cable, moved, patches
from ledger.language import N_
from ledger.plan import Role, read_plan

#: How long hosts may take to answer on SSH: a base, and a bit for each, for they share the machine.
BOOT_SECONDS, BOOT_SECONDS_PER_HOST = 60.0, 4.0
#: A host that restarts waits for its turn at the panel; giving up would leave it off.
REPLUG_PATIENCE_SECONDS = 900.0
#: Seconds between two lines about hosts that answer.
PROGRESS_SECONDS = 1.0


def _english(message: str) -> str:
    return message


def _silent(_: str) -> None:
    return None


class Lab:
    """One lab of this machine. `say` translates what people read; `clock` gives aware UTC times."""

    def __init__(
        self, place: Place, say: Say = _english, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.place = place
        self._say = say
        self._clock = clock
        self._network = Network(place)

    def up(self, plan_folder: Path, image: Image = Image.FULL, progress: Progress = _silent) -> None:
        """Boot the plan's hosts and wait until each answers on SSH.

        Raises PlanError for a bad plan, LabError where the machine lacks something, a lab of this name is up,
        or hosts don't answer. Whatever was booted by then, and by an interrupted call, is taken down again.
        """
        check_machine()
        plan = read_plan(plan_folder)
        topology = derive_topology(plan, read_absences(plan_folder / "lab.yml", plan))
        with self._held():
            if self.place.state.exists():
                raise LabError(
                    N_("lab: '{name}' is up already, or was left half up; run `lab down` first"), name=self.place.name
                )
            layers = ImageStore(self.place.cache, self._say).layers(image, progress)
            paths = tuple(map(str, layers.paths))
            record = Record(str(image), str(plan_folder.absolute()), paths, str(layers.pool), False, topology, Faults())
            try:
                self._boot(record, progress)
            except BaseException:
                progress(self._say(N_("taking down what was booted")))
                self._remove()
                raise

    def _boot(self, record: Record, progress: Progress) -> None:
        self.place.state.mkdir(parents=True)
        write_record(self.place, record)
        hosts = record.topology.hosts
        progress(self._say(N_("making disks, keys and cables for {count} hosts")).format(count=len(hosts)))
        self._make_disks(record)
        self._network.build()
        self._plug_in(record, list(hosts.values()))
        progress(self._say(N_("booting {count} hosts")).format(count=len(hosts)))
        for host in hosts.values():
            self._machine(host).boot(self._pool_for(record, host))
        self._await_hosts(record.topology, list(hosts), progress)
        write_record(self.place, replace(record, complete=True))

    def _make_disks(self, record: Record) -> None:
        opener = make_secrets(self.place, self._clock)
        lines = []
        for host in record.topology.hosts.values():
            key = SshKey.generate(host.hostname)
            self._machine(host).seed(record.layers, key, opener)
            lines.append(known_hosts_line(host, key))
        (self.place.state / "known_hosts").write_text("".join(lines), encoding="utf-8")
        access = {"hosts": {host.id: {"address": host.address} for host in record.topology.hosts.values()}}
        (self.place.state / "access.yml").write_text(yaml.safe_dump(access, sort_keys=False), encoding="utf-8")

    def _plug_in(self, record: Record, hosts: Sequence[Host]) -> None:
        """Give `hosts` their ports, and carrier where their cables lead to hosts that have theirs."""
        for host in hosts:
            self._network.add_host(host, isolated=host.role != Role.PROVINCE_SERVER)
        self._rewire(record)

    def _await_hosts(self, topology: Topology, ids: Sequence[str], progress: Progress) -> None:
        waiting = {topology.hosts[id_].address: id_ for id_ in ids}
        deadline = BOOT_SECONDS + BOOT_SECONDS_PER_HOST * len(ids)
        argv = [*DYING_WITH_US, sys.executable, "-m", "lab.banner", str(deadline), *waiting]
        with subprocess.Popen(self.in_namespace("ctl", argv), stdout=subprocess.PIPE, text=True, cwd="/") as banners:
            try:
                told = monotonic()
                for line in banners.stdout or ():
                    waiting.pop(line.strip(), None)
                    if not waiting or monotonic() - told >= PROGRESS_SECONDS:
                        told = monotonic()
                        done, count = len(ids) - len(waiting), len(ids)
                        progress(self._say(N_("{done} of {count} hosts answer")).format(done=done, count=count))
            finally:
                banners.terminate()
        if waiting:
            words = [f"{id_}:\n{self._machine(topology.hosts[id_]).last_words()}" for id_ in waiting.values()]
            raise LabError(f"lab: {len(waiting)} hosts don't answer on SSH; their last words:\n" + "\n".join(words))

    def down(self) -> None:
        """Take the lab down and forget it; does nothing where none is up. Raises LabError where something won't go."""
        check_root()
        with self._held():
            self._remove()

    def _remove(self) -> None:
        """By what carries the lab's tag alone, so that it works however `up` ended."""
        kill(lab_cgroups(self.place))
        self._network.remove()
        unmount_below(self.place.state)
        forget_machines(self.place)
        erase(self.place.state)

    def status(self) -> LabStatus:
        """What runs and what differs from the plan; raises LabError where no lab is up."""
        record = read_record(self.place)
        hosts = [
            HostStatus(host.id, host.role, host.unit, host.site, host.address, self._machine(host).leader() is not None)
            for host in record.topology.hosts.values()
        ]
        return LabStatus(self.place.name, str(self.place.state), record, tuple(hosts))

    def topology(self) -> Topology:
        """The hosts and cables of the lab; raises LabError where no lab is up."""
        return read_record(self.place).topology

    def command(self, host: str, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` inside `host`, as root; raises LabError where it is off or not in the lab."""
        leader = self._machine(self._host(read_record(self.place), host)).leader()
        if leader is None:
            raise LabError(N_("lab: '{host}' is off; switch it on: lab power-on {host}"), host=host)
        environment = [
            "/usr/bin/env",
            "-i",
            "-C",
            "/root",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            "LC_ALL=C.UTF-8",
        ]
        entered = [
            "nsenter",
            f"--target={leader}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
            "--root",
            "--wd=/root",
        ]
        return [*entered, "--", *environment, f"TERM={os.environ.get('TERM', 'dumb')}", *argv]

    def exec(self, host: str, argv: Sequence[str]) -> int:
        """Run `argv` inside `host` with this process's input and output; gives its exit code."""
        check_root()
        return subprocess.run(self.command(host, argv), check=False).returncode

    def in_namespace(self, host: str, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv`, a program of this machine, on the network of a host (by id) or of `ctl`."""
        name = host if host == "ctl" else self._host(read_record(self.place), host).hostname
        return ["ip", "netns", "exec", self.place.namespace(name), *argv]

    def cut(self, link: str) -> None:
        """Cut a link: both ends lose carrier."""
        with self._changing() as record:
            known_cable(record.topology, link, workstation=False)
            self._break(record, replace(record.faults, cut=record.faults.cut | {link}))

    def mend(self, link: str) -> None:
        """Mend a cut link."""
        with self._changing() as record:
            known_cable(record.topology, link, workstation=False)
            self._break(record, replace(record.faults, cut=record.faults.cut - {link}))

    def unplug(self, workstation: str) -> None:
        """Pull a workstation's network cable."""
        with self._changing() as record:
            known_cable(record.topology, workstation, workstation=True)
            self._break(record, replace(record.faults, unplugged=record.faults.unplugged | {workstation}))

    def plug(self, workstation: str) -> None:
        """Plug a workstation's cable in again, where it was."""
        with self._changing() as record:
            known_cable(record.topology, workstation, workstation=True)
            self._break(record, replace(record.faults, unplugged=record.faults.unplugged - {workstation}))

    def move(self, workstation: str, unit: str) -> None:
        """Carry a workstation to a free socket of another unit; to its own unit's brings it home to its planned one."""
        with self._changing() as record:
            known_cable(record.topology, workstation, workstation=True)
            self._break(record, moved(record.topology, record.faults, workstation, unit))

    def power_off(self, target: str) -> None:
        """Cut the power of a site's hosts, or of one host: no clean shutdown, and what they were cabled to sees it."""
        with self._changing() as record:
            hosts = self._targets(record, target)
            for host in hosts:
                self._machine(host).kill()
                self._network.remove_host(host)
            self._break(record, replace(record.faults, off=record.faults.off | {host.id for host in hosts}))

    def power_on(self, target: str, progress: Progress = _silent) -> None:
        """Give a site or a host its power back and wait until SSH answers; what is on already stays on."""
        with self._changing() as record:
            hosts = [host for host in self._targets(record, target) if self._machine(host).leader() is None]
            off = record.faults.off - {host.id for host in hosts}
            powered = replace(record, faults=replace(record.faults, off=off))
            for host in hosts:
                self._machine(host).kill()
                self._network.remove_host(host)
            self._plug_in(powered, hosts)
            for host in hosts:
                self._machine(host).boot(self._pool_for(record, host))
            write_record(self.place, powered)
            self._await_hosts(record.topology, [host.id for host in hosts], progress)

    def replug(self, host: str) -> None:
        """Give a host that restarts its ports afresh: its neighbours see the carrier go and come back."""
        with self._changing(REPLUG_PATIENCE_SECONDS) as record:
            machine = self._host(record, host)
            self._network.remove_host(machine)
            self._rewire(record)
            self._plug_in(record, [machine])

    def note_stopped(self, host: str) -> None:
        """Pull the plugs of a host that shut itself down."""
        with self._changing(REPLUG_PATIENCE_SECONDS) as record:
            self._network.remove_host(self._host(record, host))
            self._break(record, replace(record.faults, off=record.faults.off | {host}))

    def _break(self, record: Record, faults: Faults) -> None:
        record = replace(record, faults=faults)
        self._rewire(record)
        write_record(self.place, record)

    def _rewire(self, record: Record) -> None:
        self._network.patch(patches(record.topology, record.faults))

    def _machine(self, host: Host) -> Machine:
        return Machine(self.place, host)

    def _pool_for(self, record: Record, host: Host) -> Path | None:
        return Path(record.pool) if host.role == Role.PROVINCE_SERVER else None

    def _host(self, record: Record, host: str) -> Host:
        if host not in record.topology.hosts:
            raise LabCallError(
                N_("lab: '{host}' is no host of this lab; it has: {known}"),
                host=host,
                known=", ".join(record.topology.hosts),
            )
        return record.topology.hosts[host]

    def _targets(self, record: Record, target: str) -> list[Host]:
        ids = record.topology.at_site(target) or (target,)
        return [self._host(record, id_) for id_ in ids]

    @contextmanager
    def _changing(self, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Record]:
        check_root()
        with self._held(patience_seconds):
            yield read_record(self.place)

    def _held(self, patience_seconds: float = PATIENCE_SECONDS) -> AbstractContextManager[None]:
        return held(self.place.lock, f"lab '{self.place.name}'", patience_seconds)
