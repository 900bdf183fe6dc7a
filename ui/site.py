"""What the pages share: the engine, the settings, the talks, the queue of questions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from rag.errors import IndexBusyError, SanadError
from rag.pipeline import Rag
from rag.settings import Settings
from rag.summary import ArticleSummary
from ui.feedback import Feedback
from ui.limits import Limits
from ui.listing import Listing
from ui.people import Person
from ui.preferences import Preferences
from ui.queueing import Busy, QuestionQueue, TooSlow
from ui.strings import Locale
from ui.talks import Talks
from ui.types import Exchange
from ui.uploads import Uploads

STYLES: Final = "/sanad/style.css"
"""Address of the style sheet."""

SCRIPT: Final = "/sanad/page.js"
"""Address of what the pages do without the server."""


@dataclass(frozen=True, slots=True)
class PageView:
    """What one open page shows; `preferences` are those of the `person` who opened it."""

    preferences: Preferences = field(default_factory=Preferences)
    person: Person = field(default_factory=Person)

    @property
    def locale(self) -> Locale:
        """The language and digits of the page."""
        return self.preferences.locale


class Site:
    """What every page is built over; what it keeps lies in the folder of the settings' index.

    Args:
        rag: answers the questions.
        settings: those it was opened with.
        limits: of the questions that are answered; those of the settings when None.
    """

    def __init__(self, rag: Rag, settings: Settings, limits: Limits | None = None) -> None:
        self.rag = rag
        self.settings = settings
        self.queue = QuestionQueue(limits or Limits.of(settings))
        self.talks = Talks(settings.home)
        self.feedback = Feedback(settings.index / "feedback.jsonl")
        self.uploads = Uploads(settings.index)
        self.runs = settings.index / "runs"  # a folder for each evaluation that was kept
        self._listing = Listing(rag.index)

    def articles(self) -> list[ArticleSummary]:
        """See `ui.listing.Listing.articles`."""
        return self._listing.articles()

    def sources(self) -> list[str]:
        """Return who published the articles, each once, in alphabetical order; none where there is no index."""
        try:
            return sorted({article.source for article in self.articles() if article.source})
        except SanadError:
            return []

    def read_talk(self, visitor: str, talk: str) -> list[Exchange]:
        """Return the exchanges of a talk, each with the articles that no longer hold what it quotes of them."""
        return [self._compare(exchange) for exchange in self.talks.read(visitor, talk)]

    def _compare(self, exchange: Exchange) -> Exchange:
        changed: dict[str, None] = {}
        gone: dict[str, None] = {}
        for citation in exchange.answer.citations if exchange.answer else ():
            try:
                if citation.quote not in self.rag.index.article(citation.passage.article_id).text:
                    changed[citation.passage.title] = None
            except (SanadError, ValueError):
                gone[citation.passage.title] = None
        return replace(exchange, changed=tuple(changed), gone=tuple(gone))

    @property
    def model(self) -> str:
        """The chat model's name; "" where answers are quoted."""
        return (self.settings.model or "").partition(":")[2]


def explain(error: Exception, locale: Locale) -> str:
    """Return the line that tells of an error, in the interface's words where there are some."""
    if isinstance(error, IndexBusyError):
        return locale.say("busy")
    if isinstance(error, Busy):
        return locale.say(f"busy_{error.reason}")
    if isinstance(error, TooSlow):
        return locale.say("too_slow")
    if isinstance(error, SanadError | ValueError):
        return str(error)
    return locale.say("failed")
