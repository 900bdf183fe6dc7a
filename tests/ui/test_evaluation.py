"""Guards: question sets are found, a run is kept, shown and compared, and what is no run says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import gradio as gr
import pytest

from rag.pipeline import Rag
from rag.settings import Settings
from tests.ui.stand_ins import a_request, an_event
from ui.evaluation import SETS, EvaluationPage, View
from ui.preferences import Preferences
from ui.site import Site

EN = View(Preferences("en"))


@pytest.fixture
def page(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> Iterator[EvaluationPage]:
    folder = rag.index.home.folder
    (folder / SETS).mkdir(parents=True)
    record = {"id": "1", "question": "Who asked?", "language": "en", "answers": ["Beijing"]}
    (folder / SETS / "mine.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    (folder / SETS / "broken.jsonl").write_text("{", encoding="utf-8")
    monkeypatch.setenv("RAG_CORPUS", str(folder / "nowhere"))
    with gr.Blocks():
        yield EvaluationPage(Site(rag, Settings(index=folder)))


def test_a_set_is_measured_and_the_run_is_kept_shown_and_compared(page: EvaluationPage) -> None:
    shown = page.start(a_request())
    assert "No run yet" in shown[page._result]
    assert 'value="mine.jsonl"' in shown[page._tools]
    *steps, last = page.measure(EN, an_event(fields={"questions": "mine.jsonl", "limit": "0"}), a_request())
    assert "Asked 1 of 1:" in steps[-1][page._progress]
    assert "1 question" in last[page._result]
    [name] = page._runs()
    assert last[page._view].shown == name
    folder = page._site.runs
    (folder / "20200115T120000-old").mkdir()
    (folder / "20200115T120000-old" / "run.json").write_bytes((folder / name / "run.json").read_bytes())
    both = page.choose(EN, an_event(fields={"shown": name, "other": "20200115T120000-old"}))
    assert "<td>none</td>" in both[page._result]
    assert "January 2020" in both[page._tools]
    assert page.choose(EN, an_event(fields={"shown": name, "other": name}))[page._view].other == ""
    assert page.switch(last[page._view], an_event(language="ar"))[page._view].shown == name


def test_a_set_that_cannot_be_read_says_why(page: EvaluationPage) -> None:
    [step] = page.measure(EN, an_event(fields={"questions": "broken.jsonl"}), a_request())
    assert "line 1: not JSON" in step[page._progress]


def test_only_sets_that_are_offered_are_read(page: EvaluationPage) -> None:
    [step] = page.measure(EN, an_event(fields={"questions": "../../secret.jsonl"}), a_request())
    assert step[page._view] == EN


def test_a_run_that_is_damaged_says_so(page: EvaluationPage) -> None:
    folder = page._site.runs / "20200101T000000-x"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}", encoding="utf-8")
    shown = page.start(a_request())
    assert "is not a run of sanad eval" in shown[page._progress]


def test_what_nobody_foresaw_ends_a_run_and_tells_nothing_of_this_machine(
    page: EvaluationPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("ui.evaluation.measure", fail)
    [step] = page.measure(EN, an_event(fields={"questions": "mine.jsonl"}), a_request())
    assert "Something unexpected went wrong" in step[page._progress]
    assert "secret" not in step[page._progress]
    assert page._runs() == []


def test_only_as_many_questions_are_asked_as_were_chosen(page: EvaluationPage) -> None:
    path = page._site.settings.index / SETS / "mine.jsonl"
    record = {"question": "Who asked?", "language": "en", "answers": ["Beijing"]}
    lines = [json.dumps(record | {"id": str(number)}) for number in range(12)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    *_, last = page.measure(EN, an_event(fields={"questions": "mine.jsonl", "limit": "10"}), a_request())
    assert "10 questions" in last[page._result]


def test_what_was_judged_in_the_chat_is_a_set_and_the_last_run_is_shown_first(page: EvaluationPage) -> None:
    assert 'value="feedback"' not in page.start(a_request())[page._tools]
    record = {"id": "1", "question": "Who asked?", "language": "en", "answers": ["Beijing"]}
    page._site.feedback.path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert '<option value="feedback">What you judged in the chat</option>' in page.start(a_request())[page._tools]
    *_, last = page.measure(EN, an_event(fields={"questions": "feedback"}), a_request())
    assert page.start(a_request())[page._view].shown == last[page._view].shown != ""
