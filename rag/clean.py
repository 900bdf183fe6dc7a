"""Raw text → what is stored and shown (`clean`), and what is only compared (`fold`).

`clean` keeps every word the article has; `fold` makes spellings of the same word equal and is never shown.

    >>> fold("القُاهرة ٢٠٢٦")
    'القاهره 2026'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from rag.types import Article

_TATWEEL = "\u0640"
# Zero-width characters, direction marks and overrides, soft hyphen, byte-order mark, tag characters: they say nothing
# to a reader.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_END = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")

_FOLDS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",
        "ى": "ي", "ی": "ي", "ې": "ي", "ئ": "ي", "ؤ": "و",
        "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "ک": "ك", "ڪ": "ك", "گ": "ك", "پ": "ب", "چ": "ج", "ژ": "ز", "ڤ": "ف",
        "٪": "%", "٫": ".", "٬": ",", "،": ",", "؛": ";", "؟": "?",
        "’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-",
        "ء": None, _TATWEEL: None,
    }
)  # fmt: skip

_SHARE_WORDS = frozenset(
    (
        "شارك شاركها مشاركة المقال الخبر هذا على عبر فيسبوك فيس بوك تويتر إكس واتساب واتس اب تليجرام تيليجرام "
        "تلغرام لينكدإن لينكد إن بينتريست ماسنجر البريد الإلكتروني بريد إلكتروني نسخ الرابط طباعة انسخ اطبع share "
        "this article story on via facebook twitter x whatsapp telegram linkedin pinterest reddit email copy link "
        "print tweet pin messenger "
    ).split()
)
_SHARE_NAMES = frozenset(
    "فيسبوك تويتر واتساب تليجرام facebook twitter whatsapp telegram linkedin pinterest share".split()
)
_BOILERPLATE = re.compile(
    r"^(?:اقرأ (?:أيضًا|أيضا|أيضاً|المزيد)|مواضيع ذات صلة|أخبار ذات صلة|إعلان|الأكثر قراءة|جميع الحقوق محفوظة|"
    r"التعليقات|اشترك في (?:النشرة|نشرتنا)|read (?:more|also)|related (?:articles|stories|news)|advertisement|"
    r"most read|all rights reserved|comments|subscribe to our|sign up for our|©)",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"ملفات تعريف الارتباط|الكوكيز|\bcookies?\b", re.IGNORECASE)
_ENCODED = re.compile(r"(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/_=-]{40,}")


def clean(text: str) -> str:
    """Return the text as it is stored: NFC, one kind of line end, one blank line between paragraphs.

    Invisible and control characters are taken out, and the debris that scraped pages carry at their end (share rows,
    cookie lines, encoded lines, stray words below them). Idempotent.
    """
    return _join(_without_debris(_clean_lines(text)))


def removed_lines(raw: str) -> list[str]:
    """Return the lines that `clean` leaves out of a text, in their order."""
    lines = _clean_lines(raw)
    return [line for line in lines[len(_without_debris(lines)) :] if line]


def clean_article(article: Article) -> Article:
    """Return an article with its text cleaned, and its pages where they are in the cleaned text."""
    title, source, author = (
        " ".join(clean(field).split()) for field in (article.title, article.source, article.author)
    )
    text, pages = clean(article.text), article.pages
    if pages:
        cut = [_join(_clean_lines(article.text[:start])) for start in pages]
        # The white space before a page is not part of what stands before it.
        pages = tuple(min(len(before) + _gap(text, len(before)), len(text)) for before in cut)
    return replace(article, title=title, text=text, source=source, author=author, pages=pages)


def _gap(text: str, at: int) -> int:
    return len(text[at:]) - len(text[at:].lstrip()) if at else 0


def _clean_lines(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", text)
    text = _LINE_END.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return [" ".join(line.split()) for line in text.split("\n")]


def _join(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def strip_tashkeel(text: str) -> str:
    """Return the text without Arabic vowel marks and tatweel; every letter stays."""
    return "".join(map(_LETTERS.__getitem__, text))


def fold(text: str) -> str:
    """Return the text with spellings that readers take for the same made equal; lower case.

    Tashkeel and tatweel go; forms of alef, ya, hamza carriers, ta marbuta, Persian letters and presentation forms
    become one letter each; the digits ٠-٩ and ۰-۹ become 0-9. Idempotent.
    """
    return "".join(map(_FOLDED.__getitem__, text))


def fold_character(character: str) -> str:
    """Return what one character becomes in `fold`: none, one or several characters."""
    if unicodedata.category(character) in ("Cf", "Cc") and not character.isspace():
        return ""
    # "\u0640" beside a mark is how Unicode spells a free-standing vowel mark: NFKD gives both, both go.
    letters = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    letters = letters.translate(_FOLDS).casefold()
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in letters)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the index in `text` that it comes from."""
    folded = [_FOLDED[character] for character in text]
    return "".join(folded), [place for place, letters in enumerate(folded) for _ in letters]


def written_span(text: str, places: list[int], start: int, end: int) -> tuple[int, int]:
    """Return the span of a text that a span of its folded form comes from; see `fold_with_places`.

    Marks that fold to nothing stand after their letter: they belong to the span.
    """
    last = places[end] if end < len(places) else len(text)
    last = max(last, places[end - 1] + 1)  # one character may fold to several: ¼
    first = places[start]
    return first, first + len(text[first:last].rstrip())


def find_folded(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int, int]]:
    """Yield what a pattern finds in a folded text, each with the span of the text itself that it comes from."""
    folded, places = fold_with_places(text)
    for match in pattern.finditer(folded):
        yield match, *written_span(text, places, match.start(), match.end())


def _is_tashkeel(character: str) -> bool:
    return unicodedata.category(character) == "Mn" and ("\u0610" <= character <= "\u06ed" or character >= "\u08d3")


class _PerCharacter(dict[str, str]):
    """What a character becomes, worked out when it is first met; texts are folded at every turn."""

    def __init__(self, become: Callable[[str], str]) -> None:
        self._become = become

    def __missing__(self, character: str) -> str:
        found = self[character] = self._become(character)
        return found


_FOLDED = _PerCharacter(fold_character)
_LETTERS = _PerCharacter(lambda c: "" if c == _TATWEEL or _is_tashkeel(c) else c)


def _without_debris(lines: list[str]) -> list[str]:
    """Return the lines up to the debris at their end, if there is any.

    From the end upwards, lines that are debris or could be stray words are passed; the text ends where the topmost
    line that is surely debris begins. Stray words above it stay: they may be the article's.
    """
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if is_debris(line):
            end = at
        elif line and not _is_stray(line):
            break
    return lines[:end]


def is_debris(line: str) -> bool:
    """Whether a line is what pages carry beside their articles: a share row, a cookie notice, an encoded line."""
    if not line:
        return False
    words = re.findall(r"[^\W_]+", line.casefold())
    if words and all(word in _SHARE_WORDS for word in words) and any(word in _SHARE_NAMES for word in words):
        return True
    if _ENCODED.fullmatch(line) or _BOILERPLATE.match(line):
        return True
    return len(words) <= 30 and _COOKIES.search(line) is not None


def _is_stray(line: str) -> bool:
    return len(line.split()) <= 4 and line[-1] not in ".!?؟…:"
