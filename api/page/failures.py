"""What a page says where it can't answer: in the reader's language, with a way on."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.page.rendering import Renderer, text_for
from api.problem import ApiError, UnknownError, known_error
from ledger.language import N_, Text
from ledger.plan import Plan
from ledger.vietnamese import syllables

#: Where people go; all else is for programs, which get problem documents.
PAGES = ("/units/", "/assets/")
PROGRAMS = ("/api/", "/healthz", "/openapi.json", "/metrics", "/sd", "/static/")
#: How many units are offered in place of one that isn't there.
OFFERED = 5

#: What is said, by status and by what isn't there; the last word has everything else.
HEADINGS = {
    "unknown-unit": N_("There is no such unit"),
    "unknown-asset": N_("There is no such asset"),
    HTTPStatus.NOT_FOUND: N_("There is no such page"),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This page can only be read"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("The address is not understood"),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("The ledger can't be read now"),
}
EXPLANATIONS = {
    "unknown-unit": N_("The plan has no unit “{value}”. It may have been renamed or merged."),
    "unknown-asset": N_("Neither the plan nor what was seen has an asset “{value}”."),
    HTTPStatus.NOT_FOUND: N_("Nothing is kept at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("Nothing can be changed here."),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("A part of the address was given twice or makes no sense."),
    HTTPStatus.SERVICE_UNAVAILABLE: N_(
        "No figure is shown rather than a wrong one. The server's log says why; try again in a minute."
    ),
}
BROKEN = N_("Something is broken here")
BROKEN_EXPLAINED = N_("It isn't your doing; the server's log says what happened.")


@dataclass(frozen=True, slots=True)
class Failures:
    """Tells whom a failed answer goes to, and renders it for people."""

    plan: Plan
    renderer: Renderer

    def is_for_people(self, request: Request) -> bool:
        """Whether the request came from a browser that wanted a page."""
        path = request.url.path
        if path == "/" or path.startswith(PAGES):
            return True
        return "text/html" in request.headers.get("accept", "") and not path.startswith(PROGRAMS)

    def answer(self, request: Request, error: Exception) -> Response:
        """A page with the status that a program would get too."""
        known = known_error(error)
        text = text_for(request)
        value = known.value if isinstance(known, UnknownError) else ""
        keys = (known.code, known.status)
        heading = next((HEADINGS[key] for key in keys if key in HEADINGS), BROKEN)
        explanation = next((EXPLANATIONS[key] for key in keys if key in EXPLANATIONS), BROKEN_EXPLAINED)
        context = {
            "heading": text(heading),
            "explanation": text(explanation).format(value=value),
            "suggestions": self._suggestions(known, text),
        }
        response = self.renderer.failure(request, known.status, context)
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    def _suggestions(self, known: ApiError, text: Text) -> Sequence[tuple[str, str]]:
        """Units that share a word with what was asked for, the nearest first."""
        if not isinstance(known, UnknownError) or known.thing != "unit":
            return ()
        asked = {word.letters for word in syllables(known.value)}
        near = [known.extras["nearest"]] if known.extras["nearest"] else []
        near += [
            unit.id
            for unit in self.plan.units.values()
            if unit.parent is not None and asked & {word.letters for word in syllables(f"{unit.name_vi} {unit.id}")}
        ]
        units = [self.plan.units[unit] for unit in dict.fromkeys(near)][:OFFERED]
        return [(f"/units/{unit.id}", f"{text.name(unit.name_vi, unit.name_en)} ({unit.id})") for unit in units]
