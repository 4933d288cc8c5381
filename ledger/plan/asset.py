"""What a plan's registers list: devices, links, PCs, mail and services, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import Literal


class AssetKind(StrEnum):
    """What an asset is. The last four are derived from a unit's other assets, never listed in a register."""

    ROUTER = "router"
    SWITCH = "switch"
    SERVER = "server"
    WORKSTATION = "workstation"
    LINK = "link"
    MAIL_DOMAIN = "mail_domain"
    MAILBOX = "mailbox"
    SERVICE = "service"
    LAN = "lan"
    CONNECTION_POINT = "connection_point"
    UNIT_MAIL = "unit_mail"
    UNIT_PORTAL = "unit_portal"


class Role(StrEnum):
    """What a device does; it has one and only one. A plan has one province server, at most one PoP and mail relay."""

    POP = "pop"
    CPE = "cpe"
    ACCESS_SWITCH = "access_switch"
    PROVINCE_SERVER = "province_server"
    MAIL_SERVER = "mail_server"
    MAIL_RELAY = "mail_relay"
    WEB_SERVER = "web_server"


#: What a device of each role is.
KIND_OF: Mapping[Role, AssetKind] = {
    Role.POP: AssetKind.ROUTER,
    Role.CPE: AssetKind.ROUTER,
    Role.ACCESS_SWITCH: AssetKind.SWITCH,
    Role.PROVINCE_SERVER: AssetKind.SERVER,
    Role.MAIL_SERVER: AssetKind.SERVER,
    Role.MAIL_RELAY: AssetKind.SERVER,
    Role.WEB_SERVER: AssetKind.SERVER,
}


class LinkKind(StrEnum):
    """`uplink`: unit to PoP; `trunk`: router to switch or switch to switch; `server`: PoP or switch to a server.

    A switch's port to a server is an access port in the VLAN whose subnet holds the server's address.
    """

    UPLINK = "uplink"
    TRUNK = "trunk"
    SERVER = "server"


class ServiceKind(StrEnum):
    """`portal`: a unit's public site (cổng, trang TTĐT); `application`: what officials work with (VIC, QOffice …)."""

    PORTAL = "portal"
    APPLICATION = "application"


OURS: Literal["ours"] = "ours"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why an asset is outside numerator and denominator, and the last day on which it is."""

    reason: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What every planned thing has. `owner` is `ours`, or names whose it is: never write to what isn't ours."""

    id: str
    unit: str
    site: str | None
    owner: str
    planned_from: date
    retired_on: date | None = None
    exemption: Exemption | None = None

    @property
    def kind(self) -> AssetKind:
        """The asset's kind."""
        raise NotImplementedError

    @property
    def is_ours(self) -> bool:
        """Whether this project may write to it."""
        return self.owner == OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Asset):
    """A router, switch or server. `address` is its in-band address, `ports` counts a switch's access ports p1…pN."""

    device_kind: AssetKind
    role: Role
    platform: str
    address: IPv4Address
    asn: int | None = None
    ports: int = 0

    @property
    def kind(self) -> AssetKind:
        """The asset's kind, as its register says."""
        return self.device_kind


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One end of a link; `address` only where the link is routed there, `address6` only where it has IPv6 as well."""

    device: str
    port: str
    address: IPv4Interface | None
    address6: IPv6Interface | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Asset):
    """A planned connection of two devices; its unit is the one that it serves."""

    link_kind: LinkKind
    a: LinkEnd
    b: LinkEnd
    bandwidth_mbps: int

    @property
    def kind(self) -> AssetKind:
        """Always `link`."""
        return AssetKind.LINK

    def end_at(self, device: str) -> LinkEnd:
        """The end at `device`; KeyError where the link doesn't touch it."""
        for end in (self.a, self.b):
            if end.device == device:
                return end
        raise KeyError(device)

    def far_end(self, device: str) -> LinkEnd:
        """The end that isn't at `device`; KeyError where the link doesn't touch it."""
        return self.b if self.end_at(device) is self.a else self.a


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation(Asset):
    """A PC. An exempt one (a stand-alone PC for secret drafting) has no MAC and no socket, and is never polled."""

    mac: str | None
    switch: str | None
    port: str | None
    vlan: int | None

    @property
    def kind(self) -> AssetKind:
        """Always `workstation`."""
        return AssetKind.WORKSTATION


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDomain(Asset):
    """A domain that takes mail; its id is its name, `server` the mail server that keeps its mailboxes."""

    server: str

    @property
    def kind(self) -> AssetKind:
        """Always `mail_domain`."""
        return AssetKind.MAIL_DOMAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox(Asset):
    """A mailbox; its id is its address. `workstation` is the PC of its user, None where the plan doesn't say."""

    domain: str
    quota_mb: int
    workstation: str | None

    @property
    def kind(self) -> AssetKind:
        """Always `mailbox`."""
        return AssetKind.MAILBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Asset):
    """A web service that a unit owes: `url` is None where it isn't there yet, `server` where it is hosted elsewhere."""

    service_kind: ServiceKind
    name_vi: str
    name_en: str
    url: str | None
    server: str | None

    @property
    def kind(self) -> AssetKind:
        """Always `service`."""
        return AssetKind.SERVICE


#: Everything that a register lists.
PlannedAsset = Device | Link | Workstation | MailDomain | Mailbox | Service
