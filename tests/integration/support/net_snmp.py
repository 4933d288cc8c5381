"""What net-snmp's own command line reads of an agent: the oracle that shares no code with ours."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from collectors.credentials import AuthProtocol, PrivProtocol, Snmp, SnmpV1, SnmpV3
from collectors.snmp.client import Oid, Value

#: How net-snmp names what the credentials name.
AUTH = {
    AuthProtocol.MD5: "MD5",
    AuthProtocol.SHA1: "SHA",
    AuthProtocol.SHA224: "SHA-224",
    AuthProtocol.SHA256: "SHA-256",
    AuthProtocol.SHA384: "SHA-384",
    AuthProtocol.SHA512: "SHA-512",
}
PRIV = {
    PrivProtocol.DES: "DES",
    PrivProtocol.AES128: "AES",
    PrivProtocol.AES192: "AES-192",
    PrivProtocol.AES256: "AES-256",
}
_VARIABLE = re.compile(r"^\.([0-9.]+) = (?:([A-Za-z0-9-]+): ?)?([^=]*?)\s*(?=^\.[0-9]|\Z)", re.MULTILINE | re.DOTALL)


def walk(credentials: Snmp, agent: str, below: Sequence[Oid]) -> Mapping[Oid, Value]:
    """All that the agent ("127.0.0.1:161", "udp6:[::1]:161") has below these OIDs, in its order."""
    command = "snmpwalk" if isinstance(credentials, SnmpV1) else "snmpbulkwalk"
    found: dict[Oid, Value] = {}
    for oid in below:
        # Numbers instead of names, plain ticks, and all strings in hexadecimal: nothing is made up for the reader.
        options = [*_options(credentials), "-Onetx", agent, dotted(oid)]
        done = subprocess.run(
            [command, *options],
            capture_output=True,
            text=True,
            check=True,
            env={"MIBS": "", "PATH": os.environ["PATH"]},
        )
        found |= {
            tuple(map(int, name.split("."))): _value(kind, text)
            for name, kind, text in _VARIABLE.findall(done.stdout.replace("\nEnd of MIB\n", "\n"))
            if not text.startswith("No ")
        }
    return found


def dotted(oid: Oid) -> str:
    return "." + ".".join(map(str, oid))


def _options(credentials: Snmp) -> list[str]:
    if isinstance(credentials, SnmpV3):
        auth, priv = AUTH[credentials.auth_protocol], PRIV[credentials.priv_protocol]
        keys = "-A", credentials.auth_key.get_secret_value(), "-X", credentials.priv_key.get_secret_value()
        return ["-v3", "-l", "authPriv", "-u", credentials.user, "-a", auth, "-x", priv, *keys]
    version = "-v1" if isinstance(credentials, SnmpV1) else "-v2c"
    return [version, "-c", credentials.community.get_secret_value()]


def _value(kind: str, text: str) -> Value:
    match kind:
        case "":  # "", or ticks
            return b"" if text == '""' else int(text)
        case "INTEGER" | "Counter32" | "Counter64" | "Gauge32":
            return int(text)
        case "OID":
            return tuple(map(int, text.removeprefix(".").split(".")))
        case "IpAddress":
            return IPv4Address(text).packed
        case "Hex-STRING":
            return bytes.fromhex(text)
    raise ValueError(f"net-snmp says a {kind}, which is not compared here: {text}")
