"""Where a lab's ledger, logs and credentials lie, and how Ansible and the collectors get inside it."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import yaml

from baophu.provisioning import Access
from lab import Lab
from lab.commands import chosen_lab
from ledger.language import Text
from ledger.plan import Plan, Role

ROOT = Path(".baophu/run")
#: The account that a router's forced command gives to the reader of its leases; see the role lan_services.
LEASES_USER = "baophu-leases"
#: The account that reads configurations; see the role configuration_reader.
CONFIGURATION_USER = "baophu-config"
SNMP_USER = "baophu"
#: The account that mail servers' forced command gives to the reader of their state; see the role mail_state.
MAIL_USER = "baophu-mail"
#: The local part of the collectors' own mailbox in each domain; see the role mail_server.
MAIL_PROBE = "baophu-probe"


class LabSession:
    """One lab by name; makes nothing until asked."""

    def __init__(self, name: str, text: Text) -> None:
        self.name = name
        self.folder = (ROOT / name).absolute()
        self._text = text

    @cached_property
    def lab(self) -> Lab:
        """The lab itself, up or not."""
        return chosen_lab(self.name, self._text)

    @property
    def ledger_file(self) -> Path:
        """The lab's ledger; it outlives the lab."""
        return self.folder / "ledger.db"

    @property
    def secrets(self) -> Path:
        """The folder of the lab's keys, passphrases and CA."""
        return self.lab.place.state / "secrets"

    def log(self, name: str) -> Path:
        """The file for the output called `name`."""
        return self.folder / f"{name}.log"

    def fresh(self) -> None:
        """Begin with an empty ledger; the one before is kept beside it as `ledger.db.before`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            self.ledger_file.with_name(f"ledger.db{suffix}").unlink(missing_ok=True)
        if self.ledger_file.exists():
            self.ledger_file.replace(self.ledger_file.with_suffix(".db.before"))

    def access(self) -> Access:
        """How Ansible reaches the hosts: from the management namespace, with the lab's keys, host keys pinned."""
        state = self.lab.place.state
        return Access(
            prefix=tuple(self.lab.in_namespace("ctl", ())),
            environment={
                "BAOPHU_ACCESS": str(state / "access.yml"),
                "BAOPHU_SECRETS": str(self.secrets),
                "BAOPHU_KNOWN_HOSTS": str(state / "known_hosts"),
                "BAOPHU_SSH_KEY": str(state / "ssh_key"),
                "BAOPHU_CREDENTIALS": str(self.credentials()),
            },
        )

    def credentials(self) -> Path:
        """The collectors' credentials file, which names the lab's key files and holds no key itself."""
        state = self.lab.place.state
        path = self.folder / "credentials.yml"
        content = {
            "snmp": {
                "version": 3,
                "user": SNMP_USER,
                "auth_key_file": str(self.secrets / "snmp_auth"),
                "priv_key_file": str(self.secrets / "snmp_priv"),
            },
            "leases": {
                "user": LEASES_USER,
                "key_file": str(self.secrets / "leases_key"),
                "known_hosts": str(state / "known_hosts"),
            },
            "configuration": {
                "user": CONFIGURATION_USER,
                "key_file": str(self.secrets / "config_key"),
                "known_hosts": str(state / "known_hosts"),
            },
            "mail": {
                "user": MAIL_USER,
                "key_file": str(self.secrets / "mail_key"),
                "known_hosts": str(state / "known_hosts"),
                "probe": MAIL_PROBE,
                "probe_password_file": str(self.secrets / "mail_probe"),
                "ca_file": str(self.secrets / "ca.crt"),
            },
            "web": {"ca_file": str(self.secrets / "ca.crt")},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(content, file, sort_keys=False)
        return path

    def at_seat(self, plan: Plan, command: Sequence[str]) -> list[str]:
        """The command that runs `command` in the collectors' seat: on the province server's network, behind the PoP."""
        return self.lab.in_namespace(plan.one_device(Role.PROVINCE_SERVER).id, command)
