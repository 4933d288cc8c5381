"""How devices and services are asked: what the composition root chooses."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from collectors.credentials import Credentials
from collectors.cycle import Pace
from collectors.mail.prober import MailPorts
from collectors.ssh import SshPace
from ledger.capacity import DaysRule
from ledger.plan import Role


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """How devices and services are asked. `lease_duration` is the one that the routers give leases for.

    `dns_server` is asked for names, None: the plan's province server. `interface_series` are the classes of devices
    whose interfaces' counters are read and shown. Devices begin their turns within `jitter_seconds`. Links' samples are
    kept for `load_kept` and judged by `capacity_days`. `trigger_socket` is where the listener says which devices to ask
    now; None: nobody does.
    """

    credentials: Credentials
    interval_seconds: float = 30.0
    lease_duration: timedelta = timedelta(hours=1)
    snmp_port: int = 161
    snmp_timeout_seconds: float = 2.0
    snmp_retries: int = 1
    ssh_port: int = 22
    ssh_timeout_seconds: float = 5.0
    ping_timeout_seconds: float = 1.0
    ping_tries: int = 3
    device_deadline_seconds: float = 20.0
    jitter_seconds: float = 0.0
    devices_at_once: int = 512
    interface_series: frozenset[Role] = frozenset()
    routers_at_once: int = 8
    echoes_at_once: int = 64
    dns_server: str | None = None
    dns_port: int = 53
    dns_timeout_seconds: float = 4.0
    mail_ports: MailPorts = field(default_factory=MailPorts)
    https_port: int = 443
    https_deadline_seconds: float = 10.0
    capacity_days: DaysRule = DaysRule.WINDOW
    load_kept: timedelta = timedelta(days=35)
    trigger_socket: Path | None = None

    def pace(self) -> Pace:
        """What a cycle needs to know of it."""
        return Pace(
            cycle_seconds=self.interval_seconds,
            devices_at_once=self.devices_at_once,
            routers_at_once=self.routers_at_once,
            echoes_at_once=self.echoes_at_once,
        )

    def ssh_pace(self) -> SshPace:
        """What reading over SSH needs to know of it."""
        return SshPace(
            port=self.ssh_port,
            timeout_seconds=self.ssh_timeout_seconds,
            deadline_seconds=self.device_deadline_seconds,
            at_once=self.routers_at_once,
        )
