"""systemd units for our modules: how they stand, and bringing them up; several units a call."""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

PROPERTIES = ("UnitFileState", "ActiveState")
RUNNING = ("active", "activating", "reloading")
ENABLED = ("enabled", "enabled-runtime", "static")
States = dict[str, dict[str, str]]


def systemctl(module: AnsibleModule, *words: str) -> str:
    """Run systemctl; where it fails, so does the task, with what the units say."""
    status, out, err = module.run_command(["systemctl", *words])
    if status != 0:
        _, told, _ = module.run_command(["systemctl", "status", "--no-pager", "--lines=10", *words[1:]])
        module.fail_json(msg=f"systemctl {' '.join(words)}: {err.strip()}", status=told)
    return str(out)


def parse_states(text: str, names: list[str]) -> States:
    """The properties of each unit, from `systemctl show`: a block a unit, in the order of `names`."""
    blocks = text.strip().split("\n\n") if text.strip() else []
    found = [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks]
    return {name: {key: block.get(key, "") for key in PROPERTIES} for name, block in zip(names, found, strict=True)}


def states(module: AnsibleModule, names: list[str]) -> States:
    """How units stand; one that doesn't exist has empty properties or is inactive."""
    if not names:
        return {}
    return parse_states(systemctl(module, "show", "--property", ",".join(PROPERTIES), *names), names)


def not_running(found: States) -> list[str]:
    """The units that have to be started."""
    return [name for name, properties in found.items() if properties["ActiveState"] not in RUNNING]


def not_enabled(found: States) -> list[str]:
    """The units that would not come back after a reboot."""
    return [name for name, properties in found.items() if properties["UnitFileState"] not in ENABLED]


def differences(found: States) -> list[dict[str, Any]]:
    """What bringing the units up changes, as Ansible shows differences."""
    names = sorted({*not_running(found), *not_enabled(found)})
    before = {name: found[name] for name in names}
    after = {name: {"UnitFileState": "enabled", "ActiveState": "active"} for name in names}
    return [{"before_header": "units", "after_header": "units", "before": before, "after": after}] if names else []


def bring_up(module: AnsibleModule, found: States) -> None:
    """Enable and start what isn't."""
    for verb, names in (("enable", not_enabled(found)), ("start", not_running(found))):
        if names:
            systemctl(module, verb, *names)
