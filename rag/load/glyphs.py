"""The glyphs of a PDF page, by where they stand → its lines in logical order.

What a PDF says its characters are is mostly right; in which order it says them often is not, least of all in Arabic:
they come as they were drawn, from the left, word by word from the right, or half of each. Where they stand on the page
is what readers go by, and what is gone by here.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

_GAP = 0.19  # of the height of a line, from which a gap between glyphs is a space, where none are written
_NO_GAP = 0.1  # up to which it is none, even where a space is written: vowel marks bring such spaces about
_SMALL_GAP = 0.45  # likewise, of the usual gap in its line
_WIDE_GAP = 0.8  # and where they are
_LONG_WORDS = 12  # letters a word has on average where spaces are not written
_SAME = 0.6  # points by which two glyphs that are one (a ligature, told as two letters) may seem apart
_ALEFS = "اأإآٱ"
_ARABIC_LETTER = re.compile(r"[\u0620-\u06d3]")
# Numbers and Latin words run from left to right, with what stands between
# them. A percent sign on either side of a number comes after it, a currency's before it.
_LEFT_TO_RIGHT = re.compile(
    r"[%٪]?[A-Za-z\u00c0-\u024f0-9\u0660-\u0669](?:[^\u0590-\u065f\u066a\u066e-\u06ef\u06fa-\u08ff\n%]*"
    r"[A-Za-z\u00c0-\u024f0-9\u0660-\u0669])?[$€£+#]?"
)

_RIGHT_TO_LEFT = re.compile(
    r"[\u0620-\u064a\u066e-\u06d3](?:[^A-Za-z0-9\n]*[\u0620-\u064a\u066e-\u06d3][\u064b-\u065f\u0670]*)?"
)


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One glyph: its letters in logical order, its edges, and those of its line, in points."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    generated: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def read_lines(text_page: Any) -> str:
    """Return the lines of a page, as pdfium tells them apart, each in logical order.

    Args:
        text_page: pdfium's.
    """
    lines: list[list[_Glyph]] = []
    for line in _lines(text_page):
        if lines and line and _level(lines[-1], line):  # marks and numbers can look like lines of their own
            lines[-1] += line
        else:
            lines.append(line)
    return _facing("\n".join(map(_order, lines)))


def _level(one: Sequence[_Glyph], other: Sequence[_Glyph]) -> bool:
    """Whether two runs of glyphs stand on one line, beside each other."""
    if not one or not other:
        return False
    bottoms, tops = (
        [min(g.bottom for g in run) for run in (one, other)],
        [max(g.top for g in run) for run in (one, other)],
    )
    common = min(tops) - max(bottoms)
    return common > 0.6 * min(top - bottom for top, bottom in zip(tops, bottoms, strict=True))


def _lines(text_page: Any) -> Iterator[list[_Glyph]]:
    """Yield the glyphs of each line in the order in which the page tells them."""
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    line: list[_Glyph] = []
    for at in range(text_page.count_chars()):
        text = chr(raw.FPDFText_GetUnicode(text_page, at))
        if text == "\n":
            yield line
            line = []
        elif text != "\r" and unicodedata.category(text) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            raw.FPDFText_GetCharBox(text_page, at, left, right, bottom, top)
            raw.FPDFText_GetLooseCharBox(text_page, at, loose)
            made_up = raw.FPDFText_IsGenerated(text_page, at) == 1
            line.append(_Glyph(_letters(text), left.value, right.value, loose.bottom, loose.top, made_up))
    yield line


def _letters(character: str) -> str:
    """Return the letters that a presentation form or a ligature stands for."""
    return unicodedata.normalize("NFKC", character) if "\ufb00" <= character <= "\ufefc" else character


def _order(line: Sequence[_Glyph]) -> str:
    told = "".join(glyph.text for glyph in line)
    arabic = len(re.findall(r"[\u0620-\u064a\u066e-\u06d3]", told))
    latin = len(re.findall(r"[A-Za-z]", told))
    if not arabic:
        return told
    words, height = _words(line), max(glyph.height for glyph in line)
    letters = sum(len(word) for word in words)
    # Some files write no spaces: there every gap is one. In others only wide gaps are, and those between two scripts.
    gap = _GAP if letters > _LONG_WORDS * len(words) else _WIDE_GAP
    pieces = [piece for word in words for piece in _split(_one_by_one(word), gap * height, _GAP * height)]
    pieces.sort(key=lambda piece: -_middle(piece))
    gaps = [one[-1].left - other[0].right for one, other in pairwise(pieces)]
    least = max(_NO_GAP * height, _SMALL_GAP * median(gaps)) if gaps else 0.0
    text = "".join(
        "".join(g.text for g in piece) + " " * (gap > least) for piece, gap in zip(pieces, [*gaps, 0.0], strict=True)
    )
    if arabic < latin:  # a line from left to right with Arabic words in it
        return _RIGHT_TO_LEFT.sub(lambda run: _reversed(run[0]), _reversed(text))
    return _LEFT_TO_RIGHT.sub(lambda run: _reversed(run[0]), text)


def _words(line: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Return the glyphs between the spaces of a line; those that pdfium adds count where there are no others."""
    written = any(glyph.text.isspace() and not glyph.generated for glyph in line)
    words: list[list[_Glyph]] = [[]]
    for glyph in line:
        if glyph.text.isspace():
            if glyph.generated <= (not written):
                words.append([])
        else:
            words[-1].append(glyph)
    return [word for word in words if word]


