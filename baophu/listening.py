"""Where a server may listen."""

import ipaddress
import os
import socket

from ledger.errors import ConfigurationError
from ledger.language import N_


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`; a name other than `localhost` may be anybody's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening_socket(host: str, port: int) -> socket.socket:
    """A TCP socket bound to `host` (an address or `localhost`); raises ConfigurationError."""
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigurationError(
            N_("serve: can't listen on {host} port {port} ({reason}); choose another with --host or --port"),
            host=host,
            port=port,
            reason=reason,
        ) from None
