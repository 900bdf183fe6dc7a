"""What a visitor chose for the pages, as one cookie.

>>> Preferences.read("language=ar&digits=arabic&theme=sepia").digits
'arabic'
>>> Preferences.read("", accepted="en-GB,ar;q=0.5").language
'en'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from rag.pipeline import READ
from rag.types import Language
from ui.strings import Locale, pick_language
from ui.types import Digits, ReaderChoice, Theme

COOKIE = "sanad_preferences"

CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "language": ("ar", "en"),
    "digits": ("western", "arabic"),
    "theme": ("auto", "light", "dark"),
    "passages": (3, READ, 8),
    "reader": ("model", "quotes"),
}
"""What each field of `Preferences` can be."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What can be chosen on the pages; whatever else a cookie says is ignored."""

    language: Language = "ar"
    digits: Digits = "western"
    theme: Theme = "auto"
    passages: int = READ
    reader: ReaderChoice = "model"

    @classmethod
    def read(cls, cookie: str, accepted: str = "") -> Preferences:
        """Return what a cookie says; the language, where it says none, is the browser's (`Accept-Language`)."""
        return cls(language=pick_language(accepted)).changed(dict(parse_qsl(cookie)))

    def changed(self, choices: Mapping[str, object]) -> Preferences:
        """Return these with other choices; what is not known or cannot be chosen is left as it is."""
        known = {name: {str(choice): choice for choice in allowed} for name, allowed in CHOICES.items()}
        taken = {
            name: known[name][str(value)]
            for name, value in choices.items()
            if name in known and str(value) in known[name]
        }
        return replace(self, **taken)

    def to_cookie(self) -> str:
        """Return the cookie's value."""
        return urlencode(asdict(self))

    @property
    def locale(self) -> Locale:
        """The language and digits of the pages."""
        return Locale(self.language, self.digits)
