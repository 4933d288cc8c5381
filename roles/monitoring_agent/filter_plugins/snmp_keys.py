"""Keys of SNMPv3 users, worked out here, so that a device gets its own key and never the province's passphrase."""

from collections.abc import Callable
from hashlib import sha256

#: net-snmp's enterprise number (8072) with the top bit set, then format 5: octets (RFC 3411, SnmpEngineID).
ENGINE_ID_PREFIX = bytes.fromhex("80001f8805")
ENGINE_ID_OCTETS = 16
#: How much of the repeated passphrase is hashed (RFC 3414 §A.2).
EXPANDED_OCTETS = 1_048_576
#: RFC 3414 §11.2.
SHORTEST_PASSPHRASE = 8


def snmp_engine_id(installation: str) -> str:
    """The SnmpEngineID of an installation, as 0x… hexadecimal; the same text gives the same id."""
    return "0x" + (ENGINE_ID_PREFIX + sha256(installation.encode()).digest()[:ENGINE_ID_OCTETS]).hex()


def snmp_localized_key(passphrase: str, engine_id: str, octets: int = 32) -> str:
    """The first `octets` of the SHA-256 key localized to an engine (RFC 3414 §2.6, RFC 7860), as 0x… hexadecimal.

    Raises ValueError for a passphrase that RFC 3414 forbids as too short; the message doesn't hold it.
    """
    secret = passphrase.strip().encode()
    if len(secret) < SHORTEST_PASSPHRASE:
        raise ValueError(f"an SNMPv3 passphrase has at least {SHORTEST_PASSPHRASE} characters; choose a longer one")
    repeated = secret * (EXPANDED_OCTETS // len(secret) + 1)
    key = sha256(repeated[:EXPANDED_OCTETS]).digest()
    engine = bytes.fromhex(engine_id.removeprefix("0x"))
    return "0x" + sha256(key + engine + key).digest()[:octets].hex()


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by name."""
        return {"snmp_engine_id": snmp_engine_id, "snmp_localized_key": snmp_localized_key}
