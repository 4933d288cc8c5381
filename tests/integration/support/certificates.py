"""A certificate authority made for a test, and servers with certificates of it, or not quite."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class Server:
    """A server's side of TLS; `asked_for` collects the names that callers asked for (SNI)."""

    context: ssl.SSLContext
    not_after: datetime
    certificate: Path
    key: Path
    asked_for: list[str | None] = field(default_factory=list)


class Authority:
    """`file` holds its own certificate; keys and certificates are written into `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bao Phu test CA")])
        certificate = self._built(self._name, self._key, days=30, is_ca=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def server(self, name: str, *others: str, days: int = 30, signed: bool = True) -> Server:
        """A server of these names whose certificate ends in `days`; not `signed`: by nobody but itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer = (self._name, self._key) if signed else (subject, key)
        certificate = self._built(subject, key, days=days, is_ca=False, names=(name, *others), signer=signer)
        paths = self._folder / f"{name}.{days}.pem", self._folder / f"{name}.{days}.key"
        paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*paths)
        server = Server(context, certificate.not_valid_after_utc, *paths)
        context.sni_callback = lambda _socket, asked, _context: server.asked_for.append(asked)
        return server

    def _built(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        days: int,
        is_ca: bool,
        names: tuple[str, ...] = (),
        signer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None = None,
    ) -> x509.Certificate:
        issuer, signing_key = signer or (self._name, self._key)
        now = datetime.now(UTC).replace(microsecond=0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(signing_key, hashes.SHA256())
