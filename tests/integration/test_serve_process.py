"""The server as a process of its own: it says where it listens, serves TLS, and ends cleanly when told."""

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SERVER = """
import sys
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from baophu.serving import build_server_app, check_binding, serve
from ledger.errors import ConfigurationError

host, port, *files = sys.argv[1:]
certificate, key, token_file = [Path(name) for name in files] or (None, None, None)
app = Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse("here"))])
try:
    check_binding(host, certificate, key, token_file)
    serve(build_server_app(app, app, token_file), host, int(port), certificate, key)
except ConfigurationError as error:
    sys.exit(str(error))
print("ended")
"""
TOKEN = "t0ken-" + "a" * 40


@contextmanager
def server(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that it says it listens on."""
    command = [sys.executable, "-c", SERVER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield process, json.loads(process.stderr.readline())["url"]
        finally:
            process.kill()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told(told: signal.Signals) -> None:
    with server("127.0.0.1", "0") as (process, url):
        assert httpx.get(f"{url}/metrics").text == "here"
        process.send_signal(told)
        out, log = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "ended\n")
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["level"] for line in lines} == {"info"}
    assert lines[-1]["message"] == "stopped"


def test_it_answers_no_name_but_its_own() -> None:
    with server("127.0.0.1", "0") as (_, url):
        assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 400


def test_it_does_not_say_what_it_is_made_of() -> None:
    with server("127.0.0.1", "0") as (_, url):
        assert "server" not in httpx.get(url).headers


def test_two_cannot_listen_on_one_port() -> None:
    with server("127.0.0.1", "0") as (_, url):
        port = url.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-c", SERVER, "127.0.0.1", port], capture_output=True, text=True, check=False, timeout=20
        )
    assert second.returncode == 1
    assert f"can't listen on 127.0.0.1 port {port} (Address already in use)" in second.stderr
    assert "Traceback" not in second.stderr


def test_it_serves_tls_with_tokens_on_every_address(tmp_path: Path) -> None:
    certificate, key, token_file = tmp_path / "certificate.pem", tmp_path / "key.pem", tmp_path / "tokens"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    token_file.write_text(TOKEN)
    for secret in (key, token_file):
        secret.chmod(0o600)
    trust = ssl.create_default_context(cafile=str(certificate))
    everywhere = "0.0.0.0"  # noqa: S104 - allowed, since TLS and tokens are given
    with server(everywhere, "0", str(certificate), str(key), str(token_file)) as (_, url):
        address = url.replace(everywhere, "127.0.0.1")
        assert address.startswith("https://")
        assert httpx.get(f"{address}/metrics", verify=trust).status_code == 401
        known = {"Authorization": f"Bearer {TOKEN}"}
        assert httpx.get(f"{address}/metrics", verify=trust, headers=known).text == "here"


def test_it_refuses_every_address_without() -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - it is what must be refused
    refused = subprocess.run(
        [sys.executable, "-c", SERVER, everywhere, "0"], capture_output=True, text=True, check=False, timeout=20
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"serve: {everywhere} is not a loopback address")
