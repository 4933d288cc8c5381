"""Certificates of what is asked over TLS: whether they hold, until when, and who issued them."""

import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from ledger.document import instant_text

#: Who issued a certificate, by the first of these that its issuer's name has.
ISSUER_NAMES = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
LONGEST_ISSUER = 120


@dataclass(frozen=True, slots=True)
class Certificate:
    """A peer's certificate. `fault` None: its chain leads to a trusted CA, it names the host and it is in date."""

    not_after: datetime
    issuer: str
    fault: str | None

    @property
    def value(self) -> str:
        """An observation's `value`: until when it holds, ISO 8601, UTC."""
        return instant_text(self.not_after)

    @property
    def detail(self) -> str:
        """An observation's `detail`: the issuer, and what is wrong."""
        return f"{self.issuer}; {self.fault}" if self.fault else self.issuer


class Trust:
    """What peers are believed by: the system's CAs, and those in `ca_file` (PEM)."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self.checked = ssl.create_default_context()
        if ca_file is not None:
            self.checked.load_verify_locations(cafile=str(ca_file))
        #: For looking at a certificate that isn't believed; nothing secret goes through.
        self.unchecked = ssl.create_default_context()
        self.unchecked.check_hostname = False
        self.unchecked.verify_mode = ssl.CERT_NONE


def certificate_of(peer: ssl.SSLObject | None, fault: str | None) -> Certificate | None:
    """The certificate that `peer` showed; None where it showed none that can be read."""
    der = peer.getpeercert(binary_form=True) if peer is not None else None
    try:
        found = x509.load_der_x509_certificate(der) if der is not None else None
        return None if found is None else Certificate(found.not_valid_after_utc, _issuer(found), fault)
    except ValueError:
        return None


def why_not_believed(error: ssl.SSLCertVerificationError) -> str:
    """The verification's own words, such as "certificate has expired"."""
    return error.verify_message or "not trusted"


def _issuer(certificate: x509.Certificate) -> str:
    """One line of printable characters: the peer chose them."""
    for oid in ISSUER_NAMES:
        for attribute in certificate.issuer.get_attributes_for_oid(oid):
            name = attribute.value if isinstance(attribute.value, str) else attribute.value.decode("utf-8", "replace")
            return "".join(c if c.isprintable() else "?" for c in name)[:LONGEST_ISSUER]
    return "unnamed issuer"
