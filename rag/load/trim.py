"""The lines of what holds an article on a page → the article's own: without captions, boxes, and what follows it.

Told by how such lines begin in Arabic and English, since sites name the elements that hold them as they like.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from rag.clean import is_debris
from rag.load.details import find_day, parse_published

LEAST_PROSE = 60
"""Characters of a line that may be a sentence of an article, not a label beside it."""

_LEAST_TITLE = 3  # words of a headline that no sentence ends with by chance
_KICKER = 25  # characters before a headline in its line
_LEAST_ARTICLE = 400  # characters, before which a line cannot end an article
_LEAST_WORDS = 5  # of a sentence
_HEAD_LINES = 3
_LONGEST_BYLINE = 120
_END = re.compile(
    r"(?i)\W*(?:ends\b|end of (?:story|release)|more from\b|(?:reader )?comments\b|sponsored|get involved\b|"
    r"latest releases\b|is this page useful|by our contributors|notes to editors\b|contacts?:?$|about the author\b|"
    r"our standards|\(?reporting by\b|page \d+ of \d+|you.ve read your last|تعليقات|التعليقات|كل مقالات|عن الكاتب|"
    r"أضف تعليق|جميع الحقوق|ملاحظات للمحررين|للتواصل)"
)
"""How what ends an article, or follows one, begins."""
_COMMENTS = re.compile(
    r"(?i)\W*(?:(?:reader )?comments\b|تعليقات|التعليقات|أضف تعليق|ends\b|notes to editors\b|\(?reporting by\b)"
)
_BOX = re.compile(
    r"(?i)\W*(?:related\b|read (?:more|next|also)\b|more on\b|most (?:read|viewed)\b|sign up\b|join (?:our|the)\b|"
    r"subscribe|share(?: this|view)?\b|get (?:the|our)\b|latest (?:news|stories|updates)\b|watch:|listen:|"
    r"[إا]قرأ(?:وا)? (?:أيض|المزيد)|شاهد أيض|مواضيع|مواد (?:ذات|مرتبطة)|أخبار ذات صلة|المزيد من\b|"
    r"الأكثر (?:قراءة|مشاهدة)|انضم|اشترك|شارك|راسل|مساحة إعلانية|إعلان\b|عرض المنشور|لا يفوتك|تابعنا|من زاوية|"
    r"\d+ comments\b)"
)
"""How a box of other matters in an article begins."""
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_CRUMBS = re.compile(r" [>›»] .* [>›»] ")
_BYLINE = re.compile(r"(?i)(?:by|words|text|photographs?|بقلم|كتب|كتبت)\s*:?\s+\S+(?: \S+){0,8}$")
_PROMOTION = re.compile(
    r"(?i)\W*(?:اشترك|سجّل|تابع|انضم|فعّل|sign up|subscribe|enter your|get|join)\b.*"
    r"(?:نشرة|نشرتنا|رسالة|بريد|قناتنا|إشعارات|newsletter|inbox|e-?mail|notifications)"
)
"""A sentence that asks for the reader's address."""
_CREDIT = re.compile(
    r"(?i)^(?:photographs?|photos?|pictures?|images?|video|watch|listen)\b.{0,10}(?:by\b|:)|"
    r"(?:تصوير|عدسة|الصورة|photo|credit|picture)\s*:\s*.{2,60}$|\((?:تصوير|عدسة|photo|file)[^)]{2,60}\)$"
)
"""Captions and credits."""


def trim(
    lines: Sequence[str], title: str, after: Collection[str], headings: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the lines of an article and those that were found to tell of it: its day, its author.

    What stands before the headline on the page, boxes of other matters, captions, credits and debris are left out, and
    what follows a line that ends an article.

    Args:
        lines: of what holds the article.
        title: the headline.
        after: the lines of the page that stand after it.
        headings: of the page; one ends a box.
    """
    kept: list[str] = []
    about: list[str] = []
    in_box = False
    for at, line in enumerate(lines):
        if line and (repeats(line, title) or not re.search(r"\w", line) or line not in after):
            continue
        sentence = _is_sentence(line)  # one may well begin with "Comments" or "شارك"
        ends = not sentence and _END.match(line)
        if ends and _is_end(line, kept, lines[at + 1 :]):
            break
        if not sentence and len(line) < _LONGEST_BYLINE and (ends or _BOX.match(line)):
            in_box = True
        elif in_box and (_is_prose(line) or line in headings or _TIME.fullmatch(line)):
            in_box = False
        if in_box or _PROMOTION.match(line) or (not sentence and _is_label(line)):
            continue
        if sum(map(bool, kept)) < _HEAD_LINES and line and (told_day(line) or _BYLINE.match(line)):
            about.append(line)
        else:
            kept.append(re.sub(r"\s*[♦■↩◼▪#]+$", "", line))
    return kept, about


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= _LEAST_WORDS and line.rstrip("\"'”»)")[-1:] in ".!?؟…"


def _is_label(line: str) -> bool:
    """Whether a line that is no sentence is a caption, a credit, a trail of links, or other debris."""
    return is_debris(line) or bool(_CREDIT.search(line) or _CRUMBS.search(line))


def _is_end(line: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a line that may end an article does: comments always do, other matters where little stands after them."""
    size = sum(map(len, before))
    if size < _LEAST_ARTICLE:
        return False
    return bool(_COMMENTS.match(line)) or sum(len(line) for line in after if _is_prose(line)) < size


def repeats(line: str, title: str) -> bool:
    """Whether a line is the headline, or that with a word or two before it."""
    if len(title.split()) < _LEAST_TITLE:
        return bool(title) and line == title
    return line.endswith(title) and len(line) <= len(title) + _KICKER


def _is_prose(line: str) -> bool:
    return len(line) >= LEAST_PROSE and line.rstrip("\"'”»)")[-1:] in ".!?؟…:"


def told_day(line: str) -> date | None:
    """Return the day that a short line beside a headline tells, whatever else stands in it."""
    if len(line) > _LONGEST_BYLINE or _is_prose(line):
        return None
    return find_day([line]) or next(filter(None, map(parse_published, re.split(r"\s[|–—-]\s", line))), None)
