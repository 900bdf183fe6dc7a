"""Guards: every word of the pages exists in both languages, is used and well written; nouns agree with numbers."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ui.preferences import CHOICES
from ui.strings import WORDS, Locale, pick_language

SOURCES = [path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "ui").rglob("*.py")]


def texts() -> Iterator[tuple[str, str, str]]:
    for key, words in WORDS.items():
        for language in ("ar", "en"):
            forms: Any = words[language]
            for text in forms.values() if isinstance(forms, dict) else [forms]:
                yield key, language, text


def test_every_key_has_both_languages_and_the_same_places() -> None:
    for key, words in WORDS.items():
        assert set(words) == {"ar", "en"}, key
        if isinstance(words["ar"], str):
            places = [set(re.findall(r"\{\w+\}", words[language])) for language in ("ar", "en")]
            assert places[0] == places[1], key
        else:
            assert {"other", "many", "few", "two"} <= set(words["ar"]), key
            assert "other" in words["en"], key


def test_every_key_is_used_and_every_used_key_exists() -> None:
    code = "".join(SOURCES)
    literal = set(re.findall(r'\.(?:say|html|count)\(\s*"(\w+)"', code))
    assert literal <= set(WORDS)
    begun = (*set(re.findall(r'f["\'](\w+_)\{', code)), *(f"{name}_" for name in CHOICES))
    named = set(re.findall(r'["\'](\w+)["\']', code))
    assert {key for key in WORDS if key not in named and not key.startswith(begun)} == set()


def test_arabic_words_carry_arabic_punctuation() -> None:
    for key, language, text in texts():
        if language == "ar" and key not in ("switch", "language_en", "digits_western", "digits_arabic"):
            assert not re.search(r"[,;?]", text), key
            assert re.search(r"[\u0621-\u064a]", text) or "{" in text, key
        elif language == "en":
            assert not re.search(r"[،؛؟]", text), key


@pytest.mark.parametrize(
    ("number", "western", "arabic"),
    [
        (0, "لا مقاطع", "لا مقاطع"),
        (1, "مقطع واحد", "مقطع واحد"),
        (2, "مقطعان", "مقطعان"),
        (3, "3 مقاطع", "٣ مقاطع"),
        (10, "10 مقاطع", "١٠ مقاطع"),
        (11, "11 مقطعًا", "١١ مقطعًا"),
        (99, "99 مقطعًا", "٩٩ مقطعًا"),
        (100, "100 مقطع", "١٠٠ مقطع"),
        (102, "102 مقطع", "١٠٢ مقطع"),
        (103, "103 مقاطع", "١٠٣ مقاطع"),
        (1200, "1,200 مقطع", "١٬٢٠٠ مقطع"),
    ],
)
def test_nouns_take_the_form_of_their_number(number: int, western: str, arabic: str) -> None:
    assert Locale("ar").count("passages", number) == western
    assert Locale("ar", "arabic").count("passages", number) == arabic


def test_english_has_two_forms_and_one_set_of_digits() -> None:
    assert [Locale("en", "arabic").count("articles", n) for n in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]


def test_numbers_shares_and_dates() -> None:
    arabic = Locale("ar", "arabic")
    assert [arabic.number(1234.5, 1), arabic.percent(0.935), arabic.date(date(2026, 3, 6))] == [
        "١٬٢٣٤٫٥",
        "٩٤٪",
        "٦ مارس ٢٠٢٦",
    ]
    assert [Locale("ar").percent(0.5), Locale("ar").date(None)] == ["50%", "بلا تاريخ"]
    assert Locale("en").date(date(2026, 3, 6)) == "6 March 2026"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("ar", "ar"), ("ar-EG,ar;q=0.9,en;q=0.8", "ar"), ("en-US,en;q=0.9", "en"), ("fr-FR,en;q=0.5", "en"), ("", "ar"),
        ("fr", "ar"),
    ],
)  # fmt: skip
def test_the_interface_follows_the_browser(accepted: str, expected: str) -> None:
    assert pick_language(accepted) == expected
