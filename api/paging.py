"""Keyset paging: items in the order of their keys, each page the first ones after the key of the last."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import orjson

from api.problem import MalformedError
from api.selection import Key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of the page after; None at the end."""

    items: list[T]
    next: str | None


def page_of(items: Iterable[T], key: Callable[[T], Key], limit: int, cursor: str | None) -> Page[T]:
    """The first `limit` items after the key in `cursor`, even where that item is gone; raises MalformedError."""
    ordered = sorted(items, key=key)
    found = list(islice(_after(ordered, key, cursor), limit + 1))
    more = len(found) > limit
    return Page(found[:limit], _cursor(key(found[limit - 1])) if more else None)


def _after(ordered: list[T], key: Callable[[T], Key], cursor: str | None) -> Iterator[T]:
    if cursor is None:
        return iter(ordered)
    last = _key(cursor)
    if ordered and len(last) != len(key(ordered[0])):
        raise MalformedError({"cursor": "it belongs to another list; use the `next` of this one's page before"})
    return islice(ordered, bisect_right(ordered, last, key=key), None)


def _cursor(key: Key) -> str:
    return urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def _key(cursor: str) -> Key:
    try:
        parts = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise MalformedError({"cursor": "it isn't one; use the `next` of the page before as it is"})
    return tuple(parts)
