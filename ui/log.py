"""What the server does → lines of JSON on stderr, each with the id of its request; no secrets, no text of questions.

A request's id is also its response's header `X-Request-ID`: who reports a failure can name it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.stages import Stage
from rag.types import Answer
from ui.people import person_in

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_PLAIN_ID: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_log = logging.getLogger("sanad")


def write_log(hidden: Iterable[str] = ()) -> None:
    """Write the log of this process to stderr, a JSON object a line.

    Args:
        hidden: values that must not stand in it, whatever names them.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(hidden))
    root = logging.getLogger()
    root.handlers = [handler]
    logging.getLogger("rag").handlers = []  # those of the command line, whose notes are for people
    root.setLevel(logging.WARNING)
    _log.setLevel(logging.INFO)


class LogRequests:
    """Writes a line for each request: method, path, status, milliseconds, and who asked.

    Args:
        app: gets the requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        token = _request_id.set(request_id)
        start, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            person = person_in(scope)
            _log.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": _CONTROL.sub("�", scope["path"]),
                    "status": status,
                    "ms": round(1000 * (time.perf_counter() - start)),
                    "who": person.name if person else "",
                },
            )
            _request_id.reset(token)


class LogQuestions:
    """Writes a line for each question, what came of it: a `rag.stages.Listener`.

    Args:
        words: write what was asked as well.
    """

    def __init__(self, *, words: bool = False) -> None:
        self._words = words
        self._start = time.perf_counter()
        self._stages: dict[Stage, int] = {}

    def asked(self) -> LogQuestions:
        """See `Listener`."""
        return LogQuestions(words=self._words)

    def took(self, stage: Stage, seconds: float) -> None:
        """See `Listener`."""
        self._stages[stage] = self._stages.get(stage, 0) + round(1000 * seconds)

    def answered(self, answer: Answer) -> None:
        """See `Listener`."""
        claims = [claim.supported for claim in answer.claims]
        told: dict[str, Any] = {
            "outcome": "abstained" if answer.abstained else "answered",
            "language": answer.language,
            "written_by": answer.written_by,
            "failed": answer.failed,
            "claims": len(claims),
            "unsupported": claims.count(False),
        }
        self._write(told | ({"question": answer.question} if self._words else {}))

    def failed(self, error: BaseException) -> None:
        """See `Listener`."""
        self._write({"outcome": "abandoned" if isinstance(error, GeneratorExit) else type(error).__name__})

    def _write(self, told: dict[str, Any]) -> None:
        ms = round(1000 * (time.perf_counter() - self._start))
        _log.info("question", extra={**told, "ms": ms, "stages": self._stages})


class _Formatter(JsonFormatter):
    def __init__(self, hidden: Iterable[str]) -> None:
        names = {"levelname": "level", "name": "logger"}
        super().__init__(
            "%(levelname)s %(name)s %(message)s", rename_fields=names, timestamp="time", json_ensure_ascii=False
        )
        self._hidden = {form for value in hidden if value for form in (value, json.dumps(value)[1:-1])}

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Add the request's id."""
        if request_id := _request_id.get():
            log_data["request"] = request_id
        return super().process_log_record(log_data)

    def formatException(self, ei: Any) -> str:
        """Return where an error was raised; its words may be those of a question."""
        kind, _, trace = ei
        return f"{kind.__name__}\n{''.join(traceback.format_tb(trace))}"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = super().format(record)
        for value in self._hidden:
            line = line.replace(value, "•••")
        return line


def _id_of(scope: Scope) -> str:
    """Return the id that whoever passes the request on gave it, where it is a plain one; else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _PLAIN_ID.fullmatch(given) else secrets.token_hex(8)
