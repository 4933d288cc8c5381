"""Mail asked for as the collector does: Dovecot over IMAPS, SMTP with STARTTLS, a message there and away again."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

import pytest
from certificates import Authority, Server
from mail_servers import PASSWORD, Mailstore, free_port, mailstore, smtp_server
from pydantic import SecretStr

from collectors.credentials import MailProbe, SshKey
from collectors.fault import Fault
from collectors.mail.prober import Greeting, MailPorts, NetworkMailProber
from collectors.mail.state import Account, MailState, SshMailStateSource
from collectors.names import Addresses
from collectors.ssh import SshPace
from collectors.tls import Certificate, Trust
from ledger.observation import Failure
from ledger.plan import Plan


class StartSshd(Protocol):
    """What the fixture gives."""

    folder: Path
    port: int
    user: str
    key: Path
    known_hosts: Path

    def __call__(self, forced_command: str) -> AbstractContextManager[None]:
        """Start it for as long as the context lasts."""


A, B = "a.example", "b.example"
NAMES = ("mail.a.example", "mail.b.example")
PROBE_A, PROBE_B = f"baophu-probe@{A}", f"baophu-probe@{B}"
STATE_KEY = SshKey("nobody", Path("/nonexistent"), Path("/nonexistent"))


class Dns:
    """Every host is on loopback; every domain but `without.example` has an MX."""

    async def addresses(self, name: str) -> Addresses | Fault:  # noqa: ARG002 - the seam's
        return Addresses((IPv4Address("127.0.0.1"),))

    async def exchange(self, domain: str) -> str | Fault | None:
        return None if domain == "without.example" else f"mail.{domain}"


@dataclass
class Mail:
    """Two domains on one server, and a prober of them."""

    store: Mailstore
    ports: MailPorts
    ca_file: Path
    password: str = PASSWORD

    @property
    def prober(self) -> NetworkMailProber:
        probe = MailProbe("baophu-probe", SecretStr(self.password), STATE_KEY, self.ca_file)
        return NetworkMailProber(probe, Dns(), Trust(self.ca_file), self.ports)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def serving(authority: Authority, server: Server, *, starttls: bool = True) -> Iterator[Mail]:
    with (
        mailstore(server) as store,
        smtp_server(store, server.context if starttls else None, submission=False) as smtp,
        smtp_server(store, server.context, submission=True) as submission,
    ):
        ports = MailPorts(
            smtp=smtp, submission=submission, imaps=store.port, deadline_seconds=5.0, delivery_seconds=1.5
        )
        yield Mail(store, ports, authority.file)


@pytest.fixture
def mail(authority: Authority) -> Iterator[Mail]:
    with serving(authority, authority.server(*NAMES)) as running:
        yield running


def test_the_exchange_greets_and_shows_its_certificate(mail: Mail) -> None:
    found = asyncio.run(mail.prober.greet(A))
    assert isinstance(found, Greeting)
    assert (found.host, found.called) == ("mail.a.example", "mx1.a.example")
    assert isinstance(found.certificate, Certificate)
    assert (found.certificate.issuer, found.certificate.fault) == ("Bao Phu test CA", None)
    assert mail.store.logins == []


def test_a_message_goes_from_domain_to_domain_and_is_taken_away(mail: Mail) -> None:
    mail.store.put(PROBE_B, b"Message-ID: <somebody@else.example>\r\nSubject: x\r\n\r\nnot ours\r\n")
    seconds = asyncio.run(mail.prober.round_trip(A, B))
    assert isinstance(seconds, float)
    assert 0 < seconds <= 5
    assert mail.store.envelopes == [(PROBE_A, [PROBE_B])]
    assert mail.store.logins == [PROBE_A.encode()]
    (left,) = mail.store.messages(PROBE_B)
    assert b"somebody@else.example" in left


def test_a_login_clears_away_what_earlier_probes_left_and_nothing_else(mail: Mail) -> None:
    for number in range(3):
        mail.store.put(PROBE_A, f"Message-ID: <baophu-probe.{number}@b.example>\r\n\r\nold\r\n".encode())
    mail.store.put(PROBE_A, b"Message-ID: <somebody@else.example>\r\n\r\nnot ours\r\n")
    assert asyncio.run(mail.prober.log_in(A)) is None
    (left,) = mail.store.messages(PROBE_A)
    assert b"somebody@else.example" in left


def test_a_message_that_gets_lost_is_no_answer(mail: Mail) -> None:
    mail.store.deliver = False
    found = asyncio.run(mail.prober.round_trip(A, B))
    assert found == Fault(Failure.NO_ANSWER, "delivery at b.example: no answer within 1.5 s")
    assert mail.store.envelopes == [(PROBE_A, [PROBE_B])]


def test_a_wrong_password_is_refused_by_both(mail: Mail) -> None:
    wrong = replace(mail, password="wrong")
    refused = asyncio.run(wrong.prober.log_in(A))
    assert refused == Fault(Failure.AUTH_FAILED, "IMAP: the probe's password was refused")
    assert asyncio.run(wrong.prober.round_trip(A, B)) == Fault(
        Failure.AUTH_FAILED, "IMAP of b.example: the probe's password was refused"
    )
    assert "wrong" not in str(refused)


def test_a_domain_without_an_exchange_has_no_smtp(mail: Mail) -> None:
    found = asyncio.run(mail.prober.greet("without.example"))
    assert found == Fault(Failure.NO_ANSWER, "SMTP: the domain has no MX record")


def test_an_expired_certificate_is_told_and_gets_no_password(authority: Authority) -> None:
    server = authority.server(*NAMES, days=-1)
    with serving(authority, server) as mail:
        greeting = asyncio.run(mail.prober.greet(A))
        login, trip = asyncio.run(mail.prober.log_in(A)), asyncio.run(mail.prober.round_trip(A, B))
        assert mail.store.logins == []
        assert mail.store.envelopes == []
    assert isinstance(greeting, Greeting)
    assert greeting.certificate == Certificate(server.not_after, "Bao Phu test CA", "certificate has expired")
    assert login == Fault(Failure.AUTH_FAILED, "IMAP: certificate: certificate has expired")
    assert trip == Fault(Failure.AUTH_FAILED, "IMAP of b.example: certificate: certificate has expired")


def test_a_certificate_that_only_the_submission_lacks_gets_no_password_either(authority: Authority) -> None:
    good, bad = authority.server(*NAMES), authority.server(*NAMES, signed=False, days=29)
    with mailstore(good) as store, smtp_server(store, bad.context, submission=True) as submission:
        ports = MailPorts(submission=submission, imaps=store.port, deadline_seconds=5.0)
        found = asyncio.run(Mail(store, ports, authority.file).prober.round_trip(A, B))
        assert store.logins == []
    assert found == Fault(Failure.AUTH_FAILED, "submission at a.example: certificate: self-signed certificate")


def test_an_exchange_without_starttls_is_a_bad_reply(authority: Authority) -> None:
    with serving(authority, authority.server(*NAMES), starttls=False) as mail:
        found = asyncio.run(mail.prober.greet(A))
    assert found == Fault(Failure.BAD_REPLY, "SMTP: STARTTLS is not offered")


@contextmanager
def tcp_peer(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server that talks to one caller; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(10)
                talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def dripping(connection: socket.socket) -> None:
    """A reply line after the other, for ever."""
    with suppress(OSError):
        while True:
            connection.sendall(b"220-still greeting\r\n")


def endless(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b"220" + b" " * 500_000)


def mute(connection: socket.socket) -> None:
    connection.recv(1)


@pytest.mark.parametrize(
    ("talk", "failure", "detail"),
    [
        (dripping, Failure.BAD_REPLY, "SMTP: a reply without end"),
        (endless, Failure.BAD_REPLY, "SMTP: a line without end"),
        (mute, Failure.NO_ANSWER, "SMTP: no answer within 0.5 s"),
        (lambda c: c.sendall(b"SSH-2.0-x\r\n"), Failure.BAD_REPLY, "SMTP: no SMTP server"),
        (lambda c: c.sendall(b"554 go away\r\n"), Failure.BAD_REPLY, "SMTP: the greeting was answered with 554"),
        (socket.socket.close, Failure.NO_ANSWER, "SMTP: the server hung up"),
    ],
    ids=["dripping", "endless", "mute", "no SMTP", "refusing", "hanging up"],
)
def test_what_is_no_proper_smtp_is_a_fault(
    tmp_path: Path, talk: Callable[[socket.socket], None], failure: Failure, detail: str
) -> None:
    with tcp_peer(talk) as port:
        probe = MailProbe("baophu-probe", SecretStr(PASSWORD), STATE_KEY, None)
        prober = NetworkMailProber(probe, Dns(), Trust(), MailPorts(smtp=port, deadline_seconds=0.5))
        assert asyncio.run(prober.greet(A)) == Fault(failure, detail)


def test_nobody_listening_is_no_answer() -> None:
    probe = MailProbe("baophu-probe", SecretStr(PASSWORD), STATE_KEY, None)
    prober = NetworkMailProber(probe, Dns(), Trust(), MailPorts(smtp=free_port(), imaps=free_port()))
    assert asyncio.run(prober.greet(A)) == Fault(Failure.NO_ANSWER, "SMTP: Connection refused")
    assert asyncio.run(prober.log_in(A)) == Fault(Failure.NO_ANSWER, "IMAP: Connection refused")


def test_the_state_is_read_over_ssh(sshd: StartSshd, lab_plan: Plan) -> None:
    told = sshd.folder / "state.json"
    told.write_text(
        '{"queue": {"messages": 2, "oldest_seconds": 90}, "mailboxes": {"A@x.example": {"active": true}}}\n',
        encoding="ascii",
    )
    server = replace(lab_plan.devices["68-SKHCN-SV-001"], address=IPv4Address("127.0.0.1"))
    key = SshKey(sshd.user, sshd.key, sshd.known_hosts)
    with sshd(f"cat {told}"), SshMailStateSource(key, SshPace(port=sshd.port)) as source:
        found = asyncio.run(source.read(server))
        assert found == MailState(2, 90, {"a@x.example": Account(active=True, last_login=None, last_delivery=None)})
        told.write_text("[]", encoding="ascii")
        assert asyncio.run(source.read(server)) == Fault(Failure.BAD_REPLY, "mail state: wrong object")
