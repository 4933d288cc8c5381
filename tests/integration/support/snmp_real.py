"""What is asked of a real agent (net-snmp's snmpd), and as whom."""

from contextlib import AbstractContextManager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3

HOST = IPv4Address("127.0.0.1")
AUTH_KEY, PRIV_KEY = "authentication-key", "privacy-key-of-it"
AGENT = f"""
createUser baophu SHA-256 "{AUTH_KEY}" AES "{PRIV_KEY}"
rouser baophu authpriv
rocommunity lookhere {HOST}
sysName 68-22945-SW-001
"""


class StartSnmpd(Protocol):
    """What the fixture gives."""

    port: int
    folder: Path

    @property
    def log(self) -> Path:
        """What it says."""

    def __call__(self, configuration: str, address: str = "127.0.0.1") -> AbstractContextManager[None]:
        """Start it at an address for as long as the context lasts."""


class MakeSnmpd(Protocol):
    """What the fixture for a module's agents gives."""

    def __call__(self, name: str, port: int | None = None, *, tells_who: bool = False) -> StartSnmpd:
        """One with a folder of its own, and a port; `tells_who`: its log has who asked."""


def v3(user: str = "baophu", auth: str = AUTH_KEY, priv: str = PRIV_KEY) -> SnmpV3:
    return SnmpV3(user, AuthProtocol.SHA256, SecretStr(auth), PrivProtocol.AES128, SecretStr(priv))
