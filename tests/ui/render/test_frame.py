"""Guards: the head of each page leads to the others, marks where one is, and switches the language."""

import re
from typing import Any

import pytest

from ui.preferences import Preferences
from ui.render import render_frame
from ui.render.frame import PATHS
from ui.strings import Locale


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_one_way_is_marked_as_here_and_all_are_there(page: Any, language: Any) -> None:
    html = render_frame(page, Preferences(language))
    ways = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)</a>', html.split("<nav")[1])
    assert [path for path, _, _ in ways] == list(PATHS.values())
    assert [path for path, here, _ in ways if here] == [PATHS[page]]
    name = Locale(language).say(f"page_{page}")
    assert name in [said for _, _, said in ways]
    assert f'data-title="{name} · ' in html


@pytest.mark.parametrize(("language", "other", "said"), [("ar", "en", "English"), ("en", "ar", "العربية")])
def test_the_switch_is_in_the_language_that_it_leads_to(language: Any, other: str, said: str) -> None:
    html = render_frame("settings", Preferences(language))
    assert f'data-do="option_select" data-language="{other}" lang="{other}">{said}</button>' in html


def test_only_the_chat_has_a_drawer_and_names_what_it_opens() -> None:
    shown = [page for page in PATHS if "data-toggle" in render_frame(page, Preferences("en"))]
    assert shown == ["chat"]
    assert 'aria-expanded="false" aria-controls="talks-column"' in render_frame("chat", Preferences("en"))


def test_a_page_without_scripts_has_ways_but_nothing_to_press() -> None:
    html = render_frame(None, Preferences("en"))
    assert "<button" not in html
    assert html.count("<a href") == len(PATHS)
    assert "aria-current" not in html


def test_the_first_way_skips_to_the_content() -> None:
    html = render_frame("chat", Preferences("ar"))
    assert re.findall(r"<a [^>]*>", html)[0] == '<a class="skip" href="#content">'
