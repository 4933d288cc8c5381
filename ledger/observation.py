"""What was seen (As-Is): one answer to one check, with its own time and place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Check(StrEnum):
    """What is owed of an asset, or what proves its presence. The asset that a check is about stands in brackets."""

    SNMP = "snmp"  # [device] answers SNMP at its planned in-band address
    PING = "ping"  # [device, workstation] answers ICMP echo; a workstation at its leased address
    VLANS = "vlans"  # [switch] carries every planned VLAN (Q-BRIDGE-MIB)
    DHCP = "dhcp"  # [router] serves leases: its lease table was read and holds a current lease
    TERMINAL = "terminal"  # [router] what SNMP shows of Annex I of circular 06/2026; value: each requirement
    BGP_SESSION = "bgp_session"  # [router] its session is established, as seen at the PoP (BGP4-MIB)
    LINK = "link"  # [link] its end nearer the collector is operationally up (IF-MIB)
    ADJACENCY = "adjacency"  # [device] whom it hears on its ports (LLDP, CDP); value: ledger.adjacency's text
    CAPACITY = "capacity"  # [link] p95 of 7 days is within 90 % of its bandwidth; value: each way's, or days so far
    FDB = "fdb"  # [workstation] in a switch's forwarding table on an access port, this cycle
    ARP = "arp"  # [workstation] resolved in a router's ARP table, this cycle
    TSLCD_VLAN = "tslcd_vlan"  # [workstation] the VLAN where it was seen belongs to the TSLCD (Vlan.tslcd)
    LEASE = "lease"  # [workstation] holds a DHCP lease, by its last ACK
    SMTP = "smtp"  # [mail_domain] its MX, found by DNS, greets and offers STARTTLS; value: the MX and its banner
    IMAP = "imap"  # [mail_domain] the probe mailbox can be logged in to over IMAPS
    ROUND_TRIP = "round_trip"  # [mail_domain] a message that its probe submitted arrived; value: seconds it took
    MAIL_QUEUE = "mail_queue"  # [mail server or relay] its queue could be read; value: messages, age of the oldest (s)
    MAILBOX = "mailbox"  # [mailbox] the account exists and is active; value: active or suspended, None: no account
    MAIL_LOGIN = "mail_login"  # [mailbox] somebody logged in, by the time of the last login
    MAIL_DELIVERY = "mail_delivery"  # [mailbox] a message was delivered, by the time of the last delivery
    DNS = "dns"  # [service] its name resolves; value: its addresses
    HTTPS = "https"  # [service] answers well over HTTPS, whatever its certificate; value: status and seconds
    HTTPS_IPV6 = "https_ipv6"  # [service] has an AAAA record and answers there; a plain no: it has no such record
    TLS = "tls"  # [mail_domain, service] certificate trusted, named and in date; value: notAfter; detail: issuer

    __hash__ = str.__hash__  # an enumeration's own is a Python function, and checks are looked up millions of times


class Failure(StrEnum):
    """Why a check got no proper answer; the first word of an observation's `detail`."""

    NO_ANSWER = "no_answer"
    AUTH_FAILED = "auth_failed"
    BAD_REPLY = "bad_reply"
    COLLECTOR_ERROR = "collector_error"

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One answer.

    `asset` is a planned asset's id, or `mac:02:68:…` for what isn't planned. `at` is the sighting's own time (a
    lease's last ACK, a poll's reply), aware UTC. `unit` is the unit where it was seen, None where the check says
    nothing of place. `source` is the device or collector that saw it. `value` is what was seen (an address, a
    port, a VLAN list); `failure` is set only where `ok` is False and the asking itself went wrong, and `detail`
    says more in English, never a secret.
    """

    asset: str
    check: Check
    ok: bool
    at: datetime
    source: str
    unit: str | None = None
    value: str | None = None
    failure: Failure | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """One finished cycle of a collector: when it started and ended, its period, and how many devices it asked.

    `cycle_seconds`: from one cycle's start to the next's, as wanted, or as long as the cycle before took.
    """

    collector: str
    started_at: datetime
    finished_at: datetime
    cycle_seconds: float
    asked: int
    failed: int


class Sink(Protocol):
    """Where observations go (design: beyond one machine, the seam between collectors and the ledger)."""

    def accept(self, observations: Sequence[Observation]) -> None:
        """Take a batch; raises StoreError where it can't be kept."""

    def beat(self, heartbeat: Heartbeat) -> None:
        """Note that a collector finished a cycle; raises StoreError."""


#: Which collector answers each check: the name in its heartbeat. TLS is owed of services only: what the mail collector
#: sees of a mail domain's certificate is told, and proves nothing.
COLLECTOR_OF: dict[Check, str] = {
    Check.SNMP: "snmp",
    Check.PING: "icmp",
    Check.VLANS: "snmp",
    Check.DHCP: "leases",
    Check.BGP_SESSION: "snmp",
    Check.LINK: "snmp",
    Check.ADJACENCY: "snmp",
    Check.CAPACITY: "capacity",
    Check.TERMINAL: "terminal",
    Check.FDB: "snmp",
    Check.ARP: "snmp",
    Check.LEASE: "leases",
    Check.TSLCD_VLAN: "snmp",
    Check.SMTP: "mail",
    Check.IMAP: "mail",
    Check.ROUND_TRIP: "mail",
    Check.MAIL_QUEUE: "mail",
    Check.MAILBOX: "mail",
    Check.MAIL_LOGIN: "mail",
    Check.MAIL_DELIVERY: "mail",
    Check.DNS: "web",
    Check.HTTPS: "web",
    Check.HTTPS_IPV6: "web",
    Check.TLS: "web",
}


class Outcome(StrEnum):
    """How a provisioning run ended for one host."""

    OK = "ok"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One host's part in one provisioning run (a playbook); `check_mode` runs prove nothing and provision nothing."""

    run: str
    playbook: str
    asset: str
    outcome: Outcome
    changed: int
    check_mode: bool
    at: datetime
    message: str | None = None
    diff: str | None = None
