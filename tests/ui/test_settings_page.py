"""Guards: the settings page (`ui.settings`) shows what its visitor chose, takes choices, and says what is set where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from rag.settings import Settings
from tests.ui.stand_ins import ToldRag, a_request, an_event
from ui.preferences import Preferences
from ui.settings import SettingsPage
from ui.site import PageView, Site


def a_page(folder: Path, **settings: object) -> SettingsPage:
    return SettingsPage(Site(ToldRag(), Settings(index=folder, **settings)))  # type: ignore[arg-type]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[SettingsPage]:
    with gr.Blocks():
        yield a_page(tmp_path)


def test_the_page_shows_what_its_visitor_chose(page: SettingsPage) -> None:
    shown = page.start(a_request(cookie="language=en&theme=dark&passages=8"))
    assert shown[page._view].preferences == Preferences("en", theme="dark", passages=8)
    assert '<option value="dark" selected>' in shown[page._form]
    assert '<option value="8" selected>' in shown[page._form]


def test_a_choice_is_taken_and_told_to_the_browser(page: SettingsPage) -> None:
    shown = page.choose(
        PageView(Preferences("en", passages=8)), an_event(fields={"theme": "light", "digits": "arabic"})
    )
    assert shown[page._view].preferences == Preferences("en", "arabic", "light", 8)
    assert "theme=light" in shown[page._frame]
    assert 'data-theme="light"' in shown[page._frame]


def test_the_language_is_switched_from_the_head_of_the_page(page: SettingsPage) -> None:
    shown = page.choose(PageView(Preferences("en", theme="dark")), an_event(language="ar"))
    assert shown[page._view].preferences == Preferences("ar", theme="dark")
    assert "لغة الصفحات" in shown[page._form]


def test_what_cannot_be_chosen_changes_nothing(page: SettingsPage) -> None:
    chosen = Preferences("en", theme="dark")
    fields = {"theme": "sepia", "passages": "5000", "language": "fr", "index": "/"}
    assert page.choose(PageView(chosen), an_event(fields=fields))[page._view].preferences == chosen


def test_what_is_set_elsewhere_is_told_with_the_variable_that_sets_it(page: SettingsPage, tmp_path: Path) -> None:
    html = page.start(a_request())[page._form]
    for told in (str(tmp_path), "RAG_INDEX", "RAG_MODEL", "RAG_ENCODER", "RAG_RERANKER", "GRADIO_SERVER_PORT"):
        assert told in html, told
    assert 'name="reader"' not in html


def test_with_a_model_its_visitor_chooses_who_writes(tmp_path: Path) -> None:
    with gr.Blocks():
        page = a_page(tmp_path, model="ollama:qwen3:8b")
    html = page.start(a_request(cookie="language=en&reader=quotes"))[page._form]
    assert '<option value="quotes" selected>' in html
    assert "The language model qwen3:8b" in html
