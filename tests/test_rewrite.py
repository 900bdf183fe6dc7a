"""Guards: a follow-up is searched with the question it leans on, and a full question is left alone."""

import pytest

from rag.rewrite import rewrite_question
from rag.types import Turn

ARABIC = (Turn("user", "ما الشركات التي طلبت منها بكين شراء رقائق H200؟"), Turn("assistant", "علي بابا وتينسنت. [1]"))
ENGLISH = (Turn("user", "Which campus will the Emirates build in Abu Dhabi?"), Turn("assistant", "A large one. [1]"))


@pytest.mark.parametrize("question", ["ومتى؟", "وكم عددها؟", "متى حدث ذلك؟", "ومن أعلن ذلك؟", "لماذا؟", "وأين؟"])
def test_arabic_follow_ups(question: str) -> None:
    assert rewrite_question(question, ARABIC) == f"{ARABIC[0].text} {question}"


@pytest.mark.parametrize(
    "question", ["and how many?", "Who runs it?", "When?", "What about its size?", "why was that?"]
)
def test_english_follow_ups(question: str) -> None:
    assert rewrite_question(question, ENGLISH) == f"{ENGLISH[0].text} {question}"


@pytest.mark.parametrize(
    ("question", "history"),
    [
        pytest.param("كم منتخبًا يشارك في كأس العالم 2026؟", ARABIC, id="arabic"),
        pytest.param("How deep is the Suez canal?", ENGLISH, id="english"),
        pytest.param("ومتى؟", (), id="no history"),
        pytest.param("ومتى؟", (Turn("user", "وأين؟"),), id="nothing to lean on"),
    ],
)
def test_what_stands_alone_is_left_alone(question: str, history: tuple[Turn, ...]) -> None:
    assert rewrite_question(question, history) == question


def test_a_chain_of_follow_ups_goes_back_to_the_full_question() -> None:
    history = (*ARABIC, Turn("user", "ومتى؟"), Turn("assistant", "في يناير. [1]"))
    assert rewrite_question("ولماذا؟", history) == f"{ARABIC[0].text} ولماذا؟"
