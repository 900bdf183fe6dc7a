"""Guards: a question in dialect is read as the standard one, and a standard one stays as it is."""

import json
from pathlib import Path

import pytest

from rag.answer_type import expected_type
from rag.dialect import to_standard

QUESTIONS = Path(__file__).parent.parent / "corpus" / "questions.jsonl"


@pytest.mark.parametrize(
    ("asked", "standard"),
    [
        ("مين أسس الشركة؟", "من أسس الشركة؟"),
        ("شو هي الشركات اللي بتصنعها؟", "ما هي الشركات الذي بتصنعها؟"),
        ("إيش صار؟", "ما صار؟"),
        ("ليش ارتفعت الأسعار؟", "لماذا ارتفعت الأسعار؟"),
        ("وين المصنع، وفين المقر؟", "أين المصنع، وأين المقر؟"),
        ("إزّاي أثرت الأخبار؟", "كيف أثرت الأخبار؟"),
    ],
)
def test_words_of_dialects(asked: str, standard: str) -> None:
    assert to_standard(asked) == standard


@pytest.mark.parametrize(
    ("asked", "kind"), [("قديش كلّف المصنع؟", "money"), ("كام منتخب هيلعب؟", "number"), ("إمتى بدأت الحرب؟", "date")]
)
def test_the_kind_of_thing_asked_for_is_known(asked: str, kind: str) -> None:
    assert expected_type(to_standard(asked)) == kind


def test_standard_questions_stay_as_they_are() -> None:
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["question"]
        assert to_standard(question) == question
