"""Guards: every way of `/api`, what each answers and refuses; that its forms are the engine's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from rag.align import WordAligner
from rag.errors import IndexBusyError
from rag.pipeline import LONGEST_QUESTION, Rag
from rag.types import Answer, Turn
from tests.ui.api.conftest import ARABIC, ENGLISH, a_client, open_small
from tests.ui.stand_ins import ToldRag
from ui.api import responses
from ui.api.articles import LARGEST_BODY


@pytest.fixture
def own(tmp_path: Path, aligner: WordAligner) -> TestClient:
    """A server over an index that does not exist yet."""
    return a_client(open_small(tmp_path / "own", aligner), tmp_path / "own")


def an_article(article_id: str = "a", **fields: Any) -> dict[str, Any]:
    return {
        "id": article_id,
        "title": "Title",
        "text": "Ships left the Suez canal.",
        "published": "2026-01-16",
    } | fields


@pytest.mark.parametrize(
    ("question", "quote"),
    [(ENGLISH, "Beijing told firms to prepare H200 orders."), (ARABIC, "تعتمد المدن على تحلية المياه.")],
    ids=["en", "ar"],
)
def test_ask(client: TestClient, small_rag: Rag, question: str, quote: str) -> None:
    answer = client.post("/api/ask", json={"question": question}).json()
    assert answer == small_rag.ask(question).to_dict()
    assert answer["citations"][0]["quote"] == quote
    fits(answer, responses.AnswerForm)

    streamed = client.post("/api/ask", json={"question": question}, headers={"Accept": "text/event-stream"})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\n") for event in streamed.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: partial"] * (len(events) - 1) + ["event: answer"]
    assert json.loads(events[-1][1].removeprefix("data: ")) == answer
    assert answer["text"].startswith(json.loads(events[0][1].removeprefix("data: "))["text"])


def test_every_option_reaches_the_engine(tmp_path: Path) -> None:
    rag = ToldRag()
    options = {
        "history": [{"role": "user", "text": "Before?"}, {"role": "assistant", "text": "Yes."}],
        "as_of": "2026-01-16",
        "interface": "ar",
        "passages": 3,
        "quote": True,
        "language": "en",
        "since": "2026-01-01",
        "until": "2026-01-31",
        "source": "Wire",
    }
    assert a_client(rag, tmp_path).post("/api/ask", json={"question": "q?"} | options).status_code == 200
    [(question, history, given)] = rag.asked
    assert question == "q?"
    assert history == [Turn("user", "Before?"), Turn("assistant", "Yes.")]
    assert {name: str(value) if "20" in str(value) else value for name, value in given.items()} == {
        name: value for name, value in options.items() if name != "history"
    }


def test_search(client: TestClient, small_rag: Rag) -> None:
    found = client.post("/api/search", json={"query": "H200", "k": 2, "explain": True, "language": "en"}).json()
    assert found == {"hits": [hit.to_dict() for hit in small_rag.search("H200", 2, explain=True, language="en")]}
    assert found["hits"][0]["matches"]
    fits(found, responses.SearchResponse)


def test_the_list_of_articles_in_parts(client: TestClient) -> None:
    whole = client.get("/api/articles").json()
    assert [article["id"] for article in whole["articles"]] == ["water", "chips", "canal"]
    assert whole["total"] == 3
    fits(whole, responses.ArticlesResponse)
    part = client.get("/api/articles", params={"offset": 1, "limit": 1}).json()
    assert part == {"articles": whole["articles"][1:2], "total": 3}
    for only, ids in (
        ({"language": "ar"}, ["water"]),
        ({"since": "2026-01-01", "source": "wire", "language": "en"}, ["chips"]),
        ({"until": "2025-12-31"}, ["canal"]),
        ({"source": "nobody"}, []),
    ):
        assert [one["id"] for one in client.get("/api/articles", params=only).json()["articles"]] == ids
    article = client.get("/api/articles/chips").json()
    assert article["text"].startswith("Beijing told firms")
    fits(article, responses.ArticleForm)


def test_articles_come_and_go(own: TestClient) -> None:
    assert own.get("/api/articles").json() == {"articles": [], "total": 0}
    arabic = an_article("b/ب", text="غادرت السفن قناة السويس إلى رأس الرجاء.", title="القناة", source="سند")
    report = own.post("/api/articles", json={"articles": [an_article(), arabic]})
    assert report.status_code == 200, report.text
    assert report.json()["added"] == ["a", "b/ب"]
    fits(report.json(), responses.ReportForm)
    stored = own.get("/api/articles/b%2F%D8%A8").json()
    assert stored | {"text": ""} == {
        "id": "b/ب", "title": "القناة", "text": "", "language": "ar", "published": "2026-01-16", "source": "سند",
        "licence": "", "author": "", "url": "", "dated_by": "source", "pages": [], "recognised": False,
    }  # fmt: skip
    assert own.post("/api/articles", json={"articles": [an_article()]}).json()["unchanged"] == ["a"]
    changed = own.post("/api/articles", json={"articles": [an_article(text="They came back.")]})
    assert changed.json()["changed"] == ["a"]
    assert own.delete("/api/articles/a").json()["removed"] == ["a"]
    assert own.get("/api/articles").json()["total"] == 1
    for method in ("GET", "DELETE"):
        missing = own.request(method, "/api/articles/a")
        assert missing.status_code == 404
        assert missing.json()["error"] == {
            "message": "no article has this id; GET /api/articles lists them",
            "type": "invalid_request_error",
            "param": "article_id",
            "code": "not_found",
        }


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        pytest.param("ask", {}, 422, "question", id="no question"),
        pytest.param("ask", {"question": ""}, 422, "question", id="nothing"),
        pytest.param("ask", {"question": " \n\x1f"}, 422, "question", id="blank"),
        pytest.param("ask", {"question": "x" * (LONGEST_QUESTION + 1)}, 422, None, id="long"),
        pytest.param("ask", {"question": "x" * 30_000}, 422, "question", id="longer"),
        pytest.param("ask", {"question": "q", "passages": 0}, 422, "passages", id="passages"),
        pytest.param("ask", {"question": "q", "passages": 51}, 422, "passages", id="many passages"),
        pytest.param("ask", {"question": "q", "language": "fr"}, 422, "language", id="language"),
        pytest.param("ask", {"question": "q", "since": "soon"}, 422, "since", id="day"),
        pytest.param("ask", {"question": "q", "since": 0}, 422, "since", id="seconds"),
        pytest.param("ask", {"question": "q", "until": "2026-02-30"}, 422, "until", id="no such day"),
        pytest.param("ask", {"question": "q", "sinse": "2026-01-01"}, 422, "sinse", id="unknown"),
        pytest.param("ask", {"question": "q", "history": [{"role": "god"}]}, 422, "history.0.role", id="history"),
        pytest.param("ask", {"question": "\ud800"}, 422, "question", id="surrogate"),
        pytest.param("search", {"query": "q", "k": 0}, 422, "k", id="k"),
        pytest.param("search", {"query": "q", "k": 101}, 422, "k", id="large k"),
        pytest.param("search", {"query": "q", "k": "5"}, 422, "k", id="k is a word"),
        pytest.param("search", {"query": "q", "k": True}, 422, "k", id="k is a truth"),
        pytest.param("search", {"query": "q", "k": 1.5}, 422, "k", id="k is a part"),
        pytest.param("search", {"query": "q", "explain": 0}, 422, "explain", id="a truth is a number"),
        pytest.param("search", {"query": "q", "source": "a\nb"}, 422, "source", id="control characters"),
        pytest.param("articles", {"articles": []}, 422, "articles", id="no article"),
        pytest.param("articles", {"articles": [an_article("")]}, 422, "articles.0.id", id="no id"),
        pytest.param("articles", {"articles": [an_article(text="")]}, 422, "articles.0.text", id="no text"),
        pytest.param("articles", {"articles": [an_article(url="javascript:x")]}, 422, "articles.0.url", id="url"),
        pytest.param("articles", {"articles": [an_article("a\r\nb")]}, 422, "articles.0.id", id="header in id"),
        pytest.param("articles", {"articles": [an_article()] * 2}, 422, "articles", id="twice"),
        pytest.param("articles", {"articles": [an_article()] * 1001}, 422, "articles", id="many"),
    ],
)
def test_what_is_refused(client: TestClient, path: str, body: Any, status: int, param: str | None) -> None:
    for accept in ("application/json", "text/event-stream"):
        content = json.dumps(body).encode()
        headers = {"Accept": accept, "Content-Type": "application/json"}
        response = client.post(f"/api/{path}", content=content, headers=headers)
        assert response.status_code == status
        error = response.json()["error"]
        assert (error["param"], error["code"]) == (param, "invalid_value")
        assert "x" * 100 not in error["message"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        pytest.param(b"{", "application/json", 400, "invalid_json", id="no json"),
        pytest.param(b"[1]", "application/json", 422, "invalid_value", id="a list"),
        pytest.param(b'{"question": "q"}', "text/plain", 422, "invalid_value", id="as a form of another site sends it"),
        pytest.param(b"\xff", "application/json", 400, "bad_request", id="no text"),
        pytest.param(b"[" * 100_000, "application/json", 400, "bad_request", id="deep"),
    ],
)
def test_bodies_that_cannot_be_read(client: TestClient, content: bytes, kind: str, status: int, code: str) -> None:
    response = client.post("/api/ask", content=content, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_a_body_that_is_too_large_is_not_read(client: TestClient) -> None:
    for headers in ({}, {"Content-Length": str(LARGEST_BODY + 1)}):
        pieces = (b"x" * 1_000_000 for _ in range(LARGEST_BODY // 1_000_000 + 2))
        content = b"x" if headers else pieces
        response = client.post("/api/ask", content=content, headers=headers | {"Content-Type": "application/json"})
        assert response.status_code == 413
        assert response.json()["error"]["message"] == "the body is too large: at most 50,000,000 bytes are read"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="rebound"),
        pytest.param({"Host": "127.0.0.1.evil.example:7860"}, id="alike"),
        pytest.param({"Origin": "https://evil.example"}, id="page"),
        pytest.param({"Origin": "null"}, id="sandboxed page"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_pages_of_other_sites_are_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    response = client.post(path, json={"question": "q"}, headers=headers)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860"])
def test_this_machine_goes_by_three_names(client: TestClient, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert client.get("/api/articles", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "ask", 405), ("GET", "nothing", 404), ("GET", "articles/a%0Ab", 404), ("PUT", "", 404)],
)
def test_other_ways_are_told_in_the_same_form(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, f"/api/{path}")
    assert (response.status_code, response.json()["error"]["type"]) == (status, "invalid_request_error")


def test_errors_name_no_place_on_this_machine(tmp_path: Path, own: TestClient) -> None:
    response = own.post("/api/ask", json={"question": "q?"})
    assert response.status_code == 503
    assert response.json()["error"]["message"] == "holds no index; build it with: sanad index --index INDEX"

    rag = ToldRag(None, "one")
    rag.index.error = IndexBusyError(f"{tmp_path}: another process (7) is writing to this index")
    busy = a_client(rag, tmp_path).delete("/api/articles/one")
    assert busy.status_code == 503
    assert busy.headers["retry-after"] == "5"
    assert str(tmp_path) not in busy.text

    rag.index.error = PermissionError(13, "denied", f"{tmp_path}/secret")
    failed = a_client(rag, tmp_path).delete("/api/articles/one")
    assert failed.status_code == 500
    assert failed.json()["error"]["message"] == "the server failed; its log says where"


def test_an_error_in_the_middle_is_an_event(tmp_path: Path) -> None:
    client = a_client(ToldRag(RuntimeError("the question was: q?")), tmp_path)
    response = client.post("/api/ask", json={"question": "q?"}, headers={"Accept": "text/event-stream"})
    partial, error = response.text.strip().split("\n\n")
    assert partial.startswith("event: partial\n")
    assert error.startswith('event: error\ndata: {"error":{"message":"the server failed;')


def test_the_page_of_the_forms(client: TestClient) -> None:
    schema = client.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {"/ask", "/search", "/articles", "/articles/{article_id}"}
    assert schema["servers"] == [{"url": "/api"}]
    for path in schema["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorForm")


def test_the_forms_of_an_abstention_too(small_rag: Rag) -> None:
    answer = small_rag.ask("Who won the chess championship of 1972?")
    assert answer.abstained
    assert answer.nearest
    fits(answer.to_dict(), responses.AnswerForm)
    assert set(Answer.__slots__) == set(responses.AnswerForm.model_fields)


def fits(value: Any, form: Any) -> None:
    """Fail where a plain value has a field that its form does not tell, or lacks one that it promises."""
    if get_origin(form) is list:
        for item in value:
            fits(item, get_args(form)[0])
    elif isinstance(form, type) and issubclass(form, BaseModel):
        assert set(value) <= set(form.model_fields)
        form.model_validate(value)
        for name, item in value.items():
            fits(item, form.model_fields[name].annotation)
