"""A request for an overview of a matter → its topic; hits → a draft that quotes a sentence of each article.

"Summarise", "timeline", "which articles", "how many articles", in both languages: all are answered with a list, each
line a quoted sentence with its mark. Sanad does not count articles, and says so.

>>> read_request("لخّص ما جرى في قناة السويس")
Request(kind='summary', topic='ما جرى في قناة السويس')
>>> read_request("How many articles are there about the canal?")
Request(kind='count', topic='the canal?')
>>> read_request("How many ships crossed the canal?")
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from rag.clean import fold, fold_with_places, written_span
from rag.confidence import ENOUGH
from rag.phrases import CANNOT_COUNT, say_quote, say_report
from rag.read import SAME
from rag.terms import shared_terms, split_terms
from rag.types import Hit, Language

Kind = Literal["summary", "timeline", "articles", "count"]

HITS = 12
"""Hits that are looked at for an overview."""

_MOST = 6  # lines
_ENOUGH_LINES = 4  # up to which an article may have more than one


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and of what; the topic is "" where none is named."""

    kind: Kind
    topic: str


def read_request(question: str) -> Request | None:
    """Return what overview a question asks for; None where it is a question like any other."""
    folded, places = fold_with_places(question)
    for kind, pattern in _REQUESTS:
        if match := pattern.match(folded):
            _, end = written_span(question, places, match.start(), match.end())
            topic = question[end:].strip(" :،,.-")
            return Request(kind, topic if split_terms(topic) else "")
    return None


def digest(hits: Sequence[Hit], kind: Kind, language: Language) -> Iterator[str]:
    """Yield a draft that grows by a line for each article: best first, a timeline by day.

    Args:
        hits: best first; those that do not bear on the topic, and those that repeat another, are left out.
        kind: what was asked for.
        language: the asker's; a sentence in the other one stands in quotation marks.
    """
    bearing = [hit for hit in hits if hit.confidence >= ENOUGH and hit.sentence_scores]
    sentences = [
        (hit, hit.passage.sentences[place].text)
        for hit in bearing
        for place in sorted(range(len(hit.sentence_scores)), key=lambda i: -hit.sentence_scores[i])
    ]
    chosen: list[tuple[Hit, str]] = []
    for most_of_one, most in ((1, _MOST), (_MOST, _ENOUGH_LINES)):  # a matter of one article gets more lines of it
        for hit, sentence in sentences:
            of_one = sum(hit.passage.article_id == other.passage.article_id for other, _ in chosen)
            told = any(shared_terms(sentence, other) >= SAME for _, other in chosen)
            if len(chosen) < most and of_one < most_of_one and not told:
                chosen.append((hit, sentence))
    if kind == "timeline":
        chosen.sort(key=lambda pick: pick[0].passage.published or date.max)
    draft = f"{CANNOT_COUNT[language]}\n" if kind == "count" and chosen else ""
    for place, (hit, sentence) in enumerate(chosen):
        passage = hit.passage
        # Source and day are told in the language of the quote, so that the line has one direction.
        report = say_report(passage.source, passage.said_day, passage.language)
        line = f"• {report}{say_quote(sentence, passage.language, language)} [{hit.rank}]"
        draft += f"\n{line}" if place else line
        yield draft


def _any(*words: str) -> str:
    return "|".join(fold(word) for word in words)


_PLEASE = (
    r"^\W*(?:(?:please|could you|can you|kindly|من فضلك|لو سمحت|ممكن|هل يمكنك|اريد|ابغي|بدي|عايز|اعطني|هات|give me"
    r"|show me|write|اكتب|اعرض|i want|make) ?(?:me |لي )?(?:ان )?(?:an? |the )?)*"
)
_ARTICLES = _any("مقال", "مقالا", "مقالات", "مقالة", "خبرا", "خبر", "تقريرا", "تقرير")
_REQUESTS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "count",
        re.compile(
            rf"^\W*(?:how many (?:articles|stories|reports|news items)|كم(?: عدد)? (?:ال)?(?:{_ARTICLES}))\b"
            r"(?: (?:are there|do you have|mention|talk about|لديك|عندك|يوجد|تتحدث|يتحدث|تتناول|يتناول|يذكر|تذكر))?"
            r"(?: (?:about|on|of|that mention|عن|حول|في|بشان))?\b ?"
        ),
    ),
    (
        "timeline",
        re.compile(
            rf"{_PLEASE}(?:timeline|chronology|(?:ال)?(?:تسلسلا? (?:ال)?زمنيا?|خطا? (?:ال)?زمنيا?|جدولا? (?:ال)?زمنيا?)"
            r"|رتب (?:ال)?احداث)(?: (?:of|for|about|on|ل|عن|حول))?\b ?"
        ),
    ),
    (
        "articles",
        re.compile(
            rf"{_PLEASE}(?:list (?:all )?(?:of )?(?:the )?(?:articles|stories|reports)"
            r"|(?:which|what) (?:articles|stories|reports) "
            r"(?=(?:are there|do you have|mention|talk about|deal with|cover|about)\b)"
            r"|(?:ما|ما هي|اي|اذكر|عدد|اسرد) (?:ال)?(?:مقالات|تقارير)(?: (?:التي|الموجوده))?)"
            r"(?: (?:are there|do you have|mention|talk about|deal with|cover"
            r"|تتحدث|تتناول|تذكر|لديك|عندك|تخص|تتعلق))?(?: (?:about|on|of|that mention|عن|حول|ب))?\b ?"
        ),
    ),
    (
        "summary",
        re.compile(
            rf"{_PLEASE}(?:summari[sz]e|sum up|summary|an overview|overview|(?:ل|ت)?لخص(?:وا|ي)?|ملخصا?|تلخيصا?|موجزا?"
            r"|نبذه)(?: (?:لي|of|for me|on|about|عن|حول|ل))?(?: (?:the )?(?:news|articles|reports)\b)?"
            r"(?: (?:of|on|about|عن|حول))?\b ?"
        ),
    ),
)
