"""Guards: what the pages share (`ui.site`): errors in the interface's words, a list of articles that is never old."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rag.errors import IndexBusyError, IndexStateError, SourceError
from rag.settings import Settings
from rag.summary import ArticleSummary
from rag.types import Answer, Citation
from tests.fakes import a_passage, an_article
from tests.ui.stand_ins import ToldRag, a_site
from ui.page import preferences_of, visitor_of
from ui.people import Person
from ui.preferences import COOKIE
from ui.render import render_talk
from ui.site import Site, explain
from ui.strings import Locale
from ui.types import Exchange


def test_an_error_that_is_foreseen_says_itself() -> None:
    assert explain(SourceError("a.md: not a text file"), Locale("ar")) == "a.md: not a text file"
    assert explain(ValueError("no article has the id 'x'"), Locale("en")) == "no article has the id 'x'"


@pytest.mark.parametrize(("language", "words"), [("ar", "يُحدَّث الفهرس"), ("en", "The index is being updated")])
def test_a_busy_index_is_told_in_the_interfaces_words(language: Any, words: str) -> None:
    told = explain(IndexBusyError("/secret: process 12 is writing"), Locale(language))
    assert words in told
    assert "secret" not in told


@pytest.mark.parametrize("error", [RuntimeError("/secret"), OSError(13, "denied", "/secret"), KeyError("/secret")])
def test_what_nobody_foresaw_tells_nothing_of_this_machine(error: Exception) -> None:
    assert explain(error, Locale("en")) == "Something unexpected went wrong and it was not finished; try again."


def test_the_articles_are_read_once_until_the_index_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rag = ToldRag(None, "one")
    site, read = a_site(tmp_path, rag), []
    listed = rag.index.articles

    def articles() -> list[ArticleSummary]:
        read.append(rag.index.generation)
        return listed()

    monkeypatch.setattr(rag.index, "articles", articles)
    assert [[a.id for a in site.articles()] for _ in range(3)] == [["one"]] * 3
    assert read == [1]
    rag.index.remove("one")
    assert site.articles() == []
    assert site.articles() == []
    assert read == [1, 2]


def test_an_index_that_failed_is_read_again_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rag = ToldRag(None, "one")
    site = a_site(tmp_path, rag)

    def broken() -> list[ArticleSummary]:
        raise IndexStateError("another version made it")

    with monkeypatch.context() as broken_for_now:
        broken_for_now.setattr(rag.index, "articles", broken)
        with pytest.raises(IndexStateError):
            site.articles()
        assert site.sources() == []
    assert [article.id for article in site.articles()] == ["one"]
    assert site.sources() == ["Wire"]


def test_each_source_is_named_once_in_order(tmp_path: Path) -> None:
    rag = ToldRag()
    for number, source in enumerate(["Wire", "Daily", "", "Wire", "الخليج"]):
        rag.index.held[str(number)] = an_article("Text.", str(number), source=source)
    assert a_site(tmp_path, rag).sources() == ["Daily", "Wire", "الخليج"]


@pytest.mark.parametrize(("model", "name"), [(None, ""), ("ollama:qwen3:8b", "qwen3:8b"), ("openai:gpt-5", "gpt-5")])
def test_a_model_is_named_without_who_serves_it(tmp_path: Path, model: str | None, name: str) -> None:
    assert Site(ToldRag(), Settings(index=tmp_path, model=model)).model == name  # type: ignore[arg-type]


def test_who_opened_a_page_is_known_by_the_cookies() -> None:
    state = SimpleNamespace(person=Person("me"))
    request: Any = SimpleNamespace(state=state, cookies={COOKIE: "theme=dark"}, headers={"accept-language": "en"})
    assert visitor_of(request) == "me"
    assert (preferences_of(request).language, preferences_of(request).theme) == ("en", "dark")
    nobody: Any = SimpleNamespace(state=SimpleNamespace(person=Person()), cookies={}, headers={})
    assert visitor_of(nobody) == ""
    assert preferences_of(nobody).language == "ar"


def test_a_talk_tells_what_changed_since(tmp_path: Path) -> None:
    rag = ToldRag(None, "one", "two", "three")
    site = a_site(tmp_path, rag)
    citations = []
    for number, name in enumerate(("one", "two", "three"), start=1):
        passage = a_passage(f"Text of {name}.", passage_id=f"{name}:0:0", title=f"Title {name}")
        citations.append(Citation(number, passage.text, passage, 0, len(passage.text)))
    answer = Answer("q", "Text [1] [2] [3]", "en", citations=tuple(citations))
    talk = site.talks.save("me", "", [Exchange("q", answer)])
    [kept] = site.read_talk("me", talk)
    assert (kept.changed, kept.gone) == ((), ())
    rag.index.held["two"] = an_article("Corrected.", "two", title="Title two")
    del rag.index.held["three"]
    [kept] = site.read_talk("me", talk)
    assert (kept.changed, kept.gone) == (("Title two",), ("Title three",))
    html = render_talk([kept], Locale("ar"))
    assert "ولم يعد فيه ما نُقل منه: <bdi>Title two</bdi>" in html
    assert "لم يعد في الفهرس مقال يستشهد به هذا الجواب: <bdi>Title three</bdi>" in html
