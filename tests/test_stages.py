"""Guards: each stage of a question is told once it is over, and what came of it, whoever answers and whoever leaves."""

import time
from collections.abc import Iterator

import pytest

from rag.pipeline import Rag
from rag.stages import heard, timed_items
from rag.types import Answer


class Heard:
    def __init__(self) -> None:
        self.stages: list[str] = []
        self.seconds: dict[str, float] = {}
        self.answers: list[Answer] = []
        self.errors: list[BaseException] = []

    def asked(self) -> "Heard":
        return self

    def took(self, stage: str, seconds: float) -> None:
        self.stages.append(stage)
        self.seconds[stage] = seconds

    def answered(self, answer: Answer) -> None:
        self.answers.append(answer)

    def failed(self, error: BaseException) -> None:
        self.errors.append(error)


def test_a_question_is_told_by_stage(rag: Rag) -> None:
    listener = Heard()
    rag.listeners.add(listener)
    answer = rag.ask("What did Beijing tell firms to prepare?")
    assert listener.stages == ["rewrite", "retrieve", "judge", "read", "answer"]
    assert listener.answers == [answer]
    assert answer.citations
    assert not listener.errors
    assert sum(listener.seconds[stage] for stage in listener.stages[:-1]) <= listener.seconds["answer"]

    assert rag.ask("Who won the chess championship of 1972?").abstained
    assert listener.answers[-1].abstained
    rag.search("canal")
    assert listener.stages[-1] == "retrieve", "a search is no question"
    assert len(listener.answers) == 2

    rag.warm_up()
    assert len(listener.answers) == 2, "nobody asked"


def test_two_listen_at_once_and_each_question_has_its_own(rag: Rag) -> None:
    """Answers grow by turns, in whichever thread asks for more: a stage still belongs to its own question."""
    questions: list[Heard] = []

    class Parted(Heard):
        def asked(self) -> Heard:
            questions.append(Heard())
            return questions[-1]

    together, parted = Heard(), Parted()
    rag.listeners.add(together)
    rag.listeners.add(parted)
    first, second = rag.stream("What did Beijing tell firms to prepare?"), rag.stream("When did ships leave the canal?")
    answers = [next(first), next(second)]
    answers = [[*grown, *rest][-1] for grown, rest in zip([answers[:1], answers[1:]], [first, second], strict=True)]
    assert [listener.answers for listener in questions] == [[answer] for answer in answers]
    assert together.answers == answers
    assert all(listener.stages[-1] == "answer" for listener in questions)
    assert sorted(together.stages) == sorted(questions[0].stages + questions[1].stages)
    assert not parted.stages


def test_a_wrong_call_is_no_question(rag: Rag) -> None:
    listener = Heard()
    rag.listeners.add(listener)
    with pytest.raises(ValueError, match="empty"):
        rag.ask(" ")
    assert not listener.errors


def test_who_leaves_is_told_apart_from_what_fails() -> None:
    def answers(error: Exception | None = None) -> Iterator[Answer]:
        yield Answer("q", "first", "en")
        if error:
            raise error
        yield Answer("q", "second", "en")

    listener = Heard()
    left = heard(listener, answers())
    next(left)
    left.close()
    assert [type(error) for error in listener.errors] == [GeneratorExit]
    assert listener.stages == ["answer"]

    with pytest.raises(RuntimeError, match="broken"):
        list(heard(listener, answers(RuntimeError("broken"))))
    assert [type(error) for error in listener.errors] == [GeneratorExit, RuntimeError]
    assert not listener.answers


def test_only_the_making_of_items_counts() -> None:
    listener = Heard()
    for _ in timed_items(listener, "read", iter([1, 2, 3])):
        time.sleep(0.02)
    assert listener.seconds["read"] < 0.02
