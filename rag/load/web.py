"""Addresses → files: a page, a document, or the pages that a feed or a sitemap lists.

Polite: robots.txt is kept to, one request at a time, a pause between two to the same host. Careful: only public
addresses unless others are allowed, looked up once and connected to as they were looked up, at every redirect; sizes
and times are limited.
"""

from __future__ import annotations

import gzip
import io
import ipaddress
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import httpcore2

from rag.errors import SourceError
from rag.load.details import parse_published
from rag.load.markup import local_name, parse_xml

AGENT: Final = "Sanad/0.1 (answers questions about news articles; reads robots.txt)"
MOST_PAGES: Final = 1000
"""Pages of a feed or sitemap that are fetched, the newest first."""

_LARGEST = 50_000_000  # bytes
_PATIENCE = 20.0  # seconds to connect, and between two pieces of an answer
_LONGEST = 120.0  # seconds for the whole of it
_PAUSE = 1.0  # seconds between two requests to a host, where its robots.txt does not ask for more
_LONGEST_PAUSE = 20.0
_MOST_REDIRECTS = 5
_MOST_SITEMAPS = 50
_ENDINGS: Final = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "application/json": ".json", "application/rss+xml": ".xml", "application/atom+xml": ".xml",
    "application/xml": ".xml", "text/xml": ".xml", "text/csv": ".csv", "application/zip": ".zip",
    "application/epub+zip": ".epub", "application/gzip": ".gz", "application/x-ndjson": ".jsonl",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    Attributes:
        url: the address that answered in the end.
        data: its bytes.
        ending: of a file that would hold it.
        modified: the day it was changed, where the server says so.
    """

    url: str
    data: bytes
    ending: str
    modified: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, by itself or as a feed or sitemap lists it, with the day on which it was changed where that is said."""

    url: str
    modified: date | None = None
    listed: bool = False


def is_address(place: str) -> bool:
    """Whether a place is an address on the web."""
    return place.lower().startswith(("http://", "https://"))


