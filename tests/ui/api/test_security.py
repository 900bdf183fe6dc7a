"""Guards: what a stranger, a user without the role, another user or a page of another site tries on the served address.

Each is refused with the status that says so, and one clear line; what is written by others reaches the page as text.
"""

from __future__ import annotations

import io
import json
import re
import socket
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.align import WordAligner
from rag.home import Home
from rag.load import web
from rag.pipeline import Rag
from tests.fakes import an_article, write_article
from tests.serving import serving
from tests.ui.api.conftest import ENGLISH, open_small
from ui import accounts as accounts_module
from ui import sessions as sessions_module
from ui.accounts import Accounts, now
from ui.entrance import SESSION

PASSWORD = "سمك وحليب 2026"
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\"'><svg onload=alert(1)>",
    "[x](http://evil)",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def rag(folder: Path, aligner: WordAligner) -> Rag:
    texts = folder / "articles"
    write_article(texts, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.")
    rag = open_small(folder / "index", aligner, texts)
    rag.index.put([an_article(f"Ships said {SCRIPT} on Monday.", "hostile", title=HOSTILE[1], source=HOSTILE[3])])
    rag.index.fetcher = web.Fetcher
    return rag


@pytest.fixture(scope="module")
def accounts(folder: Path, rag: Rag) -> Accounts:
    accounts = Accounts(Home(folder / "index"))
    accounts.add_user("manager", PASSWORD, "manage")
    accounts.add_user("reader", PASSWORD)
    accounts.add_user("other", PASSWORD)
    return accounts


@pytest.fixture(scope="module")
def keys(accounts: Accounts) -> dict[str, str]:
    return {"ask": accounts.add_key("program"), "manage": accounts.add_key("robot", "manage")}


@pytest.fixture(scope="module")
def address(rag: Rag, folder: Path, keys: dict[str, str]) -> Iterator[str]:
    with serving(rag, folder / "index", programs=True) as address:
        yield address


@pytest.fixture
def stranger(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


@contextmanager
def logged_in(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        begun = client.post("/login", data={"name": name, "password": PASSWORD, "next": "/corpus"})
        assert (begun.status_code, begun.headers["location"]) == (303, "/corpus")
        yield client


@pytest.fixture(scope="module")
def manager(address: str) -> Iterator[httpx.Client]:
    with logged_in(address, "manager") as client:
        yield client


@pytest.fixture(scope="module")
def reader(address: str) -> Iterator[httpx.Client]:
    with logged_in(address, "reader") as client:
        yield client


def error_of(response: httpx.Response) -> str:
    told: dict[str, str] = response.json()["error"]
    assert set(told) == {"message", "type", "param", "code"}
    assert "\n" not in told["message"]
    return told["message"]


def press(client: httpx.Client, part: str, event: str, **data: Any) -> str:
    """Send an event of a page's part, as a page does; returns all that the server tells."""
    config = client.get("/config").raise_for_status().json()
    known = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
    [wired] = [
        d
        for d in config["dependencies"]
        if d["backend_fn"] and any(known.get(t[0]) == part and t[1] == event for t in d["targets"])
    ]
    body = {
        "data": [None] * len(wired["inputs"]),
        "fn_index": wired["id"],
        "event_data": data,
        "session_hash": "s" + event,
    }
    client.post("/gradio_api/queue/join", json=body).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "s" + event}) as told:
        lines = []
        for line in told.iter_lines():
            lines.append(line)
            if '"msg":"process_completed"' in line.replace(" ", ""):
                break
    return "\n".join(json.dumps(json.loads(line[5:]), ensure_ascii=False) for line in lines if line.startswith("data:"))


# -- no login ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/corpus", "/settings?x=1", "/evaluation", "/article/chips", "/talk/x", "/run/x"]
)
def test_a_stranger_is_led_to_the_login(stranger: httpx.Client, path: str) -> None:
    response = stranger.get(path)
    assert response.status_code == 303
    assert httpx.URL(response.headers["location"]).params["next"] == path
    assert "password" in stranger.get(response.headers["location"]).text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ask"), ("POST", "/api/search"), ("GET", "/api/articles"), ("POST", "/api/articles"),
        ("DELETE", "/api/articles/chips"), ("GET", "/api/openapi.json"), ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"), ("POST", "/mcp"), ("GET", "/metrics"), ("POST", "/upload"),
        ("GET", "/config"), ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/queue/data"),
        ("GET", "/assets/index.js"), ("GET", "/gradio_api/heartbeat/x"), ("PUT", "/api/ask"), ("OPTIONS", "/api/ask"),
    ],
)  # fmt: skip
def test_a_stranger_gets_nothing(stranger: httpx.Client, method: str, path: str) -> None:
    response = stranger.request(method, path, json={"question": ENGLISH} if method == "POST" else None)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert error_of(response).startswith("log in, or send a key")
    assert "H200" not in response.text


