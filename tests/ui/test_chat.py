"""Guards: what the chat (`ui.chat`, `ui.asking`) does with questions, judgements, filters, talks; without a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from rag.errors import IndexBusyError, IndexStateError
from rag.filter import Filter
from rag.settings import Settings
from rag.types import Turn
from tests.ui.stand_ins import ToldRag, a_request, a_site, an_event
from ui.asking import View
from ui.chat import ChatPage
from ui.limits import Limits
from ui.preferences import Preferences
from ui.site import Site
from ui.types import Exchange

EN = View(Preferences("en"))
ME = a_request()


@pytest.fixture
def rag() -> ToldRag:
    return ToldRag()


@pytest.fixture
def page(tmp_path: Path, rag: ToldRag) -> Iterator[ChatPage]:
    with gr.Blocks():
        yield ChatPage(a_site(tmp_path, rag))


def ask(page: ChatPage, question: str, view: View = EN) -> list[dict[Any, Any]]:
    return list(page.ask(question, view, ME))


def view_after(page: ChatPage, steps: list[dict[Any, Any]]) -> View:
    return next(step[page._view] for step in reversed(steps) if page._view in step)  # type: ignore[no-any-return]


def test_the_answer_grows_and_the_box_is_emptied(page: ChatPage) -> None:
    steps = ask(page, "q")
    shown = [step[page._talk] for step in steps]
    assert ["waiting" in html for html in shown] == [True, False, False, False]
    assert "first second" in shown[-1]
    assert steps[0][page._box].value == ""
    assert view_after(page, steps).exchanges[-1].seconds > 0


def test_a_question_is_kept_before_it_is_answered(page: ChatPage) -> None:
    growing = page.ask("q", EN, ME)
    view = next(growing)[page._view]
    assert [exchange.question for exchange in page._site.talks.read("me", view.talk)] == ["q"]


def test_an_answer_that_is_left_is_kept_as_stopped(page: ChatPage) -> None:
    growing = page.ask("q", EN, ME)
    view = next(growing)[page._view]
    next(growing)
    growing.close()  # type: ignore[attr-defined]
    [kept] = page._site.talks.read("me", view.talk)
    assert (kept.stopped, kept.answer and kept.answer.text) == (True, "first")


@pytest.mark.parametrize("leave", ["start_talk", "stop"])
def test_an_answer_is_not_drawn_over_what_is_shown_instead(page: ChatPage, leave: str) -> None:
    """Gradio ends what runs a moment after it has called who shows something else."""
    growing = page.ask("q", EN, ME)
    view = next(growing)[page._view]
    view = next(growing)[page._view]
    with ThreadPoolExecutor(1) as other:
        left = other.submit(getattr(page, leave), view, ME)
        while not view.growth.ended:
            time.sleep(0.01)
        assert not left.done(), "what the page was given has to arrive first"
        assert list(growing) == []
        assert left.result()
    [kept] = page._site.talks.read("me", view.talk)
    assert (kept.stopped, kept.answer and kept.answer.text) == (True, "first")


def test_a_question_whose_server_is_killed_is_kept_as_stopped(page: ChatPage, tmp_path: Path) -> None:
    growing = page.ask("q", EN, ME)
    talk = next(growing)[page._view].talk
    with gr.Blocks():
        after = ChatPage(a_site(tmp_path))
    shown = after.start(a_request(talk=talk))[after._talk]
    assert "This stopped before it was finished." in shown
    assert ">q<" in shown
    growing.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("view", "line"),
    [
        pytest.param(EN, "Many questions from your address are still being answered", id="en"),
        pytest.param(View(Preferences("ar")), "ما زالت أسئلة كثيرة من عنوانك قيد الإجابة", id="ar"),
    ],
)
def test_a_question_that_is_one_too_many_stays_in_the_box(tmp_path: Path, rag: ToldRag, view: View, line: str) -> None:
    with gr.Blocks():
        page = ChatPage(Site(rag, Settings(index=tmp_path), Limits(at_once=1, per_client=1)))  # type: ignore[arg-type]
    with page._site.queue.enter("127.0.0.1"):
        [step] = ask(page, "one more", view)
        [offered] = page.ask_example(view, an_event(question="one more"), ME)
    assert line in step[page._talk]
    assert step[page._box].value == offered[page._box].value == "one more"
    assert rag.asked == []
    assert page._site.talks.find("me") == []
    assert "first second" in ask(page, "one more", view)[-1][page._talk]


def test_a_question_waits_for_its_turn_and_is_told_when_that_takes_too_long(tmp_path: Path, rag: ToldRag) -> None:
    limits = Limits(at_once=1, wait=0.3)
    with gr.Blocks():
        page = ChatPage(Site(rag, Settings(index=tmp_path), limits))  # type: ignore[arg-type]
    with page._site.queue.enter("another"):
        last = ask(page, "mine", EN)[-1]
        assert "The question waited too long for its turn" in last[page._talk]
        assert last[page._box].value == "mine"
        waiting = page.ask("left", EN, ME)
        next(waiting)
        waiting.close()  # type: ignore[attr-defined]
        assert (page._site.queue.running, page._site.queue.waiting) == (1, 0), "who leaves waits no longer"
    assert rag.asked == []


def test_earlier_turns_filters_and_preferences_go_along(page: ChatPage, rag: ToldRag) -> None:
    preferences = Preferences("en", passages=8, reader="quotes")
    view = view_after(page, ask(page, "one", View(preferences, only=Filter("ar", source="Wire"))))
    ask(page, "two", view)
    question, history, given = rag.asked[-1]
    assert (question, history) == ("two", [Turn("user", "one"), Turn("assistant", "first second")])
    assert (given["passages"], given["quote"], given["language"], given["source"]) == (8, True, "ar", "Wire")


def test_an_empty_question_gets_a_line_that_is_not_kept(page: ChatPage) -> None:
    [step] = ask(page, "  ")
    assert "Write a question first." in step[page._talk]
    assert page._view not in step


def test_a_question_that_is_too_long_stays_in_the_box_to_be_shortened(page: ChatPage, rag: ToldRag) -> None:
    [step] = ask(page, "x" * 5000)
    assert "4,000 characters" in step[page._talk]
    assert "x" * 300 not in step[page._talk]
    assert page._box not in step
    assert rag.asked == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (IndexStateError("no index: run sanad index"), "no index: run sanad index"),
        (IndexBusyError("x"), "The index is being updated"),
        (RuntimeError("/secret/path"), "not finished"),
    ],
)
def test_an_error_is_one_line_takes_half_an_answer_back_and_the_question_stays(
    page: ChatPage, rag: ToldRag, error: Exception, line: str
) -> None:
    rag.error = error
    steps = ask(page, "q")
    [exchange] = view_after(page, steps).exchanges
    assert line in exchange.problem
    assert "secret" not in steps[-1][page._talk]
    assert exchange.answer is None
    assert steps[-1][page._box].value == "q"


def test_editing_and_asking_again_replace_the_last_exchange(page: ChatPage) -> None:
    view = view_after(page, ask(page, "two", view_after(page, ask(page, "one"))))
    edited = page.edit(view)
    assert edited[page._box].value == "two"
    view = view_after(page, ask(page, "two, better", edited[page._view]))
    assert [e.question for e in view.exchanges] == ["one", "two, better"]
    view = view_after(page, list(page.retry(view, ME)))
    assert [e.question for e in view.exchanges] == ["one", "two, better"]
    assert not view.editing


def test_what_is_edited_can_be_left_as_it_was(page: ChatPage) -> None:
    view = page.edit(view_after(page, ask(page, "one")))[page._view]
    left = page.leave_unedited(view)
    assert left[page._box].value == ""
    assert [e.question for e in view_after(page, ask(page, "two", left[page._view])).exchanges] == ["one", "two"]


def test_two_tabs_on_one_talk_lose_nothing(page: ChatPage) -> None:
    here = there = view_after(page, ask(page, "one"))
    there = view_after(page, ask(page, "two", there))
    here = view_after(page, ask(page, "three", here))
    assert [e.question for e in here.exchanges] == ["one", "two", "three"]
    page.judge(there, an_event(turn="1", value="1"), ME)
    kept = page._site.talks.read("me", here.talk)
    assert [e.question for e in kept] == ["one", "two", "three"]
    assert [e.liked for e in kept] == [True, None, None]


def test_an_example_is_asked_and_does_not_replace(page: ChatPage) -> None:
    view = replace(view_after(page, ask(page, "one")), editing=True)
    steps = list(page.ask_example(view, an_event(question="example"), ME))
    assert [e.question for e in view_after(page, steps).exchanges] == ["one", "example"]


def test_stop_marks_what_is_not_finished_only(page: ChatPage) -> None:
    done = view_after(page, ask(page, "q"))
    assert not page.stop(done, ME)[page._view].exchanges[-1].stopped
    half = replace(EN, exchanges=(Exchange("q"),))
    assert page.stop(half, ME)[page._view].exchanges[-1].stopped


def test_the_same_judgement_twice_is_taken_back_and_a_note_is_kept(page: ChatPage) -> None:
    view = view_after(page, ask(page, "q"))
    judged = page.judge(view, an_event(turn="1", value="1"), ME)[page._view]
    judged = page.annotate(judged, an_event(turn="1", fields={"note": " good "}), ME)[page._view]
    assert (judged.exchanges[0].liked, judged.exchanges[0].note) == (True, "good")
    assert page._site.talks.read("me", view.talk) == list(judged.exchanges)
    assert "good" in page._site.feedback.path.read_text(encoding="utf-8")
    assert page.judge(judged, an_event(turn="1", value="1"), ME)[page._view].exchanges[0].liked is None
    assert page._site.feedback.path.read_text(encoding="utf-8") == ""


def test_nothing_is_asked_of_a_period_that_ends_before_it_begins(page: ChatPage, rag: ToldRag) -> None:
    fields = {"language": "ar", "source": "", "since": "2026-02-01", "until": "2026-01-01"}
    refused = page.filter(EN, an_event(fields=fields))
    assert "The period begins after its end" in refused[page._filters]
    [step] = ask(page, "q", refused[page._view])
    assert "The period begins after its end" in step[page._talk]
    assert rag.asked == []
    taken = page.filter(EN, an_event(fields=fields | {"until": "nonsense"}))
    assert taken[page._view].only.since is not None
    assert taken[page._view].only.until is None
    assert page.search_all(taken[page._view])[page._view].only == Filter()


def test_the_address_opens_a_talk_and_only_its_visitors(page: ChatPage) -> None:
    talk = view_after(page, ask(page, "q")).talk
    opened = page.start(a_request(talk=talk))
    assert opened[page._view].exchanges[0].question == "q"
    assert f'data-talk="{talk}"' in opened[page._frame]
    refused = page.start(a_request("you", talk=talk))
    assert "There is no such talk." in refused[page._talk]
    assert refused[page._view].talk == ""


def test_a_talk_is_renamed_searched_and_deleted(page: ChatPage) -> None:
    view = view_after(page, ask(page, "q"))
    assert ">new<" in page.rename_talk(view, an_event(talk=view.talk, fields={"title": "new"}), ME)[page._talks]
    found = page.search_talks(view, an_event(fields={"search": "nothing like it"}), ME)
    assert "No talk holds" in found[page._talks]
    gone = page.delete_talk(view, an_event(talk=view.talk), ME)
    assert gone[page._view].exchanges == ()
    assert page._site.talks.find("me") == []


def test_the_language_is_switched_and_what_is_being_written_stays(page: ChatPage) -> None:
    view = view_after(page, ask(page, "q"))
    shown = page.switch(view, an_event(language="ar"), ME)
    assert shown[page._view].exchanges == view.exchanges
    assert "أنت" in shown[page._talk]
    assert "value" not in shown[page._box]._constructor_args[0]


def test_the_welcome_offers_questions_about_what_is_there(page: ChatPage, rag: ToldRag) -> None:
    assert "No articles yet" in page.start(ME)[page._talk]
    rag.index.held = ToldRag(None, "ar-worldcup-c", "other").index.held
    rag.index.generation += 1
    assert "كم منتخبًا" in page.start(ME)[page._talk]
    rag.index.held = ToldRag(None, "other").index.held
    rag.index.generation += 1
    shown = page.start(ME)[page._talk]
    assert "1 article is indexed." in shown
    assert "Summarise what was reported on: Title other" in shown


def test_stop_keeps_what_there_is_of_an_answer(page: ChatPage) -> None:
    growing = page.ask("q", EN, ME)
    next(growing)
    view = next(growing)[page._view]
    shown = page.stop(view, ME)
    [kept] = page._site.talks.read("me", view.talk)
    assert (kept.stopped, kept.answer and kept.answer.text) == (True, "first")
    assert shown[page._view].exchanges == (kept,)
    assert "This stopped" in shown[page._talk]
    assert (shown[page._send].visible, shown[page._stop].visible) == (True, False)


def test_with_nothing_asked_there_is_nothing_to_ask_again_or_edit(page: ChatPage, rag: ToldRag) -> None:
    assert list(page.retry(EN, ME)) == []
    assert page.edit(EN) == {page._view: EN}
    assert rag.asked == []


def test_no_visitor_opens_names_or_deletes_anothers_talk(page: ChatPage) -> None:
    talk = view_after(page, ask(page, "secret question")).talk
    you = a_request("you")
    opened = page.open_talk(EN, an_event(talk=talk), you)
    assert "There is no such talk." in opened[page._talk]
    assert "secret question" not in "".join(map(str, opened.values()))
    page.rename_talk(EN, an_event(talk=talk, fields={"title": "stolen"}), you)
    page.delete_talk(EN, an_event(talk=talk), you)
    assert [found.title for found in page._site.talks.find("me")] == ["secret question"]


def test_another_talk_is_gone_on_with_and_the_one_that_grew_is_kept(page: ChatPage) -> None:
    first = view_after(page, ask(page, "one")).talk
    growing = page.ask("two", EN, ME)
    view = next(growing)[page._view]
    growing.close()  # type: ignore[attr-defined]
    view = page.open_talk(view, an_event(talk=first), ME)[page._view]
    assert [e.question for e in view.exchanges] == ["one"]
    view = view_after(page, ask(page, "three", view))
    assert [e.question for e in page._site.talks.read("me", first)] == ["one", "three"]
    assert len(page._site.talks.find("me")) == 2


def test_a_browser_without_cookies_is_answered_and_nothing_is_kept(page: ChatPage) -> None:
    steps = list(page.ask("q", EN, a_request("")))
    assert "first second" in steps[-1][page._talk]
    assert view_after(page, steps).talk == ""
    assert page._site.talks.find("") == []


def test_only_the_judged_answer_changes(page: ChatPage) -> None:
    view = view_after(page, ask(page, "two", view_after(page, ask(page, "one"))))
    judged = page.judge(view, an_event(turn="1", value="0"), ME)[page._view]
    assert [e.liked for e in judged.exchanges] == [False, None]
    again = page.judge(judged, an_event(turn="1", value="1"), ME)[page._view]
    assert [e.liked for e in again.exchanges] == [True, None]
    assert len(page._site.feedback.path.read_text(encoding="utf-8").splitlines()) == 1
