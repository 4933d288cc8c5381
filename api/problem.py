"""What goes wrong, as RFC 9457 problem documents: one base, one handler, and what the OpenAPI says of them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.errors import BaophuError, StoreError
from ledger.plan.problem import nearest

LOG = logging.getLogger(__name__)
PROBLEM_MEDIA_TYPE = "application/problem+json"


class WrongParameter(BaseModel):
    """One thing that is wrong with the request."""

    parameter: str = Field(examples=["limit"])
    message: str = Field(examples=["Input should be less than or equal to 10000"])


class Problem(BaseModel):
    """A problem document (RFC 9457). `type` is what programs tell problems apart by; `detail` is for people."""

    type: str = Field(examples=["urn:problem-type:baophu:unknown-unit"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["the unit '68-22954' is not in the plan; nearest: 68-22945"])
    instance: str = Field(examples=["/api/v1/coverage"])
    nearest: str | None = Field(default=None, description="The known value that looks most like the unknown one.")
    errors: list[WrongParameter] | None = Field(default=None, description="What is wrong with the request.")


class ApiError(BaophuError):
    """A request that isn't answered as it was meant; `extras` are members of the problem beside RFC 9457's own."""

    def __init__(self, status: HTTPStatus, code: str | None, detail: str, **extras: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.extras = extras


class UnknownError(ApiError):
    """A `thing` (unit, indicator, asset) that doesn't exist under the name `value`."""

    def __init__(self, thing: str, value: str, known: Sequence[str], where: str) -> None:
        close = nearest(value, known)
        super().__init__(
            HTTPStatus.NOT_FOUND,
            f"unknown-{thing}",
            f"the {thing} '{value}' is not in {where}; nearest: {close}",
            nearest=close if close in known else None,
        )
        self.thing = thing
        self.value = value


class MalformedError(ApiError):
    """A request whose parameters can't be read: `dict[parameter, what is wrong with it]`."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "malformed-request",
            "; ".join(f"{parameter}: {message}" for parameter, message in faults.items()),
            errors=[{"parameter": parameter, "message": message} for parameter, message in faults.items()],
        )


def problem_bytes(status: int, detail: str, instance: str, code: str | None = None, **extras: Any) -> bytes:
    """Render a problem document; without a `code` its type is `about:blank`: the status says it all."""
    document = {
        "type": f"urn:problem-type:baophu:{code}" if code else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return orjson.dumps(document | extras)


def answer_problem(request: Request, error: Exception) -> Response:
    """Answer any exception that reaches the application; what isn't the asker's doing is told to the log only."""
    known = known_error(error)
    body = problem_bytes(known.status, str(known), request.url.path, known.code, **known.extras)
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(body, known.status, headers=headers, media_type=PROBLEM_MEDIA_TYPE)


def known_error(error: Exception) -> ApiError:
    """What may be told of an exception; what isn't the asker's doing is logged."""
    match error:
        case ApiError():
            return error
        case RequestValidationError():
            return MalformedError({_parameter(fault["loc"]): str(fault["msg"]) for fault in error.errors()})
        case HTTPException():
            return ApiError(HTTPStatus(error.status_code), None, error.detail)
        case StoreError():
            LOG.error("request without the ledger", extra={"error": str(error)})
            detail = "the ledger can't be read now; the server's log says why"
            return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "ledger-unavailable", detail)
        case _:
            detail = "something is broken in the server; its log says what"
            return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, None, detail)


def _parameter(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location[1:])


def handle_problems(app: FastAPI, answer: Callable[[Request, Exception], Response]) -> None:
    """Let `answer` answer every exception."""
    for kind in (BaophuError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


def declared(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """What `responses=` says of problems; `api.schema` gives them their media type."""
    return {status.value: {"model": Problem, "description": status.phrase} for status in statuses}
