"""The host's half of `mail_domains`: DKIM keys, mailbox accounts, and a message to each new mailbox."""

import grp
import os
import pwd
import tempfile
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: mail_domains
short_description: The mail domains of a server, with a DKIM key each and their mailboxes
description:
  - A mailbox that is new gets an account with its initial password and a welcome message, once. A password that is
    there stays, so that its owner may change it.
  - A mailbox that is no longer given is suspended, never deleted. Its account and its mail stay; whoever is listed in
    I(suspended) can't log in. Given again, it works as before.
  - Initial passwords are made on the controller, in the file C(mail/<address>) of I(secrets), where they are missing.
  - DKIM keys (RSA, 2048 bits) are made on the host and stay there; their public halves are recorded on the controller,
    in C(dkim/<domain>.pub) of I(secrets), for the province's DNS.
  - Supports check mode, on the controller too.
options:
  domains:
    description: The domains and their mailboxes.
    type: list
    elements: dict
    required: true
    suboptions:
      domain:
        description: The domain's name.
        type: str
        required: true
      mailboxes:
        description: Its mailboxes.
        type: list
        elements: dict
        required: true
        suboptions:
          address:
            description: The mailbox.
            type: str
            required: true
          quota_mb:
            description: How much it may hold.
            type: int
            required: true
  secrets:
    description: The controller's folder of secrets.
    type: path
    required: true
  probe:
    description: >-
      The local part of the collectors' mailbox in each domain. Its password is the file C(mail_probe) of I(secrets),
      and follows it; it is welcomed by nobody.
    type: str
    required: true
  accounts:
    description: Dovecot's passwd-file of all accounts.
    type: path
    required: true
  suspended:
    description: The passwd-file of those that are denied.
    type: path
    required: true
  home:
    description: The folder of all mail.
    type: path
    default: /var/vmail
  owner:
    description: Whom the mail belongs to.
    type: str
    default: vmail
  dkim:
    description: The folder of DKIM keys.
    type: path
    default: /etc/dkimkeys
  welcome_subject:
    description: The subject of the welcome message.
    type: str
    required: true
  welcome_text:
    description: Its text; C({address}) and C({domain}) are filled in.
    type: str
    required: true
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Keep DKIM keys and mailboxes
  mail_domains:
    domains:
      - domain: skhcn.lamdong.gov.vn
        mailboxes:
          - {address: vanthu@skhcn.lamdong.gov.vn, quota_mb: 500}
    secrets: "{{ plan_secrets }}"
    probe: baophu-probe
    accounts: /etc/dovecot/baophu-mailboxes
    suspended: /etc/dovecot/baophu-suspended
    welcome_subject: Chào mừng
    welcome_text: "Hộp thư {address} đã sẵn sàng."
  no_log: true
  diff: false
"""
RETURN = r"""
created:
  description: Accounts that were made.
  type: list
  elements: str
  returned: always
suspended:
  description: Accounts that were suspended.
  type: list
  elements: str
  returned: always
resumed:
  description: Accounts that work again.
  type: list
  elements: str
  returned: always
welcomed:
  description: Mailboxes that were sent the welcome message.
  type: list
  elements: str
  returned: always
"""

ACCOUNT: dict[str, Any] = {
    "address": {"type": "str", "required": True},
    "quota_mb": {"type": "int", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
    "is_probe": {"type": "bool", "default": False},
}
OPTIONS: dict[str, Any] = {
    "domains": {"type": "list", "elements": "str", "required": True},
    "mailboxes": {"type": "list", "elements": "dict", "required": True, "options": ACCOUNT},
    "accounts": {"type": "path", "required": True},
    "suspended": {"type": "path", "required": True},
    "home": {"type": "path", "default": "/var/vmail"},
    "owner": {"type": "str", "default": "vmail"},
    "dkim": {"type": "path", "default": "/etc/dkimkeys"},
    "welcome_subject": {"type": "str", "required": True},
    "welcome_text": {"type": "str", "required": True},
}
#: The addresses that were welcomed, a line each; beside the mail, which it describes.
WELCOMED = ".welcomed"
Accounts = dict[str, str]


def read_accounts(text: str) -> Accounts:
    """The password hash of each account, by address."""
    lines = [line.split(":") for line in text.splitlines() if line and not line.startswith("#")]
    return {fields[0]: fields[1] for fields in lines}


def account_lines(hashes: Accounts, quotas: Mapping[str, int]) -> str:
    """Dovecot's passwd-file; an account whose quota isn't known any more has none."""

    def extra(address: str) -> str:
        return f"userdb_quota_rule=*:storage={quotas[address]}M" if address in quotas else ""

    return "".join(f"{address}:{hashed}::::::{extra(address)}\n" for address, hashed in sorted(hashes.items()))


def hashed(module: AnsibleModule, password: str, salt: str | None = None) -> str:
    """The password's SHA-512 crypt, by OpenSSL, which reads the password from its input."""
    command = ["openssl", "passwd", "-6", *(["-salt", salt] if salt else []), "-stdin"]
    _, text, _ = module.run_command(command, data=password, check_rc=True)
    return "{SHA512-CRYPT}" + str(text).strip()