@pytest.mark.parametrize("header", ["Bearer sanad_x", "Bearer", "Basic bWFuYWdlcjp4", "Bearer \x80", "sanad_x"])
def test_a_wrong_key_is_no_way_in_not_even_beside_a_session(
    stranger: httpx.Client, reader: httpx.Client, header: str
) -> None:
    for client in (stranger, reader):
        assert client.get("/api/articles", headers={"Authorization": header.encode("latin-1")}).status_code == 401  # type: ignore[dict-item]


def test_what_watches_over_the_server_needs_no_account(stranger: httpx.Client) -> None:
    health = stranger.get("/health")
    assert health.json()["status"] == "ok"
    assert set(health.json()) == {"status", "generation"}


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/upload", "/proxy=http://10.0.0.1/",
        "/gradio_api/proxy=http://10.0.0.1/", "/gradio_api/run/ask", "/gradio_api/call/ask", "/monitoring",
        "/gradio_api/vibe-edit", "/docs", "/redoc", "/openapi.json", "/gradio_api/openapi.json", "/.env", "/..%2f.env",
        "/gradio_api/custom_component/1/x/y/z", "/static/../../server.py", "/logout/x",
    ],
)  # fmt: skip
def test_nothing_else_of_gradio_is_served(manager: httpx.Client, path: str) -> None:
    for method in ("GET", "POST"):
        assert manager.request(method, path).status_code in (404, 405), path


# -- roles -------------------------------------------------------------------------------------------------------------


def test_who_may_only_ask_changes_nothing_by_key(address: str, keys: dict[str, str]) -> None:
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {keys['ask']}"}, timeout=60) as client:
        assert client.post("/api/ask", json={"question": ENGLISH}).json()["citations"]
        assert client.get("/metrics").status_code == 200
        added = {"articles": [{"id": "new", "text": "New text."}]}
        for refused in (
            client.post("/api/articles", json=added),
            client.delete("/api/articles/chips"),
            client.post("/upload"),
        ):
            assert refused.status_code == 403
            assert error_of(refused).startswith("only who manages the articles")
        assert client.get("/api/articles").json()["total"] == 2


@pytest.mark.parametrize(
    ("part", "event", "data"),
    [
        ("files", "upload", {"files": [{"file": "x" * 20, "name": "x.md"}]}),
        ("files", "submit", {"fields": {"address": "http://127.0.0.1/"}}),
        ("corpus-tools", "retry", {}),
        ("articles", "delete", {"article": "chips"}),
        ("evaluation-tools", "submit", {"fields": {"questions": "samples"}}),
    ],
)
def test_who_may_only_ask_changes_nothing_by_a_forged_event(
    reader: httpx.Client, rag: Rag, part: str, event: str, data: dict[str, Any]
) -> None:
    told = press(reader, part, event, **data)
    assert "هذا لمن يدير المقالات" in told
    assert '"success": false' in told
    assert len(rag.index.articles()) == 2


def test_what_is_for_managers_is_not_shown_to_others(reader: httpx.Client, manager: httpx.Client, folder: Path) -> None:
    for client, shown in ((reader, False), (manager, True)):
        drawn = press_load(client)
        assert ("data-drop" in drawn) == shown
        assert ('data-do=\\"delete\\"' in drawn) == shown
        assert (str(folder) in drawn) == shown, "only who manages sees where the index lies"


