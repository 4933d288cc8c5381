"""All of a role's files on a host in one go, and the units that they are for; nothing is moved before all are valid."""

import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils import systemd_units
from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: config_files
short_description: Keep several text files and links as given, and the units that they are for running
description:
  - Writes only what differs, each file whole or not at all; a folder that is missing is made (root, 0755).
  - Every new file is validated first; where one is invalid, none is written.
  - Supports check mode and diff. In check mode an owner or a validator that does not exist yet is no failure.
  - I(restarted) and I(reloaded) of the result name the units whose files changed, for the role's handler; one that
    was started just now has read its files already.
options:
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where the file is.
        type: path
        required: true
      content:
        description: What it holds. Give this or I(link_to).
        type: str
      link_to:
        description: What the link at I(path) points to.
        type: path
      owner:
        description: Its owner.
        type: str
        default: root
      group:
        description: Its group.
        type: str
        default: root
      mode:
        description: Its permissions, octal.
        type: str
        default: '0644'
      validate:
        description: A command that fails for an invalid file; C(%s) is the new file's name.
        type: str
      restarts:
        description: The unit to restart when the file changed.
        type: str
      reloads:
        description: The unit to reload when the file changed.
        type: str
  enabled:
    description: Units that run, now and after a reboot, once the files are in place.
    type: list
    elements: str
    default: []
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Configure time
  config_files:
    files:
      - path: /etc/chrony/chrony.conf
        content: "{{ lookup('ansible.builtin.template', 'chrony.conf.j2') }}"
        validate: /usr/sbin/chronyd -p -f %s
        restarts: chrony.service
  register: __baseline_files
  notify: Apply baseline's files
"""
RETURN = r"""
changed_files:
  description: The paths that changed.
  type: list
  elements: str
  returned: always
restarted:
  description: The units to restart.
  type: list
  elements: str
  returned: always
reloaded:
  description: The units to reload.
  type: list
  elements: str
  returned: always
started:
  description: The units that were started.
  type: list
  elements: str
  returned: always
