"""The words of the pages, in Arabic and English: `words.toml` holds them, a `Locale` says them.

>>> Locale("ar", "arabic").count("passages", 11)
'١١ مقطعًا'
>>> Locale("en").count("passages", 1)
'1 passage'
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

from rag.language import text_direction
from rag.phrases import say_day
from rag.types import Language
from ui.types import Digits

WORDS: Final[Mapping[str, Mapping[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
"""Key → its words by language: text, or for what is counted the forms of the noun by `plural_form`."""

_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class Locale:
    """The language and digits of the pages. English has one set of digits."""

    language: Language = "ar"
    digits: Digits = "western"

    def say(self, key: str, **values: object) -> str:
        """Return the words of a key, with the values put in.

        Raises:
            KeyError: there is no such key.
        """
        return str(WORDS[key][self.language]).format(**values)

    def html(self, key: str, **values: object) -> str:
        """Return the same with what HTML reads as its own escaped."""
        return escape(self.say(key, **values))

    def count(self, key: str, number: int) -> str:
        """Return a number with its noun in the right form: `مقطع واحد`, `مقطعان`, `3 مقاطع`, `11 مقطعًا`."""
        forms = WORDS[key][self.language]
        form = plural_form(number, self.language)
        return str(forms.get(form, forms["other"])).format(n=self.number(number))

    def number(self, number: float, decimals: int = 0) -> str:
        """Return a number in the page's digits: `1,234`, `١٬٢٣٤`, `0.25`, `٠٫٢٥`."""
        text = f"{number:,.{decimals}f}"
        if self._arabic_digits:
            text = text.replace(",", "٬").replace(".", "٫")
        return self.in_digits(text)

    def percent(self, share: float) -> str:
        """Return a share, 0 to 1, in whole percent."""
        return f"{self.number(100 * share)}{'٪' if self._arabic_digits else '%'}"

    def published(self, day: date | None, dated_by: str) -> str:
        """Return a day of publication, marked where it is only that of a file."""
        return self.say("file_day", day=self.date(day)) if day and dated_by == "file" else self.date(day)

    def date(self, day: date | None) -> str:
        """Return a day as it is written: `16 يناير 2026`, `١٦ يناير ٢٠٢٦`, `16 January 2026`."""
        return self.in_digits(say_day(day, self.language)) if day else self.say("undated")

    def in_digits(self, text: str) -> str:
        """Return the interface's own text in the page's digits; never used on an article's."""
        return text.translate(_ARABIC_DIGITS) if self._arabic_digits else text

    @property
    def run(self) -> str:
        """The attributes of an element that holds these words."""
        return run(self.language)

    @property
    def _arabic_digits(self) -> bool:
        return self.language == "ar" and self.digits == "arabic"


def run(language: Language) -> str:
    """Return the attributes `lang` and `dir` of an element that holds a text in a language."""
    return f'lang="{language}" dir="{text_direction(language)}"'


def plural_form(number: int, language: Language) -> str:
    """Return which form of a noun a number takes, by Unicode's plural rules: zero, one, two, few, many or other."""
    if language == "en":
        return "one" if number == 1 else "other"
    if number < 3:
        return ("zero", "one", "two")[number]
    if 3 <= number % 100 <= 10:
        return "few"
    return "many" if 11 <= number % 100 <= 99 else "other"


def pick_language(accepted: str) -> Language:
    """Return the interface language for a browser's `Accept-Language`: the first of ours in it, else Arabic."""
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag == "ar":
            return "ar"
        if tag == "en":
            return "en"
    return "ar"
