"""Guards: the server's documents, its cookie, and what it says before it starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag.errors import SanadError, SettingsError
from rag.home import Home
from rag.settings import Settings
from rag.types import Answer
from tests.serving import free_port, prepared
from tests.ui.stand_ins import ToldRag
from ui.entrance import VISITOR
from ui.server import serve
from ui.talks import Talks
from ui.types import Exchange


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    rag = ToldRag(None, "one", "a/b")
    with TestClient(prepared(rag, Settings(index=tmp_path)), base_url="http://127.0.0.1") as client:  # type: ignore[arg-type]
        yield client


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_documents(client: TestClient, tmp_path: Path) -> None:
    first = client.get("/article/one", params={"start": 0, "end": 4})
    assert '<mark id="quote">Text</mark> of one.' in first.text
    assert "default-src 'none'" in first.headers["content-security-policy"]
    assert "HttpOnly; Max-Age=31536000; Path=/; SameSite=lax" in first.headers["set-cookie"]
    assert "Text of a/b." in client.get("/article/a%2Fb").text
    visitor = client.cookies[VISITOR]
    assert len(visitor) >= 32
    assert "set-cookie" not in client.get("/article/one").headers, "a visitor is known from then on"

    talk = Talks(Home(tmp_path)).save(visitor, "", [Exchange("q?", Answer("q?", "a", "en"))])
    assert client.get(f"/talk/{talk}.md").text.startswith("# q?")
    assert 'filename="sanad.md"' in client.get(f"/talk/{talk}.md").headers["content-disposition"]
    assert "<h2" in client.get(f"/talk/{talk}").text
    stranger = TestClient(client.app, base_url="http://127.0.0.1")
    for path in (f"/talk/{talk}", f"/talk/{talk}.md"):
        assert stranger.get(path).status_code == 404

    assert client.get("/sanad/style.css").headers["content-type"].startswith("text/css")
    assert client.get("/sanad/plex-arabic-400.woff2").headers["content-type"] == "font/woff2"
    (tmp_path / "runs" / "r1").mkdir(parents=True)
    (tmp_path / "runs" / "r1" / "report.html").write_text("<h1>Report</h1>", encoding="utf-8")
    assert "Report" in client.get("/run/r1").text
    for path in ("/article/two", "/run/..%2f..%2fetc", "/run/r2", "/sanad/..%2fserver.py", "/sanad/LICENSE"):
        assert client.get(path).status_code == 404, path
    assert "لا يوجد هذا المقال" in client.get("/article/two").text
    client.cookies["sanad_preferences"] = "language=en"
    assert "This article is not in the index" in client.get("/article/two").text


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(index=tmp_path, port=taken.getsockname()[1])
        with pytest.raises(SanadError, match=r"port \d+ is in use.*--port"):
            serve(ToldRag(), settings, on_ready=print)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [None, "key.pem", "none.pem"])
def test_a_certificate_that_cannot_be_used_is_said_before_anything_starts(tmp_path: Path, key: str | None) -> None:
    (tmp_path / "cert.pem").write_text("no certificate", encoding="utf-8")
    (tmp_path / "key.pem").write_text("no key", encoding="utf-8")
    settings = Settings(
        index=tmp_path, port=free_port(), tls_certificate=tmp_path / "cert.pem", tls_key=key and tmp_path / key
    )
    with pytest.raises(SettingsError, match=r"RAG_TLS_CERTIFICATE=.*cert\.pem.*cannot be used .*PEM"):
        serve(ToldRag(), settings, on_ready=print)  # type: ignore[arg-type]
