"""Templates to answers: the reader's language, headers that let nothing foreign in, and nothing sent twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from api.answer import Answers, tag_of
from api.page.choice import LANGUAGE_COOKIE, chosen_language
from api.page.evidence import PERSONAL, shown_value
from api.page.standing import WANTING, WORDS, Standing
from api.page.static_files import StaticFiles
from ledger import wording
from ledger.language import LOCAL_ZONE, N_, Language, Text
from ledger.remark import said
from ledger.telling import target_text

TEMPLATES = Path(__file__).parent / "templates"
MEDIA_TYPE = "text/html; charset=utf-8"
YEAR_SECONDS = 365 * 24 * 3600
#: Scripts, styles and data come from this server; nothing inline, nothing from elsewhere, in nobody's frame.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
WORDINGS = (
    *("CABLING", "CHECKS", "EVIDENCE", "KINDS", "LEVELS", "LIFECYCLES", "MATCHES", "MEANINGS", "OUTCOMES", "STEPS"),
    "VERDICTS",
)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders templates; `versions` in `page` are what an answer depends on beside its address and language."""

    static: StaticFiles
    version: str
    answers: Answers = field(default_factory=Answers)
    environment: Environment = field(
        default_factory=lambda: Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
    )

    def page(self, request: Request, template: str, context: Mapping[str, Any], *versions: str | datetime) -> Response:
        """An answer that is rendered once per version of what it shows."""
        text = text_for(request)
        is_part = "hx-request" in request.headers
        tag = tag_of(request.url.path, f"{request.url.query} {text.language} {is_part}", self.version, *versions)

        def render() -> bytes:
            return self._render(request, template, context, text)

        response = self.answers.respond(request, tag, render, MEDIA_TYPE, _headers(text))
        return _remembering(request, response, text)

    def failure(self, request: Request, status: HTTPStatus, context: Mapping[str, Any]) -> Response:
        """An answer to what can't be answered; never kept."""
        text = text_for(request)
        body = self._render(request, "error.html", {"status": status, **context}, text)
        headers = {**_headers(text), "Cache-Control": "no-store"}
        return _remembering(request, Response(body, status, headers=headers, media_type=MEDIA_TYPE), text)

    def _render(self, request: Request, template: str, context: Mapping[str, Any], text: Text) -> bytes:
        words = {name: getattr(wording, name) for name in WORDINGS}
        known = {
            "_": text,
            "text": text,
            "said": lambda remark: said(remark, text) or "",
            "called": lambda table, value: wording.called(words[table], value, text),
            "meanings": wording.MEANINGS,
            "verdicts": wording.VERDICTS,
            "standings": {name.value: text(WORDS[name]) for name in Standing},
            "wanting": WANTING,
            "ago": lambda since, now: duration(now - since, text),
            "personal": PERSONAL,
            "target_text": target_text,
            "shown_value": lambda state: shown_value(state, text),
            "local_day": lambda instant: instant.astimezone(LOCAL_ZONE).date(),
            "static_url": self.static.url,
            "other_language": _other_language(request, text),
            "is_part": "hx-request" in request.headers,
        }
        return self.environment.get_template(template).render({**known, **context}).encode()


def text_for(request: Request) -> Text:
    """What speaks the reader's language."""
    return Text(chosen_language(request.query_params, request.cookies))


def duration(length: timedelta, text: Text) -> str:
    """`2 ngày`, `3 giờ`: roughly how long."""
    if length < timedelta(minutes=1):
        return text(N_("just now"))
    return format_timedelta(length, locale=text.language.value, threshold=1.4)


def _headers(text: Text) -> dict[str, str]:
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Content-Language": text.language.value,
        "Vary": "Cookie, HX-Request",
    }


def _other_language(request: Request, text: Text) -> str:
    """The same page in the other language."""
    other = Language.EN if text.language is Language.VI else Language.VI
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*asked, ('lang', other.value)])}"


def _remembering(request: Request, response: Response, text: Text) -> Response:
    if request.query_params.get("lang") in set(Language):
        response.set_cookie(
            LANGUAGE_COOKIE,
            text.language.value,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response
