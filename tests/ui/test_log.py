"""Guards: the log (`ui.log`) is one JSON object a line, names the request, and holds no secret and no one's words."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.home import Home
from rag.types import Answer
from tests.serving import free_port
from ui.accounts import Accounts
from ui.log import LogQuestions, LogRequests, write_log
from ui.people import Person, introduce

ROOT = Path(__file__).parents[2]
PASSWORD = "سمك وحليب 2026"
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


def test_neither_log_nor_figures_of_a_server_hold_a_secret_or_a_question(tmp_path: Path, articles: Path) -> None:
    accounts = Accounts(Home(tmp_path / "index"))
    accounts.add_user("omar", PASSWORD)
    key, port = accounts.add_key("robot"), free_port()
    question = "What did Beijing, hunter2-question, tell firms to prepare?"
    command = [sys.executable, "-m", "rag", "serve", "--port", str(port), "--index", str(tmp_path / "index")]
    env = os.environ | {"RAG_CORPUS": str(articles), "OPENAI_API_KEY": SECRET}
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "for programs:" in line:
                break
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            client.post("/login", data={"name": "omar", "password": f"wrong {PASSWORD}"})
            begun = client.post("/login", data={"name": "omar", "password": PASSWORD})
            session = begun.cookies["sanad_session"]
            assert client.get(f"/?asked={question}").status_code == 200
            client.headers["Authorization"] = f"Bearer {key}"
            assert client.post("/api/ask", json={"question": question}).json()["citations"]
            assert client.post("/api/search", json={"query": question, "k": 0}).status_code == 422
            assert client.get("/api/articles/none").status_code == 404
            figures = client.get("/metrics").text
        process.terminate()
        told = process.stderr.read()
    for secret in (PASSWORD, key, session, SECRET, "hunter2", "H200"):
        assert secret not in told, secret
        assert secret not in figures, secret
    log = [json.loads(line) for line in told.splitlines()]
    asked = [line for line in log if line.get("path") == "/api/ask"]
    assert [(line["status"], line["who"], line["message"]) for line in asked] == [(200, "robot", "request")]
    [came] = [line for line in log if line["message"] == "question"]
    assert (came["outcome"], came["language"], came["unsupported"]) == ("answered", "en", 0)
    assert came["request"] == asked[0]["request"]
    assert set(came["stages"]) == {"rewrite", "retrieve", "judge", "read", "answer"}


@pytest.mark.parametrize("words", [True, False])
def test_what_was_asked_is_told_only_where_that_is_wanted(log: io.StringIO, words: bool) -> None:
    listener = LogQuestions(words=words)
    listener.asked().answered(Answer("ما عدد السفن؟", "x", "ar", abstained=True))
    listener.asked().failed(GeneratorExit())
    listener.asked().failed(KeyError("ما عدد السفن؟"))
    answered, left, failed = lines(log)
    assert answered["outcome"] == "abstained"
    assert answered.get("question") == ("ما عدد السفن؟" if words else None)
    assert (left["outcome"], failed["outcome"]) == ("abandoned", "KeyError")
    assert log.getvalue().count("السفن") == int(words)
