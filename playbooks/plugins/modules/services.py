"""Several systemd units in one go: enabled and running, or restarted and reloaded (for handlers)."""

from typing import Any

from ansible.module_utils import systemd_units
from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: services
short_description: Keep several systemd units enabled and running, or restart and reload them
description:
  - One round trip for all of a role's units.
  - Supports check mode and diff; in check mode a unit that does not exist yet counts as one to be started.
options:
  enabled:
    description: Units that run now and after a reboot.
    type: list
    elements: str
    default: []
  restarted:
    description: Units to restart, for handlers.
    type: list
    elements: str
    default: []
  reloaded:
    description: Units to reload, for handlers; one that doesn't run is started.
    type: list
    elements: str
    default: []
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Run firewall and clock
  services:
    enabled: [nftables.service, chrony.service]
"""
RETURN = r"""
"""

OPTIONS: dict[str, Any] = {
    "enabled": {"type": "list", "elements": "str", "default": []},
    "restarted": {"type": "list", "elements": "str", "default": []},
    "reloaded": {"type": "list", "elements": "str", "default": []},
}


def main() -> None:
    """Enable and start what isn't; restart and reload what is asked for."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    found = systemd_units.states(module, module.params["enabled"])
    diff = systemd_units.differences(found)
    restarted, reloaded = module.params["restarted"], module.params["reloaded"]
    changed = bool(diff or restarted or reloaded)
    if changed and not module.check_mode:
        systemd_units.bring_up(module, found)
        for verb, units in (("restart", restarted), ("reload-or-restart", reloaded)):
            if units:
                systemd_units.systemctl(module, verb, *units)
    module.exit_json(changed=changed, diff=diff)


if __name__ == "__main__":
    main()
