"""Guards: a cookie can only say what can be chosen, and says it again as it was written."""

from dataclasses import fields

import pytest

from ui.preferences import CHOICES, Preferences


def test_each_preference_has_its_choices() -> None:
    assert {field.name for field in fields(Preferences)} == set(CHOICES)


def test_a_cookie_is_read_as_it_was_written() -> None:
    chosen = Preferences("en", "arabic", "dark", 8, "quotes")
    assert Preferences.read(chosen.to_cookie(), "ar") == chosen


@pytest.mark.parametrize(
    "cookie", ["language=fr&passages=5000&theme=%3Cscript%3E", "passages=", "nonsense", "a=b;c", "language=ar%00"]
)
def test_what_cannot_be_chosen_is_ignored(cookie: str) -> None:
    assert Preferences.read(cookie, "en") == Preferences(language="en")


def test_a_choice_leaves_the_others() -> None:
    assert Preferences("en", theme="dark").changed({"passages": "8", "language": None}) == Preferences(
        "en", theme="dark", passages=8
    )
