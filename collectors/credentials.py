"""The collectors' credentials: one YAML file that only its owner may read, with the keys in files beside it."""

import ssl
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from ledger.errors import ConfigurationError
from ledger.language import N_
from ledger.plan.online import PROBE

#: RFC 3414 §11.2: a password has at least eight characters.
SHORTEST_KEY = 8


class AuthProtocol(StrEnum):
    """How SNMPv3 messages are authenticated (RFC 3414, RFC 7860); MD5 for devices that can do no better."""

    MD5 = "MD5"
    SHA1 = "SHA1"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class PrivProtocol(StrEnum):
    """How SNMPv3 messages are encrypted (RFC 3826, and the AES-192 and AES-256 that net-snmp speaks).

    DES (RFC 3414) is for devices that can do no better.
    """

    DES = "DES"
    AES128 = "AES128"
    AES192 = "AES192"
    AES256 = "AES256"


@dataclass(frozen=True, slots=True)
class SnmpV3:
    """A user of the user-based security model, always authPriv."""

    user: str
    auth_protocol: AuthProtocol
    auth_key: SecretStr
    priv_protocol: PrivProtocol
    priv_key: SecretStr


@dataclass(frozen=True, slots=True)
class SnmpV2c:
    """A community, for devices that can do no better: it crosses the network in clear."""

    community: SecretStr


@dataclass(frozen=True, slots=True)
class SnmpV1:
    """A community, for devices that know nothing newer: as SnmpV2c, row by row and without 64-bit counters."""

    community: SecretStr


Snmp = SnmpV3 | SnmpV2c | SnmpV1


@dataclass(frozen=True, slots=True)
class SshKey:
    """A user whose key may run one forced command (reading leases, or the configuration), on `known_hosts` alone."""

    user: str
    key_file: Path
    known_hosts: Path


@dataclass(frozen=True, slots=True)
class MailProbe:
    """The mailbox `local_part`@DOMAIN of every domain, one password for all.

    `state` is who reads the mail servers' state, `ca_file` whom they are believed by besides the system's CAs.
    """

    local_part: str
    password: SecretStr
    state: SshKey
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class WebProbe:
    """Whom web services are believed by besides the system's CAs."""

    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What every device of a province is asked with; None: that isn't asked for.

    `traps` is the community of what devices say unasked over SNMPv1 and v2c, where `snmp` has none, or another.
    """

    snmp: Snmp
    leases: SshKey
    configuration: SshKey | None = None
    mail: MailProbe | None = None
    web: WebProbe | None = None
    traps: SecretStr | None = None

    def trap_communities(self) -> tuple[bytes, ...]:
        """The communities by which devices are believed; none: those of SNMPv1 and v2c are ignored."""
        known = (None if isinstance(self.snmp, SnmpV3) else self.snmp.community, self.traps)
        return tuple(secret.get_secret_value().encode(errors="surrogatepass") for secret in known if secret is not None)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _SnmpV3(_Strict):
    version: Literal[3]
    user: str = Field(min_length=1)
    auth_protocol: AuthProtocol = AuthProtocol.SHA256
    auth_key_file: Path
    priv_protocol: PrivProtocol = PrivProtocol.AES128
    priv_key_file: Path


class _Community(_Strict):
    version: Literal["2c", 1]
    community_file: Path


class _SshKey(_Strict):
    user: str = Field(min_length=1)
    key_file: Path
    known_hosts: Path


class _Mail(_SshKey):
    probe: str = Field(default=PROBE, pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    probe_password_file: Path
    ca_file: Path | None = None


class _Web(_Strict):
    ca_file: Path | None = None


class _Traps(_Strict):
    community_file: Path


class _SnmpFile(_Strict):
    snmp: Annotated[_SnmpV3 | _Community, Field(discriminator="version")]


M = TypeVar("M", bound=_SnmpFile)


class _File(_SnmpFile):
    leases: _SshKey
    configuration: _SshKey | None = None
    mail: _Mail | None = None
    web: _Web | None = None
    traps: _Traps | None = None


def read_credentials(path: Path) -> Credentials:
    """Read `path` and the keys that it names (relative to it); raises ConfigurationError, which never quotes a key."""
    given, folder = _validated(path, _content(path), _File), path.parent
    configuration = _ssh_key(given.configuration, folder) if given.configuration is not None else None
    return Credentials(
        _snmp(given.snmp, folder),
        _ssh_key(given.leases, folder),
        configuration,
        _mail(given.mail, folder) if given.mail is not None else None,
        WebProbe(_ca(given.web.ca_file, folder)) if given.web is not None else None,
        _key(folder / given.traps.community_file, shortest=1) if given.traps is not None else None,
    )


def read_snmp(path: Path) -> Snmp:
    """Read the section `snmp` of `path` alone; a file that has no other will do. Raises ConfigurationError."""
    content = _content(path)
    section = {"snmp": content["snmp"]} if isinstance(content, dict) and "snmp" in content else content
    return _snmp(_validated(path, section, _SnmpFile).snmp, path.parent)


def _content(path: Path) -> object:
    try:
        return yaml.safe_load(_private_text(path))
    except yaml.YAMLError:
        raise ConfigurationError(
            N_("credentials: '{path}' is not YAML; see docs/credentials.md for its shape"), path=path
        ) from None


def _validated(path: Path, content: object, shape: type[M]) -> M:
    try:
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        lines = [f"credentials: '{path}': {'.'.join(map(str, f['loc'])) or 'file'}: {f['msg']}" for f in faults]
        raise ConfigurationError("\n".join(lines)) from None


def _mail(given: _Mail, folder: Path) -> MailProbe:
    password = _key(folder / given.probe_password_file)
    if not password.get_secret_value().isprintable():
        raise ConfigurationError(
            N_("credentials: the password in '{path}' is not one line of printable characters"),
            path=folder / given.probe_password_file,
        )
    return MailProbe(given.probe, password, _ssh_key(given, folder), _ca(given.ca_file, folder))


def _ca(given: Path | None, folder: Path) -> Path | None:
    """A file of CAs that can be loaded; None where the system's are enough."""
    if given is None:
        return None
    path = folder / given
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError:
        raise ConfigurationError(
            N_("credentials: '{path}' holds no certificates of CAs (PEM) that could be read"), path=path
        ) from None
    return path


