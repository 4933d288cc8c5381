"""Where the server may listen, who it answers, and what it logs."""

import json
import logging
import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from baophu.listening import is_loopback, listening_socket
from baophu.logs import JsonLines
from baophu.serving import (
    answer_by_name,
    build_server_app,
    check_binding,
    read_tokens,
    url_of,
)
from ledger.errors import ConfigurationError

Ask = Callable[..., httpx.Response]
TOKEN = "t0ken-" + "a" * 40
ANYWHERE = "0.0.0.0"  # noqa: S104 - it is what must be refused
OTHER = "0ther-" + "b" * 40


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return private(tmp_path / "tokens", f"# Prometheus\n{TOKEN}\n\n  {OTHER}  \n")


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_identity(tmp_path_factory.mktemp("identity"))


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def make_identity(folder: Path, passphrase: bytes | None = None) -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem", private(folder / "key.pem", pem.decode())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        (ANYWHERE, False),
        ("::", False),
        ("", False),
        ("10.68.1.10", False),
        ("::ffff:10.68.1.10", False),
        ("localhost.example", False),
        ("127.1", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_loopback_needs_nothing_and_takes_everything(identity: tuple[Path, Path], token_file: Path) -> None:
    check_binding("127.0.0.1", None, None, None)
    check_binding("127.0.0.1", None, None, token_file)
    check_binding("127.0.0.1", *identity, token_file)


@pytest.mark.parametrize("missing", ["--certificate", "--key", "--token-file"])
def test_another_address_needs_tls_and_tokens(missing: str, identity: tuple[Path, Path], token_file: Path) -> None:
    given: dict[str, Path | None] = {"--certificate": identity[0], "--key": identity[1], "--token-file": token_file}
    check_binding(ANYWHERE, *given.values())
    given[missing] = None
    with pytest.raises(ConfigurationError, match=rf"0\.0\.0\.0 is not a loopback address, so it needs {missing};"):
        check_binding(ANYWHERE, *given.values())


def test_all_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"it needs --certificate, --key, --token-file; .*127\.0\.0\.1"):
        check_binding("10.68.1.10", None, None, None)


def test_half_of_tls_is_refused_on_loopback_too(identity: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigurationError, match="both --certificate and --key"):
        check_binding("127.0.0.1", identity[0], None, None)


def test_a_key_that_does_not_fit_is_refused(identity: tuple[Path, Path], tmp_path: Path) -> None:
    _, other_key = make_identity(tmp_path)
    with pytest.raises(ConfigurationError, match="can't be used"):
        check_binding("127.0.0.1", identity[0], other_key, None)


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="without a passphrase"):
        check_binding("127.0.0.1", *make_identity(tmp_path, b"secret"), None)


def test_a_key_that_is_not_there_is_refused(identity: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        check_binding("127.0.0.1", identity[0], tmp_path / "nowhere.pem", None)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_secrets_that_others_can_read_are_refused(mode: int, token_file: Path, tmp_path: Path) -> None:
    certificate, key = make_identity(tmp_path)
    for secret in (token_file, key):
        secret.chmod(mode)
        with pytest.raises(ConfigurationError, match=f"chmod 600 {secret}"):
            check_binding("127.0.0.1", certificate, key, token_file)
        secret.chmod(0o600)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no token"),
        ("# nothing but words\n\n", "holds no token"),
        ("short\n", "line 1 is no token"),
        (f"{TOKEN}\n{OTHER} # Grafana\n", "line 2 is no token"),
        (f"{TOKEN}é\n", "line 1 is no token"),
    ],
)
def test_a_token_file_that_cannot_be_used_is_refused_without_telling_it(
    content: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=message) as refused:
        read_tokens(private(tmp_path / "tokens", content))
    assert TOKEN not in str(refused.value)
    assert OTHER not in str(refused.value)


def test_a_token_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_tokens(tmp_path / "nowhere")


def named(name: str) -> Callable[[Request], PlainTextResponse]:
    def answer(request: Request) -> PlainTextResponse:
        if request.url.path == "/broken":
            raise RuntimeError(name)
        return PlainTextResponse(f"{name} {request.url.path}")

    return answer


def two_apps() -> tuple[ASGIApp, ASGIApp]:
    api = Starlette(routes=[Route("/{path:path}", named("api"))])
    exporter = Starlette(routes=[Route("/{path:path}", named("exporter"))])
    return api, exporter


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/metrics", "exporter /metrics"),
        ("/sd", "exporter /sd"),
        ("/healthz", "api /healthz"),
        ("/api/v1/coverage", "api /api/v1/coverage"),
        ("/metrics/", "api /metrics/"),
        ("/sdx", "api /sdx"),
    ],
)
def test_one_port_serves_both(path: str, expected: str, ask: Ask) -> None:
    assert ask(build_server_app(*two_apps()), path).text == expected


