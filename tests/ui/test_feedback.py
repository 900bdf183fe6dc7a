"""Guards: what is thought of answers becomes a question set that is read as any other, each judgement once."""

from pathlib import Path

from rag.evaluate import read_questions
from rag.types import Answer, Citation
from tests.fakes import a_passage
from ui.feedback import Feedback
from ui.types import Exchange

PASSAGE = a_passage("One.", "Two.")
ANSWER = Answer("q", "One. [1]", "en", citations=(Citation(1, "One.", PASSAGE, 0, 4),), searched="standing alone")


def test_a_helpful_answer_is_a_question_with_its_articles(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "new" / "feedback.jsonl")
    feedback.judge("t-1", Exchange("q", ANSWER, liked=True, note="دقيق"))
    [question] = read_questions(feedback.path).questions
    assert (question.question, question.relevant, question.tags) == ("standing alone", ("a",), ("helpful",))
    assert question.support[0].quote == "One."
    assert "دقيق" in feedback.path.read_text(encoding="utf-8")


def test_one_that_was_not_has_only_its_question(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "feedback.jsonl")
    feedback.judge("t-1", Exchange("q", ANSWER, liked=False))
    [question] = read_questions(feedback.path).questions
    assert (question.answerable, question.relevant, question.tags) == (True, (), ("not-helpful",))


def test_a_helpful_abstention_has_no_answer(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "feedback.jsonl")
    feedback.judge("t-1", Exchange("q", Answer("q", "No.", "en", True), liked=True))
    assert not read_questions(feedback.path).questions[0].answerable


def test_judging_again_replaces_and_taking_back_removes(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "feedback.jsonl")
    feedback.judge("t-1", Exchange("q", ANSWER, liked=True))
    feedback.judge("t-2", Exchange("q", ANSWER, liked=True))
    feedback.judge("t-1", Exchange("q", ANSWER, liked=False))
    assert [q.id for q in read_questions(feedback.path).questions] == ["t-2", "t-1"]
    feedback.judge("t-1", Exchange("q", ANSWER))
    assert [q.id for q in read_questions(feedback.path).questions] == ["t-2"]
