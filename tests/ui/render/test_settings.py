"""Guards: the settings offer each choice in words, with the one that holds selected."""

import re
from dataclasses import fields
from typing import Any

import pytest

from ui.preferences import CHOICES, Preferences
from ui.render import render_settings

CHOSEN = Preferences("en", "arabic", "dark", 8, "quotes")


def test_every_preference_can_be_chosen_and_the_one_that_holds_is_selected() -> None:
    html = render_settings(CHOSEN, [], model="qwen3:8b")
    for field in fields(Preferences):
        [options] = re.findall(rf'<select name="{field.name}">(.*?)</select>', html)
        offered = re.findall(r'value="(\w+)"( selected)?>([^<]+)<', options)
        assert [value for value, _, _ in offered] == [str(choice) for choice in CHOICES[field.name]]
        assert [value for value, chosen, _ in offered if chosen] == [str(getattr(CHOSEN, field.name))]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_field_has_a_label_in_the_pages_language(language: Any) -> None:
    html = render_settings(Preferences(language), [], model="m")
    labels = re.findall(r'<label class="field"><span>([^<]+)</span>', html)
    assert len(labels) == len(CHOICES)
    assert all(bool(re.search(r"[\u0621-\u064a]", label)) is (language == "ar") for label in labels)


def test_a_fact_is_told_with_what_sets_it_and_is_never_markup() -> None:
    hostile = '"><script>x</script>'
    html = render_settings(Preferences("en"), [("fact_index", hostile, "RAG_INDEX")], model=hostile)
    assert '<th scope="row">Where the index lies</th>' in html
    assert '<code dir="ltr">RAG_INDEX</code>' in html
    assert "<script" not in html
