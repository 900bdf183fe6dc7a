"""What the pages share: the engine, the settings, the talks; and how a page is told who opened it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import gradio as gr

from rag.errors import IndexBusyError, SanadError
from rag.pipeline import Rag
from rag.settings import Settings
from rag.summary import ArticleSummary
from ui.feedback import Feedback
from ui.limits import Limits
from ui.listing import Listing
from ui.people import Person, person_of
from ui.preferences import COOKIE, Preferences
from ui.queueing import Busy, QuestionQueue, TooSlow
from ui.strings import Locale
from ui.talks import Talks
from ui.types import Exchange
from ui.uploads import Uploads

STYLES: Final = "/sanad/style.css"
"""Address of the style sheet."""

SCRIPT: Final = "/sanad/page.js"
"""Address of what the pages do without the server."""

_ACTIONS = Path(__file__).with_name("actions.js").read_text(encoding="utf-8")


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


class Page(ABC):
    """A page, built into the `gr.Blocks` that is open; its `parts` are all drawn when it is opened.

    Args:
        site: what it is built over.
    """

    parts: list[Any]

    def __init__(self, site: Site) -> None:
        self._site = site
        self._frame = part("frame")

    @abstractmethod
    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Draw the page as its visitor likes it."""

    def load(self, app: gr.Blocks) -> None:
        """Draw the page whenever it is opened."""
        on(app, "load", self.start, [], self.parts)


def part(name: str, value: str = "") -> gr.HTML:
    """Return a part of a page that is drawn by `ui.render` and sends its actions as events."""
    return gr.HTML(value, elem_id=name, padding=False, apply_default_css=False, js_on_load=_ACTIONS)


def preferences_of(request: gr.Request) -> Preferences:
    """Return the preferences of who opened a page."""
    return Preferences.read(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


def visitor_of(request: gr.Request) -> str:
    """Return the id that a visitor's talks are kept by; "" for a browser that keeps no cookies."""
    return person_of(request).id


def only_managers(request: gr.Request) -> None:
    """Refuse what a page does not offer to everybody, whatever its buttons are.

    Raises:
        gr.Error: who asks may not manage the articles.
    """
    if not person_of(request).may_manage:
        raise gr.Error(preferences_of(request).locale.say("only_managers"))


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


def on(
    component: Any, event: str, handler: Callable[..., Any], inputs: list[Any], outputs: list[Any], **options: Any
) -> Any:
    """Wire an event of a component; the ways of Gradio that no page of Sanad wants are off.

    A form's event counts also where it comes while another is under way: the later one has more filled in.
    """
    wire = getattr(component, event)
    mode = "multiple" if event in ("apply", "input") else "once"
    shared = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": mode}
    return wire(handler, inputs, outputs, **shared | options)
