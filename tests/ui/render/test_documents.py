"""Guards: exports carry every quote with its source and nothing that is read as markup; articles show quotes."""

import re

import pytest

from rag.types import Answer, Citation
from tests.fakes import a_passage, an_article
from ui.preferences import Preferences
from ui.render import as_markdown, as_print, render_article, render_frame, render_missing
from ui.render.export import as_text
from ui.strings import Locale
from ui.types import Exchange

PASSAGE = a_passage("طلبت بكين الرقائق.", "وارتفع السهم 5%.", passage_id="ar:0", language="ar", title="بكين *تطلب*")
CITED = tuple(Citation(n, s.text, PASSAGE, s.start, s.end) for n, s in enumerate(PASSAGE.sentences, start=1))
ANSWER = Answer("س؟", "طلبت بكين الرقائق. [1]\nالبند [7] مهم. [2]", "ar", citations=CITED)
TALK = [Exchange("من طلب [الرقائق]؟", ANSWER), Exchange("# two", problem="no *index*"), Exchange("3", stopped=True)]
ARTICLE = an_article("One <b>.\n\nTwo is here.\nThree.", title="Title <i>")


def test_markdown_has_a_footnote_for_each_mark_and_escapes_the_rest() -> None:
    text = as_markdown("عنوان #1", TALK, Locale("ar"))
    assert text.startswith("# عنوان \\#1\n")
    assert "طلبت بكين الرقائق. [^1-1]\n\nالبند \\[7\\] مهم. [^1-2]" in text
    assert "[^1-1]: طلبت بكين الرقائق. — بكين \\*تطلب\\*، Wire، 16 يناير 2026" in text
    assert "## من طلب \\[الرقائق\\]؟" in text
    assert "## \\# two\n\nno \\*index\\*" in text
    assert "توقّف الجواب" in text


@pytest.mark.parametrize(
    ("line", "exported"),
    [
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("12) item", "12\\) item"),
        ("+ item", "\\+ item"),
        ("=== x", "\\=== x"),
        ("    code", "code"),
        ("&copy;", "\\&copy;"),
        ("It rose.  5.2 million", "It rose.  5.2 million"),
    ],
)
def test_a_line_that_markdown_would_read_as_its_own_is_text(line: str, exported: str) -> None:
    text = as_markdown("t", [Exchange("q", Answer("q", f"Before.\n{line}", "en"))], Locale("en"))
    assert f"Before.\n\n{exported}\n" in text


def test_a_figure_after_a_mark_is_no_list() -> None:
    answer = Answer("q", "Rose. [1] 5.2 million", "ar", citations=CITED)
    assert "Rose. [^1-1] 5.2 million" in as_markdown("t", [Exchange("q", answer)], Locale("en"))


def test_a_quote_in_the_other_language_has_its_own_marks() -> None:
    assert "[1] «طلبت بكين الرقائق.» — بكين *تطلب*, Wire, 16 January 2026" in as_text(TALK[0], Locale("en"))
    assert as_text(TALK[1], Locale("en")) == ""


def test_the_printed_page_links_marks_to_footnotes_in_their_own_direction() -> None:
    html = as_print("<t>", TALK, Locale("en"), "/s.css")
    assert '<sup><a href="#note-1-1">1</a></sup>' in html
    assert '<li id="note-1-2"><blockquote lang="ar" dir="rtl">وارتفع السهم 5%.</blockquote>' in html
    assert "&lt;t&gt;" in html
    assert "<script" not in html
    assert "[7]" in html


def test_an_article_shows_the_quote_in_its_place_across_paragraphs() -> None:
    start, end = ARTICLE.text.index("Two"), ARTICLE.text.index("Three") + 3
    html = render_article(ARTICLE, (start, end), Preferences("en"), "/s.css")
    assert '<p><mark id="quote">Two is here.</mark></p><p><mark>Thr</mark>ee.</p>' in html
    assert html.count('id="quote"') == 1
    assert "One &lt;b&gt;." in html
    assert "Title &lt;i&gt;" in html
    assert "16 January 2026" in html


@pytest.mark.parametrize("span", [(0, 0), (-5, 3), (5, 2), (0, 10_000)])
def test_an_impossible_span_highlights_nothing(span: tuple[int, int]) -> None:
    html = render_article(ARTICLE, span, Preferences("en"), "/s.css")
    assert "<mark" not in html
    assert "Two is here." in html


def test_what_is_not_there_says_so_in_the_pages_language() -> None:
    assert "لا توجد محادثة بهذا العنوان." in render_missing("no_such_talk", Preferences("ar"), "/s.css")


def test_the_head_names_the_page_and_tells_the_browser_what_to_keep() -> None:
    html = render_frame("corpus", Preferences("ar", theme="dark"), 'x"y')
    assert '<a href="/corpus" aria-current="page">المقالات</a>' in html
    assert 'lang="ar" dir="rtl" data-theme="dark"' in html
    assert "language=ar&amp;digits=western&amp;theme=dark" in html
    assert 'data-talk="x&quot;y"' in html
    assert 'data-language="en" lang="en"' in html
    assert not re.search("data-do|data-toggle", render_frame(None, Preferences("en")))
