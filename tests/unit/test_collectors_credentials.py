"""The credentials file: what it may hold, who may read it, and that no message quotes a key."""

import ssl
from pathlib import Path

import pytest

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV2c, SnmpV3, SshKey, WebProbe, read_credentials
from ledger.errors import ConfigurationError

KEY = "s3cret-enough"
V3 = "snmp: {version: 3, user: baophu, auth_key_file: auth, priv_key_file: priv}\n"
CONFIGURATION = "configuration: {user: baophu-config, key_file: config_key, known_hosts: known_hosts}\n"
LEASES = "leases: {user: baophu-leases, key_file: leases_key, known_hosts: known_hosts}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("auth", "priv", "community", "leases_key", "config_key"):
        private(tmp_path / name, f"{KEY}-{name}\n")
    (tmp_path / "known_hosts").write_text("")
    return tmp_path


def private(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def given(folder: Path, text: str) -> Path:
    return private(folder / "credentials.yml", text)


def refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_credentials(path)
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_snmpv3_is_read_with_its_keys_from_beside_the_file(folder: Path) -> None:
    found = read_credentials(given(folder, V3 + LEASES))
    assert isinstance(found.snmp, SnmpV3)
    assert found.snmp.user == "baophu"
    assert (found.snmp.auth_protocol, found.snmp.priv_protocol) == (AuthProtocol.SHA256, PrivProtocol.AES128)
    assert found.snmp.auth_key.get_secret_value() == f"{KEY}-auth"
    assert found.snmp.priv_key.get_secret_value() == f"{KEY}-priv"
    assert found.leases.user == "baophu-leases"
    assert (found.leases.key_file, found.leases.known_hosts) == (folder / "leases_key", folder / "known_hosts")
    assert KEY not in repr(found)


MAIL = """
mail:
  user: baophu-mail
  key_file: mail_key
  known_hosts: known_hosts
  probe_password_file: mail_probe
  ca_file: ca.pem
web: {ca_file: ca.pem}
"""


@pytest.fixture
def with_mail(folder: Path) -> Path:
    for name in ("mail_key", "mail_probe"):
        private(folder / name, f"{KEY}-{name}\n")
    certificate = ssl.create_default_context().get_ca_certs(binary_form=True)[0]
    (folder / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(certificate), encoding="ascii")
    return folder


def test_mail_and_web_are_probed_only_where_the_file_says_how(with_mail: Path) -> None:
    without = read_credentials(given(with_mail, V3 + LEASES))
    assert (without.mail, without.web) == (None, None)
    found = read_credentials(given(with_mail, V3 + LEASES + MAIL))
    assert found.mail is not None
    assert found.mail.local_part == "baophu-probe"
    assert found.mail.password.get_secret_value() == f"{KEY}-mail_probe"
    assert (found.mail.state.user, found.mail.state.key_file) == ("baophu-mail", with_mail / "mail_key")
    assert found.mail.ca_file == with_mail / "ca.pem"
    assert found.web == WebProbe(with_mail / "ca.pem")
    assert KEY not in repr(found)
    plain = read_credentials(given(with_mail, V3 + LEASES + "web: {}\n"))
    assert plain.web == WebProbe(None)


@pytest.mark.parametrize("name", ["mail_key", "mail_probe"])
def test_what_mail_is_probed_with_is_private_too(with_mail: Path, name: str) -> None:
    path = given(with_mail, V3 + LEASES + MAIL)
    (with_mail / name).chmod(0o640)
    assert f"chmod 600 '{with_mail / name}'" in refusal(path)


@pytest.mark.parametrize("content", ["no certificate", ""])
def test_a_file_of_cas_without_one_is_refused(with_mail: Path, content: str) -> None:
    (with_mail / "ca.pem").write_text(content, encoding="ascii")
    assert str(with_mail / "ca.pem") in refusal(given(with_mail, V3 + LEASES + MAIL))


def test_a_password_that_would_break_out_of_its_line_is_refused(with_mail: Path) -> None:
    private(with_mail / "mail_probe", f"{KEY}\r\na2 DELETE INBOX")
    assert str(with_mail / "mail_probe") in refusal(given(with_mail, V3 + LEASES + MAIL))


@pytest.mark.parametrize("probe", ["'a b'", "'a\"b'", "A@x", "''"])
def test_a_probe_that_is_no_local_part_is_refused(with_mail: Path, probe: str) -> None:
    text = MAIL.replace("  user:", f"  probe: {probe}\n  user:", 1)
    assert "mail.probe" in refusal(given(with_mail, V3 + LEASES + text))


def test_a_community_is_used_only_where_the_file_says_so(folder: Path) -> None:
    found = read_credentials(given(folder, 'snmp: {version: "2c", community_file: community}\n' + LEASES))
    assert isinstance(found.snmp, SnmpV2c)
    assert found.snmp.community.get_secret_value() == f"{KEY}-community"
    assert KEY not in repr(found)


def test_the_configuration_readers_key_may_be_left_out(folder: Path) -> None:
    assert read_credentials(given(folder, V3 + LEASES)).configuration is None
    found = read_credentials(given(folder, V3 + LEASES + CONFIGURATION)).configuration
    assert found == SshKey("baophu-config", folder / "config_key", folder / "known_hosts")
    (folder / "config_key").chmod(0o640)
    assert f"chmod 600 '{folder / 'config_key'}'" in refusal(given(folder, V3 + LEASES + CONFIGURATION))


@pytest.mark.parametrize("name", ["credentials.yml", "auth", "priv", "leases_key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused_with_the_remedy(folder: Path, name: str, mode: int) -> None:
    path = given(folder, V3 + LEASES)
    (folder / name).chmod(mode)
    assert f"chmod 600 '{folder / name}'" in refusal(path)


@pytest.mark.parametrize("name", ["credentials.yml", "auth", "priv", "leases_key", "known_hosts"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    path = given(folder, V3 + LEASES)
    (folder / name).unlink()
    assert str(folder / name) in refusal(path)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"snmp: [{KEY}", "not YAML"),
        (f"- {KEY}", "file"),
        (V3, "leases"),
        (LEASES, "snmp"),
        (f"snmp: {{version: 1, community: {KEY}}}\n" + LEASES, "snmp"),
        (
            f"snmp: {{version: 3, user: u, auth_key: {KEY}, auth_key_file: auth, priv_key_file: priv}}\n" + LEASES,
            "auth_key",
        ),
        (V3.replace("user: baophu", "user: ''") + LEASES, "user"),
        (V3.replace("user: baophu", "user: u, auth_protocol: MD4") + LEASES, "auth_protocol"),
        (V3.replace("user: baophu", "user: u, priv_protocol: RC4") + LEASES, "priv_protocol"),
    ],
)
def test_a_wrong_file_is_refused_by_the_place_of_its_fault(folder: Path, text: str, place: str) -> None:
    assert place in refusal(given(folder, text))


@pytest.mark.parametrize(("key", "accepted"), [("1234567", False), ("12345678", True)])
def test_a_key_has_at_least_eight_characters(folder: Path, key: str, *, accepted: bool) -> None:
    private(folder / "auth", key)
    path = given(folder, V3 + LEASES)
    if accepted:
        read_credentials(path)
    else:
        assert "shorter than 8" in refusal(path)


TRAPS = "traps: {community_file: community}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (V3 + LEASES, []),
        (V3 + LEASES + TRAPS, ["community"]),
        ("snmp: {version: 2c, community_file: priv}\n" + LEASES, ["priv"]),
        ("snmp: {version: 2c, community_file: priv}\n" + LEASES + TRAPS, ["priv", "community"]),
        ("snmp: {version: 1, community_file: priv}\n" + LEASES, ["priv"]),
    ],
)
def test_communities_of_notifications_are_those_that_were_given(folder: Path, text: str, expected: list[str]) -> None:
    found = read_credentials(given(folder, text))
    assert found.trap_communities() == tuple(f"{KEY}-{name}".encode() for name in expected)
    assert KEY not in repr(found)


def test_a_community_that_others_may_read_is_refused(folder: Path) -> None:
    (folder / "community").chmod(0o644)
    assert "may be read by others" in refusal(given(folder, V3 + LEASES + TRAPS))
