"""The host's half of `certificates`: keys are made where they are used, and never leave."""

import os
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: certificates
short_description: TLS certificates of the province's CA, for keys that the host makes itself
description:
  - The host makes each key that is missing (EC P-256, readable by root alone) and a signing request. The controller
    signs it with the CA's key, which never leaves the controller, as the host's keys never leave the host.
  - A certificate is renewed when less than I(renew_days) remain, when its names or its key changed, or when another CA
    signed it.
  - Supports check mode and diff; the difference shows names and end of life.
  - I(restarted) and I(reloaded) of the result name the units whose certificates changed, for the role's handler.
options:
  certificates:
    description: The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      key:
        description: Where the private key is.
        type: path
        required: true
      certificate:
        description: Where the certificate is.
        type: path
        required: true
      names:
        description: The DNS names; the first is the subject's common name as well.
        type: list
        elements: str
        required: true
      not_after:
        description: >-
          The day on which it ends (YYYY-MM-DD), past or to come; such a certificate is never renewed. For a service
          whose certificate is known to be out of date.
        type: str
      restarts:
        description: The unit to restart when it changed.
        type: str
      reloads:
        description: The unit to reload when it changed.
        type: str
  authority:
    description: The controller's folder with the CA's C(ca.key) and C(ca.crt).
    type: path
    required: true
  days:
    description: How long a new certificate lives.
    type: int
    default: 90
  renew_days:
    description: How long before its end a certificate is renewed.
    type: int
    default: 30
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Have a certificate
  certificates:
    authority: "{{ plan_secrets }}"
    certificates:
      - key: /etc/ssl/private/baophu-mail.key
        certificate: /etc/ssl/certs/baophu-mail.pem
        names: [mail.skhcn.lamdong.gov.vn]
        reloads: dovecot.service
  register: __mail_server_certificates
  notify: Apply mail_server's files
"""
RETURN = r"""
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
"""

OPTIONS: dict[str, Any] = {
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "key": {"type": "path", "required": True, "no_log": False},
            "certificate": {"type": "path", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "signed": {"type": "str"},
        },
    },
}


def make_key(module: AnsibleModule, path: Path) -> None:
    """Make a private key that root alone may read; whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".baophu-")
    os.close(handle)
    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    module.run_command(["openssl", "genpkey", "-quiet", *curve, "-out", name], check_rc=True)
    Path(name).chmod(0o600)
    Path(name).replace(path)


def request(module: AnsibleModule, key: Path, names: list[str]) -> str:
    """A signing request (PKCS #10, PEM) for the key."""
    alternatives = ",".join(f"DNS:{name}" for name in names)
    command = ["openssl", "req", "-new", "-batch", "-key", str(key), "-subj", f"/CN={names[0]}"]
    _, text, _ = module.run_command([*command, "-addext", f"subjectAltName={alternatives}"], check_rc=True)
    return str(text)


def install(path: Path, text: str) -> None:
    """Write a certificate, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".baophu-")
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
        os.fchmod(handle, 0o644)
    Path(name).replace(path)


def main() -> None:
    """Write what was signed; make missing keys, and give each certificate's request and what is there of it."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    found: list[dict[str, str | None]] = []
    made = False
    for wanted in module.params["certificates"]:
        key, certificate = Path(wanted["key"]), Path(wanted["certificate"])
        if wanted["signed"]:
            install(certificate, wanted["signed"])
        if not key.exists() and not module.check_mode:
            make_key(module, key)
            made = True
        asked = request(module, key, wanted["names"]) if key.exists() else None
        there = certificate.read_text(encoding="utf-8", errors="replace") if certificate.exists() else None
        found.append({"request": asked, "certificate": there})
    module.exit_json(changed=made or any(wanted["signed"] for wanted in module.params["certificates"]), found=found)


if __name__ == "__main__":
    main()
