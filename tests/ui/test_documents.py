"""Guards: documents (`ui.documents`) run no scripts, serve only what they name, and a talk to its visitor alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.errors import IndexStateError
from rag.settings import Settings
from rag.types import Answer, Article
from tests.fakes import an_article
from tests.serving import prepared
from tests.ui.stand_ins import ToldRag, a_site
from ui.documents import document_routes
from ui.entrance import VISITOR, Entrance
from ui.headers import SecureHeaders
from ui.preferences import COOKIE
from ui.site import Site
from ui.types import Exchange

HOSTILE = "<script>alert(1)</script>"
HERE = "http://127.0.0.1"


@pytest.fixture
def rag() -> ToldRag:
    return ToldRag(None, "one")


@pytest.fixture
def site(tmp_path: Path, rag: ToldRag) -> Site:
    return a_site(tmp_path / "index", rag)


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    server = FastAPI()
    server.include_router(document_routes(site))
    server.add_middleware(Entrance, accounts=None)
    server.add_middleware(SecureHeaders)
    looks = {"accept-language": "en"}
    with TestClient(server, base_url=HERE, cookies={VISITOR: "me"}, headers=looks) as client:
        yield client


def test_the_quote_is_highlighted_and_the_article_is_text(client: TestClient, rag: ToldRag) -> None:
    rag.index.held["one"] = an_article(f"{HOSTILE} was written.", "one", title=HOSTILE, source=HOSTILE)
    html = client.get("/article/one", params={"start": len(HOSTILE) + 1, "end": len(HOSTILE) + 4}).text
    assert '<mark id="quote">was</mark> written.' in html
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4  # title of the page, heading, source, text


@pytest.mark.parametrize("span", ["", "?start=0&end=0", "?start=5&end=2", "?start=-5&end=3", "?start=0&end=99999"])
def test_an_impossible_span_highlights_nothing(client: TestClient, span: str) -> None:
    page = client.get(f"/article/one{span}")
    assert page.status_code == 200
    assert "Text of one." in page.text
    assert "<mark" not in page.text


def test_an_index_that_cannot_be_used_has_no_article(
    client: TestClient, rag: ToldRag, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> Article:
        raise IndexStateError("/secret: holds no index")

    monkeypatch.setattr(rag.index, "article", refuse)
    page = client.get("/article/one")
    assert page.status_code == 404
    assert "This article is not in the index" in page.text
    assert "secret" not in page.text


def test_no_document_may_run_scripts_or_load_from_elsewhere(client: TestClient, site: Site) -> None:
    talk = site.talks.save("me", "", [Exchange(HOSTILE, Answer("q", HOSTILE, "en"))])
    for path, status in (("article/one", 200), (f"talk/{talk}", 200), ("article/two", 404), ("talk/x", 404)):
        page = client.get(f"/{path}")
        assert page.status_code == status, path
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "http" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in page.text


@pytest.mark.parametrize("visitor", ["you", "", None])
@pytest.mark.parametrize("ending", ["", ".md"])
def test_a_talk_is_not_there_for_anyone_else(client: TestClient, site: Site, visitor: str | None, ending: str) -> None:
    talk = site.talks.save("me", "", [Exchange("secret question")])
    assert "secret question" in client.get(f"/talk/{talk}{ending}").text
    client.cookies.clear()
    if visitor is not None:
        client.cookies[VISITOR] = visitor
    page = client.get(f"/talk/{talk}{ending}")
    assert page.status_code == 404
    assert "secret question" not in page.text
    assert "There is no such talk." in page.text


def test_a_talk_is_downloaded_as_markdown_in_utf8(client: TestClient, site: Site) -> None:
    talk = site.talks.save("me", "", [Exchange("من أعلن؟", Answer("q", "أعلنت القاهرة.", "ar"))])
    page = client.get(f"/talk/{talk}.md")
    assert page.headers["content-type"] == "text/markdown; charset=utf-8"
    assert page.headers["content-disposition"].startswith("attachment")
    assert "أعلنت القاهرة." in page.content.decode("utf-8")


@pytest.mark.parametrize("name", ["..%2fsecret", "%2e%2e%2fsecret", "..", "r.1", "r1%00", "empty", ""])
def test_a_run_is_named_never_a_place(client: TestClient, site: Site, name: str) -> None:
    for folder in ("secret", "runs/r.1", "runs/r1"):
        (site.settings.index / folder).mkdir(parents=True)
        (site.settings.index / folder / "report.html").write_text("<h1>Kept</h1>", encoding="utf-8")
    (site.settings.index / "runs" / "empty").mkdir()
    assert "Kept" in client.get("/run/r1").text
    page = client.get(f"/run/{name}")
    assert page.status_code == 404
    assert "Kept" not in page.text


@pytest.mark.parametrize("name", ["..%2fserver.py", "%2e%2e%2fwords.toml", "LICENSE", "../server.py", "actions.js"])
def test_nothing_but_what_the_pages_load_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/sanad/{name}").status_code == 404


def test_every_font_that_the_style_sheet_names_is_there(client: TestClient) -> None:
    styles = client.get("/sanad/style.css").text
    named = re.findall(r"url\([\"']?([^)\"']+)", styles)
    assert named
    for address in named:
        font = client.get(urljoin("/sanad/style.css", address))
        assert font.status_code == 200, address
        assert font.content.startswith(b"wOF2")
        assert "max-age" in font.headers["cache-control"]


def test_what_was_chosen_counts_more_than_the_browsers_language(client: TestClient) -> None:
    assert '<html lang="en" dir="ltr">' in client.get("/article/one").text
    client.cookies[COOKIE] = "language=ar&digits=arabic&theme=dark"
    html = client.get("/article/one").text
    assert '<html lang="ar" dir="rtl">' in html
    assert "١٦ يناير ٢٠٢٦" in html
    assert 'class="dark"' in html


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_browser_is_known_by_an_id_of_its_own_that_scripts_cannot_read(tmp_path: Path, rag: ToldRag) -> None:
    server = prepared(rag, Settings(index=tmp_path))  # type: ignore[arg-type]
    ids = set()
    for _ in range(2):
        with TestClient(server, base_url=HERE) as browser:
            assert "set-cookie" not in browser.get("/sanad/style.css").headers, "a style sheet is no visit"
            given = browser.get("/article/gone").headers["set-cookie"]
            assert "httponly" in given.lower()
            assert "samesite=lax" in given.lower()
            ids.add(browser.cookies[VISITOR])
            for path in ("/article/one", "/talk/x"):
                assert "set-cookie" not in browser.get(path).headers
    assert len(ids) == 2