def is_password(module: AnsibleModule, password: str, known: str) -> bool:
    """Whether `known`, as `hashed` gives it, is the hash of `password`."""
    return hashed(module, password, known.split("$")[2]) == known


def wanted_hashes(module: AnsibleModule, known: Accounts) -> Accounts:
    """Every account there is or shall be; known ones keep their hash, but a probe whose password changed."""
    found = dict(known)
    for mailbox in module.params["mailboxes"]:
        address, password = mailbox["address"], mailbox["password"]
        if address not in known or (mailbox["is_probe"] and not is_password(module, password, known[address])):
            found[address] = "{SHA512-CRYPT}new" if module.check_mode else hashed(module, password)
    return found


def write(path: Path, text: str, owner: str, group: str, mode: int) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".baophu-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        os.fchown(handle, pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)
        os.fchmod(handle, mode)
    Path(name).replace(path)


def text_of(path: Path) -> str:
    """What a file holds; nothing where it isn't there."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def keep_accounts(module: AnsibleModule) -> dict[str, list[str]]:
    """Make, suspend and resume accounts; gives the addresses of each."""
    params = module.params
    accounts, denied = Path(params["accounts"]), Path(params["suspended"])
    known, were_denied = read_accounts(text_of(accounts)), set(text_of(denied).split())
    quotas = {mailbox["address"]: mailbox["quota_mb"] for mailbox in params["mailboxes"]}
    hashes = wanted_hashes(module, known)
    are_denied = set(hashes) - set(quotas)
    files = [(accounts, account_lines(hashes, quotas)), (denied, "".join(f"{name}\n" for name in sorted(are_denied)))]
    changed = [(path, text) for path, text in files if not path.is_file() or text_of(path) != text]
    if not module.check_mode:
        for path, text in changed:
            write(path, text, "root", "dovecot", 0o640)
    return {
        "files": [str(path) for path, _ in changed],
        "created": sorted(set(hashes) - set(known)),
        "suspended": sorted(are_denied - were_denied),
        "resumed": sorted((were_denied - are_denied) & set(hashes)),
    }


def keep_home(module: AnsibleModule) -> bool:
    """Have the folder of all mail; gives whether it has to be made."""
    home, owner = Path(module.params["home"]), module.params["owner"]
    if home.is_dir():
        return False
    if not module.check_mode:
        home.mkdir(mode=0o700, parents=True)
        os.chown(home, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid)
    return True


def keep_dkim(module: AnsibleModule) -> tuple[list[str], dict[str, str]]:
    """Make missing DKIM keys; gives their domains, and the public half of each key that is there (PEM)."""
    made: list[str] = []
    public: dict[str, str] = {}
    for domain in module.params["domains"]:
        key = Path(module.params["dkim"]) / f"{domain}.private"
        if not key.exists():
            made.append(domain)
            if module.check_mode:
                continue
            _, text, _ = module.run_command(["openssl", "genrsa", "-traditional", "2048"], check_rc=True)
            write(key, text, "opendkim", "opendkim", 0o600)
        _, public[domain], _ = module.run_command(["openssl", "rsa", "-in", str(key), "-pubout"], check_rc=True)
    return made, public


def welcome(module: AnsibleModule) -> list[str]:
    """Write to each mailbox that wasn't written to yet; gives them. What wasn't sent is sent by the next run."""
    memory = Path(module.params["home"]) / WELCOMED
    before = text_of(memory).split()
    new = [m["address"] for m in module.params["mailboxes"] if not m["is_probe"] and m["address"] not in before]
    if not module.check_mode:
        for address in new:
            send_welcome(module, address)
            before.append(address)
            write(memory, "".join(f"{line}\n" for line in before), "root", "root", 0o600)
    return new


def send_welcome(module: AnsibleModule, address: str) -> None:
    """Hand the welcome message to the mail server of this host."""
    domain = address.partition("@")[2]
    message = EmailMessage()
    message["From"] = f"postmaster@{domain}"
    message["To"] = address
    message["Subject"] = module.params["welcome_subject"]
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(module.params["welcome_text"].format(address=address, domain=domain))
    command = ["/usr/sbin/sendmail", "-i", "-f", f"postmaster@{domain}", "--", address]
    module.run_command(command, data=message.as_bytes(), binary_data=True, check_rc=True)


def main() -> None:
    """Keys, accounts, and a word to those who are new."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    made_home = keep_home(module)
    made, public = keep_dkim(module)
    kept = keep_accounts(module)
    welcomed = welcome(module)
    changed = bool(made_home or made or kept["files"] or welcomed)
    module.exit_json(changed=changed, public=public, welcomed=welcomed, **kept)


if __name__ == "__main__":
    main()