def test_every_answer_has_the_security_headers(ask: Ask, token_file: Path) -> None:
    for app in (build_server_app(*two_apps()), build_server_app(*two_apps(), token_file)):
        for path in ("/metrics", "/healthz", "/broken"):
            headers = ask(app, path).headers
            assert headers.get_list("x-content-type-options") == ["nosniff"]
            assert headers.get_list("cache-control") == ["no-store"]


@pytest.mark.parametrize("path", ["/metrics", "/sd", "/api/v1/coverage", "/openapi.json", "/healthz/x", "//healthz"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        "Bearer # Prometheus",
        TOKEN,
    ],
)
def test_without_a_token_nothing_is_answered(path: str, authorization: str | None, ask: Ask, token_file: Path) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = ask(build_server_app(*two_apps(), token_file), path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate") == [
        'Bearer realm="baophu"',
        'Basic realm="Bao Phu", charset="UTF-8"',
    ]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:problem-type:baophu:token-required"


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    "authorization", [basic("a", "b"), basic(TOKEN, ""), basic("", TOKEN + "x"), "Basic !", "Basic"]
)
def test_a_password_that_is_no_token_is_refused(authorization: str, ask: Ask, token_file: Path) -> None:
    app = build_server_app(*two_apps(), token_file)
    assert ask(app, "/", headers={"Authorization": authorization}).status_code == 401


@pytest.mark.parametrize(
    "authorization",
    [f"Bearer {TOKEN}", f"bearer {OTHER}", f"Bearer  {OTHER} ", basic("kế hoạch", TOKEN), basic("", OTHER)],
)
def test_with_a_token_everything_is(authorization: str, ask: Ask, token_file: Path) -> None:
    app = build_server_app(*two_apps(), token_file)
    assert ask(app, "/metrics", headers={"Authorization": authorization}).text == "exporter /metrics"


def test_health_is_told_to_anybody(ask: Ask, token_file: Path) -> None:
    assert ask(build_server_app(*two_apps(), token_file), "/healthz").text == "api /healthz"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8470", 200),
        ("localhost:8470", 200),
        ("LOCALHOST", 200),
        ("[::1]:8470", 200),
        ("evil.example", 400),
        ("evil.example:8470", 400),
        ("localhost.evil.example", 400),
        ("10.68.1.10", 400),
    ],
)
def test_on_loopback_only_its_own_names_are_answered(host: str, status: int, ask: Ask) -> None:
    app = answer_by_name(build_server_app(*two_apps()), "127.0.0.1")
    answer = ask(app, "/metrics", headers={"Host": host})
    assert answer.status_code == status
    if status == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:problem-type:baophu:wrong-host"


@pytest.mark.parametrize("path", ["/metrics", "/sd"])
def test_what_is_only_read_refuses_all_else_with_a_problem(path: str, ask: Ask) -> None:
    answer = ask(build_server_app(*two_apps()), path, "POST")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == "application/problem+json"


def test_elsewhere_any_name_is_answered(ask: Ask) -> None:
    app = answer_by_name(build_server_app(*two_apps()), "10.68.1.10")
    assert ask(app, "/metrics", headers={"Host": "baophu.lamdong.gov.vn"}).status_code == 200


def test_a_port_that_is_taken_is_named() -> None:
    with listening_socket("localhost", 0) as taken:
        port = taken.getsockname()[1]
        assert url_of(taken, tls=False) == f"http://127.0.0.1:{port}"
        with pytest.raises(ConfigurationError, match=f"127.0.0.1 port {port} .*; choose another with --host or --port"):
            listening_socket("127.0.0.1", port)


def test_an_address_that_is_not_this_machines_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"192\.0\.2\.1 port 0"):
        listening_socket("192.0.2.1", 0)


def test_a_log_line_is_one_json_object_with_its_fields() -> None:
    try:
        int("two\nlines")
    except ValueError:
        failure = sys.exc_info()
    record = logging.LogRecord("baophu.serving", logging.INFO, "", 0, "polled %s", ("RT-001",), failure)
    record.created = datetime(2026, 11, 22, 2, tzinfo=UTC).timestamp()
    vars(record).update(url="http://127.0.0.1:8470", color_message="x")
    line = JsonLines().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("exception").startswith("Traceback (most recent call last):\n")
    assert found == {
        "at": "2026-11-22T02:00:00Z",
        "level": "info",
        "logger": "baophu.serving",
        "message": "polled RT-001",
        "url": "http://127.0.0.1:8470",
    }
