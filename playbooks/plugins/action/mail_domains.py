"""The controller's half of `mail_domains`: makes initial passwords here, and records the DKIM keys' public halves."""

import os
import re
import secrets
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

MAILBOX = {"address": {"type": "str", "required": True}, "quota_mb": {"type": "int", "required": True}}
DOMAIN = {
    "domain": {"type": "str", "required": True},
    "mailboxes": {"type": "list", "elements": "dict", "required": True, "options": MAILBOX},
}
ARGUMENTS = {
    "domains": {"type": "list", "elements": "dict", "required": True, "options": DOMAIN},
    "secrets": {"type": "path", "required": True},
    "probe": {"type": "str", "required": True},
    "accounts": {"type": "path", "required": True},
    "suspended": {"type": "path", "required": True},
    "home": {"type": "path", "default": "/var/vmail"},
    "owner": {"type": "str", "default": "vmail"},
    "dkim": {"type": "path", "default": "/etc/dkimkeys"},
    "welcome_subject": {"type": "str", "required": True},
    "welcome_text": {"type": "str", "required": True},
}
PASSWORD_LENGTH = 20
#: What the probe's mailbox may hold; its messages are expunged as soon as they are read.
PROBE_QUOTA_MB = 20
#: SubjectPublicKeyInfo in PEM, and nothing else: what a host says ends up in the province's DNS.
PUBLIC_KEY = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]{300,2000}-----END PUBLIC KEY-----\n?")


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Gives passwords to the host, takes public keys from it."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give what the module on the host gives; `changed` too where a key was recorded."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        folder, check = Path(arguments.pop("secrets")), self._task.check_mode
        domains, probe = arguments.pop("domains"), arguments.pop("probe")
        given = arguments | {
            "domains": [entry["domain"] for entry in domains],
            "mailboxes": [*accounts(domains, folder, check=check), *probes(domains, folder, probe)],
        }
        done: dict[str, Any] = self._execute_module(module_name="mail_domains", module_args=given, task_vars=task_vars)
        if done.get("failed"):
            return result | done
        recorded = [
            domain
            for domain, key in done.pop("public", {}).items()
            if record(folder / "dkim" / f"{domain}.pub", key, check=check)
        ]
        return result | done | {"changed": done["changed"] or bool(recorded)}


def accounts(domains: list[Mapping[str, Any]], folder: Path, *, check: bool) -> Iterator[dict[str, Any]]:
    """The planned mailboxes, each with its initial password."""
    for entry in domains:
        for mailbox in entry["mailboxes"]:
            yield {**mailbox, "password": password(folder / "mail" / mailbox["address"], check=check)}


def probes(domains: list[Mapping[str, Any]], folder: Path, local: str) -> Iterator[dict[str, Any]]:
    """The collectors' mailbox in each domain; raises AnsibleActionFail without its password."""
    try:
        secret = (folder / "mail_probe").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise AnsibleActionFail(f"the mail probe's password: {error}; write one there, readable by you only") from error
    for entry in domains:
        address = f"{local}@{entry['domain']}"
        yield {"address": address, "quota_mb": PROBE_QUOTA_MB, "password": secret, "is_probe": True}


def password(file: Path, *, check: bool) -> str:
    """What the file holds; where it is missing, a new password, written there unless this is a dry run."""
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    made = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
    if check:
        return made
    file.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another host's task was faster
        return file.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(f"{made}\n")
    return made


def record(file: Path, key: str, *, check: bool) -> bool:
    """Keep a public key; gives whether it is another than before. Raises AnsibleActionFail for what is no key."""
    if not PUBLIC_KEY.fullmatch(key):
        raise AnsibleActionFail(f"what the host gave as the public DKIM key of {file.stem} is none; look at the host")
    if file.is_file() and file.read_text(encoding="utf-8") == key:
        return False
    if not check:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_text(key, encoding="utf-8")
    return True
