"""Guards: files that are dropped are kept and indexed, only those; what fails says why, in the page's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from rag.errors import IndexBusyError, IndexStateError
from tests.fakes import an_article
from tests.ui.stand_ins import ToldRag, a_request, a_site, an_event
from ui.corpus import PAGE, CorpusPage, View, find_articles
from ui.preferences import Preferences
from ui.uploads import UPLOADS

EN = View(Preferences("en"))


@pytest.fixture
def rag() -> ToldRag:
    return ToldRag(None, "one", "two")


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Gradio keeps what was sent."""
    folder = tmp_path / "sent"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


@pytest.fixture
def page(tmp_path: Path, rag: ToldRag) -> Iterator[CorpusPage]:
    with gr.Blocks():
        yield CorpusPage(a_site(tmp_path / "index", rag))


def add(page: CorpusPage, *files: tuple[Path, str]) -> list[dict[Any, Any]]:
    return list(page.add(EN, an_event(files=[{"path": str(path), "name": name} for path, name in files])))


def test_files_are_kept_and_indexed_and_bad_ones_told(page: CorpusPage, sent: Path, tmp_path: Path) -> None:
    (sent / "x1").write_text("Text.", encoding="utf-8")
    (sent / "x2").touch()
    steps = add(page, (sent / "x1", "../../news.md"), (sent / "x2", "bad.md"))
    assert "<progress" in steps[0][page._report]
    assert "1 article added; 1 file could not be read:" in steps[-1][page._report]
    assert str(tmp_path) not in steps[-1][page._report]
    assert "holds no text" in steps[-1][page._report]
    assert [p.name for p in (tmp_path / "index" / UPLOADS).iterdir()] == ["news.md"], "what failed is not read again"
    assert "3 articles" in steps[-1][page._list]


def test_a_book_is_refused_before_it_holds_everything_up(page: CorpusPage, sent: Path) -> None:
    with (sent / "x1").open("wb") as stream:
        stream.truncate(60_000_000)
    *_, step = add(page, (sent / "x1", "book.txt"))
    assert "larger than 50 MB; split it into its articles" in step[page._report]


def test_a_file_of_no_known_kind_does_not_stop_the_others(page: CorpusPage, sent: Path) -> None:
    for name in ("x1", "x2"):
        (sent / name).write_text("Text.", encoding="utf-8")
    *_, step = add(page, (sent / "x1", "photo.png"), (sent / "x2", "news.md"))
    assert "1 article added; 1 file could not be read:" in step[page._report]
    assert "cannot read .png files; readable are" in step[page._report]
    *_, alone = add(page, (sent / "x1", "photo.png"))
    assert "Nothing has changed; 1 file could not be read:" in alone[page._report]


def fetch(page: CorpusPage, address: str) -> dict[Any, Any]:
    return list(page.fetch(EN, an_event(fields={"address": address})))[-1]


def test_an_address_is_indexed(page: CorpusPage) -> None:
    assert "1 article added" in fetch(page, " https://news.example/story ")[page._report]
    assert "1 article added" in fetch(page, "news.example/other")[page._report]
    assert page._site.rag.index.places() == ["https://news.example/story", "https://news.example/other"]
    for wrong in ("", "file:///etc/passwd", "ftp://x/y"):
        assert "That is no address on the web" in fetch(page, wrong)[page._report]


