"""Guards: what each face tells a client that may not ask now, and what the pages show."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client
from openai import OpenAI, RateLimitError
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from rag.pipeline import Rag
from rag.types import Answer
from tests.serving import serving
from tests.ui.api.conftest import ENGLISH, EndlessRag, counted
from tests.ui.sockets import post, wait_for
from ui.api.gate import BodyLimit
from ui.limits import Limits

COMPLETION = {"model": "sanad", "messages": [{"role": "user", "content": "q?"}]}


@pytest.fixture(scope="module")
def full(small_rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose only place is taken."""
    rag, folder = EndlessRag(small_rag.index), tmp_path_factory.mktemp("full")
    with (
        serving(rag, folder, programs=True, limits=Limits(at_once=1, per_client=1)) as address,  # type: ignore[arg-type]
        post(address, "/api/ask", {"question": "q?"}),
    ):
        assert wait_for(lambda: counted(address) == (1, 0))
        yield address


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/api/ask", {"question": "q?"}, id="ask"),
        pytest.param("/api/search", {"query": "q?"}, id="search"),
        pytest.param("/v1/chat/completions", COMPLETION, id="completion"),
        pytest.param("/v1/chat/completions", COMPLETION | {"stream": True}, id="completion, streamed"),
    ],
)
def test_programs_are_told_when_to_ask_again(full: str, path: str, body: dict[str, object], accept: str) -> None:
    told = httpx.post(f"{full}{path}", json=body, headers={"Accept": accept})
    assert told.status_code == 429
    assert 1 <= int(told.headers["retry-after"]) <= 60
    error = told.json()["error"]
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    assert error["message"] == "too many of your questions are being answered or waiting; try again in 1 s"


async def test_assistants_are_told_in_words(full: str) -> None:
    async with Client(f"{full}/mcp") as client:
        for tool, asked in (("ask_articles", {"question": "q?"}), ("search_articles", {"query": "q?"})):
            result = await client.call_tool(tool, asked)
            assert result.is_error
            assert "try again in 1 s" in result.content[0].text  # type: ignore[union-attr]
        assert not (await client.call_tool("read_article", {"article_id": "canal"})).is_error, "which is no question"


class SlowRag(EndlessRag):
    """Answers as another does, half a second later."""

    def __init__(self, other: Rag) -> None:
        super().__init__(other.index)
        self._other = other

    def stream(self, question: str, **options: Any) -> Iterator[Answer]:
        self.running += 1
        time.sleep(0.5)
        yield from self._other.stream(question, **options)


def test_openais_client_asks_again_by_itself(small_rag: Rag, tmp_path: Path) -> None:
    small_rag.warm_up()
    rag = SlowRag(small_rag)
    with (
        serving(rag, tmp_path, programs=True, limits=Limits(per_client=1)) as address,  # type: ignore[arg-type]
        post(address, "/api/ask", {"question": ENGLISH}),
    ):
        assert wait_for(lambda: rag.running == 1)
        client = OpenAI(base_url=f"{address}/v1", api_key="none")
        begun = time.monotonic()
        answer = client.chat.completions.create(model="sanad", messages=[{"role": "user", "content": ENGLISH}])
    assert "H200" in str(answer.choices[0].message.content)
    assert time.monotonic() - begun > 1, "it was refused, and waited as long as it was told to"


def test_openais_client_says_what_it_was_told(full: str) -> None:
    client = OpenAI(base_url=f"{full}/v1", api_key="none", max_retries=0)
    with pytest.raises(RateLimitError, match="try again in 1 s") as told:
        client.chat.completions.create(model="sanad", messages=[{"role": "user", "content": "q?"}])
    assert told.value.code == "rate_limit_exceeded"


def test_many_askers_get_answers_and_honest_refusals_only(small_rag: Rag, tmp_path: Path) -> None:
    told: list[httpx.Response] = []

    def ask(address: str) -> None:
        with httpx.Client(base_url=address, timeout=30) as client:
            told.extend(client.post("/api/ask", json={"question": ENGLISH}) for _ in range(5))

    with serving(small_rag, tmp_path, programs=True, limits=Limits(at_once=2, waiting=3, per_client=4)) as address:
        askers = [threading.Thread(target=ask, args=(address,)) for _ in range(20)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(60)
        assert counted(address) == (0, 0)
    statuses = Counter(response.status_code for response in told)
    assert statuses.total() == 100
    assert set(statuses) == {200, 429}
    assert all("H200" in response.json()["text"] for response in told if response.status_code == 200)
    assert all(int(response.headers["retry-after"]) >= 1 for response in told if response.status_code == 429)


async def test_bodies_together_may_not_fill_the_memory() -> None:
    read, go_on = 0, anyio.Event()

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        nonlocal read
        await receive()
        read += 1
        await go_on.wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 10}

    async def send(_: Message) -> None: ...

    limit, scope = BodyLimit(app, 10), {"type": "http", "headers": []}
    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(limit, scope, receive, send)
        await anyio.wait_all_tasks_blocked()
        assert read == 4
        with pytest.raises(HTTPException) as told:
            await limit(scope, receive, send)
        assert (told.value.status_code, told.value.headers) == (503, {"Retry-After": "5"})
        go_on.set()
    await limit(scope, receive, send)
    assert read == 5
