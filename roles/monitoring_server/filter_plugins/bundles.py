"""What the controller has to know of the files that it installs: a bundle's name, and what a credentials file names."""

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

BUNDLE = re.compile(r"baophu-(?P<version>[0-9a-z.+]+)-bundle\.tar")
#: How the entries of a credentials file end that name a file.
NAMES_A_FILE = ("_file", "known_hosts")


def bundle_release(bundle: str) -> str:
    """The name of a bundle's release, `<version>-<hash>`: another content is another release, whatever its version.

    Raises ValueError for a file that isn't named as `make bundle` names it.
    """
    path = Path(bundle)
    match = BUNDLE.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{bundle} isn't named baophu-VERSION-bundle.tar; `make bundle` builds one that is")
    with path.open("rb") as file:
        return f"{match['version']}-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"


def credential_files(credentials: str) -> dict[str, str]:
    """The files of a folder that hold what a credentials file and the files that it names do, `dict[name, text]`.

    In `credentials.yml` each file is called by its name in that folder, such as `snmp_auth_key_file`.
    """
    source = Path(credentials)
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    files: dict[str, str] = {}
    document: dict[str, Any] = {}
    for section, entries in content.items():
        document[section] = _section(section, entries, source.parent, files)
    return {"credentials.yml": yaml.safe_dump(document, sort_keys=False), **files}


def _section(section: str, entries: Mapping[str, Any], folder: Path, files: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in entries.items():
        if key.endswith(NAMES_A_FILE):
            name = f"{section}_{key}"
            files[name] = (folder / value).read_text(encoding="utf-8")
            found[key] = name
        else:
            found[key] = value
    return found


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[[str], Any]]:
        """The filters by name."""
        return {"bundle_release": bundle_release, "credential_files": credential_files}
