"""Tells systemd that a service is ready, where systemd asked to be told (`Type=notify`, sd_notify(3))."""

import os
import socket

READY = b"READY=1"


def tell_ready() -> None:
    """Send READY=1 to the socket that NOTIFY_SOCKET names; nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # A leading @ stands for Linux's abstract namespace, whose names begin with a zero byte.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notifying:
        notifying.sendto(READY, "\0" + address[1:] if address.startswith("@") else address)
