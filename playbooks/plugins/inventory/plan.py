"""Ansible inventory from a province's plan; the plan is read by ledger.plan, as everywhere else."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from plan_host_vars import GROUPS, PlannedHosts, group_of

from ledger.language import LOCAL_ZONE
from ledger.plan import PlanError, read_plan

DOCUMENTATION = r"""
name: plan
short_description: The hosts of a province's plan
description:
  - Groups are the roles of the plan (pop, cpe, access_switch, province_server, workstation); a host has exactly one.
  - A host that has no access address yet stands in the group C(unenrolled), which no play targets.
  - Devices and PCs that are not ours, exempt or retired are not given at all.
options:
  plugin:
    description: Always C(plan).
    required: true
    choices: [plan]
  plan:
    description: The folder of the province's registers, relative to this file.
    type: str
    default: .
  access:
    description: >-
      YAML file C(hosts: {ID: {address: …}}) with the addresses at which hosts were enrolled. Without it, no host
      is enrolled.
    type: path
    env: [{name: BAOPHU_ACCESS}]
  known_hosts:
    description: The pinned SSH host keys, by enrolment address. Default, C(known_hosts) beside the access file.
    type: path
    env: [{name: BAOPHU_KNOWN_HOSTS}]
  ssh_key:
    description: The private SSH key. Default, C(ssh_key) beside the access file, where it exists.
    type: path
    env: [{name: BAOPHU_SSH_KEY}]
  ssh_user:
    description: Whom to log in as.
    default: root
    env: [{name: BAOPHU_SSH_USER}]
  secrets:
    description: >-
      The folder of the province's secrets, read by tasks when they need one. Default, C(secrets) beside the access
      file. Only its name becomes a variable.
    type: path
    env: [{name: BAOPHU_SECRETS}]
  access_mode:
    description: >-
      C(management) reaches hosts at their enrolment addresses; C(in_band) reaches them at their planned addresses,
      through the province's server, which alone is reached at its enrolment address.
    choices: [management, in_band]
    default: management
    env: [{name: BAOPHU_ACCESS_MODE}]
"""
EXAMPLES = r"""
plugin: plan
plan: .
"""


class InventoryModule(BaseInventoryPlugin):  # type: ignore[misc]  # ansible-core has no types
    """Gives the hosts of the plan to Ansible."""

    NAME = "plan"

    def verify_file(self, path: str) -> bool:
        """Whether `path` is a source of ours: its name ends in plan.baophu.yml."""
        return bool(super().verify_file(path)) and path.endswith(("plan.baophu.yml", "plan.baophu.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read the plan and add its hosts; raises AnsibleParserError with every problem of the plan."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            plan = read_plan(Path(path).parent / self.get_option("plan"))
        except PlanError as error:
            raise AnsibleParserError(str(error)) from error
        planned = PlannedHosts(plan, datetime.now(LOCAL_ZONE).date())
        addresses = self._enrolled()
        for group in (*GROUPS, "unenrolled"):
            inventory.add_group(group)
        for name, value in (planned.province_variables() | self._shared()).items():
            inventory.set_variable("all", name, value)
        server = planned.province_variables()["plan_server"]
        for host in planned.hosts:
            address = addresses.get(host.id)
            inventory.add_host(host.id, group=group_of(host) if address else "unenrolled")
            variables = planned.variables(host)
            if address:
                variables |= self._connection(address, addresses.get(server), variables["plan_address"])
            for name, value in variables.items():
                inventory.set_variable(host.id, name, value)

    def _beside_access(self, option: str) -> str | None:
        """The option, or the file of its default name beside the access file."""
        given, access = self.get_option(option), self.get_option("access")
        if given or not access:
            return str(given) if given else None
        return str(Path(access).absolute().parent / option)

    def _enrolled(self) -> Mapping[str, str]:
        """The enrolment addresses, `dict[host id, address]`."""
        if not self.get_option("access"):
            return {}
        path = Path(self.get_option("access"))
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            return {str(host): str(entry["address"]) for host, entry in content["hosts"].items()}
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise AnsibleParserError(
                f"access file {path}: {error!r}; it holds 'hosts: {{ID: {{address: …}}}}'"
            ) from error

    def _shared(self) -> dict[str, Any]:
        """Variables of every host: whom to log in as, and where the secrets are."""
        shared: dict[str, Any] = {"ansible_user": self.get_option("ssh_user")}
        shared["plan_secrets"] = self._beside_access("secrets")
        shared["ansible_control_path_dir"] = f"~/.ansible/cp-{self._identity()}"
        key = self._beside_access("ssh_key")
        if key is not None and Path(key).is_file():
            shared["ansible_ssh_private_key_file"] = key
        return shared

    def _identity(self) -> str:
        """What tells this province's hosts from others at the same addresses: an open connection is never mixed up.

        ssh shares connections by address; two labs, or a lab and the one before it, have the same ones.
        """
        known = self._beside_access("known_hosts")
        keys = Path(known).read_bytes() if known is not None and Path(known).is_file() else b""
        return hashlib.sha256(str(self.get_option("access")).encode() + keys).hexdigest()[:10]

    def _connection(self, address: str, jump: str | None, in_band: str | None) -> dict[str, Any]:
        """How to reach a host, its key pinned under its enrolment address whatever the way."""
        known = self._beside_access("known_hosts")
        pinned = (
            f"-o StrictHostKeyChecking=yes -o UserKnownHostsFile={known}" if known else "-o StrictHostKeyChecking=yes"
        )
        key = self._beside_access("ssh_key")
        key = key if key is not None and Path(key).is_file() else None
        in_band_only = self.get_option("access_mode") == "in_band" and address != jump and in_band is not None
        proxy = None
        if in_band_only and jump is not None:
            identity = f"-i {key} " if key else ""
            proxy = f"ssh {identity}{pinned} -o BatchMode=yes -W %h:%p {self.get_option('ssh_user')}@{jump}"
        way = f' -o HostKeyAlias={address} -o ProxyCommand="{proxy}"' if proxy else ""
        reached_at = in_band if proxy else address
        return {
            "ansible_host": reached_at,
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": pinned + way,
            "plan_connection": {
                "hostname": reached_at,
                "username": self.get_option("ssh_user"),
                "password": "",
                "optional_args": {
                    "key_file": key,
                    "known_hosts": known,
                    "host_key_alias": address,
                    "proxy_command": proxy.replace("%h:%p", f"{reached_at}:22") if proxy else None,
                },
            },
        }
