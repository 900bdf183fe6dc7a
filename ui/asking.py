"""What one open chat shows, and how its last question is answered; knows nothing of Gradio's parts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event
from typing import Final

from rag.errors import SanadError
from rag.filter import Filter, Only
from rag.pipeline import LONGEST_QUESTION, Rag, is_too_long
from rag.suggest import suggest_about
from rag.types import Language, Turn
from ui.queueing import Busy, Place, QuestionQueue, TooSlow
from ui.render import is_reversed, render_empty, render_notice, render_welcome
from ui.site import PageView, Site, explain
from ui.strings import Locale
from ui.types import Exchange

EXAMPLES: Final[tuple[tuple[str, Language, str], ...]] = (
    ("ar-h200-orders", "ar", "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟"),
    ("ar-worldcup-c", "ar", "كم منتخبًا يشارك في كأس العالم 2026؟"),
    ("en-iea-datacentres", "en", "How much electricity did data centres use in 2024?"),
    ("en-h200-orders", "en", "Which companies did Beijing tell to prepare H200 orders?"),
)
"""Questions about the sample articles, each with the id of one that answers it."""

_LOOK: Final = 1.0  # seconds
_DRAWN: Final = 3.0  # seconds until what a page was given is taken for lost
_log = logging.getLogger(__name__)


class Growth:
    """An answer that grows in an open page, until it is whole or the page shows something else.

    Attributes:
        ended: whether the page shows something else.
    """

    def __init__(self) -> None:
        self.ended = False
        self._drawn = Event()  # whether the page has all that it was given
        self._drawn.set()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Let know that the page is given something, until it has it."""
        self._drawn.clear()
        try:
            yield
        finally:
            self._drawn.set()

    def end(self) -> None:
        """Draw nothing more; what is under way arrives first, or it would be drawn over what is shown instead."""
        self.ended = True
        self._drawn.wait(_DRAWN)


@dataclass(frozen=True, slots=True)
class View(PageView):
    """What one open page shows.

    Attributes:
        talk: id of the talk; "" for one that is not yet kept.
        exchanges: of the talk.
        only: which articles are searched.
        editing: whether the next question replaces the last one.
        search: what the list of talks is searched for.
        growth: of the last answer that grew here.
    """

    talk: str = ""
    exchanges: tuple[Exchange, ...] = ()
    only: Filter = field(default_factory=Filter)
    editing: bool = False
    search: str = ""
    growth: Growth | None = field(default=None, compare=False)

    @property
    def answered(self) -> list[Exchange]:
        """The exchanges that a new question goes on from."""
        asked = [exchange for exchange in self.exchanges if exchange.question]
        return asked[:-1] if self.editing else asked

    @property
    def stopped(self) -> View:
        """The same, its last answer, where that was not finished, as one that was stopped."""
        last = self.exchanges[-1] if self.exchanges else Exchange("")
        if not last.question or last.problem or last.seconds or last.stopped:
            return self
        return self.with_last(replace(last, stopped=True))

    def with_last(self, exchange: Exchange) -> View:
        """Return the view with another last exchange."""
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))


def answer_last(rag: Rag, view: View, place: Place) -> Iterator[Exchange]:
    """Yield the last exchange as its answer grows; at the end with its time, or the line that says why not.

    Args:
        rag: answers the question.
        view: what the page shows.
        place: that the question has in the queue; while it waits the exchange is yielded as it is, so that a page that
            was closed meanwhile is noticed.
    """
    *earlier, exchange = view.exchanges
    preferences, locale = view.preferences, view.locale
    try:
        while not place.is_called(_LOOK):
            yield exchange
        start = time.perf_counter()
        for answer in rag.stream(
            exchange.question,
            _history(earlier),
            interface=preferences.language,
            passages=preferences.passages,
            quote=preferences.reader == "quotes",
            **_only(view.only),
        ):
            exchange = replace(exchange, answer=answer)
            place.check_time()
            yield exchange
        yield replace(exchange, seconds=max(time.perf_counter() - start, 1e-3))
    except (SanadError, ValueError, Busy, TooSlow) as error:
        yield replace(exchange, answer=None, problem=explain(error, locale))
    except Exception:  # the outermost edge: half an answer must not stand there as if it were whole
        _log.exception("the answer failed")
        yield replace(exchange, answer=None, problem=locale.say("answer_failed"))


def enter(queue: QuestionQueue, client: str, question: str, view: View) -> Place | Exchange:
    """Return a question's place in the queue; or what is shown for one that is not taken, which stays in the box."""
    if refused := refuse(question, view):
        return refused
    try:
        return queue.enter(client)
    except Busy as error:
        return Exchange("", problem=explain(error, view.locale))


def refuse(question: str, view: View) -> Exchange | None:
    """Return what is shown for a question that cannot be asked; None for any other."""
    locale = view.locale
    if not question.strip():
        return Exchange("", problem=locale.say("empty_question"))
    if is_too_long(question):
        return Exchange("", problem=locale.say("long_question", most=locale.number(LONGEST_QUESTION)))
    if is_reversed(view.only):
        return Exchange("", problem=locale.say("filter_order"))
    return None


def read_filter(fields: Mapping[str, str]) -> Filter:
    """Return the filter that the fields of its form say; a day that is none is left out."""
    since, until = _day(fields.get("since", "")), _day(fields.get("until", ""))
    return Filter(fields.get("language") or None, since, until, fields.get("source") or None)  # type: ignore[arg-type]


def welcome(site: Site, locale: Locale) -> str:
    """Return what stands before the first question: what is there to be asked about, and what might be."""
    try:
        articles = site.articles()
    except SanadError as error:
        return render_notice(explain(error, locale), locale, wrong=True)
    if not articles:
        return render_empty(locale)
    known = {article.id for article in articles}
    examples = [(language, text) for article, language, text in EXAMPLES if article in known]
    if not examples:
        titles = [(article.title, article.language) for article in articles[:3] if article.title]
        examples = [(language, suggest_about(title, language)) for title, language in titles]
    return render_welcome(locale, locale.count("in_index", len(articles)), examples)


def _history(talk: Sequence[Exchange]) -> list[Turn]:
    turns = []
    for exchange in talk:
        if exchange.answer:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return turns


def _only(only: Filter) -> Only:
    return {"language": only.language, "since": only.since, "until": only.until, "source": only.source}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
