"""How the running configuration of each platform is read: data, one entry a platform."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collectors.configuration import secrets
from collectors.configuration.masking import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform of the plan.

    `device_type` is netmiko's name for it and `command` prints the configuration. `last_line` is what a whole
    configuration ends with, None where nothing does. Lines that match `volatile` move by themselves and are dropped;
    `changed_by` finds the device's own word on who changed it last (groups `who` and `when`). `shows_secrets_alike`:
    a secret that didn't change is printed the same every time. `tested`: against a real device, by this project.
    """

    device_type: str
    command: str
    rules: tuple[Rule, ...]
    last_line: str | None = None
    volatile: re.Pattern[str] | None = None
    changed_by: re.Pattern[str] | None = None
    shows_secrets_alike: bool = True
    tested: bool = False


def _lines(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_CISCO_RULES = (*secrets.EVERYWHERE, *secrets.CISCO_LIKE)
_HUAWEI_RULES = (*secrets.EVERYWHERE, *secrets.HUAWEI_LIKE)
#: Our own reader on the device (role configuration_reader) answers for both: FRR's configuration, then the bridge's.
_LINUX_RULES = (*_CISCO_RULES, *secrets.OPEN_VSWITCH)
_BUILDING = (r"Building configuration\.\.\.", r"Current configuration ?:.*")

PLATFORMS: Mapping[str, Platform] = {
    "frr": Platform(
        device_type="cisco_ios",
        command="show running-config",
        rules=_LINUX_RULES,
        last_line="end",
        volatile=_lines(*_BUILDING),
        tested=True,
    ),
    "openvswitch": Platform(
        device_type="cisco_ios",
        command="show running-config",
        rules=_LINUX_RULES,
        last_line="end",
        tested=True,
    ),
    "cisco_ios": Platform(
        device_type="cisco_ios",
        command="show running-config",
        rules=_CISCO_RULES,
        last_line="end",
        volatile=_lines(
            *_BUILDING,
            r"! (?:Last configuration change|NVRAM config last updated) at .*",
            r"! No configuration change since last restart",
            r"ntp clock-period \d+",
        ),
        changed_by=re.compile(r"^! Last configuration change at (?P<when>.+?) by (?P<who>\S+) *$", re.MULTILINE),
    ),
    "cisco_nxos": Platform(
        device_type="cisco_nxos",
        command="show running-config",
        rules=_CISCO_RULES,
        volatile=_lines(r"!Command: .*", r"!Time: .*", r"!Running configuration last done at: .*"),
    ),
    "arista_eos": Platform(
        device_type="arista_eos",
        command="show running-config",
        rules=_CISCO_RULES,
        last_line="end",
        volatile=_lines(r"! Command: .*", r"! Time: .*"),
    ),
    "huawei_vrp": Platform(
        device_type="huawei_vrp",
        command="display current-configuration",
        rules=_HUAWEI_RULES,
        last_line="return",
        volatile=_lines(r"!Last configuration was (?:updated|saved) at .*"),
        changed_by=re.compile(r"^!Last configuration was updated at (?P<when>.+?) by (?P<who>\S+) *$", re.MULTILINE),
    ),
    "hp_comware": Platform(
        device_type="hp_comware",
        command="display current-configuration",
        rules=_HUAWEI_RULES,
        last_line="return",
    ),
    "juniper_junos": Platform(
        device_type="juniper_junos",
        command="show configuration | display set | no-more",
        rules=(*secrets.EVERYWHERE, *secrets.JUNOS),
        volatile=_lines(r"## Last (?:commit|changed): .*"),
        changed_by=re.compile(r"^## Last commit: (?P<when>.+?) by (?P<who>\S+) *$", re.MULTILINE),
    ),
    "mikrotik_routeros": Platform(
        device_type="mikrotik_routeros",
        command="/export terse",
        rules=(*secrets.EVERYWHERE, *secrets.ROUTEROS),
        volatile=_lines(r"# .* by RouterOS .*"),
    ),
    # FortiOS encrypts each secret anew whenever it is shown. The administrator's console must page by itself no more
    # (`config system console`, `set output standard`), or netmiko would change that setting, which a reader must not.
    "fortinet": Platform(
        device_type="fortinet",
        command="show",
        rules=(*secrets.EVERYWHERE, *secrets.FORTIOS),
        last_line="end",
        volatile=_lines(r"#conf_file_ver=.*"),
        shows_secrets_alike=False,
    ),
}
