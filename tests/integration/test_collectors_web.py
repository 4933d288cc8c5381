"""Web services on loopback with certificates that hold, that ran out and that nobody signed; and a DNS server."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, TypeVar

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from certificates import Authority

from collectors.fault import Fault
from collectors.names import Addresses, DnsNames
from collectors.tls import Certificate, Trust
from collectors.web.https import HttpsAnswer, NetworkWebProber
from ledger.observation import Failure

NAME = "portal.lamdong.example"
URL = f"https://{NAME}/trang-chu"
V4, V6 = IPv4Address("127.0.0.1"), IPv6Address("::1")
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
T = TypeVar("T")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@asynccontextmanager
async def listening(talk: Talk, trust: ssl.SSLContext | None, address: str = str(V4)) -> AsyncIterator[int]:
    """A server that talks to each caller; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, address, 0, ssl=trust)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(answer: bytes, heard: list[bytes] | None = None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(request)
        writer.write(answer)
        await writer.drain()

    return talk


async def ask(
    trust: Trust, server: ssl.SSLContext | None, talk: Talk, *, address: IPv4Address | IPv6Address = V4
) -> HttpsAnswer | Fault:
    async with listening(talk, server, str(address)) as port:
        return await NetworkWebProber(trust, port=port, deadline_seconds=2.0).get(URL, address)


@pytest.mark.parametrize("address", [V4, V6])
def test_a_service_answers_at_the_address_asked_with_its_name(
    authority: Authority, address: IPv4Address | IPv6Address
) -> None:
    heard: list[bytes] = []
    server = authority.server(NAME)
    found = run(ask(Trust(authority.file), server.context, saying(FINE, heard), address=address))
    assert isinstance(found, HttpsAnswer)
    assert found.status == 200
    assert 0 < found.seconds <= 2
    assert found.certificate == Certificate(server.not_after, "Bao Phu test CA", None)
    assert heard[0].split(b"\r\n")[:2] == [b"GET /trang-chu HTTP/1.1", f"Host: {NAME}".encode()]
    assert server.asked_for == [NAME]


CERTIFICATES = {
    "expired": (lambda ca: ca.server(NAME, days=-3), "certificate has expired"),
    "of another name": (lambda ca: ca.server("other.example"), "certificate is not valid for"),
    "of its own": (lambda ca: ca.server(NAME, signed=False), "self-signed certificate"),
}


@pytest.mark.parametrize(("made", "reason"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_a_certificate_that_does_not_hold_is_read_and_the_service_still_answers(
    authority: Authority, made: Callable[[Authority], Any], reason: str
) -> None:
    server = made(authority)
    found = run(ask(Trust(authority.file), server.context, saying(FINE)))
    assert isinstance(found, HttpsAnswer)
    assert found.status == 200
    assert isinstance(found.certificate, Certificate)
    assert found.certificate.not_after == server.not_after
    assert found.certificate.fault is not None
    assert reason in found.certificate.fault


def test_a_ca_that_was_not_given_is_not_believed(authority: Authority) -> None:
    found = run(ask(Trust(), authority.server(NAME).context, saying(FINE)))
    assert isinstance(found, HttpsAnswer)
    assert isinstance(found.certificate, Certificate)
    assert found.certificate.detail == "Bao Phu test CA; unable to get local issuer certificate"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n\r\n", 302),
        (b"HTTP/1.0 503\r\n\r\n", 503),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + FINE, 200),
        (FINE + b"x" * 1_000_000, 200),
    ],
    ids=["redirect", "error", "interim answer", "a body without end"],
)
def test_the_status_is_told_and_nothing_is_followed_or_read(authority: Authority, answer: bytes, status: int) -> None:
    found = run(ask(Trust(authority.file), authority.server(NAME).context, saying(answer)))
    assert isinstance(found, HttpsAnswer)
    assert found.status == status


async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


