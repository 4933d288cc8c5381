"""Our Ansible plugins and modules, as Ansible loads and hosts run them."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PLUGINS = Path(__file__).parents[3] / "playbooks" / "plugins"
UNITS = str(PLUGINS / "module_utils/systemd_units.py")


def plugin(kind: str, name: str) -> ModuleType:
    """A plugin as Ansible loads it: from its file, of no package."""
    specification = importlib.util.spec_from_file_location(f"{kind}_{name}", PLUGINS / kind / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[f"{kind}_{name}"] = module
    specification.loader.exec_module(module)
    return module


#: Runs a module's file as a host does; arguments: the file, the module's arguments as JSON, our code that it shares.
RUNNER = """
import importlib.util, json, runpy, sys
from ansible.module_utils.testing import patch_module_args
specification = importlib.util.spec_from_file_location("ansible.module_utils.systemd_units", sys.argv[3])
sys.modules[specification.name] = importlib.util.module_from_spec(specification)
import ansible.module_utils
ansible.module_utils.systemd_units = sys.modules[specification.name]
specification.loader.exec_module(sys.modules[specification.name])
with patch_module_args(json.loads(sys.argv[2])):
    runpy.run_path(sys.argv[1], run_name="__main__")
"""


def run_module(name: str, arguments: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """The result of a module."""
    given = {**arguments, "_ansible_check_mode": check, "_ansible_diff": True}
    command = [sys.executable, "-c", RUNNER, str(PLUGINS / f"modules/{name}.py"), json.dumps(given), UNITS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result
