"""Guards: health, figures, logs; that who hangs up frees what answered him."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client

from rag.align import WordAligner
from rag.pipeline import Rag
from rag.types import Answer
from tests.serving import serving
from tests.ui.api.conftest import ENGLISH, EndlessRag, a_client, counted, figures, open_small
from tests.ui.sockets import post, wait_for
from tests.ui.stand_ins import ToldRag
from ui.limits import Limits

SECRET = "hunter2hunter2"


def test_health_is_that_of_the_index(tmp_path: Path, aligner: WordAligner, articles: Path) -> None:
    folder = tmp_path / "own"
    rag = open_small(folder, aligner)
    client = a_client(rag, folder)
    missing = client.get("/health")
    assert missing.status_code == 503
    assert missing.json()["error"]["message"] == "there is no index; build it with: sanad index"
    rag.index.add(articles)
    assert client.get("/health").json() == {"status": "ok", "generation": 1}
    rag.index.remove("canal")
    assert client.get("/health").json() == {"status": "ok", "generation": 2}
    for file in folder.glob("catalog.sqlite*"):
        file.write_bytes(b"no database" * 1000)
    damaged = client.get("/health")
    assert damaged.status_code == 503
    assert "damaged" in damaged.json()["error"]["message"]
    assert str(tmp_path) not in damaged.text
    assert "sanad_index_ready 0.0" in client.get("/metrics").text


def test_figures_count_what_became_of_questions(tmp_path: Path, aligner: WordAligner, articles: Path) -> None:
    rag = open_small(tmp_path / "own", aligner)
    rag.index.add(articles)
    client = a_client(rag, tmp_path / "own")
    before = figures(client.get("/metrics").text)
    assert before["sanad_index_passages"] == 3
    assert before['sanad_index_articles{language="ar"}'] == 1
    client.post("/api/ask", json={"question": ENGLISH})
    client.post("/api/ask", json={"question": "Who won the chess championship of 1972?"})
    rag.ask(ENGLISH)  # as the pages do
    left = rag.stream(ENGLISH)
    next(left)
    left.close()
    response = client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    after = figures(response.text)
    assert after['sanad_questions_total{language="en",outcome="answered"}'] == 2
    assert after['sanad_questions_total{language="en",outcome="abstained"}'] == 1
    assert after['sanad_questions_total{language="",outcome="abandoned"}'] == 1
    assert after['sanad_claims_total{supported="yes"}'] >= 2
    for stage in ("rewrite", "retrieve", "judge", "read", "answer"):
        assert after[f'sanad_stage_seconds_count{{stage="{stage}"}}'] >= 3
    assert after['sanad_stage_seconds_sum{stage="answer"}'] > 0


def test_a_models_failures_and_unsupported_claims_are_counted(tmp_path: Path) -> None:
    from rag.types import Claim

    rag = ToldRag(None, "one")
    client = a_client(rag, tmp_path)
    claims = (Claim("x", False, flaw="number"), Claim("y", True, (1,)))
    rag.listeners.answered(Answer("q", "a", "ar", claims=claims, failed="timeout"))
    rag.listeners.failed(ValueError("x"))
    told = figures(client.get("/metrics").text)
    assert told['sanad_claims_total{supported="no"}'] == 1
    assert told['sanad_claims_total{supported="yes"}'] == 1
    assert told['sanad_model_errors_total{reason="timeout"}'] == 1
    assert told['sanad_questions_total{language="",outcome="failed"}'] == 1


def test_neither_figures_nor_logs_hold_a_question(
    tmp_path: Path, small_rag: Rag, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + SECRET)
    failing = ToldRag(KeyError(SECRET))
    for rag in (small_rag, failing):
        client = a_client(rag, tmp_path)
        question = f"What is {SECRET} of H200?"
        client.post("/api/ask", json={"question": question})
        client.post("/api/ask", json={"question": question}, headers={"Accept": "text/event-stream"})
        client.post("/api/search", json={"query": question})
        client.post("/api/search", json={"query": SECRET, "k": 0})
        messages = [{"role": "user", "content": question}]
        client.post("/v1/chat/completions", json={"model": "sanad", "messages": messages})
        client.post("/v1/chat/completions", json={"model": "sanad", "messages": messages, "stream": True})
        client.get(f"/api/articles/{SECRET}")
        assert SECRET not in client.get("/metrics").text
    logged = "\n".join(
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if not record.name.startswith("httpx")  # the client's own
    )
    assert SECRET not in logged
    assert "KeyError" in logged, "that something failed, and where, is told"
    assert "stand_ins.py" in logged


@pytest.fixture
def endless(small_rag: Rag, tmp_path: Path) -> Iterator[tuple[EndlessRag, str]]:
    rag = EndlessRag(small_rag.index)
    with serving(rag, tmp_path, programs=True, limits=Limits(per_client=20)) as address:  # type: ignore[arg-type]
        yield rag, address


COMPLETION = {"model": "sanad", "messages": [{"role": "user", "content": "q?"}]}


@pytest.mark.parametrize(
    ("path", "body", "accept"),
    [
        pytest.param("/api/ask", {"question": "q?"}, "application/json", id="ask"),
        pytest.param("/api/ask", {"question": "q?"}, "text/event-stream", id="ask, events"),
        pytest.param("/v1/chat/completions", COMPLETION, "*/*", id="completion"),
        pytest.param("/v1/chat/completions", COMPLETION | {"stream": True}, "*/*", id="completion, events"),
    ],
)
def test_who_hangs_up_frees_the_thread(
    endless: tuple[EndlessRag, str], path: str, body: dict[str, Any], accept: str
) -> None:
    rag, address = endless
    asking = [post(address, path, body, accept) for _ in range(20)]
    assert wait_for(lambda: counted(address) == (8, 12))
    assert rag.running == 8
    assert httpx.get(f"{address}/api/articles").status_code == 200, "what is no question is served meanwhile"
    for one in asking:
        one.close()
    assert wait_for(lambda: counted(address) == (0, 0)), counted(address)
    told = figures(httpx.get(f"{address}/metrics").text)
    assert told['sanad_questions_total{language="",outcome="abandoned"}'] == rag.closed
    assert (rag.running, rag.closed >= 8) == (0, True), "a few may have come to their turn as others left"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_an_assistant_that_gives_up_frees_the_thread(endless: tuple[EndlessRag, str], mode: str) -> None:
    rag, address = endless
    async with Client(f"{address}/mcp", mode=mode) as client:
        with anyio.move_on_after(1):
            await client.call_tool("ask_articles", {"question": "q?"})
    for _ in range(50):
        if rag.closed:
            break
        await anyio.sleep(0.1)
    assert (rag.running, rag.closed) == (0, 1)