FAULTS = {
    "no HTTP": (saying(b"220 mail.example ESMTP\r\n"), Fault(Failure.BAD_REPLY, "HTTPS: no HTTP server")),
    "a line without end": (saying(b"x" * 200_000), Fault(Failure.BAD_REPLY, "HTTPS: a line without end")),
    "interim answers without end": (
        saying(b"HTTP/1.1 103 x\r\n\r\n" * 20),
        Fault(Failure.BAD_REPLY, "HTTPS: interim answers without end"),
    ),
    "silence": (nothing, Fault(Failure.NO_ANSWER, "HTTPS: no answer within 2 s")),
    "hanging up": (hang_up, Fault(Failure.NO_ANSWER, "HTTPS: the server hung up")),
}


@pytest.mark.parametrize(("talk", "fault"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_answer_is_a_fault(authority: Authority, talk: Talk, fault: Fault) -> None:
    assert run(ask(Trust(authority.file), authority.server(NAME).context, talk)) == fault


def test_no_tls_and_no_server_are_faults(authority: Authority) -> None:
    found = run(ask(Trust(authority.file), None, saying(FINE)))
    assert isinstance(found, Fault)
    assert found.failure in (Failure.BAD_REPLY, Failure.NO_ANSWER)

    async def closed() -> HttpsAnswer | Fault:
        async with listening(saying(FINE), None) as port:
            pass
        return await NetworkWebProber(Trust(), port=port).get(URL, V4)

    assert run(closed()) == Fault(Failure.NO_ANSWER, "HTTPS: Connection refused")


@dataclass
class Dns(asyncio.DatagramProtocol):
    """Answers from `records`; None: never."""

    records: dict[tuple[str, str], list[str]] | None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self.records is None:
            return
        query = dns.message.from_wire(data)
        question = query.question[0]
        kind, name = dns.rdatatype.to_text(question.rdtype), question.name.to_text().rstrip(".")
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        values = self.records.get((name, kind))
        if values is not None:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif name == "broken.example":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not any(known == name for known, _kind in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


async def with_dns(records: dict[tuple[str, str], list[str]] | None, asking: Callable[[DnsNames], Awaitable[T]]) -> T:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Dns(records), local_addr=("127.0.0.1", 0))
    try:
        port = transport.get_extra_info("sockname")[1]
        return await asking(DnsNames("127.0.0.1", port=port, deadline_seconds=0.5))
    finally:
        transport.close()


RECORDS = {
    (NAME, "A"): ["10.68.4.11", "10.68.4.10"],
    (NAME, "AAAA"): ["fd68:4::10"],
    ("old.example", "A"): ["10.68.4.12"],
    ("mail.example", "MX"): ["20 b.example.", "10 A.example.", "10 c.example."],
    ("null.example", "MX"): ["0 ."],
}


def test_a_name_has_addresses_of_both_families_of_one_or_of_none() -> None:
    async def asked(names: DnsNames) -> list[Addresses | Fault]:
        return [await names.addresses(name) for name in (NAME, "old.example", "gone.example")]

    both = Addresses((IPv4Address("10.68.4.10"), IPv4Address("10.68.4.11")), (IPv6Address("fd68:4::10"),))
    expected = [both, Addresses((IPv4Address("10.68.4.12"),)), Addresses()]
    assert run(with_dns(RECORDS, asked)) == expected


def test_a_domain_has_its_most_preferred_exchange_or_none() -> None:
    async def asked(names: DnsNames) -> list[str | Fault | None]:
        return [await names.exchange(name) for name in ("mail.example", "null.example", "gone.example", NAME)]

    assert run(with_dns(RECORDS, asked)) == ["a.example", None, None, None]


def test_a_dns_server_that_is_silent_or_broken_is_a_fault() -> None:
    silent = run(with_dns(None, lambda names: names.addresses(NAME)))
    assert silent == Fault(Failure.NO_ANSWER, "DNS: no answer within 0.5 s")
    broken = run(with_dns(RECORDS, lambda names: names.exchange("broken.example")))
    assert isinstance(broken, Fault)
    assert broken.failure is Failure.BAD_REPLY
