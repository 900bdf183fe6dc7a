"""Guards: what is offered after an abstention is in the asker's language where it can be, and is answered."""

import pytest

from rag.pipeline import Rag
from rag.suggest import suggest_questions
from rag.types import Answer, Hit
from tests.fakes import a_passage


def test_headlines_in_the_askers_language_come_first_and_each_article_once() -> None:
    english = a_passage("Ships left.", title="Ships leave the canal", passage_id="en:0")
    arabic = a_passage("غادرت السفن.", title="السفن تغادر القناة.", passage_id="ar:0", language="ar")
    near = tuple(Hit(rank, 1.0 / rank, passage) for rank, passage in enumerate((english, english, arabic), start=1))
    assert suggest_questions(Answer("سؤال؟", "لا", "ar", True, nearest=near)) == (
        "لخّص ما ورد عن: السفن تغادر القناة",
        "Summarise what was reported on: Ships leave the canal",
    )
    assert suggest_questions(Answer("Question?", "No", "en", True)) == ()


@pytest.mark.parametrize("question", ["من فاز بكأس العالم عام 1998؟", "Who owns the moon?"])
def test_what_is_suggested_is_answered(corpus_rag: Rag, question: str) -> None:
    answer = corpus_rag.ask(question)
    assert answer.abstained
    suggested = suggest_questions(answer)
    assert len(suggested) == 2
    for better in suggested:
        assert not corpus_rag.ask(better).abstained
