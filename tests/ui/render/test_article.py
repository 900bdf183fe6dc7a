"""Guards: an article's page holds the whole text, its paragraphs, and the quote where it stands."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.fakes import an_article
from ui.preferences import Preferences
from ui.render import render_article, render_missing

TEXT = "One & <two>.\n\nThree is here.\nFour."
ARTICLE = an_article(TEXT, licence="CC BY 4.0")


def shown(html: str) -> str:
    """The article's text as it is read, its paragraphs in lines."""
    body = html.split('<p class="origin"')[1].split("</p>", 1)[1].split("</article>")[0]
    return unescape(re.sub(r"<[^>]+>", "", body.replace("</p><p>", "\n").replace("</p>", "")))


@pytest.mark.parametrize(
    "span", [(0, 3), (0, len(TEXT)), (6, 11), (10, 20), (14, 28), (13, 14), (30, len(TEXT)), (0, 0)]
)
def test_no_highlight_changes_the_text_or_its_paragraphs(span: tuple[int, int]) -> None:
    html = render_article(ARTICLE, span, Preferences("en"), "/s.css")
    assert shown(html) == "One & <two>.\nThree is here.\nFour."
    marked = unescape("\n".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html)))
    assert marked.split() == TEXT[slice(*span)].split()


@pytest.mark.parametrize("span", [(0, 3), (0, len(TEXT)), (10, 20)])
def test_the_way_to_the_quote_leads_to_its_beginning(span: tuple[int, int]) -> None:
    html = render_article(ARTICLE, span, Preferences("en"), "/s.css")
    assert html.count('id="quote"') == 1
    assert html.index("<mark") == html.index('<mark id="quote">')


def test_an_article_runs_in_its_own_direction_and_the_page_in_the_readers() -> None:
    html = render_article(an_article("نصّ.", language="ar"), (0, 0), Preferences("en"), "/s.css")
    assert html.startswith('<!doctype html><html lang="en" dir="ltr">')
    assert '<article lang="ar" dir="rtl">' in html
    assert '<p class="origin" lang="en" dir="ltr">' in html


def test_where_it_comes_from_is_told_as_far_as_it_is_known() -> None:
    facts = "<bdi>Wire</bdi> · <bdi>16 January 2026</bdi> · <bdi>in English</bdi> · <bdi>CC BY 4.0</bdi>"
    assert facts in render_article(ARTICLE, (0, 0), Preferences("en"), "/s.css")
    bare = render_article(an_article("x", published=None, source=""), (0, 0), Preferences("en"), "/s.css")
    assert "<bdi>undated</bdi> · <bdi>in English</bdi></p>" in bare


def test_what_is_missing_leads_back_to_the_chat() -> None:
    html = render_missing("no_such_article", Preferences("ar"), "/s.css")
    assert '<a href="/">إلى المحادثة</a>' in html
    assert '<html lang="ar" dir="rtl">' in html
