"""Guards: near-identical copies take one place, others keep theirs, and the newest comes first only where asked."""

from datetime import date
from typing import NamedTuple

import pytest

from rag.arrange import asks_for_latest, merge_copies, newest_first
from rag.types import Hit
from tests.fakes import a_passage

STORY = "Beijing told firms to prepare orders for the H200 chip, people who know of the talks said on Friday."


def hit(text: str, article: str, score: float, **fields: object) -> Hit:
    return Hit(0, score, a_passage(text, passage_id=f"{article}:0", **fields))


def test_copies_take_one_place_and_are_named() -> None:
    hits = [
        hit(STORY, "a", 2.0, source="Wire"),
        hit("The canal was closed for a week by a ship that ran aground there.", "b", 1.9),
        hit(STORY.replace("on Friday", "last Friday"), "c", 1.8, source="Daily"),
        hit("Water is scarce in the summer in most of the cities on the coast.", "d", 1.7),
    ]
    merged = merge_copies(hits, 3)
    assert [(h.rank, h.passage.article_id) for h in merged] == [(1, "a"), (2, "b"), (3, "d")]
    assert [copy.article_id for copy in merged[0].copies] == ["c"]
    assert merged[0].sources == ("Wire", "Daily")
    assert merged[0].to_dict()["copies"] == ["c"]
    assert "copies" not in merged[1].to_dict()


def test_passages_of_one_article_and_longer_ones_are_no_copies() -> None:
    longer = STORY + " The shares of three makers rose, and lawmakers in Washington asked for hearings on the rules."
    hits = [hit(STORY, "a", 2.0), Hit(0, 1.9, a_passage(STORY, passage_id="a:1")), hit(longer, "b", 1.8)]
    assert [len(h.copies) for h in merge_copies(hits, 9)] == [0, 0, 0]


def test_no_more_than_k_are_returned() -> None:
    assert [h.passage.article_id for h in merge_copies([hit(f"Text {n}.", str(n), 2 - n) for n in range(5)], 2)] == [
        "0",
        "1",
    ]
    assert merge_copies([], 3) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ما آخر أخبار القناة؟", True),
        ("ما هي آخر التطورات؟", True),
        ("آخر أخبار H200", True),
        ("ما أحدث رقاقة؟", True),
        ("ما مستجدات الملف؟", True),
        ("What is the latest on the canal?", True),
        ("the most recent figure", True),
        ("هل ذكر مسؤول آخر ذلك؟", False),
        ("What happened later?", False),
    ],
)
def test_the_latest_is_asked_for(question: str, expected: bool) -> None:
    assert asks_for_latest(question) is expected


class Found(NamedTuple):
    name: str
    score: float
    published: date | None


def test_the_newest_of_the_good_comes_first() -> None:
    found = [
        Found("old", 2.0, date(2024, 1, 1)),
        Found("new", 1.9, date(2026, 1, 1)),
        Found("undated", 1.8, None),
        Found("on something else", 0.5, date(2026, 6, 1)),
    ]
    assert [one.name for one in newest_first(found)] == ["new", "old", "undated", "on something else"]
    assert newest_first([]) == []
