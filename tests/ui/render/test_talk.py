"""Guards: each run of text has its own direction, marks are isolated links, and nothing from an article is markup."""

import re
from datetime import date

import pytest

from rag.filter import Filter
from rag.types import Answer, Citation, Hit
from tests.fakes import a_passage
from ui.render import render_empty, render_evidence, render_talk, render_welcome
from ui.strings import Locale
from ui.types import Exchange

AR, EN = Locale("ar"), Locale("en")

ARABIC = a_passage("طلبت بكين الرقائق.", "وارتفع السهم 5%.", passage_id="ar:0", language="ar", title="بكين تطلب")
ENGLISH = a_passage("Beijing asked.", "Shares rose.", passage_id="en:0")


def an_answer(text: str, *citations: Citation, language: str = "ar", **fields: object) -> Answer:
    return Answer("سؤال؟", text, language, citations=citations, **fields)  # type: ignore[arg-type]


def cite(number: int, passage: object, sentence: int) -> Citation:
    s = passage.sentences[sentence]  # type: ignore[attr-defined]
    return Citation(number, s.text, passage, s.start, s.end)  # type: ignore[arg-type]


def test_an_arabic_answer_runs_right_to_left_with_isolated_marks() -> None:
    answer = an_answer("طلبت بكين الرقائق. [1] وارتفع السهم 5%. [2]", cite(1, ARABIC, 0), cite(2, ARABIC, 1))
    html = render_talk([Exchange("سؤال؟", answer)], EN)
    assert '<p lang="ar" dir="rtl">طلبت بكين' in html
    assert '<span class="marks"><a class="mark" href="#quote-1-1" data-turn="1" aria-describedby="quote-1-1" ' in html
    assert html.count('class="marks"') == 2
    assert "[1]" not in re.sub(r'data-copy="[^"]*"', "", html)


def test_marks_side_by_side_are_one_group() -> None:
    answer = an_answer("قيل ذلك. [1][2]", cite(1, ARABIC, 0), cite(2, ARABIC, 1))
    html = render_talk([Exchange("سؤال؟", answer)], AR)
    assert html.count('class="marks"') == 1
    assert html.count('class="mark"') == 2


def test_a_quote_in_the_other_language_has_its_own_direction() -> None:
    answer = an_answer("الجواب في مقال بالإنجليزية، ونصّه:\n“Shares rose.” [1]", cite(1, ENGLISH, 1))
    html = render_talk([Exchange("سؤال؟", answer)], AR)
    assert '<p class="quoted" lang="en" dir="ltr">“Shares rose.”' in html
    assert '<p lang="ar" dir="rtl">الجواب' in html


def test_the_quote_is_highlighted_in_its_passage() -> None:
    answer = an_answer("وارتفع السهم 5%. [1]", cite(1, ARABIC, 1))
    html = render_evidence([Exchange("سؤال؟", answer)], EN)
    assert 'طلبت بكين الرقائق. <mark id="quote-1-1" tabindex="-1">وارتفع السهم 5%.</mark></p>' in html
    assert '<h3 lang="ar" dir="rtl">بكين تطلب</h3>' in html
    assert "<bdi>Wire</bdi> · <bdi>16 January 2026</bdi> · <bdi>in Arabic</bdi>" in html


def test_quotes_of_one_passage_share_its_card() -> None:
    answer = an_answer("وارتفع السهم 5%. [1] طلبت بكين الرقائق. [2]", cite(1, ARABIC, 1), cite(2, ARABIC, 0))
    html = render_evidence([Exchange("سؤال؟", answer)], AR)
    assert html.count("<article") == 1
    assert re.findall(r"quote-1-(\d)", html) == ["2", "1"]
    assert "<span>1</span><span>2</span>" in html


def test_overlapping_quotes_lose_nothing() -> None:
    whole = Citation(1, ARABIC.text, ARABIC, 0, ARABIC.end)
    html = render_evidence([Exchange("سؤال؟", an_answer("[1][2]", whole, cite(2, ARABIC, 1)))], AR)
    body = re.findall(r'class="passage"[^>]*>(.*?)</p>', html)[0]
    assert re.sub(r"<[^>]+>", "", body) == ARABIC.text


def test_every_mark_has_a_target_even_where_two_quote_the_same_sentence() -> None:
    answer = an_answer("قيل [1] وقيل [2].", cite(1, ARABIC, 1), cite(2, ARABIC, 1))
    html = render_evidence([Exchange("سؤال؟", answer)], AR)
    assert re.findall(r'id="quote-1-(\d)"', html) == ["1", "2"]
    assert ">وارتفع السهم 5%.</mark></mark></p>" in html