def _ssh_key(given: _SshKey, folder: Path) -> SshKey:
    key = SshKey(given.user, folder / given.key_file, folder / given.known_hosts)
    _refuse_open(key.key_file)
    if not key.known_hosts.is_file():
        raise ConfigurationError(
            N_(
                "credentials: '{known_hosts}' does not exist; it holds the routers' SSH host keys, "
                "recorded at their enrolment"
            ),
            known_hosts=key.known_hosts,
        )
    return key


def _snmp(given: _SnmpV3 | _Community, folder: Path) -> Snmp:
    if isinstance(given, _Community):
        community = _key(folder / given.community_file, shortest=1)
        return SnmpV1(community) if given.version == 1 else SnmpV2c(community)
    return SnmpV3(
        user=given.user,
        auth_protocol=given.auth_protocol,
        auth_key=_key(folder / given.auth_key_file),
        priv_protocol=given.priv_protocol,
        priv_key=_key(folder / given.priv_key_file),
    )


def _key(path: Path, *, shortest: int = SHORTEST_KEY) -> SecretStr:
    key = _private_text(path).strip()
    if len(key) < shortest:
        raise ConfigurationError(
            N_("credentials: the key in '{path}' is shorter than {shortest} characters"), path=path, shortest=shortest
        )
    return SecretStr(key)


def _private_text(path: Path) -> str:
    _refuse_open(path)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            N_("credentials: '{path}' cannot be read: {error}"), path=path, error=type(error).__name__
        ) from None


def _refuse_open(path: Path) -> None:
    """Raise ConfigurationError where the file is missing, or where others than its owner may read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise ConfigurationError(
            N_("credentials: '{path}' cannot be read: {strerror}"), path=path, strerror=error.strerror
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            N_("credentials: '{path}' may be read by others (mode {mode:04o}); run: chmod 600 '{path}'"),
            path=path,
            mode=mode,
        )
