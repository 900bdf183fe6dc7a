"""Guards: the log (`ui.log`) is one JSON object a line, names the request, and holds no secret and no one's words."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.log import LogRequests, write_log
from ui.people import Person, introduce

SECRET = 'sk-"hunter2"-hunter2'


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root, rag = logging.getLogger(), logging.getLogger("rag")
    before = (root.handlers, root.level, rag.handlers)
    write_log(hidden=[SECRET, ""])
    yield stream
    root.handlers, level, rag.handlers = before
    root.setLevel(level)
    logging.getLogger("sanad").setLevel(logging.NOTSET)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def a_client(app: ASGIApp) -> TestClient:
    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            introduce(scope, Person("user:1", "سارة"))
        await app(scope, receive, send)

    return TestClient(LogRequests(known), raise_server_exceptions=False)


def test_a_request_is_a_line_without_what_was_asked(log: io.StringIO) -> None:
    app = FastAPI()

    @app.get("/api/articles/{name}")
    def article(name: str) -> str:
        logging.getLogger("rag.x").warning("a warning")
        return name

    response = a_client(app).get("/api/articles/a%0Ab?question=secret")
    [warning, told] = lines(log)
    assert {key: told[key] for key in ("method", "path", "status", "who", "level")} == {
        "method": "GET", "path": "/api/articles/a�b", "status": 200, "who": "سارة", "level": "INFO",
    }  # fmt: skip
    assert told["ms"] >= 0
    assert told["time"].endswith("+00:00")
    assert told["request"] == response.headers["x-request-id"] == warning["request"]
    assert warning["message"] == "a warning"
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize("given", ["proxy-1", "x" * 65, "a b", "a\tb", ""])
def test_a_request_keeps_the_id_it_came_with_where_it_is_plain(log: io.StringIO, given: str) -> None:
    told = a_client(FastAPI()).get("/", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (told == given) == (given == "proxy-1")
    assert len(told) in (7, 16)


def test_errors_say_where_and_not_what(log: io.StringIO) -> None:
    app, asked = FastAPI(), "what a person asked"

    @app.get("/")
    def broken() -> None:
        raise RuntimeError(asked)

    assert a_client(app).get("/").status_code == 500
    try:
        raise ValueError(asked)
    except ValueError:
        logging.getLogger("ui.asking").exception("the answer failed")
    [*_, told] = lines(log)
    assert asked not in log.getvalue()
    assert "ValueError\\n" in log.getvalue()
    assert told["message"] == "the answer failed"


def test_secrets_that_are_set_are_hidden_wherever_they_stand(log: io.StringIO) -> None:
    logging.getLogger("rag.chat").warning("the model said: 401 for %s", SECRET)
    assert "hunter2" not in log.getvalue()
    assert lines(log)[0]["message"] == "the model said: 401 for •••"
