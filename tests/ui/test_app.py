"""Guards: what the page does with a question, without a browser."""

import socket
from collections.abc import Iterator, Sequence

import pytest

from rag.errors import IndexStateError, SanadError
from rag.pipeline import Rag
from rag.types import Answer, Turn
from ui.app import _answer, build_app, serve
from ui.render import Exchange


class Recording:
    """A Rag that says what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.history: Sequence[Turn] = ()

    def stream(self, question: str, history: Sequence[Turn] = (), **_: object) -> Iterator[Answer]:
        self.history = history
        yield Answer(question, "first", "en")
        if self.error:
            raise self.error
        yield Answer(question, "first second", "en")


def ask(rag: Recording, question: str, earlier: Sequence[Exchange] = ()) -> list[tuple[list[Exchange], str]]:
    return list(_answer(rag, question, list(earlier), "en"))  # type: ignore[arg-type]


def test_the_answer_grows_and_the_box_is_emptied() -> None:
    steps = ask(Recording(), "q")
    assert [talk[-1].answer and talk[-1].answer.text for talk, _ in steps] == [None, "first", "first second"]
    assert {box for _, box in steps} == {""}


def test_earlier_turns_are_its_history() -> None:
    rag = Recording()
    earlier = [Exchange("one", Answer("one", "said", "en")), Exchange("two", problem="failed")]
    [*_, (talk, _)] = ask(rag, "three", earlier)
    assert rag.history == [Turn("user", "one"), Turn("assistant", "said")]
    assert len(talk) == 3


def test_an_empty_question_gets_a_line_that_goes_with_the_next_question() -> None:
    rag = Recording()
    [(talk, _)] = ask(rag, "  ")
    assert talk == [Exchange("", problem="Write a question first.")]
    [*_, (talk, _)] = ask(rag, "q", talk)
    assert [exchange.question for exchange in talk] == ["q"]


def test_a_question_that_is_too_long_is_kept_to_be_shortened() -> None:
    [(talk, box)] = ask(Recording(), "x" * 5000)
    assert "4,000 characters" in talk[0].problem
    assert len(talk[0].question) < 300
    assert box == "x" * 5000


def test_an_error_is_one_line_in_the_talk_and_the_question_stays() -> None:
    [*_, (talk, box)] = ask(Recording(IndexStateError("no index: run sanad index")), "q")
    assert talk[0].problem == "no index: run sanad index"
    assert box == "q"


def test_an_unforeseen_error_takes_half_an_answer_back_and_tells_no_secrets() -> None:
    [*_, (talk, box)] = ask(Recording(RuntimeError("/secret/path")), "q")
    assert talk[0].answer is None
    assert "not finished" in talk[0].problem
    assert "secret" not in talk[0].problem
    assert box == "q"


def test_a_taken_port_is_said_before_anything_starts(rag: Rag) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SanadError, match=r"port \d+ is in use.*--port"):
            serve(rag, "127.0.0.1", taken.getsockname()[1], on_ready=print)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_page_is_built(rag: Rag) -> None:
    assert build_app(rag).title == "Sanad · سند"
