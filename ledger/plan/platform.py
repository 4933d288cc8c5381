"""What devices run: the closed set of a plan's platforms, by netmiko's names where it has one."""

from enum import StrEnum


class Platform(StrEnum):
    """The first three are Linux, and what roles push to; of the rest configurations are read, where there is a driver.

    `other` is any system that isn't listed: it is watched by ICMP and SNMP alone. A listed one without a driver is too.
    """

    FRR = "frr"
    OPENVSWITCH = "openvswitch"
    DEBIAN = "debian"
    ARISTA_EOS = "arista_eos"
    CISCO_IOS = "cisco_ios"
    CISCO_NXOS = "cisco_nxos"
    CISCO_XE = "cisco_xe"
    CISCO_XR = "cisco_xr"
    FORTINET = "fortinet"
    HP_COMWARE = "hp_comware"
    HUAWEI_VRP = "huawei_vrp"
    JUNIPER_JUNOS = "juniper_junos"
    MIKROTIK_ROUTEROS = "mikrotik_routeros"
    RUIJIE_OS = "ruijie_os"
    ZTE_ZXROS = "zte_zxros"
    OTHER = "other"


LINUX = frozenset({Platform.FRR, Platform.OPENVSWITCH, Platform.DEBIAN})
#: Linux takes no longer name for a network interface (IFNAMSIZ, with its final NUL).
LONGEST_PORT = 15
