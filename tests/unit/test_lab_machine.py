"""What the lab knows of the machine that it runs on, and what it plants on its hosts."""

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from lab import preflight
from lab.banner import answers
from lab.cgroup import hierarchies
from lab.commands import app
from lab.errors import LabError
from lab.identity import SshKey, known_hosts_line, make_secrets
from lab.images import RECIPES, recipe_hash
from lab.place import Place
from lab.topology import Host

PURE = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
HYBRID = (
    "47 30 0:37 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "48 47 0:38 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "56 47 0:46 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
    "57 47 0:47 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
    "58 47 0:47 / /elsewhere rw,relatime - cgroup2 cgroup2 rw\n"
)
LEGACY = "56 47 0:46 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mountinfo", "expected"),
    [
        (PURE, ["/sys/fs/cgroup"]),
        (HYBRID, ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"]),
        (LEGACY, ["/sys/fs/cgroup/systemd"]),
        ("22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n", []),
    ],
)
def test_hosts_get_a_cgroup_where_a_systemd_tracks_processes(mountinfo: str, expected: list[str]) -> None:
    assert hierarchies(mountinfo) == [Path(path) for path in expected]


def test_secrets_are_for_their_owner_alone_and_never_the_same(tmp_path: Path) -> None:
    made: list[dict[str, str]] = []
    for name in ("one", "two"):
        place = Place.of(name, tmp_path)
        place.state.mkdir()
        make_secrets(place, lambda: NOW)
        secrets = place.state / "secrets"
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
        private = ["ca.key", "config_key", "leases_key", "mail_key", "mail_probe", "snmp_auth", "snmp_priv"]
        assert sorted(file.name for file in secrets.iterdir()) == sorted(
            [*private, "ca.crt", "config_key.pub", "leases_key.pub", "mail_key.pub"]
        )
        assert {stat.S_IMODE((secrets / file).stat().st_mode) for file in private} == {0o600}
        assert stat.S_IMODE((place.state / "ssh_key").stat().st_mode) == 0o600
        made.append({file: (secrets / file).read_text(encoding="utf-8") for file in private})
    for passphrase in ("snmp_auth", "snmp_priv"):
        assert made[0][passphrase].isalnum()
        assert len(made[0][passphrase]) == 32
    assert not set(made[0].values()) & set(made[1].values())


def test_the_provinces_ca_signs_itself_and_nothing_but_certificates(tmp_path: Path) -> None:
    place = Place.of("lab", tmp_path)
    place.state.mkdir()
    make_secrets(place, lambda: NOW)
    authority = x509.load_pem_x509_certificate((place.state / "secrets" / "ca.crt").read_bytes())
    authority.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature) == (True, False)
    assert authority.not_valid_before_utc < NOW < authority.not_valid_after_utc


@pytest.mark.parametrize(("inband", "names"), [("10.68.0.12", "10.255.1.5,10.68.0.12,rt"), (None, "10.255.1.5,rt")])
def test_a_hosts_key_is_pinned_to_each_of_its_names(inband: str | None, names: str) -> None:
    host = Host("RT", "rt", 4, "cpe", "u", "s", inband, ())
    key = SshKey.generate("rt")
    algorithm, blob = key.public.split()[:2]
    assert algorithm == "ssh-ed25519"
    assert known_hosts_line(host, key) == f"{names} ssh-ed25519 {blob}\n"


def test_an_image_is_known_by_what_it_is_made_of() -> None:
    bare, full = recipe_hash("bare.sh", "bare.txt"), recipe_hash("bare.sh", "bare.txt", "full.sh", "full.txt")
    assert bare == recipe_hash("bare.sh", "bare.txt")
    assert bare != full


@pytest.mark.parametrize("name", ["bare.txt", "full.txt"])
def test_package_lists_are_sorted_and_say_nothing_twice(name: str) -> None:
    packages = (RECIPES / name).read_text(encoding="ascii").splitlines()
    assert packages == sorted(set(packages))


def test_every_tool_that_is_checked_for_is_in_a_listed_package() -> None:
    listed = preflight.PACKAGES.read_text(encoding="ascii").splitlines()
    assert set(preflight.TOOLS.values()) <= set(listed)


def test_without_root_one_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        preflight.check_machine()


@pytest.mark.parametrize(
    ("there", "complaint"),
    [
        ({"apt-get", "ip", "tc", "bridge", "gpg", "ssh"}, "apt-get install ethtool mmdebstrap systemd-container$"),
        ({"ip"}, "not a Debian and lacks ethtool, gnupg, iproute2, mmdebstrap, openssh-client, systemd-container"),
    ],
)
def test_missing_tools_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch, there: set[str], complaint: str
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda tool: tool if tool in there else None)
    with pytest.raises(LabError, match=complaint):
        preflight.check_machine()


async def _answering(greeting: bytes) -> list[str]:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        return [address async for address in answers(["127.0.0.1"], 0.3, port)]


@pytest.mark.parametrize(
    ("greeting", "expected"), [(b"SSH-2.0-x\r\n", ["127.0.0.1"]), (b"220 mail\r\n", []), (b"", [])]
)
def test_only_an_ssh_greeting_counts_as_an_answer(greeting: bytes, expected: list[str]) -> None:
    assert asyncio.run(_answering(greeting)) == expected


def test_a_command_on_a_lab_that_is_not_up_says_so(tmp_path: Path) -> None:
    environment = {"BAOPHU_LAB_DIR": str(tmp_path), "LANG": "en"}
    result = CliRunner().invoke(app, ["status", "--name", "nolab"], env=environment)
    assert isinstance(result.exception, LabError)
    assert "'nolab' is not up" in str(result.exception)
