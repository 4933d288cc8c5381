"""Debian packages that have to be there; asks the package sources only when one is missing."""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: packages
short_description: Have Debian packages installed
description:
  - Installs what is missing, without recommended packages; the sources' lists are fetched first, and only then.
  - A host that has everything answers without a look at any source, so it needs none.
  - Supports check mode, also on a host that knows no source yet.
options:
  names:
    description: The packages.
    type: list
    elements: str
    required: true
  sources:
    description: >-
      deb822 text of the host's package sources, kept in C(/etc/apt/sources.list.d/baophu.sources); without it they
      stay as they are.
    type: str
  key:
    description: The key that signs them, ASCII-armoured, kept in C(/etc/apt/keyrings/baophu-pool.asc).
    type: str
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Install FRR
  packages:
    names: [frr, frr-pythontools, frr-snmp]
"""
RETURN = r"""
installed:
  description: What was missing.
  type: list
  elements: str
  returned: always
"""

OPTIONS: dict[str, Any] = {
    "names": {"type": "list", "elements": "str", "required": True},
    "sources": {"type": "str"},
    "key": {"type": "str", "no_log": False},
}
SOURCES, KEY = Path("/etc/apt/sources.list.d/baophu.sources"), Path("/etc/apt/keyrings/baophu-pool.asc")
#: How long to wait for another apt on the host.
LOCK_SECONDS = 180
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def missing(names: list[str], listed: str) -> list[str]:
    """The packages of `names` that dpkg does not call installed; a line of `listed` is a package and its status."""
    installed = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def difference(path: Path, wanted: str | None) -> list[dict[str, str]]:
    """How the file at `path` differs from `wanted`; not at all where nothing is wanted."""
    before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if wanted is None or before == wanted:
        return []
    return [{"before_header": str(path), "after_header": str(path), "before": before, "after": wanted}]


def install(module: AnsibleModule, names: list[str]) -> None:
    """Fetch the sources' lists and install."""
    options = ["-q", "-y", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}", "-o", "Dpkg::Options::=--force-confold"]
    for command in (["update"], ["install", "--no-install-recommends", *names]):
        status, out, err = module.run_command(["apt-get", *options, *command], environ_update=ENVIRONMENT)
        if status != 0:
            module.fail_json(msg=f"apt-get {command[0]}: {err.strip() or out.strip()}", missing=names)


def main() -> None:
    """Look, and install what isn't there."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    names: list[str] = module.params["names"]
    files = [(KEY, module.params["key"]), (SOURCES, module.params["sources"])]
    diff = [entry for path, wanted in files for entry in difference(path, wanted)]
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names]
    wanted = missing(names, module.run_command(query)[1])
    if not module.check_mode:
        for path, text in files:
            if difference(path, text):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                path.chmod(0o644)
        if wanted:
            install(module, wanted)
    if wanted:
        diff.append({"after_header": "packages", "before": "", "after": "".join(f"{name}\n" for name in wanted)})
    module.exit_json(changed=bool(diff), installed=wanted, diff=diff)


if __name__ == "__main__":
    main()
