"""Errors → a status and the one form that every face tells them in, `{"error": {"message", "type", "param", "code"}}`.

The form is OpenAI's. No message names a place on this machine, and none of what is logged holds what was asked.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from rag.errors import IndexBusyError, IndexStateError, SanadError
from ui.queueing import Busy, Reason, TooSlow

HUNG_UP: Final = 499
"""Status for who does not wait for it, as nginx has it."""

_BUSY_SECONDS: Final = 5
_BUSY: Final[Mapping[Reason, tuple[int, str, str]]] = {
    "client": (429, "rate_limit_exceeded", "too many of your questions are being answered or waiting"),
    "queue": (429, "queue_full", "too many are waiting"),
    "wait": (429, "queue_timeout", "its turn has not come for too long"),
    "stopping": (503, "stopping", "the server is stopping"),
}
_PATH: Final = re.compile(r"(?<![\w.:/])(?:~|[A-Za-z]:)?(?:[/\\][^\s/\\:;,()'\"]+){2,}")
_log = logging.getLogger(__name__)


class ClientGone(Exception):
    """Who asked has hung up; nobody is there to be answered."""


class Problem(Exception):
    """What is told to a client instead of an answer.

    Args:
        status: of HTTP.
        message: one sentence, with the remedy where there is one.
        code: a word for programs.
        param: the field that is wrong; None where it is none.
        headers: that go with it.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.headers = status, message, code, param, headers

    def to_dict(self) -> dict[str, Any]:
        """Return `{"error": …}`."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        kind = "rate_limit_error" if self.status == HTTPStatus.TOO_MANY_REQUESTS else kind
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}

    def to_response(self) -> Response:
        """Return what is sent."""
        return JSONResponse(self.to_dict(), self.status, self.headers)


def problem_of(error: Exception, folder: Path, invalid: int = 422) -> Problem:
    """Return how an error is told; one that nobody foresaw is logged, without its words, and told as such.

    Args:
        error: what was raised.
        folder: of the index.
        invalid: status for what is asked wrongly.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError | ValidationError):
        return _invalid(error, invalid)
    if isinstance(error, HTTPException):
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 503: "busy"}.get(
            error.status_code, "bad_request"
        )
        return Problem(error.status_code, str(error.detail), code, headers=error.headers)
    if isinstance(error, ClientGone):
        return Problem(HUNG_UP, "the client hung up", "client_gone")
    if isinstance(error, Busy | TooSlow):
        return _overloaded(error)
    if isinstance(error, IndexBusyError):
        wait = {"Retry-After": str(_BUSY_SECONDS)}
        return Problem(503, "the index is being changed by another process; try again", "index_busy", headers=wait)
    if isinstance(error, IndexStateError):
        return Problem(503, without_paths(str(error), folder), "index_unavailable")
    if isinstance(error, SanadError):
        return Problem(500, without_paths(str(error), folder), "failed")
    if isinstance(error, ValueError):
        return Problem(invalid, without_paths(str(error), folder), "invalid_value")
    _log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return Problem(500, "the server failed; its log says where", "failed")


def without_paths(message: str, folder: Path) -> str:
    """Return a message that names no place on this machine."""
    return _PATH.sub("…", message.replace(f"{folder}: ", "").replace(str(folder), "INDEX"))


def guarding(folder: Path, invalid: int) -> type[APIRoute]:
    """Return the kind of route whose every error is told in the one form; see `problem_of`."""

    class GuardedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    return await handle(request)
                except Exception as error:  # the outermost edge: what is told is told in one form
                    return problem_of(error, folder, invalid).to_response()

            return guarded

    return GuardedRoute


def _overloaded(error: Busy | TooSlow) -> Problem:
    if isinstance(error, TooSlow):
        return Problem(504, "the answer took longer than is allowed; ask something narrower", "timeout")
    status, code, why = _BUSY[error.reason]
    wait = {"Retry-After": str(error.retry_after)}
    return Problem(status, f"{why}; try again in {error.retry_after} s", code, headers=wait)


def _invalid(error: RequestValidationError | ValidationError, status: int) -> Problem:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        return Problem(400, f"the body is not JSON: {first.get('ctx', {}).get('error', first['msg'])}", "invalid_json")
    message = first["msg"].removeprefix("Value error, ")
    if not place and first["type"] in ("missing", "model_attributes_type", "model_type"):
        message = "the body must be a JSON object, sent with Content-Type: application/json"
    name = ".".join(place)
    return Problem(status, f"{name}: {message}" if name else message, "invalid_value", name or None)