"""

FILE_OPTIONS: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str"},
    "link_to": {"type": "path"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "root"},
    "mode": {"type": "str", "default": "0644"},
    "validate": {"type": "str"},
    "restarts": {"type": "str"},
    "reloads": {"type": "str"},
}
OPTIONS: dict[str, Any] = {
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": FILE_OPTIONS,
        "mutually_exclusive": [("content", "link_to")],
        "required_one_of": [("content", "link_to")],
    },
    "enabled": {"type": "list", "elements": "str", "default": []},
}
State = dict[str, str | None]
#: systemd is told when something changes in here.
UNIT_FOLDER = "/etc/systemd/system/"
MISSING: State = {"text": None, "link_to": None, "attributes": None}


def found_state(path: Path) -> State:
    """What is at `path` now."""
    if path.is_symlink():
        return MISSING | {"link_to": str(path.readlink())}
    if not path.exists():
        return MISSING
    status = path.stat()
    attributes = f"{owner_name(status.st_uid)}:{group_name(status.st_gid)} {status.st_mode & 0o7777:04o}"
    # Line ends as they are: a register that a spreadsheet wrote has its own.
    text = path.read_bytes().decode("utf-8", errors="replace")
    return {"text": text, "link_to": None, "attributes": attributes}


def wanted_state(file: Mapping[str, Any]) -> State:
    """What is asked for."""
    if file["link_to"] is not None:
        return MISSING | {"link_to": file["link_to"]}
    attributes = f"{file['owner']}:{file['group']} {int(file['mode'], 8):04o}"
    return {"text": file["content"], "link_to": None, "attributes": attributes}


def owner_name(number: int) -> str:
    """The name of a user, or its number."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group_name(number: int) -> str:
    """The name of a group, or its number."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def differences(path: str, before: State, after: State) -> list[dict[str, str]]:
    """The difference of one file, as Ansible shows differences; attributes apart from what the file holds."""
    found: list[dict[str, str]] = []
    pairs = [(path, before["text"], after["text"]), (f"{path} (link)", before["link_to"], after["link_to"])]
    pairs.append((f"{path} (owner, mode)", before["attributes"], after["attributes"]))
    for header, old, new in pairs:
        if old != new:
            ends = "" if header == path else "\n"
            texts = {"before": old + ends if old else "", "after": new + ends if new else ""}
            found.append({"before_header": header, "after_header": header, **texts})
    return found


class Writer:
    """Stages new files beside their places, then moves all of them."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module
        self._staged: list[tuple[str, str]] = []

    def stage(self, file: Mapping[str, Any]) -> None:
        """Write the new file beside its place, with its owner and mode, and have it validated."""
        folder = Path(file["path"]).parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".baophu-")
        self._staged.append((name, file["path"]))
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(file["content"])
            os.fchown(handle, pwd.getpwnam(file["owner"]).pw_uid, grp.getgrnam(file["group"]).gr_gid)
            os.fchmod(handle, int(file["mode"], 8))
        self.validate(file, name)

    def validate(self, file: Mapping[str, Any], name: str) -> None:
        """Fail the task where the validator refuses the file `name`."""
        if not file["validate"]:
            return
        if self._module.check_mode and shutil.which(file["validate"].split()[0]) is None:
            return
        status, out, err = self._module.run_command(file["validate"].replace("%s", name))
        if status != 0:
            self.discard()
            self._module.fail_json(msg=f"{file['path']} would be invalid: {(err or out).strip()}")

    def check(self, file: Mapping[str, Any]) -> None:
        """Have the file validated without a trace."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="baophu-") as stream:
            stream.write(file["content"])
            stream.flush()
            self.validate(file, stream.name)

    def link(self, file: Mapping[str, Any]) -> None:
        """Stage a link."""
        path = Path(file["path"])
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.with_name(f".baophu-{path.name}")
        name.unlink(missing_ok=True)
        name.symlink_to(file["link_to"])
        self._staged.append((str(name), file["path"]))

    def commit(self) -> None:
        """Move all into place."""
        for name, path in self._staged:
            os.replace(name, path)  # noqa: PTH105 - one rename, whole or not at all

    def discard(self) -> None:
        """Forget what was staged."""
        for name, _ in self._staged:
            Path(name).unlink(missing_ok=True)


def units(files: list[Mapping[str, Any]], key: str, started: list[str]) -> list[str]:
    """The units named under `key` that weren't `started` just now, each once, in order."""
    return [unit for unit in dict.fromkeys(file[key] for file in files if file[key]) if unit not in started]


def write(module: AnsibleModule, files: list[Mapping[str, Any]]) -> None:
    """Put `files` into place, or none of them; in check mode only have them validated."""
    writer = Writer(module)
    try:
        for file in files:
            if file["link_to"] is None:
                (writer.check if module.check_mode else writer.stage)(file)
            elif not module.check_mode:
                writer.link(file)
        writer.commit()
    except (OSError, KeyError) as error:
        writer.discard()
        module.fail_json(msg=f"nothing was written: {error!r}")


def main() -> None:
    """Compare, validate, write, bring up."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    diff: list[dict[str, Any]] = []
    changed: list[Mapping[str, Any]] = []
    for file in module.params["files"]:
        before, after = found_state(Path(file["path"])), wanted_state(file)
        if before != after:
            changed.append(file)
            diff += differences(file["path"], before, after)
    write(module, changed)
    if not module.check_mode and any(file["path"].startswith(UNIT_FOLDER) for file in changed):
        systemd_units.systemctl(module, "daemon-reload")
    found = systemd_units.states(module, module.params["enabled"])
    started = systemd_units.not_running(found)
    diff += systemd_units.differences(found)
    if not module.check_mode:
        systemd_units.bring_up(module, found)
    module.exit_json(
        changed=bool(diff),
        diff=diff,
        changed_files=[file["path"] for file in changed],
        started=started,
        restarted=units(changed, "restarts", started),
        reloaded=units(changed, "reloads", started),
    )


if __name__ == "__main__":
    main()
