"""Guards: an index is brought in step with pages on the web, asks for no more than it must, and survives what fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.home import Home
from rag.index import Index
from rag.load.web import Fetcher
from tests.fakes import HashEncoder
from tests.load.documents import page
from tests.load.test_web import SITEMAP, Site

STORY = "The first train left the new station on Monday with 212 passengers, the railways said in a statement."


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    fetcher = Fetcher(private=True, sleep=lambda _: None)
    yield Index(Home(tmp_path / "index"), HashEncoder(), 64, fetcher=lambda: fetcher)
    fetcher.close()


def a_page(text: str, title: str = "Trains") -> str:
    return page(f"<p>{text}</p><p>{STORY}</p><p>{STORY} It was late.</p>", title=title)


def listed(site: Site, *pages: tuple[str, str]) -> str:
    entries = "".join(f"<url><loc>{site.url}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in pages)
    return site.give("/sitemap.xml", SITEMAP.format(entries), Content_Type="application/xml")


def test_a_page_is_indexed_and_read_again(index: Index, site: Site) -> None:
    url = site.give("/story", a_page("Trains left."))
    (identifier,) = index.add(url).added
    article = index.article(identifier)
    assert (article.title, article.url) == ("Trains", url)
    assert index.refresh().unchanged == (identifier,)
    site.give("/story", a_page("Trains left late."))
    assert index.refresh().changed == (identifier,)
    site.give("/story", "", 404)
    failed = index.refresh()
    assert "answered 404" in failed.failed[0].reason
    assert index.article(identifier), "what the web has lost is kept"


def test_the_day_that_the_server_names_is_that_of_the_file(index: Index, site: Site) -> None:
    url = site.give("/story", a_page("Trains left."), Last_Modified="Thu, 05 Mar 2026 10:00:00 GMT")
    article = index.article(index.add(url).added[0])
    assert (article.published, article.dated_by) == (date(2026, 3, 5), "file")


def test_of_a_list_only_what_is_new_or_changed_is_fetched(index: Index, site: Site) -> None:
    for name in ("1", "2"):
        site.give(f"/{name}", a_page(f"Train {name} left.", f"Train {name}"))
    address = listed(site, ("/1", "2020-01-01"), ("/2", "2020-01-02"))
    assert len(index.add(address).added) == 2
    site.asked.clear()
    site.give("/3", a_page("Train 3 left.", "Train 3"))
    listed(site, ("/2", "2020-01-02"), ("/3", "2020-01-03"))
    report = index.refresh()
    assert len(report.added) == 1
    assert report.removed == (), "a list forgets, an archive does not"
    assert "/2" not in site.asked
    assert "/3" in site.asked
    site.asked.clear()
    site.give("/2", a_page("Train 2 left at noon.", "Train 2"))
    listed(site, ("/2", "2999-01-01"), ("/3", "2020-01-03"))
    assert len(index.refresh().changed) == 1
    assert "/3" not in site.asked


def test_a_page_that_fails_does_not_stop_the_others(index: Index, site: Site) -> None:
    site.give("/1", a_page("Train 1 left."))
    address = listed(site, ("/1", "2020-01-01"), ("/gone", "2020-01-01"))
    report = index.add(address)
    assert len(report.added) == 1
    assert "/gone: the server answered 404" in report.failed[0].reason


def test_an_address_that_gives_nothing_is_not_remembered(index: Index, site: Site) -> None:
    report = index.add(site.url + "/nothing")
    assert report.failed
    assert index.places() == []


def test_without_a_fetcher_addresses_are_failures(tmp_path: Path) -> None:
    report = Index(Home(tmp_path / "index"), HashEncoder(), 64).add("https://news.example/")
    assert "addresses are not read here" in report.failed[0].reason