def raw(client: httpx.Client, *head: str) -> str:
    """Send the head of a request as it is; returns how the answer begins."""
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=10) as connection:
        lines = [*head, f"Host: {client.base_url.host}", "Connection: close", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        return connection.recv(1000).decode()


def press_load(client: httpx.Client) -> str:
    """Open every page."""
    config = client.get("/config").json()
    told = ""
    for wired in config["dependencies"]:
        if [event for _, event in wired["targets"]] == ["load"]:
            hash_ = f"l{wired['id']}"
            body = {"data": [], "fn_index": wired["id"], "event_data": None, "session_hash": hash_}
            client.post("/gradio_api/queue/join", json=body).raise_for_status()
            told += client.get("/gradio_api/queue/data", params={"session_hash": hash_}).text
    return told


# -- other users, stolen and ended sessions ----------------------------------------------------------------------------


def test_another_users_talk_is_not_there(address: str, reader: httpx.Client, folder: Path) -> None:
    press(reader, "talk", "example_select", question=ENGLISH)
    from ui.talks import Talks

    [talk] = Talks(Home(folder / "index")).find("user:2")
    assert "H200" in reader.get(f"/talk/{talk.id}.md").text
    with logged_in(address, "other") as other:
        for path in (f"/talk/{talk.id}", f"/talk/{talk.id}.md"):
            assert other.get(path).status_code == 404
        other.cookies["sanad_visitor"] = "user:2"
        assert other.get(f"/talk/{talk.id}").status_code == 404, "a cookie is no account"
        for event in ("select", "delete"):
            assert "H200" not in press(other, "talks", event, talk=talk.id)
    assert "H200" in reader.get(f"/talk/{talk.id}").text


def test_a_session_that_was_left_or_has_ended_is_good_for_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with logged_in(address, "other") as client:
        stolen = client.cookies[SESSION]
        assert client.get("/corpus").status_code == 200
        assert client.post("/logout").headers["location"] == "/login"
        client.cookies.set(SESSION, stolen)
        assert client.get("/corpus").status_code == 303
        assert client.get("/api/articles").status_code == 401
    with logged_in(address, "other") as client:
        later = now() + timedelta(days=1, seconds=1)
        monkeypatch.setattr(sessions_module, "now", lambda: later)
        monkeypatch.setattr(accounts_module, "now", lambda: later)
        assert client.get("/corpus").status_code == 303


def test_the_cookie_of_a_session_is_for_this_server_alone(stranger: httpx.Client) -> None:
    begun = stranger.post("/login", data={"name": "other", "password": PASSWORD})
    [cookie] = [value for value in begun.headers.get_list("set-cookie") if value.startswith(SESSION)]
    assert re.fullmatch(r"sanad_session=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", cookie)
    secure = stranger.post(
        "/login", data={"name": "other", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "Secure" in secure.headers["set-cookie"], "behind a proxy on this machine that speaks https"
    assert secure.headers["strict-transport-security"] == "max-age=31536000"


# -- guessing ----------------------------------------------------------------------------------------------------------


def test_who_guesses_a_password_is_kept_waiting(stranger: httpx.Client) -> None:
    stranger.headers["Accept-Language"] = "en"
    for _ in range(5):
        wrong = stranger.post("/login", data={"name": "victim", "password": "wrong password"})
        assert wrong.status_code == 401
        assert "The name and the password do not belong together" in wrong.text
    locked = stranger.post("/login", data={"name": "victim", "password": "wrong password"})
    assert locked.status_code == 429
    assert 800 < int(locked.headers["retry-after"]) <= 901
    assert "Too many logins failed; try again in 15 minutes." in locked.text
    assert "wrong password" not in locked.text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_the_login_leads_nowhere_else(stranger: httpx.Client, wanted: str) -> None:
    begun = stranger.post("/login", data={"name": "other", "password": PASSWORD, "next": wanted})
    assert (begun.status_code, begun.headers["location"]) == (303, "/")


# -- pages of other sites ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_does_nothing_with_its_readers_session(
    manager: httpx.Client, stranger: httpx.Client, rag: Rag, headers: dict[str, str]
) -> None:
    asked = [
        manager.request("DELETE", "/api/articles/chips", headers=headers),
        manager.post("/api/articles", content='{"articles":[]}', headers={**headers, "Content-Type": "text/plain"}),
        manager.post("/gradio_api/queue/join", json={}, headers=headers),
        manager.post("/upload", content=b"x", headers=headers),
        manager.post("/logout", headers=headers),
        stranger.post("/login", data={"name": "reader", "password": PASSWORD}, headers=headers),
    ]
    for refused in asked:
        assert refused.status_code == 403
        assert error_of(refused) == "the request comes from a page of another site"
        assert "access-control-allow-origin" not in refused.headers
    assert len(rag.index.articles()) == 2
    assert manager.get("/corpus").status_code == 200


def test_no_other_site_may_read(manager: httpx.Client, keys: dict[str, str]) -> None:
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    assert manager.options("/api/ask", headers=asked).status_code == 400
    with_key = manager.get(
        "/api/articles", headers={"Origin": "http://evil.example", "Authorization": f"Bearer {keys['ask']}"}
    )
    assert with_key.status_code == 200
    assert not [name for name in with_key.headers if name.startswith("access-control")], (
        "a browser hides it from the page"
    )


def test_every_answer_tells_a_browser_what_it_may_do(stranger: httpx.Client, manager: httpx.Client) -> None:
    for response in (
        stranger.get("/login"), stranger.get("/"), manager.get("/article/chips"), manager.get("/api/articles"),
        manager.get("/", headers={"Accept": "text/html"}), manager.get("/api/none"), manager.get("/assets/none.js"),
    ):  # fmt: skip
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["referrer-policy"] == "same-origin"
        policy = response.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'unsafe-inline'" not in policy
        assert "server" not in response.headers
    page = manager.get("/", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    [nonce] = re.findall(r"'nonce-([\w-]{20,})'", page.headers["content-security-policy"])
    scripts = re.findall(r"<script\b[^>]*>", page.text)
    assert len(scripts) > 2
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert page.headers["cache-control"] == "no-store"
    assert nonce not in manager.get("/", headers={"Accept": "text/html"}).text


# -- names, addresses, markup ------------------------------------------------------------------------------------------

_WAYS_OUT = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "/etc/passwd",
    "a%00b",
    "..\\boot",
]


@pytest.mark.parametrize("way", _WAYS_OUT)
@pytest.mark.parametrize("place", ["/api/articles/", "/article/", "/talk/", "/run/", "/sanad/", "/assets/", "/static/"])
def test_ids_and_names_lead_to_no_file(manager: httpx.Client, place: str, way: str) -> None:
    response = manager.get(place + way)
    assert response.status_code in (404, 403, 422, 307), response.text
    assert "root:" not in response.text


def test_a_file_is_kept_under_its_name_alone(manager: httpx.Client, folder: Path) -> None:
    sent = manager.post("/upload", content=b"Text of a file.").json()
    assert set(sent) == {"file"}
    assert "/" not in sent["file"]
    told = press(manager, "files", "upload", files=[{"file": sent["file"], "name": "../../../evil.md"}])
    assert (folder / "index" / "uploads" / "evil.md").read_text() == "Text of a file."
    assert not (folder / "evil.md").exists()
    assert str(folder) not in told
    assert '"success": true' in told
    [kept] = [article["id"] for article in manager.get("/api/articles").json()["articles"] if "evil" in article["id"]]
    assert manager.request("DELETE", f"/api/articles/{kept}").status_code == 200


@pytest.mark.parametrize(
    "place", ["http://{here}/secret", "http://localhost:{port}/secret", "http://[::1]:{port}/", "http://10.0.0.1/",
              "http://169.254.169.254/latest/meta-data/", "http://0x7f000001:{port}/", "http://2130706433:{port}/",
              "http://rebound.example:{port}/", "file:///etc/passwd", "gopher://127.0.0.1/"],
)  # fmt: skip
def test_no_address_of_this_machine_or_its_network_is_fetched(
    manager: httpx.Client, address: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = address.removeprefix("http://")
    look_up = socket.getaddrinfo

    def rebound(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host in ("rebound.example", "0x7f000001", "2130706433"):
            return look_up("127.0.0.1", port, *args, **options)
        if re.fullmatch(r"[\d.]+", host):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        return look_up(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    told = press(manager, "files", "submit", fields={"address": place.format(here=here, port=here.rpartition(":")[2])})
    assert re.search("is an address of this machine|ليس عنوانًا على الويب|not allowed", told), told[-3000:]


def test_no_redirect_leads_to_this_machine(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is public, as far as its name tells; where it leads is looked up anew."""
    fetcher = web.Fetcher(sleep=lambda _: None)
    asked: list[str] = []

    def answer(_: Any, _asked: str, url: str) -> tuple[int, dict[str, str], bytes]:
        asked.append(url)
        if "robots.txt" in url:
            return 404, {}, b""
        return 302, {"location": f"{address}/secret"}, b""

    request = web.Fetcher._request
    monkeypatch.setattr(
        web.Fetcher, "_request", lambda self, a, url: answer(self, a, url) if "public" in url else request(self, a, url)
    )
    with pytest.raises(web.SourceError, match=r"not allowed|address of this machine"):
        fetcher.fetch("http://public.example/")
    assert asked
    fetcher.close()


def test_markup_in_an_article_reaches_the_page_as_text(manager: httpx.Client) -> None:
    article = manager.get("/article/hostile")
    assert "default-src 'none'" in article.headers["content-security-policy"]
    drawn = press(manager, "talk", "example_select", question="What did Ships say on Monday?")
    for html in (article.text, drawn, press_load(manager)):
        assert SCRIPT not in html
        assert "<img src=x" not in html
        assert "<svg" not in html.replace("<svg viewBox", "").replace("<svg class", "").replace("<svg role", "")
    assert "&lt;script&gt;" in article.text


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_in_what_is_asked_and_filled_in_reaches_the_page_as_text(
    stranger: httpx.Client, manager: httpx.Client, words: str
) -> None:
    for response in (
        stranger.post("/login", data={"name": words, "password": "x", "next": words}),
        stranger.get("/login", params={"next": words}),
    ):
        assert "<" not in words or words not in response.text
        assert "<script" not in response.text
        assert "<img" not in response.text
    drawn = press(manager, "talk", "example_select", question=words)
    assert SCRIPT not in drawn
    assert "<img src=x" not in drawn
    assert "<svg onload" not in drawn


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x00b"])
def test_nothing_that_is_sent_becomes_a_header(stranger: httpx.Client, manager: httpx.Client, value: str) -> None:
    from urllib.parse import quote

    for response in (
        stranger.get(f"/login?next={quote(value)}"),
        stranger.get(f"/{quote(value)}"),
        manager.get(f"/talk/{quote(value)}.md"),
        manager.get(f"/api/articles/{quote(value)}"),
        stranger.post("/login", data={"name": "other", "password": PASSWORD, "next": "/" + value}),
    ):
        assert "x=1" not in response.headers.get("set-cookie", "")
        assert "\n" not in response.headers.get("location", "")


# -- too much ----------------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_refused(stranger: httpx.Client, manager: httpx.Client, keys: dict[str, str]) -> None:
    for path in ("/api/articles", "/v1/chat/completions", "/mcp", "/upload"):
        told = raw(
            stranger, f"POST {path} HTTP/1.1", f"Authorization: Bearer {keys['manage']}", "Content-Length: 1000000000"
        )
        assert told.startswith("HTTP/1.1 413"), told
    assert manager.post("/upload", content=b"x" * 50_000_001).status_code == 413
    assert error_of(manager.post("/api/ask", json={"question": "x" * 20_001})).startswith("question:")
    assert stranger.post("/login", data={"name": "x" * 3000, "password": "y"}).status_code in (413, 422)
    for head in (["GET /" + "x" * 400_000 + " HTTP/1.1"], ["GET / HTTP/1.1", "X-Long: " + "x" * 400_000]):
        assert raw(stranger, *head).startswith("HTTP/1.1 4")


def test_a_zip_bomb_is_refused_and_said(manager: httpx.Client, rag: Rag) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.txt", b"0" * 300_000_000)
    sent = manager.post("/upload", content=bomb.getvalue()).json()["file"]
    told = press(manager, "files", "upload", files=[{"file": sent, "name": "bomb.zip"}])
    assert "bomb.zip" in told
    assert "big.txt</bdi>" in told.replace("\\", "")
    assert "packed too tightly to be a text" in told
    assert len(rag.index.articles()) == 2
