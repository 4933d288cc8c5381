"""Certificates of the province's CA: what is signed, what is renewed, and what never leaves where it belongs."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from plugins import plugin, run_module

from lab.identity import make_secrets
from lab.place import Place

action: Any = plugin("action", "certificates")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = timedelta(days=1)
NAMES = ("mail.skhcn.lamdong.gov.vn", "mail.phanthiet.lamdong.gov.vn")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return action.Authority.read(secrets_of(tmp_path_factory.mktemp("ours")))


def secrets_of(folder: Path) -> Path:
    place = Place.of("lab", folder)
    place.state.mkdir(parents=True)
    make_secrets(place, lambda: NOW)
    return place.state / "secrets"


def request(folder: Path, names: tuple[str, ...] = NAMES) -> str:
    """A signing request as the host's half makes it."""
    entry = {"key": str(folder / "private/x.key"), "certificate": str(folder / "x.pem"), "names": list(names)}
    (found,) = run_module("certificates", {"certificates": [entry]})["found"]
    return str(found["request"])


def wanted(*, now: datetime = NOW, names: tuple[str, ...] = NAMES, fixed_end: datetime | None = None) -> Any:
    return action.Wanted(names, now, 30 * DAYS, 90 * DAYS, fixed_end)


def test_the_key_is_made_on_the_host_for_root_alone_and_is_not_told(tmp_path: Path) -> None:
    entry = {"key": str(tmp_path / "private/x.key"), "certificate": str(tmp_path / "x.pem"), "names": list(NAMES)}
    first = run_module("certificates", {"certificates": [entry]})
    key = tmp_path / "private/x.key"
    assert (first["changed"], key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (True, 0o600, 0o700)
    assert "PRIVATE" not in json.dumps(first)
    before = key.read_bytes()
    assert run_module("certificates", {"certificates": [entry]})["changed"] is False
    assert key.read_bytes() == before


def test_check_mode_makes_no_key(tmp_path: Path) -> None:
    entry = {"key": str(tmp_path / "x.key"), "certificate": str(tmp_path / "x.pem"), "names": list(NAMES)}
    found = run_module("certificates", {"certificates": [entry]}, check=True)
    assert (found["changed"], found["found"]) == (False, [{"request": None, "certificate": None}])
    assert list(tmp_path.iterdir()) == []


def test_a_signed_certificate_is_for_the_hosts_key_and_the_plans_names(tmp_path: Path, authority: Any) -> None:
    asked = request(tmp_path, ("bank.example",))
    text = authority.sign(asked, wanted())
    certificate = x509.load_pem_x509_certificate(text.encode())
    certificate.verify_directly_issued_by(authority.certificate)
    assert action.names_of(certificate) == set(NAMES), "whatever the request says"
    assert action.public_bytes(certificate) == action.public_bytes(x509.load_pem_x509_csr(asked.encode()))
    assert certificate.not_valid_after_utc == NOW + 90 * DAYS
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert basic.ca is False
    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", "/dev/stdin", "-attime", str(int(NOW.timestamp())), write(tmp_path, text)],
        input=authority.certificate.public_bytes(action.Encoding.PEM),
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr


def write(folder: Path, text: str) -> str:
    (folder / "signed.pem").write_text(text, encoding="ascii")
    return str(folder / "signed.pem")


@pytest.mark.parametrize(
    ("later", "names", "good"),
    [
        (timedelta(0), NAMES, True),
        (60 * DAYS - timedelta(seconds=1), NAMES, True),
        (60 * DAYS, NAMES, False),  # 30 days remain
        (timedelta(0), NAMES[:1], False),
        (timedelta(0), (*NAMES, "mail.x.example"), False),
    ],
)
def test_a_certificate_is_renewed_in_time_and_when_its_names_change(
    tmp_path: Path, authority: Any, later: timedelta, names: tuple[str, ...], good: bool
) -> None:
    asked = request(tmp_path)
    text = authority.sign(asked, wanted())
    assert authority.is_good(text, asked, wanted(now=NOW + later, names=names)) is good


def test_another_key_or_another_ca_is_not_good(tmp_path: Path, authority: Any) -> None:
    asked, other = request(tmp_path / "one"), request(tmp_path / "two")
    text = authority.sign(asked, wanted())
    assert not authority.is_good(text, other, wanted())
    stranger = action.Authority.read(secrets_of(tmp_path / "ca"))
    assert not authority.is_good(stranger.sign(asked, wanted()), asked, wanted())
    with pytest.raises(InvalidSignature):
        x509.load_pem_x509_certificate(stranger.sign(asked, wanted()).encode()).verify_directly_issued_by(
            authority.certificate
        )
    for text_there in (None, "", "-----BEGIN CERTIFICATE-----\nx\n"):
        assert not authority.is_good(text_there, asked, wanted())


def test_one_that_ended_stays_as_it_is(tmp_path: Path, authority: Any) -> None:
    ended = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    asked = request(tmp_path)
    text = authority.sign(asked, wanted(fixed_end=ended))
    certificate = x509.load_pem_x509_certificate(text.encode())
    assert (certificate.not_valid_before_utc, certificate.not_valid_after_utc) == (ended - 90 * DAYS, ended)
    assert authority.is_good(text, asked, wanted(fixed_end=ended))
    assert not authority.is_good(text, asked, wanted())
    assert not authority.is_good(authority.sign(asked, wanted()), asked, wanted(fixed_end=ended))


def test_a_ca_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match=r"ca\.key and ca\.crt in"):
        action.Authority.read(tmp_path)


def test_a_day_that_is_none_is_named() -> None:
    entry = {"certificate": "/x.pem", "names": ["x"], "not_after": "30/06/2026"}
    with pytest.raises(AnsibleActionFail, match=r"not_after of /x\.pem"):
        action.as_wanted(entry, {"renew_days": 30, "days": 90}, NOW)
