"""Guards: the plain form of values is stable, JSON-ready and documented."""

import json

from rag.index_report import Failure, IndexReport
from rag.types import Answer, Citation, Hit, Turn
from tests.fakes import a_passage, an_article

PASSAGE = a_passage("One.", "Two.")


def test_an_answer_has_the_documented_keys() -> None:
    citation = Citation(1, "One.", PASSAGE, 0, 4)
    plain = Answer("q", "One. [1]", "en", False, (citation,), (Hit(1, 2.0, PASSAGE),), "q").to_dict()
    assert list(plain) == [
        "question",
        "text",
        "language",
        "abstained",
        "citations",
        "nearest",
        "searched",
        "confidence",
        "lack",
        "missing",
        "since",
        "until",
        "claims",
        "written_by",
        "failed",
    ]
    assert list(plain["citations"][0]) == ["number", "quote", "start", "end", "passage"]
    assert set(plain["citations"][0]["passage"]) == {
        "id", "article_id", "title", "source", "published", "language", "text", "start", "end",
    }  # fmt: skip
    assert list(plain["nearest"][0]) == ["rank", "score", "confidence", "passage"]
    assert plain["nearest"][0]["passage"]["published"] == "2026-01-16"
    assert json.loads(json.dumps(plain)) == plain


def test_other_values_are_plain_too() -> None:
    report = IndexReport(added=("a",), failed=(Failure("f", "why"),)).to_dict()
    assert report == {
        "added": ["a"], "changed": [], "unchanged": [], "removed": [], "copies": [],
        "failed": [{"source": "f", "reason": "why"}],
    }  # fmt: skip
    assert Turn("user", "x").to_dict() == {"role": "user", "text": "x"}
    assert an_article("x").to_dict()["published"] == "2026-01-16"
