"""The values that flow through Sanad: frozen, without logic.

A span is `(start, end)`: characters of the article's cleaned text, end exclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Literal

Language = Literal["ar", "en"]
DatedBy = Literal["", "source", "text", "file"]
"""Where an article's day of publication is from: its source says it, its text tells it, its file was changed then."""
Lack = Literal["", "kind", "name", "office", "year"]
Failed = Literal[
    "",
    "unreachable",
    "rejected",
    "busy",
    "server_error",
    "timeout",
    "cut",
    "garbage",
    "language",
    "endless",
    "unsupported",
]
"""Why the articles are quoted although a chat model was asked; "" where none was, or where it answered."""


class Value:
    """Gives every value its plain form."""

    def to_dict(self) -> dict[str, Any]:
        """Return the value as JSON-ready dicts, lists, strings and numbers; dates as ISO 8601."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Article(Value):
    """One piece of the corpus; `text` is already cleaned.

    Attributes:
        id: of this article alone.
        title: its headline.
        text: what is chunked, encoded and quoted.
        language: `"ar"` or `"en"`.
        published: the day; None where nothing tells it.
        source: who published it.
        licence: its terms, as the source names them.
        author: who wrote it.
        url: where it stands on the web.
        dated_by: where `published` is from.
        pages: the first character of each page in `text`, from page 1 on; empty for what has no pages.
        recognised: the text was read from pictures of its pages, and may have mistakes.
    """

    id: str
    title: str
    text: str
    language: Language
    published: date | None = None
    source: str = ""
    licence: str = ""
    author: str = ""
    url: str = ""
    dated_by: DatedBy = ""
    pages: tuple[int, ...] = ()
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class Sentence(Value):
    """The unit of evidence: a span of its article."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage(Value):
    """The piece that is retrieved and cited: consecutive sentences of one article; `pages` are the article's."""

    id: str
    article_id: str
    title: str
    source: str
    published: date | None
    language: Language
    text: str
    start: int
    end: int
    sentences: tuple[Sentence, ...] = ()
    pages: tuple[int, ...] = ()
    dated_by: DatedBy = ""
    recognised: bool = False

    @property
    def said_day(self) -> date | None:
        """The day of publication where source or text say it: the day of a file sorts and filters, and says nothing."""
        return None if self.dated_by == "file" else self.published

    def page_of(self, character: int) -> int | None:
        """Return the page, from 1, on which a character of the article's text stands; None where it has no pages."""
        return bisect_right(self.pages, character) or None

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form without the sentences, which repeat the text; with the `page` if any."""
        left_out = ("sentences", "pages", "dated_by", "recognised")
        plain = {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in left_out}
        if self.dated_by == "file":
            plain["dated_by"] = self.dated_by
        if self.recognised:
            plain["recognised"] = True
        page = self.page_of(self.start)
        return plain | {"page": page} if page else plain


@dataclass(frozen=True, slots=True)
class Match(Value):
    """Why a passage was found by its words.

    Attributes:
        asked: the question's word or number, as its index term.
        found: the words of the passage that answer to it, as they stand there.
        form: `"same"` term, other `"spelling"` of it, `"dictionary"` across languages, or a `"name"` in two scripts.
    """

    asked: str
    found: tuple[str, ...]
    form: Literal["same", "spelling", "dictionary", "name"]


@dataclass(frozen=True, slots=True)
class Hit(Value):
    """A ranked passage.

    Attributes:
        rank: from 1.
        score: higher is better.
        passage: what was found.
        sentence_scores: one a sentence of the passage, in its order; higher is better.
        signals: what each signal gave, by its name, before its weight.
        confidence: how probable it is, 0 to 1, that the passage bears on the question.
        copies: near-identical passages of other articles, which take no place of their own; best first.
        matches: which words were found in which form, where that was asked for.
    """

    rank: int
    score: float
    passage: Passage
    sentence_scores: tuple[float, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    copies: tuple[Passage, ...] = ()
    matches: tuple[Match, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Who carried the story: the sources of the passage and its copies, each once; unnamed ones are left out."""
        return tuple(dict.fromkeys(p.source for p in (self.passage, *self.copies) if p.source))

    def to_dict(self) -> dict[str, Any]:
        """Return `{rank, score, confidence, passage}`, and where there are any, copies (article ids) and matches."""
        plain: dict[str, Any] = {
            "rank": self.rank,
            "score": round(self.score, 4),
            "confidence": round(self.confidence, 4),
            "passage": self.passage.to_dict(),
        }
        if self.copies:
            plain |= {"copies": [copy.article_id for copy in self.copies], "sources": list(self.sources)}
        if self.matches:
            signals = {name: round(value, 4) for name, value in self.signals.items()}
            plain |= {"signals": signals, "matches": [match.to_dict() for match in self.matches]}
        return plain


