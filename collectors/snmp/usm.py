"""The cryptography of SNMPv3's user-based security model (RFC 3414, RFC 3826, RFC 7860): functions, no I/O."""

import hashlib
import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol, Self

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3


class Hash(Protocol):
    """What hashlib gives."""

    @property
    def block_size(self) -> int: ...  # noqa: D102

    def copy(self) -> Self: ...  # noqa: D102
    def digest(self) -> bytes: ...  # noqa: D102
    def update(self, data: bytes, /) -> None: ...  # noqa: D102


HASHES: dict[AuthProtocol, Callable[[bytes], Hash]] = {
    AuthProtocol.MD5: hashlib.md5,
    AuthProtocol.SHA1: hashlib.sha1,
    AuthProtocol.SHA224: hashlib.sha224,
    AuthProtocol.SHA256: hashlib.sha256,
    AuthProtocol.SHA384: hashlib.sha384,
    AuthProtocol.SHA512: hashlib.sha512,
}
#: Octets of msgAuthenticationParameters (RFC 3414 §6.1 and §7.1, RFC 7860 §4.1).
AUTH_LENGTHS = {
    AuthProtocol.MD5: 12,
    AuthProtocol.SHA1: 12,
    AuthProtocol.SHA224: 16,
    AuthProtocol.SHA256: 24,
    AuthProtocol.SHA384: 32,
    AuthProtocol.SHA512: 48,
}
#: Octets of an AES key (RFC 3826 and draft-blumenthal-aes-usm-04, §3.1.2.1 of both).
KEY_LENGTHS = {PrivProtocol.AES128: 16, PrivProtocol.AES192: 24, PrivProtocol.AES256: 32}
#: A password is repeated to this many octets (RFC 3414 §A.2).
EXPANDED = 1 << 20
BLOCK = 16
SALT = 8

_boots_and_time = struct.Struct(">II").pack
_padding = tuple(bytes(-length % BLOCK) for length in range(BLOCK))
_ipad = bytes(octet ^ 0x36 for octet in range(256))
_opad = bytes(octet ^ 0x5C for octet in range(256))


@lru_cache(maxsize=64)
def password_to_key(protocol: AuthProtocol, password: bytes) -> bytes:
    """A user's key Ku, the same for all engines (RFC 3414 §A.2); raises ValueError for an empty password."""
    if not password:
        raise ValueError("usm: the password is empty")
    repeated = password * (EXPANDED // len(password) + 1)
    return HASHES[protocol](repeated[:EXPANDED]).digest()


def localized_key(protocol: AuthProtocol, key: bytes, engine_id: bytes) -> bytes:
    """A user's key Kul at one engine (RFC 3414 §2.6 and §A.2)."""
    return HASHES[protocol](key + engine_id + key).digest()


def localized_privacy_key(auth: AuthProtocol, priv: PrivProtocol, key: bytes, engine_id: bytes) -> bytes:
    """A user's AES key at one engine (RFC 3826 §3.1.2.1), extended as draft-blumenthal-aes-usm-04 §3.1.2.1 has it.

    Raises ValueError for DES, which is spoken through pysnmp only.
    """
    length = KEY_LENGTHS.get(priv)
    if length is None:
        raise ValueError(f"usm: privacy protocol {priv} is not spoken here; ask its devices through pysnmp")
    found = localized_key(auth, key, engine_id)
    while len(found) < length:
        found += HASHES[auth](found).digest()
    return found[:length]


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """One user's keys at one engine, ready for use; its repr shows none of them.

    `auth_length` is the octets of msgAuthenticationParameters: 12, 16, 24, 32 or 48.
    """

    auth_length: int
    _inner: Hash = field(repr=False)
    _outer: Hash = field(repr=False)
    _aes: AES = field(repr=False)
    _decryptor: CipherContext = field(repr=False)

    @classmethod
    def localized(cls, credentials: SnmpV3, engine_id: bytes) -> Self:
        """The keys of `credentials` at the engine `engine_id`; raises ValueError for DES and for an empty password."""
        auth, priv = credentials.auth_protocol, credentials.priv_protocol
        auth_key, priv_key = (
            # A UnicodeEncodeError would carry the password: with surrogatepass there is none.
            password_to_key(auth, password.get_secret_value().encode(errors="surrogatepass"))
            for password in (credentials.auth_key, credentials.priv_key)
        )
        aes = AES(localized_privacy_key(auth, priv, priv_key, engine_id))
        inner, outer = _hmac(auth, localized_key(auth, auth_key, engine_id))
        return cls(AUTH_LENGTHS[auth], inner, outer, aes, Cipher(aes, CFB(bytes(BLOCK))).decryptor())

    def digest(self, message: bytes) -> bytes:
        """The truncated HMAC of a whole message whose msgAuthenticationParameters are `auth_length` zero octets.

        RFC 3414 §6.3.1 and §7.3.1, RFC 7860 §4.2.1.
        """
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()[: self.auth_length]

    def is_authentic(self, message_zeroed: bytes, digest: bytes) -> bool:
        """Whether `digest` is that of a message in which zeros replaced it, compared in constant time.

        RFC 3414 §6.3.2 and §7.3.2, RFC 7860 §4.2.2.
        """
        return len(digest) == self.auth_length and hmac.compare_digest(self.digest(message_zeroed), digest)

    def encrypt(self, scoped_pdu: bytes, boots: int, time: int, salt: bytes) -> bytes:
        """The encryptedPDU, as long as `scoped_pdu` (RFC 3826 §3.3.1); `salt` is msgPrivacyParameters.

        A salt must never be used twice with the same boots and time. Raises ValueError unless the salt has 8 octets
        and `boots` and `time` (seconds) fit 32 bits.
        """
        return Cipher(self._aes, CFB(_initial(boots, time, salt))).encryptor().update(scoped_pdu)

    def decrypt(self, encrypted: bytes, boots: int, time: int, salt: bytes) -> bytes:
        """The scopedPDU, as long as `encrypted` (RFC 3826 §3.3.2); raises ValueError as `encrypt` does.

        It is rubbish where the keys differ: look only at what `is_authentic`.
        """
        # A context of its own would cost five times the decryption. CFB's only state is the ciphertext block before, so
        # the initial vector is fed as one; padding to whole blocks leaves the context ready for the next message.
        length = len(encrypted)
        blocks = _initial(boots, time, salt) + encrypted + _padding[length % BLOCK]
        return self._decryptor.update(blocks)[BLOCK : BLOCK + length]


def _hmac(protocol: AuthProtocol, key: bytes) -> tuple[Hash, Hash]:
    """HMAC's inner and outer hash (RFC 2104 §4), that have read the key; it is never longer than a block."""
    new = HASHES[protocol]
    block = key.ljust(new(b"").block_size, b"\0")
    return new(block.translate(_ipad)), new(block.translate(_opad))


def _initial(boots: int, time: int, salt: bytes) -> bytes:
    """The initial vector of a message (RFC 3826 §3.1.2.1)."""
    if len(salt) != SALT:
        raise ValueError(f"usm: a salt of {len(salt)} octets, not {SALT}")
    try:
        return _boots_and_time(boots, time) + salt
    except struct.error:
        raise ValueError(f"usm: boots {boots} or time {time} does not fit 32 bits") from None
