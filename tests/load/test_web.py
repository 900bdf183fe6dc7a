"""Guards: what is fetched, what is not, and that nobody is led to where he may not go."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.errors import SourceError
from rag.load import web
from rag.load.web import Fetcher, Listed
from tests.load.documents import page


class Site:
    """A server on this machine: path → (status, headers, body); what was asked is remembered."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html", "Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def give(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body
        self.answers[path] = (status, {k.replace("_", "-"): v for k, v in headers.items()}, data)
        return self.url + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(private=True, sleep=lambda _: None)
    yield fetcher
    fetcher.close()


def test_a_page(site: Site, fetcher: Fetcher) -> None:
    url = site.give("/news/1", page("<p>x</p>"), Last_Modified="Thu, 05 Mar 2026 10:00:00 GMT")
    found = fetcher.fetch(url)
    assert (found.ending, found.modified) == (".html", date(2026, 3, 5))
    assert b"<p>x</p>" in found.data
    assert site.asked == ["/robots.txt", "/news/1"]


def test_arabic_addresses_are_escaped(site: Site, fetcher: Fetcher) -> None:
    site.give("/%D8%AE%D8%A8%D8%B1", "x")
    assert fetcher.fetch(site.url + "/خبر").data == b"x"


@pytest.mark.parametrize(
    ("kind", "path", "ending"),
    [
        ("application/pdf", "/x", ".pdf"),
        ("text/plain; charset=utf-8", "/x", ".txt"),
        ("application/x-odd", "/a.docx", ".docx"),
        ("", "/a", ".html"),
    ],
)
def test_the_kind_tells_the_format(site: Site, fetcher: Fetcher, kind: str, path: str, ending: str) -> None:
    assert fetcher.fetch(site.give(path, "x", Content_Type=kind)).ending == ending


def test_compressed_answers(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.fetch(site.give("/x", gzip.compress(b"text"), Content_Encoding="gzip")).data == b"text"


def test_robots_are_kept_to(site: Site, fetcher: Fetcher) -> None:
    site.give("/robots.txt", "User-agent: *\nDisallow: /private/\nCrawl-delay: 3", Content_Type="text/plain")
    with pytest.raises(SourceError, match=r"robots\.txt does not allow"):
        fetcher.fetch(site.give("/private/1", "x"))
    assert "/private/1" not in site.asked
    waited: list[float] = []
    fetcher._sleep = waited.append
    for number in range(3):
        fetcher.fetch(site.give(f"/public/{number}", "x"))
    assert len([pause for pause in waited if 2.5 < pause <= 3]) == 2


def test_redirects_are_followed_and_end(site: Site, fetcher: Fetcher) -> None:
    site.give("/new", "there")
    assert fetcher.fetch(site.give("/old", "", 301, Location="/new")).url == site.url + "/new"
    with pytest.raises(SourceError, match="without end"):
        fetcher.fetch(site.give("/loop", "", 302, Location="/loop"))
    with pytest.raises(SourceError, match="leads to file:"):
        fetcher.fetch(site.give("/file", "", 302, Location="file:///etc/passwd"))


@pytest.mark.parametrize(("status", "told"), [(404, "answered 404"), (500, "answered 500"), (403, "answered 403")])
def test_what_a_server_refuses_is_said(site: Site, fetcher: Fetcher, status: int, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        fetcher.fetch(site.give("/x", "", status))


def test_large_answers_are_refused(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_LARGEST", 1000)
    with pytest.raises(SourceError, match="larger than"):
        fetcher.fetch(site.give("/x", "y" * 2000))


@pytest.mark.parametrize(
    "address",
    (
        "127.0.0.1 10.0.0.1 192.168.1.1 172.16.0.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 ::1 fe80::1 fc00::1 "
        "::ffff:127.0.0.1 2002:7f00:0001::"
    ).split(),
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not web._is_public(address)


def test_public_addresses() -> None:
    assert web._is_public("93.184.216.34")
    assert web._is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_nobody_is_led_to_this_machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its address, by a name that is looked up as it, or by a redirect."""
    site.give("/secret", "secret")
    fetcher = Fetcher(sleep=lambda _: None)
    port = int(site.url.rpartition(":")[2])
    with pytest.raises(SourceError, match="not allowed"):
        fetcher.fetch(site.url + "/secret")
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    with pytest.raises(SourceError, match=r"rebound\.example is an address of this machine"):
        fetcher.fetch(f"http://rebound.example:{port}/secret")
    assert site.asked == []
    fetcher.close()


def test_the_address_that_was_looked_up_is_the_one_that_is_reached(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once a connection: it cannot become another between the check and the call."""
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    reach = socket.create_connection
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *a, **k: looked_up.append(address[0]) or _connect(address)
    )
    assert reach
    site.give("/x", "here")
    assert fetcher.fetch(site.url.replace("127.0.0.1", "news.example") + "/x").data == b"here"
    assert looked_up[:2] == ["news.example", "127.0.0.1"]


def _connect(address: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    made.connect(address)
    return made


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def test_sitemaps_list_the_newest_first(site: Site, fetcher: Fetcher) -> None:
    entry = "<url><loc>{url}/{n}</loc><lastmod>2026-03-0{n}</lastmod></url>"
    pages = SITEMAP.format("".join(entry.format(url=site.url, n=n) for n in (1, 3, 2)))
    site.give("/news.xml.gz", gzip.compress(pages.encode()), Content_Type="application/gzip")
    index = site.give(
        "/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.url}/news.xml.gz</loc></sitemap></sitemapindex>"
    )
    listed = fetcher.list_pages(index)
    assert listed is not None
    assert listed[0] == Listed(f"{site.url}/3", date(2026, 3, 3), True)
    assert [p.url[-1] for p in listed] == ["3", "2", "1"]


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds_list_their_pages(site: Site, fetcher: Fetcher, kind: str) -> None:
    rss = "<rss><channel><item><link>/1</link><pubDate>Thu, 05 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/><updated>2026-03-05</updated></entry></feed>'
    )
    url = site.give("/feed", rss if kind == "rss" else atom, Content_Type="application/xml")
    assert fetcher.list_pages(url) == [Listed(f"{site.url}/1", date(2026, 3, 5), True)]


def test_a_page_lists_nothing(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.list_pages(site.give("/page", "<p>x</p>")) is None
    assert fetcher.list_pages(site.give("/data.xml", "<other/>")) is None


def test_who_is_not_there(fetcher: Fetcher) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be reached"):
        fetcher.fetch(f"http://127.0.0.1:{port}/")
    with pytest.raises(SourceError):
        fetcher.fetch("http://[broken/")
