"""What an asset owes before it counts as covered: of its kind, and under an indicator that asks for something else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.capacity import owes_capacity
from ledger.observation import COLLECTOR_OF, Check
from ledger.plan import AssetKind, Measure, Owes, PlannedAsset, Which
from ledger.terminal import owes_annex


@dataclass(frozen=True, slots=True)
class Obligation:
    """The checks by what they prove.

    `presence`: any sighting within its max age proves that the asset is seen. `proofs`: each must have been yes within
    its own max age. `latest`: the latest answer of each must be yes (a property; no answer ever: missing).
    """

    presence: tuple[Check, ...]
    proofs: tuple[Check, ...] = ()
    latest: tuple[Check, ...] = ()

    @property
    def collectors(self) -> frozenset[str]:
        """The collectors that are responsible for seeing the asset."""
        return frozenset(COLLECTOR_OF[check] for check in self.presence)


_DEVICE = (Check.SNMP, Check.PING)

#: What a registered asset owes to be in service.
OBLIGATIONS: Mapping[AssetKind, Obligation] = {
    AssetKind.ROUTER: Obligation(_DEVICE, proofs=(Check.SNMP,)),
    AssetKind.SWITCH: Obligation(_DEVICE, proofs=(Check.SNMP,), latest=(Check.VLANS,)),
    AssetKind.SERVER: Obligation(_DEVICE, proofs=(Check.SNMP,)),
    AssetKind.LINK: Obligation((Check.LINK,)),
    AssetKind.WORKSTATION: Obligation((Check.FDB, Check.ARP, Check.LEASE, Check.PING), latest=(Check.TSLCD_VLAN,)),
    AssetKind.MAIL_DOMAIN: Obligation((Check.SMTP, Check.IMAP), proofs=(Check.SMTP, Check.IMAP, Check.ROUND_TRIP)),
    AssetKind.MAILBOX: Obligation((Check.MAILBOX,), latest=(Check.MAILBOX,)),
    AssetKind.SERVICE: Obligation((Check.HTTPS,), proofs=(Check.HTTPS,)),
}
#: What a unit's router owes as the unit's connection point, and as a part of its LAN.
CONNECTION_POINT = Obligation(_DEVICE, proofs=(Check.SNMP, Check.BGP_SESSION))
LAN_ROUTER = Obligation(_DEVICE, proofs=(Check.SNMP, Check.DHCP))
#: A mailbox that is used: somebody logged in, and mail was delivered.
USED_MAILBOX = Obligation((Check.MAILBOX,), proofs=(Check.MAIL_LOGIN, Check.MAIL_DELIVERY), latest=(Check.MAILBOX,))
#: A terminal that has what Annex I asks for.
TERMINAL = Obligation(_DEVICE, proofs=(Check.SNMP,), latest=(Check.TERMINAL,))
#: A link with the capacity that the circular asks for.
LINK_CAPACITY = Obligation((Check.CAPACITY,), latest=(Check.CAPACITY,))
#: A portal that works for everyone: it answers well, and browsers accept its certificate.
WORKING_PORTAL = Obligation((Check.HTTPS,), proofs=(Check.HTTPS, Check.TLS), latest=(Check.HTTPS, Check.TLS))
#: A service that those without IPv4 reach as well.
IPV6_SERVICE = Obligation((Check.HTTPS, Check.HTTPS_IPV6), proofs=(Check.HTTPS_IPV6,), latest=(Check.HTTPS_IPV6,))

#: What an indicator may ask of an asset beside what its kind owes.
ASKED_FOR: Mapping[Owes, Obligation] = {
    Owes.CONNECTION_POINT: CONNECTION_POINT,
    Owes.USED_MAILBOX: USED_MAILBOX,
    Owes.TERMINAL: TERMINAL,
    Owes.CAPACITY: LINK_CAPACITY,
    Owes.WORKING_PORTAL: WORKING_PORTAL,
    Owes.IPV6_SERVICE: IPV6_SERVICE,
}
#: Which assets of its kind an indicator is about.
IS_COUNTED: Mapping[Which, Callable[[PlannedAsset], bool]] = {
    Which.ALL: lambda _asset: True,
    Which.UPLINK: owes_capacity,
    Which.CPE: owes_annex,
}


def owed_under(measure: Measure) -> Obligation | None:
    """What a measured asset owes under an indicator; None: it is judged by parts, or by whether it answers."""
    return OBLIGATIONS.get(measure.kind) if measure.owes is Owes.OWN else ASKED_FOR.get(measure.owes)
