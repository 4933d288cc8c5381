"""A mail relay on loopback that takes mail after STARTTLS only, and keeps what it got."""

import email
import email.policy
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from certificates import Server

HOST = "127.0.0.1"
PATIENCE_SECONDS = 90.0


@dataclass
class Postbox:
    """Mail in the order in which it came, decoded."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def address(self) -> str:
        """What a client connects to."""
        return f"{HOST}:{self.port}"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail; aiosmtpd has refused it unless it came over TLS."""
        assert isinstance(session.ssl, dict)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        return "250 kept"

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The first `count` mails; AssertionError where so many don't come in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.mails) >= count, deadline - time.monotonic())
            assert len(self.mails) >= count, [str(mail["Subject"]) for mail in self.mails]
            return self.mails[:count]


def free_address() -> str:
    """A loopback address and a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as free:
        return f"{HOST}:{free.getsockname()[1]}"


@contextmanager
def postbox(server: Server) -> Iterator[Postbox]:
    """A relay that listens until the block ends."""
    box = Postbox(int(free_address().partition(":")[2]))
    context: ssl.SSLContext = server.context
    controller = Controller(box, hostname=HOST, port=box.port, tls_context=context, require_starttls=True)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def text_of(mail: EmailMessage, kind: str) -> str:
    """The decoded text of a mail's part, `plain` or `html`."""
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content
