"""Guards: of a saved page the article is taken, whole and alone, with its title and its day."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.clean import clean
from rag.load import load_article
from tests.load.documents import page
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


SAVED = sorted((Path(__file__).parent.parent / "data" / "pages").glob("*.html"))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_pages_with_all_that_sites_put_on_them(path: Path) -> None:
    """Fourteen pages, half of them Arabic, made by someone who had not seen how they would be read."""
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article = load_article(path)
    assert f1(article.text, expected["body"]) >= 0.95
    assert (article.title, article.language) == (expected["title"], expected["language"])
    assert (str(article.published), article.dated_by != "file") == (expected["published"], True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Comments made by the minister on Monday were met with laughter in the house.",
        "Related claims were dismissed by the court last year.",
        "شارك مئتا متطوع في حملة لتنظيف الشاطئ نظّمتها البلدية.",
        "إعلان الحكومة عن الميزانية تأخّر أسبوعين كاملين هذا العام.",
    ],
)
def test_a_sentence_is_no_label(tmp_path: Path, sentence: str) -> None:
    """A sentence that begins like the label of a box is a sentence of the article."""
    arabic = sentence[0] > "z"
    story = stories("ar" if arabic else "en")[3]
    body = "".join(f"<p>{p}</p>" for p in (*story.paragraphs[:3], sentence, *story.paragraphs[3:]))
    path = tmp_path / "x.html"
    path.write_text(page(body, title=story.title), encoding="utf-8")
    text = load_article(path).text
    assert sentence in text
    assert story.paragraphs[-1] in text