class Fetcher:
    """Fetches addresses.

    Args:
        private: whether addresses of this machine and its network may be fetched.
        sleep: waits some seconds.
    """

    def __init__(self, *, private: bool = False, sleep: Callable[[float], None] = time.sleep) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpcore2.default_ssl_context(), network_backend=_Backend(private), max_connections=4
        )
        self._sleep = sleep
        self._robots: dict[str, RobotFileParser] = {}
        self._next: dict[str, float] = {}  # host → when it may be asked again

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def fetch(self, url: str) -> Fetched:
        """Return what an address gives.

        Raises:
            SourceError: it cannot be had, may not be, or is too large; names the address and why.
        """
        asked = url
        _check(url)
        for _ in range(_MOST_REDIRECTS + 1):
            robots = self._robots_of(url)
            if not robots.can_fetch(AGENT, url):
                raise SourceError(f"{asked}: the site's robots.txt does not allow it to be read")
            self._wait(url, float(robots.crawl_delay(AGENT) or 0))
            status, headers, data = self._request(asked, url)
            if status in (301, 302, 303, 307, 308) and headers.get("location"):
                url = urljoin(url, headers["location"])
                if not is_address(url):
                    raise SourceError(f"{asked}: leads to {url.partition(':')[0]}:, which is not fetched")
                _check(url)
                continue
            if status != 200:
                raise SourceError(f"{asked}: the server answered {status}; see whether the address is right")
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            return Fetched(
                url, data, _ENDINGS.get(kind) or _ending_of(url), parse_published(headers.get("last-modified"))
            )
        raise SourceError(f"{asked}: leads from address to address without end")

    def list_pages(self, url: str) -> list[Listed] | None:
        """Return the pages that a feed or sitemap lists, the newest first; None where the address is neither.

        Raises:
            SourceError: as for `fetch`.
        """
        _check(url)
        path = urlsplit(url).path.lower()
        looks_so = path.endswith((".xml", ".rss", ".atom", ".xml.gz")) or any(
            part in ("feed", "rss", "atom", "feeds") for part in path.split("/")
        )
        if not looks_so:
            return None
        found: dict[str, date | None] = {}
        waiting, seen = [url], 0
        while waiting and seen < _MOST_SITEMAPS:
            seen += 1
            root = parse_xml(_unzipped(self.fetch(waiting.pop(0)).data))
            name = local_name(root)
            if name == "sitemapindex":
                waiting += [urljoin(url, text) for text in _texts(root, "loc")]
                continue
            if name not in ("urlset", "rss", "feed", "rdf"):
                return None
            for entry in root.iter("{*}url", "{*}item", "{*}entry"):
                link = next(iter(_texts(entry, "loc", "link")), "")
                if is_address(link := urljoin(url, link.strip())):
                    days = _texts(entry, "lastmod", "publication_date", "updated", "pubdate", "published", "date")
                    found[link] = next(filter(None, map(parse_published, days)), None)
        listed = [Listed(link, day, True) for link, day in found.items()]
        return sorted(listed, key=lambda page: page.modified or date.min, reverse=True)[:MOST_PAGES]

    def _robots_of(self, url: str) -> RobotFileParser:
        """Return what the site of an address allows; where it says nothing, everything."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            robots = RobotFileParser()
            status, _, data = self._request(url, f"{site}/robots.txt")
            if status in (401, 403):
                robots.disallow_all = True  # type: ignore[attr-defined]
            robots.parse(data[:500_000].decode("utf-8", "replace").splitlines() if status == 200 else [])
            self._robots[site] = robots
        return self._robots[site]

    def _wait(self, url: str, asked_for: float) -> None:
        host = urlsplit(url).netloc
        if (pause := self._next.get(host, 0.0) - time.monotonic()) > 0:
            self._sleep(pause)
        self._next[host] = time.monotonic() + min(max(_PAUSE, asked_for), _LONGEST_PAUSE)

    def _request(self, asked: str, url: str) -> tuple[int, dict[str, str], bytes]:
        limits = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
        headers: dict[bytes | str, bytes | str]
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Host": urlsplit(url).netloc.rpartition("@")[2]}
        begun, data = time.monotonic(), bytearray()
        try:
            with self._pool.stream("GET", _encoded(url), headers=headers, extensions={"timeout": limits}) as response:
                named = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                for piece in response.iter_stream():
                    data += piece
                    if len(data) > _LARGEST:
                        raise SourceError(f"{asked}: larger than {_LARGEST // 1_000_000} MB")
                    if time.monotonic() - begun > _LONGEST:
                        raise SourceError(f"{asked}: took longer than {_LONGEST:.0f} seconds")
                body = bytes(data)
                if named.get("content-encoding", "").lower() == "gzip":
                    body = _unzipped(body)
                return response.status, named, body
        except httpcore2.TimeoutException as error:
            raise SourceError(f"{asked}: the server does not answer; try again later") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError) as error:
            raise SourceError(f"{asked}: cannot be reached: {error or type(error).__name__}") from error
        except (UnicodeError, ValueError) as error:
            raise SourceError(f"{asked}: is not an address that can be fetched") from error


class _Backend(httpcore2.SyncBackend):
    """Connects to the addresses that a name was looked up as, if they may be reached."""

    def __init__(self, private: bool) -> None:
        self._private = private

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        """Look a host up once, refuse what is not public, and connect."""
        try:
            found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"there is no host {host}") from error
        allowed = [address for address in dict.fromkeys(map(str, found)) if self._private or _is_public(address)]
        if not allowed:
            raise httpcore2.ConnectError(f"{host} is an address of this machine or its network, which is not allowed")
        for address in allowed[:-1]:
            try:
                return super().connect_tcp(address, port, *args, **kwargs)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return super().connect_tcp(allowed[-1], port, *args, **kwargs)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        """Refuse: nothing on the web is a socket of this machine."""
        raise httpcore2.ConnectError("sockets of this machine are not allowed")


def _check(url: str) -> None:
    """Raise SourceError for what is no address."""
    try:
        if urlsplit(url).hostname and urlsplit(url).port != 0:
            return
    except ValueError:
        pass
    raise SourceError(f"{url}: is not an address that can be fetched")


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


def _encoded(url: str) -> str:
    """Return an address whose Arabic is escaped as servers expect it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    where = f"[{host}]" if ":" in host else host
    if parts.port:
        where += f":{parts.port}"
    path, query = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"), quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, where, path, query, ""))


def _texts(element: Any, *names: str) -> list[str]:
    """Return the texts, or the links, of the elements of these names below one, in the order of the names."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for below in element.iter():
        if (name := local_name(below)) in found and (text := (below.text or "").strip() or below.get("href") or ""):
            found[name].append(text)
    return [text for name in names for text in found[name]]


def _unzipped(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(_LARGEST)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError("what the server sent cannot be unpacked") from error


def _ending_of(url: str) -> str:
    name = urlsplit(url).path.rpartition("/")[2].lower()
    return f".{name.rpartition('.')[2]}" if "." in name and len(name.rpartition(".")[2]) <= 5 else ".html"