def _one_by_one(word: Sequence[_Glyph]) -> list[_Glyph]:
    """Return the glyphs of a word from right to left, each with its vowel marks; those in one place are joined.

    Such are the letters of a ligature of lam and alef.
    """
    joined: list[_Glyph] = []
    for glyph in sorted((g for g in word if not unicodedata.combining(g.text[0])), key=lambda g: -g.middle):
        last = joined[-1] if joined else None
        if last and abs(last.left - glyph.left) < _SAME and abs(last.right - glyph.right) < _SAME:
            text = glyph.text + last.text if last.text in _ALEFS and glyph.text == "ل" else last.text + glyph.text
            joined[-1] = replace(last, text=text)
        else:
            joined.append(glyph)
    for mark in (g for g in word if unicodedata.combining(g.text[0])):
        places = [place for place, glyph in enumerate(joined) if _ARABIC_LETTER.match(glyph.text)]
        if places:
            at = min(places, key=lambda place: abs(joined[place].middle - mark.middle))
            joined[at] = replace(joined[at], text=joined[at].text + mark.text)
    return joined


def _split(word: Sequence[_Glyph], gap: float, between_scripts: float) -> Iterator[list[_Glyph]]:
    """Yield the parts of a word between which there is a gap: a space that was not written, or not in its place.

    Args:
        word: its glyphs.
        gap: points from which there is one.
        between_scripts: likewise, where Arabic letters meet Latin ones.
    """
    part: list[_Glyph] = []
    for glyph in word:
        if part:
            apart = part[-1].left - glyph.right
            scripts = {bool(_ARABIC_LETTER.match(g.text)) for g in (part[-1], glyph)}
            if apart > (between_scripts if len(scripts) > 1 and glyph.text[0].isalpha() else gap):
                yield part
                part = []
        part.append(glyph)
    if part:
        yield part


def _middle(piece: Sequence[_Glyph]) -> float:
    return (piece[0].right + piece[-1].left) / 2


def _reversed(run: str) -> str:
    """Return a run that is read from the wrong side as it is read, each letter with its marks."""
    clusters = re.findall(r".[\u0300-\u036f\u064b-\u065f\u0670]*", run, re.DOTALL)
    return "".join(reversed(clusters))


def _facing(text: str) -> str:
    """Return a page whose brackets are those of the text: in some files they are those that are seen."""
    for opening, closing in ("()", "[]", "«»"):
        swapped = str.maketrans(opening + closing, closing + opening)
        if _unpaired(text.translate(swapped), opening, closing) < _unpaired(text, opening, closing):
            text = text.translate(swapped)
    text = re.sub(r"(?<=[(\[«]) +| +(?=[)\]»])", "", text)
    return re.sub(r"(?<=\w)(?=[(\[«])|(?<=[)\]»])(?=\w)", " ", text)


def _unpaired(text: str, opening: str, closing: str) -> int:
    """Return how many brackets of a kind have no other that they open for or close."""
    open_now = unpaired = 0
    for character in text:
        if character == opening:
            open_now += 1
        elif character == closing:
            unpaired += open_now == 0
            open_now = max(0, open_now - 1)
    return unpaired + open_now
