"""Names as the province's own DNS server gives them."""

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX

from collectors.fault import Fault
from ledger.observation import Failure


@dataclass(frozen=True, slots=True)
class Addresses:
    """A name's addresses in order; both empty where the name has none, or isn't there."""

    v4: tuple[IPv4Address, ...] = ()
    v6: tuple[IPv6Address, ...] = ()


class Names(Protocol):
    """Asks the DNS; a server that doesn't answer properly is a Fault, never an exception."""

    async def addresses(self, name: str) -> Addresses | Fault:
        """The A and AAAA records of `name`."""

    async def exchange(self, domain: str) -> str | Fault | None:
        """The host that takes a domain's mail: its most preferred MX; None where it has none."""


class DnsNames:
    """Asks one DNS server with dnspython, nothing else: neither /etc/resolv.conf nor /etc/hosts."""

    def __init__(self, server: str, *, port: int = 53, deadline_seconds: float = 5.0) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = [server]
        self._resolver.port = port
        self._resolver.lifetime = deadline_seconds
        self._resolver.timeout = deadline_seconds / 2

    async def addresses(self, name: str) -> Addresses | Fault:
        """Both families at once."""
        v4, v6 = await asyncio.gather(self._records(name, "A"), self._records(name, "AAAA"))
        if isinstance(v4, Fault):
            return v4
        if isinstance(v6, Fault):
            return v6
        return Addresses(
            tuple(sorted(IPv4Address(str(record)) for record in v4)),
            tuple(sorted(IPv6Address(str(record)) for record in v6)),
        )

    async def exchange(self, domain: str) -> str | Fault | None:
        """Of equally preferred ones, the first by name; a null MX (RFC 7505) is none."""
        records = await self._records(domain, "MX")
        if isinstance(records, Fault):
            return records
        found = sorted((r.preference, r.exchange.to_text().rstrip(".")) for r in records if isinstance(r, MX))
        return next((host.lower() for _preference, host in found if host), None)

    async def _records(self, name: str, kind: str) -> list[object] | Fault:
        try:
            answer = await self._resolver.resolve(f"{name}.", kind, search=False)
            return list(answer)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.Timeout:
            return Fault(Failure.NO_ANSWER, f"DNS: no answer within {self._resolver.lifetime:g} s")
        except (dns.exception.DNSException, OSError):
            return Fault(Failure.BAD_REPLY, f"DNS: no proper answer for {kind}")
