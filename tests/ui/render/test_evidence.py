"""Guards: each mark of an answer has its quote among the evidence, and each passage leads to its article."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.types import Answer, Citation, Hit, Passage
from tests.fakes import a_passage
from ui.render import render_evidence, render_talk
from ui.strings import Locale
from ui.types import Exchange

AR, EN = Locale("ar"), Locale("en")
ENGLISH = a_passage("Beijing asked.", "Shares rose.", passage_id="en:0")
ARABIC = a_passage("طلبت بكين الرقائق.", "وارتفع السهم 5%.", passage_id="ar:0", language="ar")


def cite(number: int, passage: Passage, sentence: int, *sources: str) -> Citation:
    s = passage.sentences[sentence]
    return Citation(number, s.text, passage, s.start, s.end, sources)


def test_every_mark_of_a_talk_leads_to_a_quote() -> None:
    first = Answer("q", "Asked. [1] Rose. [2]", "en", citations=(cite(1, ENGLISH, 0), cite(2, ARABIC, 1)))
    second = Answer("q", "Rose. [1]", "en", citations=(cite(1, ENGLISH, 1),))
    talk = [Exchange("q", first), Exchange("q", problem="no index"), Exchange("q", second)]
    marks = re.findall(r'href="#(quote-[\d-]+)"', render_talk(talk, EN))
    assert marks == ["quote-1-1", "quote-1-2", "quote-3-1"]
    evidence = render_evidence(talk, EN)
    assert re.findall(r'id="(quote-[\d-]+)"', evidence) == marks
    turns = re.findall(r'id="(turn-\d+)"', render_talk(talk, EN))
    assert set(re.findall(r'class="back" href="#([^"]*)"', evidence)) == set(turns)


def test_a_greeting_rests_on_nothing() -> None:
    html = render_evidence([Exchange("hi", Answer("hi", "Hello.", "en"))], EN)
    assert "appear here" in html
    assert "<section" not in html


def test_an_article_is_named_in_its_address_whatever_its_id() -> None:
    passage = a_passage("Later.", passage_id="a b/c:1")
    html = render_evidence([Exchange("q", Answer("q", "[1]", "en", citations=(cite(1, passage, 0),)))], EN)
    assert 'href="/article/a%20b%2Fc?start=0&amp;end=6#quote"' in html


def test_who_carried_a_story_is_told_only_where_there_are_several() -> None:
    for sources, told in ((("Wire",), False), (("Wire", "Daily"), True), ((), False)):
        answer = Answer("q", "[1]", "en", citations=(cite(1, ENGLISH, 0, *sources),))
        html = render_evidence([Exchange("q", answer)], EN)
        assert ("Carried by" in html) is told
        assert ("2 sources: <bdi>Wire</bdi>, <bdi>Daily</bdi>" in html) is told


def test_what_is_cited_is_not_also_found() -> None:
    answer = Answer("q", "[1]", "en", citations=(cite(1, ENGLISH, 0),), nearest=(Hit(1, 1.0, ENGLISH),))
    html = render_evidence([Exchange("q", answer)], EN)
    assert html.count("<article") == 1
    assert "<details" not in html


def test_numbers_are_in_the_pages_digits_and_quotes_in_their_own() -> None:
    answer = Answer("q", "[1]", "ar", citations=(cite(1, ARABIC, 1),))
    html = render_evidence([Exchange("q", answer)], Locale("ar", "arabic"))
    assert "<span>١</span>" in html
    assert "السهم 5%." in html
    assert "١٦ يناير ٢٠٢٦" in html


def test_a_passage_in_an_article_keeps_its_quotes_place() -> None:
    """Spans count from the beginning of the article, which is not that of the passage."""
    at = 100
    passage = a_passage("Beijing asked.", "Shares rose.")
    moved = replace(passage, start=at, end=at + len(passage.text))
    citation = Citation(1, "Shares rose.", moved, at + 15, at + 27)
    html = render_evidence([Exchange("q", Answer("q", "[1]", "en", citations=(citation,)))], EN)
    assert 'Beijing asked. <mark id="quote-1-1" tabindex="-1">Shares rose.</mark></p>' in html
    assert "?start=115&amp;end=127#quote" in html
