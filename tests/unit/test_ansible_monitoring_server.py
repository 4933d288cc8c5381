"""What the role monitoring_server works out on the controller."""

import importlib.util
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from baophu.monitoring import Pace
from collectors.credentials import SnmpV3, read_credentials

ROLE = Path("roles/monitoring_server")


@pytest.fixture(scope="module")
def bundles() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundles", ROLE / "filter_plugins/bundles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def private(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def test_another_content_is_another_release_of_the_same_version(bundles: ModuleType, tmp_path: Path) -> None:
    bundle = tmp_path / "baophu-0.1.0-bundle.tar"
    bundle.write_bytes(b"one")
    first = bundles.bundle_release(str(bundle))
    assert first == "0.1.0-7692c3ad3540"  # the SHA-256 of "one"
    bundle.write_bytes(b"two")
    assert bundles.bundle_release(str(bundle)) == "0.1.0-3fc4ccfe7458"


@pytest.mark.parametrize("name", ["bundle.tar", "baophu-0.1.0.tar", "baophu-../x-bundle.tar", "baophu--bundle.tar"])
def test_a_file_of_another_name_is_no_bundle(bundles: ModuleType, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="make bundle"):
        bundles.bundle_release(str(tmp_path / name))


def test_credentials_are_the_same_after_the_move(bundles: ModuleType, tmp_path: Path) -> None:
    """Files named relative to the credentials file and absolutely both end beside it."""
    before = tmp_path / "before"
    content = {
        "snmp": {"version": 3, "user": "u", "auth_key_file": "keys/a", "priv_key_file": str(tmp_path / "elsewhere/p")},
        "leases": {"user": "l", "key_file": "keys/l", "known_hosts": "known"},
    }
    credentials = private(before / "credentials.yml", yaml.safe_dump(content))
    private(before / "keys/a", "authkey-1")
    private(tmp_path / "elsewhere/p", "privkey-1\n")
    private(before / "keys/l", "KEY\nlines\n")
    private(before / "known", "10.0.0.1 ssh-ed25519 AAAA\n")
    files = bundles.credential_files(str(credentials))
    assert set(files) == {
        *("credentials.yml", "snmp_auth_key_file", "snmp_priv_key_file", "leases_key_file", "leases_known_hosts")
    }
    assert files["leases_key_file"] == "KEY\nlines\n"
    after = tmp_path / "after"
    for name, text in files.items():
        private(after / name, text)
    read = read_credentials(after / "credentials.yml")
    assert isinstance(read.snmp, SnmpV3)
    assert read.snmp.auth_key.get_secret_value() == "authkey-1"
    assert read.leases.key_file == after / "leases_key_file"


def test_alerts_come_as_fast_as_the_demo_s_programs_have_them_by_default() -> None:
    variables = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))
    durations = {key: value for key, value in asdict(Pace()).items() if value is not None}
    assert variables["__monitoring_server_pace"] == durations
