"""Guards: of a saved page the article is taken, whole and alone, with its title and its day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.clean import clean
from rag.load import load_article
from tests.load.layouts import LAYOUTS, MENU, WORDS, Story

CORPUS = Path(__file__).parent.parent.parent / "corpus" / "articles"
AUTHORS = {"ar": "سلمى عوّاد", "en": "Mona Haddad"}
SITES = {"ar": "صحيفة الميناء", "en": "The Harbour Post"}


def stories(language: str) -> list[Story]:
    found = []
    for path in sorted((CORPUS / language).glob("*.md")):
        article = load_article(path)
        paragraphs = tuple(p for p in clean(article.text).split("\n\n") if p)
        assert article.published
        found.append(Story(article.title, paragraphs, article.published, language, SITES[language], AUTHORS[language]))
    return found


def f1(found: str, expected: str) -> float:
    one, other = Counter(re.findall(r"\w+", found)), Counter(re.findall(r"\w+", expected))
    return 2 * (one & other).total() / (one.total() + other.total())


@pytest.mark.parametrize(
    "number", range(len(LAYOUTS)), ids=[f"{n}-{f.__name__}-{lang}" for n, (f, lang) in enumerate(LAYOUTS)]
)
def test_the_article_is_taken_and_nothing_else(tmp_path: Path, number: int) -> None:
    layout: Callable[[Story], str]
    layout, language = LAYOUTS[number]
    every = stories(language)
    story = every[number % len(every)]
    encoding = "windows-1256" if layout.__name__ == "tables_of_2008" else "utf-8"
    path = tmp_path / "page.html"
    path.write_bytes(layout(story).encode(encoding, errors="xmlcharrefreplace"))
    article = load_article(path)
    assert f1(article.text, "\n".join(story.paragraphs)) >= 0.95
    assert article.title == story.title
    assert (article.published, article.dated_by != "file") == (story.published, True)
    assert article.language == language
    lines = article.text.split("\n")
    assert not {*MENU[language], *WORDS[language].values()} & set(lines)
    if layout.__name__ in ("wordpress", "next_app", "broadsheet", "magazine"):
        assert article.author == story.author
