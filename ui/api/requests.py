"""The forms of what programs ask, with their limits."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from rag.clean import fold
from rag.filter import Only
from rag.language import detect_language
from rag.pipeline import READ
from rag.summary import ArticleSummary
from rag.types import Article, Language, Turn

LONGEST_MESSAGE: Final = 20_000
"""Characters of a question or an earlier message, vowel marks counted; the engine's own limit is lower."""

MOST_ARTICLES: Final = 1_000
"""Articles that are listed, or taken, at once."""

_MOST_TURNS = 200
_LONGEST_ARTICLE = 2_000_000  # characters
_NAME = r"^[^\x00-\x1f\x7f]*$"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _as_day(value: Any) -> Any:
    """Return what is read as a day: pydantic would also take seconds since 1970."""
    if value is not None and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a day, such as 2026-01-31")
    return value


def _as_number(value: Any) -> Any:
    """Return what is read as a whole number: pydantic would also take words and truths; 3.0 is one in JSON."""
    if isinstance(value, str | bool):
        raise ValueError("must be a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_as_number)]
Day = Annotated[date, BeforeValidator(_as_day)]
Message = Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE)]
Question = Annotated[str, StringConstraints(max_length=LONGEST_MESSAGE, pattern=r"[^\s\x00-\x1f]")]
Name = Annotated[str, StringConstraints(max_length=500, pattern=_NAME)]
ArticleId = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_NAME)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filtering(BaseModel):
    """Which articles are searched."""

    language: Language | None = Field(None, description="Only articles in this language.")
    since: Day | None = Field(None, description="Only articles published on this day or later.")
    until: Day | None = Field(None, description="Only articles published on this day or earlier.")
    source: Name | None = Field(None, description="Only articles of this source.")

    def only(self) -> Only:
        """Return the filter as the engine's arguments."""
        return {"language": self.language, "since": self.since, "until": self.until, "source": self.source}


class TurnForm(_Strict):
    """One earlier message of a talk."""

    role: Literal["user", "assistant"]
    text: Message

    def to_turn(self) -> Turn:
        """Return the engine's value."""
        return Turn(self.role, self.text)


class AskRequest(_Strict, Filtering):
    """A question."""

    question: Question = Field(description="In Arabic or English; the answer is in its language.")
    history: list[TurnForm] = Field([], max_length=_MOST_TURNS, description="Earlier messages, oldest first.")
    as_of: Day | None = Field(None, description='The day that "this week" or "أمس" are counted from; else today.')
    interface: Language = Field("en", description="Language of the answer where the question does not tell one.")
    passages: Whole = Field(READ, ge=1, le=50, description="How many passages the answer may rest on.")
    quote: bool = Field(False, strict=True, description="Quote the articles even where a chat model could write.")

    def options(self) -> dict[str, Any]:
        """Return the arguments of `rag.pipeline.Rag.stream` but for the question."""
        return {
            "history": [turn.to_turn() for turn in self.history],
            "as_of": self.as_of,
            "interface": self.interface,
            "passages": self.passages,
            "quote": self.quote,
            **self.only(),
        }


class SearchRequest(_Strict, Filtering):
    """What passages are searched for."""

    query: Question
    k: Whole = Field(10, ge=1, le=100, description="How many passages.")
    explain: bool = Field(False, strict=True, description="Say of each by which signals and words it was found.")


class ListRequest(_Strict, Filtering):
    """Which part of the list of articles is wanted."""

    offset: int = Field(0, ge=0, le=100_000_000)
    limit: int = Field(100, ge=1, le=MOST_ARTICLES)

    def passes(self, article: ArticleSummary) -> bool:
        """Whether an article is one of those that are listed."""
        day = article.published
        return (
            (self.language is None or article.language == self.language)
            and (self.since is None or (day is not None and day >= self.since))
            and (self.until is None or (day is not None and day <= self.until))
            and (not self.source or fold(article.source) == fold(self.source))
        )


class NewArticle(_Strict):
    """An article to be indexed; one of the same id is replaced."""

    id: ArticleId
    title: Name = ""
    text: str = Field(min_length=1, max_length=_LONGEST_ARTICLE)
    language: Language | None = Field(None, description="Told by the text where it is not given.")
    published: Day | None = None
    source: Name = ""
    licence: Name = ""
    author: Name = ""
    url: str = Field("", max_length=2000, pattern=r"^(https?://[^\s\x00-\x1f\x7f]*)?$")

    def to_article(self) -> Article:
        """Return the engine's value."""
        fields = self.model_dump(exclude={"language"})
        language = self.language or detect_language(f"{self.title}\n{self.text}")
        return Article(**fields, language=language, dated_by="source" if self.published else "")


class AddRequest(_Strict):
    """Articles to be indexed."""

    articles: list[NewArticle] = Field(min_length=1, max_length=MOST_ARTICLES)

    @field_validator("articles")
    @classmethod
    def _differ(cls, articles: list[NewArticle]) -> list[NewArticle]:
        ids = Counter(article.id for article in articles)
        if twice := [article_id for article_id, count in ids.items() if count > 1]:
            raise ValueError(f"two have the id {twice[0]!r}")
        return articles