def test_quotes_that_overlap_in_part_are_both_highlighted_whole() -> None:
    passage = a_passage("One.", "Two.", "Three.", "Four.")
    first = Citation(1, "One. Two.", passage, 0, 9)
    second = Citation(2, "Two. Three.", passage, 5, 16)
    html = render_evidence([Exchange("q", an_answer("[1][2]", first, second))], EN)
    assert (
        '<mark id="quote-1-1" tabindex="-1">One. <mark id="quote-1-2" tabindex="-1">Two.</mark></mark>'
        '<mark tabindex="-1"> Three.</mark> Four.</p>'
    ) in html


def test_numbers_in_brackets_without_a_citation_are_text() -> None:
    html = render_talk([Exchange("سؤال؟", an_answer("البند [7] مهم. [1]", cite(1, ARABIC, 0)))], AR)
    assert html.count('class="mark"') == 1
    assert '<span class="marks">[7]</span> مهم.' in html
    assert 'class="mark"' not in render_talk([Exchange("سؤال؟", an_answer("نصّ ينمو. [1]"))], AR)


def test_an_abstention_looks_different_and_shows_what_came_nearest() -> None:
    answer = an_answer("لا جواب.", abstained=True, nearest=(Hit(1, 1.0, ENGLISH),))
    talk = [Exchange("سؤال؟", answer)]
    assert 'class="turn answer abstained"' in render_talk(talk, AR)
    html = render_evidence(talk, AR)
    assert "أقرب ما وُجد" in html
    assert "<mark" not in html
    assert "Beijing asked." in html


def test_only_the_last_answers_evidence_is_shown() -> None:
    answer = an_answer("وارتفع السهم 5%. [1]", cite(1, ARABIC, 1))
    html = render_evidence([Exchange("1", answer), Exchange("2", answer), Exchange("3", problem="x")], AR)
    assert re.findall(r'class="evidence( current)?" data-turn="(\d)"', html) == [("", "1"), (" current", "2")]


def test_what_was_searched_is_told_when_it_differs() -> None:
    assert "Asked as: <bdi>كامل</bdi>" in render_talk([Exchange("و؟", an_answer("نص", searched="كامل"))], EN)
    assert "Asked as" not in render_talk([Exchange("سؤال؟", an_answer("نص", searched="سؤال؟"))], EN)


def test_waiting_and_problems() -> None:
    assert "waiting" in render_talk([Exchange("سؤال؟")], AR)
    assert '<div class="turn problem" role="alert"><p dir="auto">no index</p>' in render_talk(
        [Exchange("سؤال؟", problem="no index")], AR
    )


def test_a_line_where_nothing_was_asked_stands_alone() -> None:
    html = render_talk([Exchange("", problem="اكتب سؤالًا أولًا.")], AR)
    assert "asked" not in html
    assert "اكتب سؤالًا أولًا." in html


def test_before_the_first_question() -> None:
    assert "تظهر هنا" in render_evidence([], AR)
    assert 'aria-live="polite"' in render_talk([], EN)
    welcome = render_welcome(AR, "في الفهرس مقالان.", [("en", "Who said <b>?")])
    assert 'data-question="Who said &lt;b&gt;?"' in welcome
    assert welcome in render_talk([], AR, welcome=welcome)
    assert welcome not in render_talk([Exchange("q")], AR, welcome=welcome)
    assert 'href="/corpus"' in render_empty(EN)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</p></section><b>"]
)
def test_nothing_from_outside_becomes_markup(hostile: str) -> None:
    passage = a_passage(hostile, title=hostile, source=hostile)
    quoted = Citation(1, hostile, passage, 0, len(hostile))
    answer = Answer(hostile, f"{hostile} [1]", "en", False, (quoted,), (Hit(1, 1.0, passage),), hostile + "x")
    near = Answer(hostile, hostile, "en", True, (), (Hit(1, 1.0, passage),), hostile)
    only = Filter(source=hostile)
    talk = [Exchange(hostile, answer, only=only), Exchange(hostile, near), Exchange(hostile, problem=hostile)]
    html = render_talk(talk, EN) + render_evidence(talk, EN)
    assert hostile not in html
    assert "<script" not in html
    assert "<img" not in html
    tags = re.findall(r"<(\w+)", html)
    assert set(tags) <= {
        "section", "div", "span", "p", "bdi", "a", "strong", "h2", "h3", "article", "mark", "button", "ul", "li",
    }  # fmt: skip


