"""The forms of what `/api` answers: the engine's own `to_dict()`."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from rag.types import DatedBy, Failed, Lack, Language


class PassageForm(BaseModel):
    """A piece of an article; `start` and `end` count characters of the article's text, end exclusive."""

    id: str
    article_id: str
    title: str
    source: str
    published: date | None
    language: Language
    text: str
    start: int
    end: int
    page: int | None = None
    dated_by: DatedBy | None = None
    recognised: bool | None = None


class HitForm(BaseModel):
    """A ranked passage."""

    rank: int
    score: float
    confidence: float
    passage: PassageForm
    copies: list[str] | None = None
    sources: list[str] | None = None
    signals: dict[str, float] | None = None
    matches: list[dict[str, Any]] | None = None


class CitationForm(BaseModel):
    """What a mark `[n]` in an answer stands for; `quote` is the article's text from `start` to `end`."""

    number: int
    quote: str
    start: int
    end: int
    passage: PassageForm
    page: int | None = None
    sources: list[str] | None = None


class ClaimForm(BaseModel):
    """One statement of an answer, and whether a passage supports it."""

    text: str
    supported: bool
    citations: list[int]
    flaw: str
    words: str


class AnswerForm(BaseModel):
    """An answer; the same as `sanad ask --json` gives."""

    question: str
    text: str
    language: Language
    abstained: bool
    citations: list[CitationForm]
    nearest: list[HitForm]
    searched: str
    confidence: float
    lack: Lack
    missing: str
    since: date | None
    until: date | None
    claims: list[ClaimForm]
    written_by: str
    failed: Failed


class SearchResponse(BaseModel):
    """Passages, best first; the same as `sanad search --json` gives."""

    hits: list[HitForm]


class SummaryForm(BaseModel):
    """One line of the list of articles; `passages` counts them."""

    id: str
    title: str
    language: Language
    published: date | None
    source: str
    passages: int


class ArticlesResponse(BaseModel):
    """A part of the list of articles, newest first; `total` counts all that pass the filter."""

    articles: list[SummaryForm]
    total: int


class ArticleForm(BaseModel):
    """An article as it is stored; what it quotes by characters counts those of `text`."""

    id: str
    title: str
    text: str
    language: Language
    published: date | None
    source: str
    licence: str
    author: str
    url: str
    dated_by: DatedBy
    pages: list[int]
    recognised: bool


class FailureForm(BaseModel):
    """What could not be read, and why."""

    source: str
    reason: str


class ReportForm(BaseModel):
    """What changed, by article ids; the same as `sanad index --json` gives."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    copies: list[str]
    failed: list[FailureForm]


class ErrorDetail(BaseModel):
    """What is wrong, in a sentence for people and a word for programs."""

    message: str
    type: Literal["invalid_request_error", "rate_limit_error", "server_error"]
    param: str | None
    code: str


class ErrorForm(BaseModel):
    """Every error."""

    error: ErrorDetail
