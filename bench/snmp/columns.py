"""What every poller reads of a device: the same two scalars and fifteen columns."""

from ipaddress import IPv4Address

PORTS = 52
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
SCALARS = (SYS_UP_TIME, "1.3.6.1.2.1.1.5.0")
IF_ENTRY = "1.3.6.1.2.1.2.2.1"
IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
#: Columns with a number a port, and the kind that snmp_exporter is told of them.
NUMBERS = {
    "ifType": (f"{IF_ENTRY}.3", "gauge"),
    "ifSpeed": (f"{IF_ENTRY}.5", "gauge"),
    "ifAdminStatus": (f"{IF_ENTRY}.7", "gauge"),
    "ifOperStatus": (f"{IF_ENTRY}.8", "gauge"),
    "ifLastChange": (f"{IF_ENTRY}.9", "gauge"),
    "ifInDiscards": (f"{IF_ENTRY}.13", "counter"),
    "ifInErrors": (f"{IF_ENTRY}.14", "counter"),
    "ifOutDiscards": (f"{IF_ENTRY}.19", "counter"),
    "ifOutErrors": (f"{IF_ENTRY}.20", "counter"),
    "ifHCInOctets": (f"{IFX_ENTRY}.6", "counter"),
    "ifHCOutOctets": (f"{IFX_ENTRY}.10", "counter"),
    "ifHighSpeed": (f"{IFX_ENTRY}.15", "gauge"),
}
#: Columns with a text a port: what the numbers are labelled with.
TEXTS = {"ifAlias": f"{IFX_ENTRY}.18", "ifDescr": f"{IF_ENTRY}.2", "ifName": f"{IFX_ENTRY}.1"}
COLUMNS = (*(oid for oid, _kind in NUMBERS.values()), *TEXTS.values())
VALUES = len(SCALARS) + len(COLUMNS) * PORTS

FIRST = int(IPv4Address("127.1.0.1"))


def addresses(count: int) -> list[str]:
    """So many of the agent's devices, each of its own address in 127.0.0.0/8."""
    return [str(IPv4Address(FIRST + number)) for number in range(count)]
