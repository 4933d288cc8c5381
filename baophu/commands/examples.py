"""One example of each command, shown under its help; a test calls each as far as its options."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "plan check": "--plan inventory/lab",
    "plan show": "--json",
    "coverage": "--unit 68-22945 --at 2026-12-31T09:30",
    "gaps": "--unit 68-22945 --indicator HT06",
    "topology": "--unit 68-22945 --dot",
    "provision": "wan --check --limit 68-22945-RT-001",
    "collect": "--plan inventory/lab --credentials credentials.yml",
    "config collect": "68-22945-RT-001 --credentials credentials.yml",
    "config log": "68-22945-RT-001",
    "config show": "68-22945-RT-001 --at 2026-12-31T09:30",
    "config diff": "68-22945-RT-001 1 3",
    "definitions check": "my/",
    "definitions try": "switch.snmprec --definitions my/",
    "probe": "10.68.1.10 --credentials credentials.yml --json",
    "serve": "--plan inventory/lab --port 8470",
    "demo": "--once",
    "lab up": "--name demo",
    "lab down": "--name demo",
    "lab status": "--name demo --json",
    "lab exec": "--name demo 68-22945-RT-001 -- ip route",
    "lab cut": "68-22945-LK-001 --name demo",
    "lab mend": "68-22945-LK-001 --name demo",
    "lab unplug": "68-22945-PC-001 --name demo",
    "lab plug": "68-22945-PC-001 --name demo",
    "lab move": "68-22945-PC-001 68-22924 --name demo",
    "lab power-off": "68-22945-TS --name demo",
    "lab power-on": "68-22945-TS --name demo",
}
