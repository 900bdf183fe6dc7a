"""Guards: every word of the interface exists in both languages and is written properly."""

import re
from datetime import date

import pytest

from ui.strings import EXAMPLES, STRINGS, pick_language, say, say_date


def test_every_key_has_both_languages_and_the_same_places() -> None:
    for key, words in STRINGS.items():
        assert set(words) == {"ar", "en"}, key
        assert re.findall(r"\{\w+\}", words["ar"]) == re.findall(r"\{\w+\}", words["en"]), key


def test_arabic_words_carry_arabic_punctuation() -> None:
    for key, words in STRINGS.items():
        assert not re.search(r"[,;?]", words["ar"]), key
        assert not re.search(r"[،؛؟]", words["en"]), key
        assert re.search(r"[\u0621-\u064a]", words["ar"]), key


def test_examples_are_in_both_languages() -> None:
    assert {language for language, _ in EXAMPLES} == {"ar", "en"}


@pytest.mark.parametrize(("language", "expected"), [("ar", "6 مارس 2026"), ("en", "6 March 2026")])
def test_dates(language: str, expected: str) -> None:
    assert say_date(date(2026, 3, 6), language) == expected  # type: ignore[arg-type]
    assert say_date(None, language) == say("undated", language)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("ar", "ar"), ("ar-EG,ar;q=0.9,en;q=0.8", "ar"), ("en-US,en;q=0.9", "en"), ("fr-FR,en;q=0.5", "en"), ("", "ar"),
        ("fr", "ar"),
    ],
)  # fmt: skip
def test_the_interface_follows_the_browser(accepted: str, expected: str) -> None:
    assert pick_language(accepted) == expected
