"""Guards: how the last question is answered (`ui.asking`): what goes along, what is refused, what an error leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import IndexStateError
from rag.filter import Filter
from rag.pipeline import LONGEST_QUESTION
from rag.types import Answer, Turn
from tests.ui.stand_ins import ToldRag, a_site
from ui.asking import View, answer_last, refuse, welcome
from ui.limits import Limits
from ui.preferences import Preferences
from ui.queueing import QuestionQueue
from ui.strings import Locale
from ui.types import Exchange

EN = View(Preferences("en"))
DONE = Exchange("one", Answer("one", "said", "en"), seconds=0.1)
HALF = Exchange("two", Answer("two", "half", "en"))
REFUSED = Exchange("", problem="Write a question first.")


def answer(rag: ToldRag, *exchanges: Exchange, view: View = EN) -> list[Exchange]:
    with QuestionQueue(Limits()).enter("me") as place:
        return list(answer_last(rag, replace(view, exchanges=exchanges), place))  # type: ignore[arg-type]


def test_a_new_question_goes_on_from_all_that_was_asked() -> None:
    view = replace(EN, exchanges=(DONE, REFUSED, HALF))
    assert view.answered == [DONE, HALF]
    assert replace(view, editing=True).answered == [DONE]
    assert replace(EN, editing=True).answered == []


@pytest.mark.parametrize("whole", [(), (DONE,), (REFUSED,), (Exchange("q", problem="no index"),)])
def test_only_what_is_not_finished_can_be_stopped(whole: tuple[Exchange, ...]) -> None:
    view = replace(EN, exchanges=whole)
    assert view.stopped == view


def test_what_is_stopped_keeps_what_it_has() -> None:
    view = replace(EN, exchanges=(DONE, HALF)).stopped
    assert view.exchanges == (DONE, replace(HALF, stopped=True))
    assert view.stopped == view


def test_an_answer_grows_and_its_time_comes_last() -> None:
    grown = answer(ToldRag(), Exchange("q"))
    assert [e.answer and e.answer.text for e in grown] == ["first", "first second", "first second"]
    assert [e.seconds > 0 for e in grown] == [False, False, True]


def test_the_history_holds_only_what_was_answered() -> None:
    rag = ToldRag()
    answer(rag, DONE, Exchange("failed", problem="no index"), Exchange("stopped", stopped=True), HALF, Exchange("q"))
    [(question, history, _)] = rag.asked
    assert question == "q"
    assert history == [
        Turn("user", "one"), Turn("assistant", "said"), Turn("user", "two"), Turn("assistant", "half"),
    ]  # fmt: skip


def test_nothing_is_filtered_or_forced_where_nothing_was_chosen() -> None:
    rag = ToldRag()
    answer(rag, Exchange("q"))
    given = rag.asked[0][2]
    assert given["interface"] == "en"
    assert given["quote"] is False
    assert not any(given[name] for name in ("language", "since", "until", "source"))


def test_the_filter_of_the_page_goes_along() -> None:
    rag = ToldRag()
    answer(rag, Exchange("q"), view=replace(EN, only=Filter("ar", source="Wire")))
    assert (rag.asked[0][2]["language"], rag.asked[0][2]["source"]) == ("ar", "Wire")


def test_an_error_takes_half_an_answer_back_and_is_told_in_one_line() -> None:
    *_, last = answer(ToldRag(IndexStateError("no index: run sanad index")), DONE, Exchange("q"))
    assert (last.question, last.answer, last.problem) == ("q", None, "no index: run sanad index")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_unforeseen_error_tells_no_secrets_in_either_language(language: str) -> None:
    view = View(Preferences(language))  # type: ignore[arg-type]
    *_, last = answer(ToldRag(RuntimeError("/secret/path")), Exchange("q"), view=view)
    assert last.answer is None
    assert last.problem == Locale(language).say("answer_failed")  # type: ignore[arg-type]


@pytest.mark.parametrize("empty", ["", "  ", "\n\t"])
def test_an_empty_question_is_refused_with_a_line(empty: str) -> None:
    assert refuse(empty, EN) == REFUSED


def test_a_question_is_refused_only_when_it_is_too_long_to_be_read() -> None:
    assert refuse("x" * LONGEST_QUESTION, EN) is None
    assert refuse("قَ" * LONGEST_QUESTION, EN) is None, "vowel marks are not counted"
    refused = refuse("x" * (LONGEST_QUESTION + 1), EN)
    assert refused is not None
    assert len(refused.question) < 300
    assert "4,000" in refused.problem
    arabic = refuse("x" * (LONGEST_QUESTION + 1), View(Preferences("ar", "arabic")))
    assert arabic is not None
    assert "٤٬٠٠٠" in arabic.problem


def test_an_index_that_cannot_be_used_is_said_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rag = ToldRag(None, "one")

    def broken() -> None:
        raise IndexStateError("another encoder made the index")

    monkeypatch.setattr(rag.index, "articles", broken)
    html = welcome(a_site(tmp_path, rag), Locale("en"))
    assert 'role="alert"' in html
    assert "another encoder made the index" in html
