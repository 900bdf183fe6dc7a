"""Guards: OpenAI's own client and LangChain's ask over the network, in both languages; what is refused, and how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from langchain_openai import ChatOpenAI

from rag.align import WordAligner
from rag.chat import ChatReader
from rag.errors import ReaderError
from rag.pipeline import LONGEST_QUESTION
from rag.tokens import ChatTokens
from rag.types import Turn
from tests.ui.api.conftest import ARABIC, ENGLISH, a_client, open_small
from tests.ui.stand_ins import ToldRag

CHIPS = "Beijing told firms to prepare H200 orders."
WATER = "تعتمد المدن على تحلية المياه."


@pytest.fixture
def official(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text}


def test_the_official_client_lists_models(official: openai.OpenAI) -> None:
    assert [model.id for model in official.models.list()] == ["sanad", "sanad-quotes"]
    assert official.models.retrieve("sanad").owned_by == "sanad"
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-4o' here; there are: sanad, sanad-quotes"):
        official.models.retrieve("gpt-4o")


@pytest.mark.parametrize(
    ("question", "quote", "article"),
    [pytest.param(ENGLISH, CHIPS, "chips", id="en"), pytest.param(ARABIC, WATER, "water", id="ar")],
)
def test_the_official_client_asks(official: openai.OpenAI, question: str, quote: str, article: str) -> None:
    completion = official.chat.completions.create(
        model="sanad", messages=[said("Be brief.", "system"), said(question)], temperature=0, max_tokens=100, user="me"
    )  # type: ignore[call-overload]
    [choice] = completion.choices
    assert choice.finish_reason == "stop"
    assert choice.message.content.startswith(f"{quote} [1]")
    [citation] = [c for c in choice.message.citations if c["quote"] == quote]
    assert citation["passage"]["article_id"] == article
    assert citation["passage"]["text"][citation["start"] : citation["end"]] == quote
    assert choice.message.abstained is False
    assert 0.4 <= choice.message.confidence <= 1
    assert completion.usage.prompt_tokens == len(f"Be brief. {question}".split())
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens

    note = choice.message.annotations[0]
    marked = choice.message.content[note.url_citation.start_index : note.url_citation.end_index]
    assert marked == "[1]"
    page = httpx.get(note.url_citation.url)
    assert f'<mark id="quote">{quote}</mark>' in page.text, "the address shows the quote in its article"


@pytest.mark.parametrize("question", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_the_official_client_streams(official: openai.OpenAI, question: str) -> None:
    whole = official.chat.completions.create(model="sanad", messages=[said(question)])  # type: ignore[list-item]
    chunks = list(
        official.chat.completions.create(
            model="sanad", messages=[said(question)], stream=True, stream_options={"include_usage": True}
        )  # type: ignore[call-overload]
    )
    *pieces, last, usage = chunks
    assert pieces[0].choices[0].delta.role == "assistant"
    assert "".join(piece.choices[0].delta.content for piece in pieces) == whole.choices[0].message.content
    assert [piece.choices[0].finish_reason for piece in pieces] == [None] * len(pieces)
    assert last.choices[0].finish_reason == "stop"
    assert last.choices[0].delta.citations == whole.choices[0].message.citations
    assert last.choices[0].delta.citations
    assert usage.choices == []
    assert usage.usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1

    without = list(official.chat.completions.create(model="sanad", messages=[said(question)], stream=True))  # type: ignore[call-overload]
    assert [chunk.usage for chunk in without] == [None] * (len(chunks) - 1)


def test_a_stream_ends_as_openai_ends_it(address: str) -> None:
    asked = {"model": "sanad", "messages": [said(ENGLISH)], "stream": True}
    response = httpx.post(f"{address}/v1/chat/completions", json=asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")
    assert all(event.startswith("data: ") for event in response.text.strip().split("\n\n"))


def test_an_abstention_is_an_answer(official: openai.OpenAI) -> None:
    question = said("Who won the chess championship of 1972?")
    message = official.chat.completions.create(model="sanad", messages=[question]).choices[0].message  # type: ignore[list-item]
    assert message.abstained is True
    assert message.citations == []
    assert message.content.startswith("The indexed articles do not answer this question.")


def test_footnotes_in_the_text(official: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": "sanad", "messages": [said(ENGLISH)], "extra_body": {"footnotes": True}}
    text = official.chat.completions.create(**asked).choices[0].message.content
    assert text.startswith(f"{CHIPS} [1]")
    assert f"\n\n[1] Chips — Wire, 2026-01-16 — “{CHIPS}”" in text
    streamed = official.chat.completions.create(stream=True, **asked)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_langchain_asks(address: str) -> None:
    model = ChatOpenAI(
        model="sanad", base_url=f"{address}/v1", api_key="none", max_retries=0, extra_body={"footnotes": True}
    )  # type: ignore[arg-type,call-arg]
    answer = model.invoke(ENGLISH)
    assert f"\n[1] Chips — Wire, 2026-01-16 — “{CHIPS}”" in answer.text
    assert answer.usage_metadata["total_tokens"] > 0  # type: ignore[index]
    pieces = [piece async for piece in model.astream([("system", "Be brief."), ("user", ARABIC)])]
    text = "".join(piece.text for piece in pieces)
    assert text.startswith(f"{WATER} [1]")
    assert f"\n[1] Water — «{WATER}»" in text
    assert [one.text for one in await model.abatch([ENGLISH])] == [answer.text]


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        pytest.param({"model": "gpt-4o"}, 404, "model_not_found", "model", id="model"),
        pytest.param({"messages": []}, 400, "invalid_value", "messages", id="nothing"),
        pytest.param({"messages": [said("Be brief.", "system")]}, 400, "invalid_value", None, id="no user"),
        pytest.param({"messages": [said(" ")]}, 400, "invalid_value", None, id="empty"),
        pytest.param({"messages": [said("x" * (LONGEST_QUESTION + 1))]}, 400, "invalid_value", None, id="long"),
        pytest.param({"messages": [said("x" * 30_000)]}, 400, "invalid_value", None, id="longer"),
        pytest.param(
            {"messages": [said([{"type": "image_url", "image_url": {"url": "x"}}])]},  # type: ignore[arg-type]
            400,
            "invalid_value",
            "messages.0.content",
            id="picture",
        ),
        pytest.param({"messages": "hello"}, 400, "invalid_value", "messages", id="no list"),
        pytest.param({"tools": [{"type": "function"}]}, 400, "unsupported_parameter", "tools", id="tools"),
        pytest.param({"functions": [{"name": "f"}]}, 400, "unsupported_parameter", "functions", id="functions"),
        pytest.param({"n": 2}, 400, "unsupported_parameter", "n", id="n"),
        pytest.param({"stop": ["."]}, 400, "unsupported_parameter", "stop", id="stop"),
        pytest.param({"logprobs": True}, 400, "unsupported_parameter", "logprobs", id="logprobs"),
        pytest.param(
            {"response_format": {"type": "json_object"}}, 400, "unsupported_parameter", "response_format", id="json"
        ),
        pytest.param({"stream": "maybe"}, 400, "invalid_value", "stream", id="stream"),
        pytest.param({"since": "soon"}, 400, "invalid_value", "since", id="filter"),
    ],
)
def test_what_is_refused(client: TestClient, body: dict[str, Any], status: int, code: str, param: str | None) -> None:
    for stream in (False, True):
        asked = {"model": "sanad", "messages": [said(ENGLISH)], "stream": stream} | body
        response = client.post("/v1/chat/completions", json=asked)
        assert response.status_code == status
        error = response.json()["error"]
        assert error["type"] == "invalid_request_error"
        assert (error["code"], error["param"]) == (code, param)
        assert ENGLISH not in error["message"]
        assert "x" * 100 not in error["message"]


def test_what_does_no_harm_is_left_undone(client: TestClient) -> None:
    asked = {
        "model": "sanad",
        "messages": [said(ENGLISH)],
        "n": 1,
        "tools": [{"type": "function"}],
        "tool_choice": "none",
        "response_format": {"type": "text"},
        "temperature": 0.2,
        "top_p": 1,
        "seed": 7,
        "max_completion_tokens": 5,
        "stop": None,
        "logprobs": False,
        "metadata": {"a": "b"},
        "new_of_tomorrow": {"x": 1},
    }
    answer = client.post("/v1/chat/completions", json=asked)
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"].startswith(CHIPS)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/chat/completions", 405), ("POST", "/v1/embeddings", 404)]
)
def test_other_ways_are_told_in_the_same_form(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_the_talk_before_is_told(tmp_path: Path) -> None:
    class Counting:
        def count_tokens(self, texts: list[str]) -> list[int]:
            return [len(text.split()) for text in texts]

    rag = ToldRag()
    rag.index.encoder = Counting()  # type: ignore[attr-defined]
    client = a_client(rag, tmp_path)
    parts = [{"type": "text", "text": "And"}, {"type": "text", "text": "Friday?"}]
    messages = [
        said("Answer in French.", "system"),
        said("What of the shares?"),
        said("They rose. [1]\n\n[1] Chips — Wire — “They rose.”", "assistant"),
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "42", "tool_call_id": "a"},
        {"role": "user", "content": parts},
        said("a beginning", "assistant"),
    ]
    asked = {"model": "sanad-quotes", "messages": messages, "language": "ar", "since": "2026-01-01"}
    assert client.post("/v1/chat/completions", json=asked).status_code == 200
    [(question, history, options)] = rag.asked
    assert history == [Turn("user", "What of the shares?"), Turn("assistant", "They rose. [1]")]
    assert question == "And\nFriday?"
    assert options["quote"] is True
    assert options["language"] == "ar"
    assert str(options["since"]) == "2026-01-01"


def test_an_error_in_the_middle_is_an_event(tmp_path: Path) -> None:
    rag = ToldRag(RuntimeError("the question was: who am I?"))
    client = a_client(rag, tmp_path)
    asked = {"model": "sanad", "messages": [said("who am I?")], "stream": True}
    response = client.post("/v1/chat/completions", json=asked)
    assert response.status_code == 200
    first, error = response.text.strip().split("\n\n")
    assert '"role":"assistant"' in first
    assert error == (
        'data: {"error":{"message":"the server failed; its log says where","type":"server_error",'
        '"param":null,"code":"failed"}}'
    )
    official = openai.OpenAI(base_url="http://127.0.0.1/v1", api_key="none", http_client=client)
    stream = official.chat.completions.create(model="sanad", messages=[said("who am I?")], stream=True)  # type: ignore[call-overload]
    with pytest.raises(openai.APIError, match="the server failed"):
        list(stream)


class BreakingModel:
    """Writes what it is told to, and breaks off."""

    name = "test:breaking"

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces

    def stream(self, messages: Any) -> Iterator[str]:
        yield from self.pieces
        raise ReaderError("cut", "the model broke off")


def test_a_model_that_breaks_off_is_followed_by_quotes_that_count_on(
    tmp_path: Path, articles: Path, aligner: WordAligner
) -> None:
    said_well = "Firms were told by Beijing to prepare H200 orders [1]. "
    rag = open_small(tmp_path / "index", aligner, articles)
    tokens = ChatTokens(rag.index.encoder.count_tokens)
    rag._reader = ChatReader(BreakingModel(said_well, "The shares of firms ", "fell and"), tokens, 4096)
    client = a_client(rag, tmp_path)
    asked = {"model": "sanad", "messages": [said(ENGLISH)], "stream": True}
    events = client.post("/v1/chat/completions", json=asked).text.strip().split("\n\n")
    chunks = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events[:-1]]
    pieces = [chunk["delta"]["content"] for chunk in chunks[:-1]]
    assert pieces == [
        "",
        "Firms were told by Beijing to prepare H200 orders. [1]",
        f"\n\nThe language model broke off; this is what the articles say, word for word.\n\n{CHIPS} [2]",
    ]
    assert [(c["number"], c["quote"]) for c in chunks[-1]["delta"]["citations"]] == [(1, CHIPS), (2, CHIPS)]

    quotes = client.post("/v1/chat/completions", json=asked | {"model": "sanad-quotes", "stream": False}).json()
    assert quotes["choices"][0]["message"]["content"] == f"{CHIPS} [1]"
