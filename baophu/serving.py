"""Serves the API and the exporter on one port: where it may listen, who may ask, and how it starts and ends."""

import logging
import os
import re
import signal
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from api.middleware import SecurityHeaders
from baophu.gate import NameGate, OnePort, TokenGate
from baophu.listening import is_loopback, listening_socket
from baophu.logs import log_json_lines
from baophu.readiness import tell_ready
from ledger.errors import CallError, ConfigurationError
from ledger.language import N_

LOG = logging.getLogger(__name__)
#: What RFC 6750 §2.1 lets a bearer token be, and no shorter than 128 bits in base 64 need.
TOKEN = re.compile(rb"[A-Za-z0-9._~+/-]{22,}=*")
#: How long answers that are under way may take once the server was told to stop.
GRACE_SECONDS = 5


def check_binding(host: str, certificate: Path | None, key: Path | None, token_file: Path | None) -> None:
    """Refuse, before anything starts, an address that more than this machine reaches without TLS and tokens.

    Raises ConfigurationError, also where certificate, key or token file can't be used.
    """
    given = {"--certificate": certificate, "--key": key, "--token-file": token_file}
    missing = [option for option, path in given.items() if path is None]
    if missing and not is_loopback(host):
        raise CallError(
            N_(
                "serve: {host} is not a loopback address, so it needs {missing}; "
                "give what is missing, or listen on 127.0.0.1"
            ),
            host=host,
            missing=", ".join(missing),
        )
    if certificate is not None or key is not None:
        _check_certificate(certificate, key)
    if token_file is not None:
        read_tokens(token_file)


def _check_certificate(certificate: Path | None, key: Path | None) -> None:
    if certificate is None or key is None:
        raise ConfigurationError(N_("serve: TLS needs both --certificate and --key; give the other one too"))
    try:
        _refuse_readable_by_others(key.stat(), key)
        # An empty passphrase keeps OpenSSL from asking for one on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            N_(
                "serve: certificate '{certificate}' and key '{key}' can't be used ({error}); "
                "give a PEM certificate chain and its key, without a passphrase"
            ),
            certificate=certificate,
            key=key,
            error=error,
        ) from None


def read_tokens(path: Path) -> frozenset[bytes]:
    """The SHA-256 of each token in the file: one a line, lines that start with # aside. Raises ConfigurationError."""
    try:
        with path.open("rb") as file:
            _refuse_readable_by_others(os.fstat(file.fileno()), path)
            lines = file.read().splitlines()
    except OSError as error:
        raise ConfigurationError(
            N_("token file '{path}': {strerror}; give a readable file"), path=path, strerror=error.strerror
        ) from None
    tokens = set()
    for number, line in enumerate(lines, start=1):
        token = line.strip()
        if not token or token.startswith(b"#"):
            continue
        if not TOKEN.fullmatch(token):
            raise ConfigurationError(
                N_("token file '{path}': line {number} is no token; put one on it made by `openssl rand -base64 32`"),
                path=path,
                number=number,
            )
        tokens.add(sha256(token).digest())
    if not tokens:
        raise ConfigurationError(
            N_("token file '{path}' holds no token; put one on a line made by `openssl rand -base64 32`"), path=path
        )
    return frozenset(tokens)


def _refuse_readable_by_others(found: os.stat_result, path: Path) -> None:
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise ConfigurationError(N_("'{path}' can be read by other users; run `chmod 600 {path}`"), path=path)


def build_server_app(api: ASGIApp, exporter: ASGIApp, token_file: Path | None = None) -> ASGIApp:
    """Put `/metrics` and `/sd` beside the API; with `token_file` only who has a token is answered.

    Raises ConfigurationError where the token file can't be used.
    """
    app: ASGIApp = OnePort(api, exporter)
    if token_file is not None:
        app = TokenGate(app, read_tokens(token_file))
    return SecurityHeaders(app)


def serve(app: ASGIApp, host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> None:
    """Serve `app` until Ctrl-C or SIGTERM, then finish what is under way and return.

    Raises ConfigurationError where the address can't be listened on.
    """
    server = http_server(app, host, certificate, key)
    log_json_lines()
    with listening_socket(host, port) as listening, _terminating_like_interrupt():
        LOG.info("listening", extra={"url": url_of(listening, tls=certificate is not None)})
        tell_ready()
        with suppress(KeyboardInterrupt):
            server.run([listening])
        LOG.info("stopped")


def http_server(app: ASGIApp, host: str, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Server:
    """A server of `app`, not started yet, that says nothing of itself."""
    return uvicorn.Server(
        uvicorn.Config(
            answer_by_name(app, host),
            loop="uvloop",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )


def answer_by_name(app: ASGIApp, host: str) -> ASGIApp:
    """On a loopback address answer only requests that name it, so that no web page reaches in by DNS rebinding."""
    if not is_loopback(host):
        return app
    return NameGate(app, ("127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host.lower()))


def url_of(listening: socket.socket, *, tls: bool) -> str:
    """Where the server is to be found."""
    host, port = listening.getsockname()[:2]
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _terminating_like_interrupt() -> Iterator[None]:
    """Let SIGTERM end the server as Ctrl-C does: uvicorn finishes, then gives the signal to the handler set here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
