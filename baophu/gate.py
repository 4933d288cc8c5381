"""What stands before API and exporter: who may ask, by which name, and in which way. Refusals are problem documents."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problem import PROBLEM_MEDIA_TYPE, problem_bytes
from exporter.asgi import DISCOVERY_PATH, METRICS_PATH

#: Paths that are answered without a token: they tell whether the server runs, and nothing else.
OPEN_PATHS = frozenset({"/healthz"})
#: Programs send a bearer token (RFC 6750), people type it as a password (RFC 7617): browsers ask for one themselves.
CHALLENGES = ('Bearer realm="baophu"', 'Basic realm="Bao Phu", charset="UTF-8"')


@dataclass(frozen=True, slots=True)
class OnePort:
    """Hands the exporter its two paths, which are only read, and the API everything else."""

    api: ASGIApp
    exporter: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope.get("path") not in (METRICS_PATH, DISCOVERY_PATH):
            await self.api(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self.exporter(scope, receive, send)
        else:
            refusal = _refusal(scope, HTTPStatus.METHOD_NOT_ALLOWED, "this path is only read")
            refusal.headers["Allow"] = "GET, HEAD"
            await refusal(scope, receive, send)


@dataclass(frozen=True, slots=True)
class TokenGate:
    """Asks every request for a token, as bearer or as password; knows the tokens by their SHA-256 only."""

    app: ASGIApp
    digests: Collection[bytes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] == "lifespan" or scope["path"] in OPEN_PATHS or self._knows(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        detail = "this server asks for a token; send 'Authorization: Bearer TOKEN', or type it as the password"
        response = _refusal(scope, HTTPStatus.UNAUTHORIZED, detail, "token-required")
        for challenge in CHALLENGES:
            response.headers.append("WWW-Authenticate", challenge)
        await response(scope, receive, send)

    def _knows(self, headers: Headers) -> bool:
        digest = sha256(_token(headers.get("authorization", ""))).digest()
        # Every token is compared, so that the time taken doesn't tell which one was nearest.
        matches = [hmac.compare_digest(digest, known) for known in self.digests]
        return any(matches)


def _token(authorization: str) -> bytes:
    scheme, _, given = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return given.strip().encode()
        case "basic":
            try:
                return b64decode(given.strip(), validate=True).partition(b":")[2]
            except binascii.Error:
                return b""
        case _:
            return b""


@dataclass(frozen=True, slots=True)
class NameGate:
    """Answers only requests that call the server by one of its names, so that no web page reaches in by rebinding."""

    app: ASGIApp
    names: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] == "lifespan" or _name(Headers(scope=scope).get("host", "")) in self.names:
            await self.app(scope, receive, send)
            return
        detail = f"this server answers to {', '.join(sorted(set(self.names)))} only; ask it by that name"
        await _refusal(scope, HTTPStatus.BAD_REQUEST, detail, "wrong-host")(scope, receive, send)


def _name(host: str) -> str:
    """The Host header without its port; an IPv6 address keeps its brackets."""
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return (host[:end] if end > 0 else host).lower()


def _refusal(scope: Scope, status: HTTPStatus, detail: str, code: str | None = None) -> Response:
    return Response(problem_bytes(status, detail, scope["path"], code), status, media_type=PROBLEM_MEDIA_TYPE)
