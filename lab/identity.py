"""What a lab's people and machines know each other by: keys, a province's CA, passphrases. Made anew by each `up`."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from lab.place import Place
from lab.topology import Host

#: Passphrases of SNMPv3 users (RFC 3414 wants 8 or more), and the password of the mail collector's mailboxes.
PASSPHRASES = ("snmp_auth", "snmp_priv", "mail_probe")
PASSPHRASE_LENGTH = 32
CA_LIFE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class SshKey:
    """An ed25519 key in OpenSSH's formats."""

    private: str
    public: str

    @classmethod
    def generate(cls, comment: str) -> "SshKey":
        """A new key."""
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        return cls(private, f"{public} {comment}\n")


def write_private(file: Path, text: str) -> None:
    """Write what only its owner may read."""
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def make_secrets(place: Place, clock: Callable[[], datetime]) -> SshKey:
    """Write the lab's key, passphrases, the collectors' keys and CA; gives the key that opens every host."""
    folder = place.state / "secrets"
    folder.mkdir(mode=0o700)
    for name in PASSPHRASES:
        write_private(folder / name, _passphrase())
    write_key(folder / "leases_key", SshKey.generate("baophu leases (read-only)"))
    write_key(folder / "config_key", SshKey.generate("baophu config (read-only)"))
    write_key(folder / "mail_key", SshKey.generate("baophu mail (read-only)"))
    _write_authority(folder, place.name, clock())
    key = SshKey.generate(f"baophu {place.tag}")
    write_key(place.state / "ssh_key", key)
    return key


def write_key(file: Path, key: SshKey) -> None:
    """Write a key beside its public half."""
    write_private(file, key.private)
    file.with_name(f"{file.name}.pub").write_text(key.public, encoding="utf-8")


def known_hosts_line(host: Host, key: SshKey) -> str:
    """The line that pins a host's key to its management address, its in-band address and its name."""
    names = [name for name in (host.address, host.inband, host.hostname) if name is not None]
    algorithm, blob = key.public.split()[:2]
    return f"{','.join(names)} {algorithm} {blob}\n"


def _passphrase() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSPHRASE_LENGTH))


def _write_authority(folder: Path, lab: str, now: datetime) -> None:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bao Phu province CA ({lab})")])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    write_private(folder / "ca.key", private)
    (folder / "ca.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