@dataclass(frozen=True, slots=True)
class Citation(Value):
    """A mark resolved to a passage.

    Attributes:
        number: the `n` of the mark `[n]` in the answer, from 1, in order of appearance.
        quote: the sentence(s) that carry the claim: a verbatim span of the article.
        passage: where the quote stands.
        start: the quote's first character in the article's text.
        end: one past its last.
        sources: who carried the story, where more than one did; the passage's own first.
    """

    number: int
    quote: str
    passage: Passage
    start: int
    end: int
    sources: tuple[str, ...] = ()

    @property
    def page(self) -> int | None:
        """The page on which the quote begins, from 1; None where the article has none."""
        return self.passage.page_of(self.start)

    def to_dict(self) -> dict[str, Any]:
        """Return `{number, quote, start, end, passage}`, and where there are any, `page` and `sources`."""
        plain = {
            "number": self.number,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "passage": self.passage.to_dict(),
        }
        if self.page:
            plain["page"] = self.page
        return plain | {"sources": list(self.sources)} if self.sources else plain


@dataclass(frozen=True, slots=True)
class Claim(Value):
    """One statement of an answer, checked against what it cites.

    Attributes:
        text: as it stands in the answer, without its marks.
        supported: whether a passage says it.
        citations: the numbers of those that do.
        flaw: where none does, what stands against it in the passage it cited: a `"number"`, `"date"`, `"name"`,
            `"negation"`, or `"meaning"`.
        words: those of the claim that no passage supports.
    """

    text: str
    supported: bool
    citations: tuple[int, ...] = ()
    flaw: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Turn(Value):
    """One earlier message of a talk."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Answer(Value):
    """What a question gets.

    Attributes:
        question: as it was asked.
        text: the answer, with a mark `[n]` after each statement; or why there is none.
        language: the question's.
        abstained: the articles do not say; `citations` is then empty and `nearest` shows what came closest.
        citations: one for each mark.
        nearest: the first hits, best first.
        searched: the question as it was searched, where a follow-up had to be completed; else the question.
        confidence: how probable it is, 0 to 1, that the articles hold an answer.
        lack: what the nearest passages do not have: the `"kind"` of thing asked for, a `"name"`, a `"year"`, or the
            `"office"` whose holder is asked; "" where it is none of these.
        missing: the question's words that stand in none of them, for a name, a year or an office.
        since: the first day of publication that was searched, where the question or the caller named one.
        until: the last, likewise.
        claims: its statements, in order, each with whether a passage supports it.
        written_by: the chat model that wrote it; "" where it is quoted.
        failed: why it is quoted although a chat model was asked; "" where none was, or where it answered.
    """

    question: str
    text: str
    language: Language
    abstained: bool = False
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Hit, ...] = ()
    searched: str = ""
    confidence: float = 0.0
    lack: Lack = ""
    missing: str = ""
    since: date | None = None
    until: date | None = None
    claims: tuple[Claim, ...] = ()
    written_by: str = ""
    failed: Failed = ""


def _plain(value: Any) -> Any:
    if isinstance(value, Value) or (is_dataclass(value) and hasattr(value, "to_dict")):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