def test_a_file_that_was_not_sent_is_refused(page: CorpusPage, sent: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("password", encoding="utf-8")
    for path in (secret, sent / ".." / "secret.md"):
        [step] = add(page, (path, "mine.md"))
        assert "was not sent to this page" in step[page._report]
    assert not (tmp_path / "index" / UPLOADS / "mine.md").exists()


def test_a_busy_index_and_what_nobody_foresaw_are_told_in_the_pages_words(page: CorpusPage, rag: ToldRag) -> None:
    rag.index.error = IndexBusyError("/secret: another process (12) is writing")
    [step] = page.refresh(EN)
    assert "The index is being updated" in step[page._report]
    assert "The index is being updated" in page.remove(EN, an_event(article="one"))[page._report]
    rag.index.error = RuntimeError("/secret/path")
    assert "Something unexpected" in page.remove(EN, an_event(article="one"))[page._report]
    [step] = page.refresh(EN)
    assert "Something unexpected went wrong" in step[page._report]
    assert "secret" not in step[page._report]


def test_reading_again_says_that_nothing_changed(page: CorpusPage) -> None:
    *_, step = page.refresh(EN)
    assert "Nothing has changed" in step[page._report]


def test_an_article_is_removed_and_one_that_is_gone_says_so(page: CorpusPage) -> None:
    shown = page.remove(EN, an_event(article="one"))
    assert "“Title one” is out of the index" in shown[page._report]
    assert "1 article ·" in shown[page._list]
    assert "no article has the id" in page.remove(EN, an_event(article="one"))[page._report]


def test_the_list_is_searched_and_turned(page: CorpusPage, rag: ToldRag) -> None:
    rag.index.held = ToldRag(None, *(f"a{n:03}" for n in range(PAGE + 5))).index.held
    rag.index.generation += 1
    turned = page.turn(EN, an_event(page="1"))
    assert turned[page._list].count("<tr>") == 6  # with the heads
    far = page.turn(EN, an_event(page="99"))
    assert "Page 2 of 2" in far[page._list]
    found = page.filter(turned[page._view], an_event(fields={"search": "a007"}))
    assert found[page._list].count("<tr>") == 2
    assert found[page._view].page == 0


def test_the_page_is_drawn_in_its_visitors_language(page: CorpusPage) -> None:
    assert "أفلت ملفاتك هنا" in page.start(a_request(cookie="language=ar"))[page._files]
    assert "drop your files here" in page.switch(View(Preferences("ar")), an_event(language="en"))[page._files]


def test_titles_are_found_in_any_spelling() -> None:
    index = ToldRag(None, "one", "two").index
    articles = index.articles()
    assert [a.id for a in find_articles(articles, "TITLE two", "", "")] == ["two"]
    assert find_articles(articles, "", "ar", "") == []
    assert len(find_articles(articles, "", "en", "Wire")) == 2
    assert find_articles(articles, "", "", "Daily") == []


def test_a_search_stays_when_the_index_changes(page: CorpusPage) -> None:
    view = page.filter(EN, an_event(fields={"search": "one", "language": "en", "source": "Wire"}))[page._view]
    shown = page.remove(view, an_event(article="two"))
    assert shown[page._view] == view
    assert 'value="one"' in shown[page._tools]
    assert "Title one" in shown[page._list]
    *_, last = page.refresh(view)
    assert last[page._view] == view


def test_an_index_that_cannot_be_used_says_so_in_place_of_the_list(
    page: CorpusPage, rag: ToldRag, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise IndexStateError("another encoder made the index")

    monkeypatch.setattr(rag.index, "articles", broken)
    shown = page.start(a_request())
    assert "another encoder made the index" in shown[page._list]
    assert 'role="alert"' in shown[page._list]


def test_a_way_out_of_the_upload_folder_is_not_followed(page: CorpusPage, sent: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("password", encoding="utf-8")
    (sent / "link.md").symlink_to(secret)
    [step] = add(page, (sent / "link.md", "mine.md"))
    assert "was not sent to this page" in step[page._report]
    assert not (tmp_path / "index" / UPLOADS / "mine.md").exists()


def test_a_newer_file_of_the_same_name_takes_its_place(page: CorpusPage, sent: Path, tmp_path: Path) -> None:
    for text in ("Old.", "New."):
        (sent / "x").write_text(text, encoding="utf-8")
        add(page, (sent / "x", "news.md"))
    assert (tmp_path / "index" / UPLOADS / "news.md").read_text(encoding="utf-8") == "New."
    assert page._site.rag.index.article("news").text == "New."


def test_arabic_titles_are_found_whatever_their_spelling() -> None:
    index = ToldRag().index
    index.held["x"] = an_article("نصّ.", "x", title="إطلاق مبادرةٍ في القاهرة", language="ar")
    for search in ("القاهره", "اطلاق مبادره", "القاهرة إطلاق", "x"):
        assert [a.id for a in find_articles(index.articles(), search, "", "")] == ["x"], search
    assert find_articles(index.articles(), "القاهرة دبي", "", "") == []