def test_a_claim_without_support_stands_out() -> None:
    answer = an_answer("باعت الشركة ألف رقاقة. [بلا سند]", written_by="ollama:<b>")
    shown = render_talk([Exchange("س؟", answer)], AR)
    assert '<span class="unsupported">بلا سند</span>' in shown
    assert "صاغ الجوابَ <bdi>ollama:&lt;b&gt;</bdi>" in shown


def test_why_articles_are_quoted_and_which_days_were_searched_is_told() -> None:
    answer = an_answer("Text.", failed="timeout", since=date(2026, 1, 1))
    shown = render_talk([Exchange("q?", answer)], EN)
    assert "The language model took too long; this is what the articles say, word for word." in shown
    assert "Articles since 1 January 2026" in shown


def test_the_last_answer_can_be_asked_again_and_its_question_edited() -> None:
    talk = [Exchange(number, an_answer("نص [1]", cite(1, ARABIC, 0))) for number in ("1", "2")]
    html = render_talk(talk, EN)
    assert html.count('data-do="retry"') == 1
    assert html.index('data-do="edit"') > html.index('id="turn-1"')
    assert "data-do" not in render_talk(talk[1:], EN, growing=True)
    assert html.count("data-do") == render_talk([*talk, Exchange("", problem="empty")], EN).count("data-do")


def test_there_is_nothing_to_judge_in_a_greeting() -> None:
    assert 'data-do="like"' not in render_talk([Exchange("hello", an_answer("أهلًا بك!"))], EN)


def test_a_growing_talk_is_not_read_aloud_yet() -> None:
    assert 'aria-busy="true"' in render_talk([Exchange("1")], EN, growing=True)
    assert 'aria-busy="false"' in render_talk([Exchange("1", an_answer("نص"))], EN)


def test_what_was_said_of_an_answer_is_shown_with_its_note() -> None:
    answer = an_answer("نص [1]", cite(1, ARABIC, 0))
    html = render_talk([Exchange("1", answer, liked=False, note='"<b>')], EN)
    assert 'data-value="0" aria-pressed="true"' in html
    assert 'data-value="1" aria-pressed="false"' in html
    assert 'value="&quot;&lt;b&gt;"' in html
    assert "note-form" not in render_talk([Exchange("1", answer)], EN)


def test_how_an_answer_came_about_is_told_and_never_as_certain() -> None:
    answer = an_answer("وارتفع السهم 5%. [1]", cite(1, ARABIC, 1), confidence=0.9999)
    html = render_talk([Exchange("1", answer, seconds=0.12)], Locale("ar", "arabic"))
    assert "منقول من المقالات بنصّه · الثقة بأن الجواب فيها: ٩٩٪ · في ٠٫١\u00a0ث" in html
    assert ">١</a>" in html
    assert "5%" in html, "an article's own digits stay"


def test_an_answer_that_was_stopped_says_so() -> None:
    assert "This stopped" in render_talk([Exchange("1", an_answer("نص"), stopped=True)], EN)
    assert "This stopped" in render_talk([Exchange("1", stopped=True)], EN)


def test_an_abstention_offers_questions_and_says_what_is_missing() -> None:
    answer = an_answer("لا.", abstained=True, lack="kind", nearest=(Hit(1, 1.0, ENGLISH),))
    html = render_talk([Exchange("1", answer)], AR)
    assert "وليس فيها ما سألت عنه بعينه" in html
    assert f'data-question="Summarise what was reported on: {ENGLISH.title}"' in html


def test_who_carried_a_story_is_told_and_what_else_was_found_is_folded() -> None:
    shared = Citation(1, ENGLISH.sentences[0].text, ENGLISH, 0, ENGLISH.sentences[0].end, ("Wire", "Daily", "<b>"))
    answer = an_answer("[1]", shared, nearest=(Hit(1, 1.0, ENGLISH), Hit(2, 0.5, ARABIC)))
    html = render_evidence([Exchange("1", answer)], AR)
    assert "نشرته 3 مصادر: <bdi>Wire</bdi>، <bdi>Daily</bdi>، <bdi>&lt;b&gt;</bdi>" in html
    assert "<summary>ووُجد مقطع آخر</summary>" in html
    assert html.count("<h3") == 2
    assert '/article/en?start=0&amp;end=14#quote"' in html


def test_nothing_near_says_so() -> None:
    assert "لم يُعثر على شيء قريب" in render_evidence([Exchange("1", an_answer("لا.", abstained=True))], AR)
