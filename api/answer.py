"""Answers as bytes: rendered once per version of the data, tagged, and not sent again to who has them already."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b
from http import HTTPStatus
from threading import Lock

import orjson
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

JSON_MEDIA_TYPE = "application/json"
#: How much memory rendered answers may take; the least recently used go first.
CACHE_BYTES = 32 * 2**20


class Answers:
    """Rendered answers by tag; safe to use from several threads. Two threads may render one answer at once."""

    def __init__(self, capacity_bytes: int = CACHE_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._used_bytes = 0
        self._lock = Lock()

    def respond(
        self,
        request: Request,
        tag: str,
        render: Callable[[], bytes],
        media_type: str = JSON_MEDIA_TYPE,
        more_headers: Mapping[str, str] | None = None,
    ) -> Response:
        """304 where the asker holds `tag`, else the bytes with it; `render` is called only if they aren't kept."""
        headers = {"ETag": tag, "Cache-Control": "no-cache", **(more_headers or {})}
        if holds(request.headers.get("if-none-match"), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(self._body(tag, render), headers=headers, media_type=media_type)

    def _body(self, tag: str, render: Callable[[], bytes]) -> bytes:
        with self._lock:
            if (kept := self._bodies.get(tag)) is not None:
                self._bodies.move_to_end(tag)
                return kept
        body = render()
        with self._lock:
            self._keep(tag, body)
        return body

    def _keep(self, tag: str, body: bytes) -> None:
        if tag in self._bodies or len(body) > self._capacity_bytes:
            return
        self._bodies[tag] = body
        self._used_bytes += len(body)
        while self._used_bytes > self._capacity_bytes:
            self._used_bytes -= len(self._bodies.popitem(last=False)[1])


def tag_of(path: str, query: BaseModel | str, *versions: str | datetime) -> str:
    """A strong entity tag: it differs wherever path, query or one of the versions does."""
    asked = query if isinstance(query, str) else query.model_dump_json(exclude_defaults=True)
    parts = (path, asked, *(str(version) for version in versions))
    digest = blake2b(orjson.dumps(parts), digest_size=16)
    return f'"{digest.hexdigest()}"'


def holds(if_none_match: str | None, tag: str) -> bool:
    """Whether the header names `tag`, by weak comparison (RFC 9110 §13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in if_none_match.split(","))
