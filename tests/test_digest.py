"""Guards: a request for an overview is told from a question, and gets a cited line for each article."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from rag.digest import Request, digest, read_request
from rag.phrases import CANNOT_COUNT, NO_TOPIC
from rag.pipeline import Rag
from rag.types import Hit
from tests.fakes import a_hit, a_passage


@pytest.mark.parametrize(
    ("question", "request_"),
    [
        ("لخّص ما جرى في قناة السويس", Request("summary", "ما جرى في قناة السويس")),
        ("أعطني ملخصًا عن قناة السويس", Request("summary", "قناة السويس")),
        ("Please summarise the news about the canal", Request("summary", "the canal")),
        ("اعرض تسلسلًا زمنيًّا لقيود التصدير", Request("timeline", "لقيود التصدير")),
        ("timeline of the export rules", Request("timeline", "the export rules")),
        ("ما المقالات التي تتناول تحلية المياه", Request("articles", "تحلية المياه")),
        ("List the articles about AI law", Request("articles", "AI law")),
        ("How many articles mention DeepSeek", Request("count", "DeepSeek")),
        ("كم مقالًا يتحدث عن قناة السويس", Request("count", "قناة السويس")),
        ("كم عدد المقالات؟", Request("count", "")),
        ("لخص", Request("summary", "")),
    ],
)
def test_requests(question: str, request_: Request) -> None:
    assert read_request(question) == request_


@pytest.mark.parametrize(
    "question",
    [
        "How many ships crossed the canal?",
        "What is the timeline for the 2034 cup?",
        "Which articles of the law ban it?",
        "What reports did the UN publish?",
        "ما أخبار القناة؟",
        "من لخّص التقرير؟",
        "ما ملخص قرار المحكمة في القضية؟",
    ],
)
def test_questions(question: str) -> None:
    assert read_request(question) is None


def some_hits() -> list[Hit]:
    first = a_passage("Rain fell.", "Ships left the canal.", passage_id="a:0:1", published=date(2026, 1, 16))
    second = a_passage("عبرت السفن القناة.", passage_id="b:0:1", language="ar", published=date(2025, 3, 1), source="")
    third = a_passage("Ships left the canal.", passage_id="c:0:1")
    fourth = a_passage("Prices rose.", passage_id="d:0:1")
    sure = (0.9, 0.8, 0.8, 0.1)
    hits = [a_hit(passage, rank) for rank, passage in enumerate((first, second, third, fourth), 1)]
    return [replace(hit, confidence=confidence) for hit, confidence in zip(hits, sure, strict=True)]


def last(hits: Sequence[Hit], kind: str) -> str:
    *_, draft = digest(hits, kind, "en")  # type: ignore[arg-type]
    return draft


def test_a_line_for_each_article_that_bears_on_it_and_none_twice() -> None:
    assert last(some_hits(), "articles").split("\n") == [
        "• Wire (16 January 2026): Ships left the canal. [1]",
        "• 1 مارس 2025: «عبرت السفن القناة.» [2]",
        "• Wire (16 January 2026): Rain fell. [1]",
    ]


def test_a_timeline_goes_by_day() -> None:
    assert last(some_hits(), "timeline").startswith("• 1 مارس 2025")


def test_articles_are_not_counted_and_it_says_so() -> None:
    assert last(some_hits(), "count").startswith(CANNOT_COUNT["en"])


def test_nothing_that_bears_on_it_gives_nothing() -> None:
    assert list(digest(some_hits()[3:], "summary", "en")) == []


def test_an_overview_is_cited(rag: Rag) -> None:
    answer = rag.ask("Summarise the news about Beijing and H200 orders")
    assert not answer.abstained
    assert answer.searched == "Beijing and H200 orders"
    assert answer.citations[0].quote == "Beijing told firms to prepare H200 orders."
    assert rag.ask("summarise what happened on Mars").abstained
    assert rag.ask("لخّص").text == NO_TOPIC["ar"]


def test_an_overview_keeps_to_its_days(rag: Rag) -> None:
    answer = rag.ask("Summarise the news about the Suez canal this week", as_of=date(2026, 11, 26))
    assert answer.abstained
    assert answer.since == date(2026, 11, 21)
