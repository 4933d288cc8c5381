"""The controller's half of `certificates`: signs what hosts ask for with the province's CA, whose key stays here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CERTIFICATE = {
    "key": {"type": "path", "required": True},
    "certificate": {"type": "path", "required": True},
    "names": {"type": "list", "elements": "str", "required": True},
    "not_after": {"type": "str"},
    "restarts": {"type": "str"},
    "reloads": {"type": "str"},
}
ARGUMENTS = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": CERTIFICATE},
    "authority": {"type": "path", "required": True},
    "days": {"type": "int", "default": 90},
    "renew_days": {"type": "int", "default": 30},
}
#: Clocks differ a little; a certificate is valid from a moment ago.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a certificate must be: its names, when it must be renewed, and when a new one ends."""

    names: tuple[str, ...]
    now: datetime
    renew: timedelta
    life: timedelta
    fixed_end: datetime | None

    @property
    def end(self) -> datetime:
        """When a certificate that is signed now ends."""
        return self.fixed_end or (self.now + self.life).replace(microsecond=0)

    @property
    def start(self) -> datetime:
        """From when it is valid; one that ended long ago began before that."""
        return min(self.now - SKEW, self.end - self.life)


@dataclass(frozen=True, slots=True)
class Authority:
    """The province's CA."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def read(cls, folder: Path) -> "Authority":
        """Read `ca.key` and `ca.crt`; raises AnsibleActionFail where they aren't there or aren't what they should."""
        try:
            key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
            certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise AnsibleActionFail(f"the province's CA, ca.key and ca.crt in {folder}: {error}") from error
        if not isinstance(key, EllipticCurvePrivateKey):
            raise AnsibleActionFail(f"the CA's key {folder}/ca.key is no EC key; make the CA with one")
        return cls(key, certificate)

    def is_good(self, text: str | None, request: str, wanted: Wanted) -> bool:
        """Whether the certificate `text` is ours, for the request's key, as `wanted`, and need not be renewed yet."""
        try:
            found = x509.load_pem_x509_certificate((text or "").encode())
            found.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        asked = x509.load_pem_x509_csr(request.encode())
        same_key = public_bytes(found) == public_bytes(asked)
        in_time = (
            found.not_valid_after_utc == wanted.fixed_end
            if wanted.fixed_end
            else found.not_valid_after_utc - wanted.now > wanted.renew
        )
        return same_key and in_time and names_of(found) == set(wanted.names)

    def sign(self, request: str, wanted: Wanted) -> str:
        """A certificate for the key of `request`, with the names of the plan, whatever the request says."""
        asked = x509.load_pem_x509_csr(request.encode())
        if not asked.is_signature_valid:
            raise AnsibleActionFail("the host's signing request is not signed by the key that it is for")
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted.names[0][:64])]))
            .issuer_name(self.certificate.subject)
            .public_key(asked.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(wanted.start)
            .not_valid_after(wanted.end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in wanted.names]), critical=False)
            .add_extension(usage, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM).decode()


def public_bytes(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """The public key, as SubjectPublicKeyInfo."""
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def names_of(certificate: x509.Certificate) -> set[str]:
    """The DNS names of a certificate."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return set(names.get_values_for_type(x509.DNSName))


def told(text: str | None) -> str:
    """A certificate in words, for the difference."""
    try:
        found = x509.load_pem_x509_certificate((text or "").encode())
    except ValueError:
        return ""
    return f"{', '.join(sorted(names_of(found)))} until {found.not_valid_after_utc:%Y-%m-%d}\n"


def units(changed: Sequence[Mapping[str, Any]], key: str) -> list[str]:
    """The units named under `key`, each once, in order."""
    return list(dict.fromkeys(entry[key] for entry in changed if entry[key]))


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Has keys made, signs requests, has certificates installed."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give `changed`, `diff`, `restarted` and `reloaded`."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        authority, now = Authority.read(Path(arguments["authority"])), datetime.now(UTC)
        asked = self._on_host(arguments["certificates"], task_vars)
        if asked.get("failed"):
            return result | asked
        diff: list[dict[str, str]] = []
        signed: list[dict[str, Any]] = []
        for entry, there in zip(arguments["certificates"], asked["found"], strict=True):
            wanted = as_wanted(entry, arguments, now)
            if there["request"] and authority.is_good(there["certificate"], there["request"], wanted):
                continue
            text = authority.sign(there["request"], wanted) if there["request"] else None
            signed.append({**entry, "signed": text})
            after = f"{', '.join(sorted(wanted.names))} until {wanted.end:%Y-%m-%d}\n"
            header = {"before_header": entry["certificate"], "after_header": entry["certificate"]}
            diff.append({**header, "before": told(there["certificate"]), "after": after})
        if signed and not self._task.check_mode:
            done = self._on_host(signed, task_vars)
            if done.get("failed"):
                return result | done
        owed = {"restarted": units(signed, "restarts"), "reloaded": units(signed, "reloads")}
        return result | {"changed": bool(signed), "diff": diff, **owed}

    def _on_host(self, entries: Sequence[Mapping[str, Any]], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        known = ("key", "certificate", "names", "signed")
        given = [{key: entry[key] for key in known if entry.get(key)} for entry in entries]
        arguments = {"certificates": given}
        found: dict[str, Any] = self._execute_module(
            module_name="certificates", module_args=arguments, task_vars=task_vars
        )
        return found


def as_wanted(entry: Mapping[str, Any], arguments: Mapping[str, Any], now: datetime) -> Wanted:
    """What the task asks for; raises AnsibleActionFail for a day that is none."""
    try:
        day = date.fromisoformat(entry["not_after"]) if entry["not_after"] else None
    except ValueError as error:
        raise AnsibleActionFail(f"not_after of {entry['certificate']}: {error}; write 2026-06-30") from error
    end = datetime.combine(day, time(23, 59, 59), UTC) if day else None
    return Wanted(
        names=tuple(entry["names"]),
        now=now,
        renew=timedelta(days=arguments["renew_days"]),
        life=timedelta(days=arguments["days"]),
        fixed_end=end,
    )
