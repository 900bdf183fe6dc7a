"""A question → an answer: rewrite, retrieve, read, cite; wires the online flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Unpack

from rag.align import WordAligner
from rag.answerability import Answerability, AnswerabilityModel
from rag.answers import AnswerMaker, quote_draft
from rag.chat import ChatReader
from rag.check import ClaimChecker
from rag.clean import strip_tashkeel
from rag.confidence import ENOUGH
from rag.dialect import to_standard
from rag.digest import HITS, Request, digest, read_request
from rag.filter import Only, make_filter
from rag.hostile import withhold_instructions
from rag.index import Index
from rag.intent import questions_of, read_intent
from rag.language import detect_language
from rag.period import find_period
from rag.phrases import ABSTENTION, NO_TOPIC, REPLIES, say_missing
from rag.read import QuoteReader, Reader
from rag.retrieve import Retriever
from rag.rewrite import prefer_unsaid, rewrite_question
from rag.stages import Listener, Listeners, heard, timed, timed_items
from rag.terms import split_terms
from rag.types import Answer, Hit, Language, Turn
from rag.words import content_words

LONGEST_QUESTION = 4000
"""Characters, vowel marks not counted; a paragraph to be found again may be asked, not a book."""

READ = 5
"""Hits given to the reader where the caller names no number."""

_AT_ONCE = 16  # questions whose words are learned while their hits are searched
_NEAREST = 3  # hits shown beside an answer


@dataclass(frozen=True, slots=True)
class _Asking:
    """What holds for all that a question does: the day it counts from, which articles it asks, who hears of it."""

    as_of: date
    only: Only
    listener: Listener


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query found: in which articles, all hits, these without what speaks to a machine, how far they answer."""

    query: str
    only: Only
    hits: tuple[Hit, ...]
    readable: list[Hit]
    judged: Answerability


class Rag:
    """Answers questions about the articles of one index.

    Args:
        index: for what is in it, and to change it.
        retriever: finds the passages.
        reader: makes an answer of them; a `ChatReader` also rewrites follow-ups.
        aligner: compares the words of question and passages.
        fallback: makes the answer where `reader` fails; by default a `QuoteReader`.

    Attributes:
        listeners: hear of every question; `add` lets one more.
    """

    def __init__(
        self,
        index: Index,
        retriever: Retriever,
        reader: Reader,
        aligner: WordAligner,
        fallback: Reader | None = None,
    ) -> None:
        self.index = index
        self.listeners = Listeners()
        self._retriever = retriever
        self._reader = reader
        self._aligner = aligner
        self._answers = AnswerMaker(fallback or QuoteReader(self._aligner), ClaimChecker(self._aligner))
        self._answerability = AnswerabilityModel(self._aligner)
        self._beside = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="words")

    def warm_up(self) -> None:
        """Load the encoder, open the index and learn what names are like, so that the first question need not wait."""
        asking = _Asking(date.today(), {}, Listeners())  # nobody asked: nobody hears of it
        list(self._answer("متى أُسّست شركة سند؟ When was Sanad founded?", (), "en", READ, True, asking))
        if not self._reader.quotes:
            self._answers.warm_up()

    def search(self, query: str, k: int = 10, *, explain: bool = False, **only: Unpack[Only]) -> list[Hit]:
        """Return up to k passages that bear on the query: best first, or newest where it asks for the latest.

        Args:
            query: what is searched; 1 to `LONGEST_QUESTION` characters.
            k: above 0.
            explain: say for each hit which words it was found by.
            only: which articles are searched, as the fields of `Filter`: `language`, `since`, `until`, `source`,
                `without`.

        Raises:
            ValueError: the query is empty or too long, or k is not above 0.
            IndexStateError: there is no index that can be read.
        """
        if k < 1:
            raise ValueError(f"k must be above 0, not {k}")
        return self._find(check_question(query), k, only, self.listeners, explain=explain)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        as_of: date | None = None,
        interface: Language = "en",
        passages: int = READ,
        quote: bool = False,
        **only: Unpack[Only],
    ) -> Answer:
        """Answer a question; see `search` for what is raised.

        Args:
            question: in Arabic or English; the answer is in its language.
            history: earlier turns, oldest first, for a follow-up.
            as_of: the day that "this week", "أمس" or "since January" are counted from; today when None.
            interface: the language of an answer where neither the question nor the talk tells one ("H200?").
            passages: how many the answer may rest on, above 0; a chat model may have room for fewer.
            quote: quote the articles even where a chat model could write.
            only: which articles are searched, as for `search`; `since` and `until` come before the question's own.
        """
        *_, answer = self.stream(
            question, history, as_of=as_of, interface=interface, passages=passages, quote=quote, **only
        )
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        as_of: date | None = None,
        interface: Language = "en",
        passages: int = READ,
        quote: bool = False,
        **only: Unpack[Only],
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, each time whole; the last is what `ask` returns."""
        check_question(question)
        if passages < 1:
            raise ValueError(f"passages must be above 0, not {passages}")
        asking = _Asking(as_of or date.today(), only, self.listeners.asked())
        yield from heard(asking.listener, self._answer(question, history, interface, passages, quote, asking))

    def _answer(
        self, question: str, history: Sequence[Turn], interface: Language, passages: int, quote: bool, asking: _Asking
    ) -> Iterator[Answer]:
        reader = self._answers.fallback if quote else self._reader
        asked_in = detect_language(question, default=_language_of(history, interface))
        if (intent := read_intent(question)) != "question":
            yield Answer(question, REPLIES[intent][asked_in], asked_in, searched=question.strip())
            return
        history = questions_of(history)
        asked = to_standard(question.strip())
        if request := read_request(asked):
            yield from self._overview(Answer(question, ABSTENTION[asked_in], asked_in, True), request, asking)
            return
        with timed(asking.listener, "rewrite"):
            searched = self._rewrite(reader, asked, history, asked_in)
        follows = searched != asked
        seek = partial(self._seek, language=asked_in, k=passages, asking=asking)
        found = seek(searched, history=history if follows else ())
        if follows and found.judged.probability < ENOUGH and len(split_terms(asked)) > 1:
            # What sounded like a follow-up may have a matter of its own.
            own = seek(asked)
            if own.judged.probability >= ENOUGH:
                found, follows = own, False
        unanswered = Answer(
            question,
            ABSTENTION[asked_in],
            asked_in,
            abstained=True,
            # Where nothing is of the days that the question names, what is nearest of all days.
            nearest=(found.hits or tuple(self._find(found.query, _NEAREST, asking.only, asking.listener)))[:_NEAREST],
            searched=found.query,
            confidence=found.judged.probability,
            lack=found.judged.lack,
            missing=found.judged.words,
            since=found.only.get("since"),
            until=found.only.get("until"),
        )
        told = False
        if found.judged.probability >= ENOUGH:
            # A follow-up is searched with the question before it, whose names its answer need not have.
            named = found.readable if follows else self._answerability.naming(found.query, found.readable)
            made = self._answers.make(reader, found.query, named, unanswered)
            for answer in timed_items(asking.listener, "read", made):
                told = True
                yield answer
        if not told:
            if unanswered.lack in ("name", "year"):
                unanswered = replace(unanswered, text=f"{unanswered.text} {say_missing(unanswered.missing, asked_in)}")
            yield unanswered

    def _seek(self, query: str, language: Language, k: int, asking: _Asking, history: Sequence[Turn] = ()) -> _Found:
        """Return what was found for a query, and whether it answers; what the last answer told counts for less."""
        meeting = self._beside.submit(self._aligner.meet, content_words(query))
        within, hits = self._retrieve(query, k, asking)
        meeting.result()
        readable = withhold_instructions(hits)
        if history:
            readable = prefer_unsaid(readable, history, self._aligner)
        with timed(asking.listener, "judge"):
            judged = self._answerability.judge(query, readable, language)
        return _Found(query, within, tuple(hits), readable, judged)

    def _overview(self, answer: Answer, request: Request, asking: _Asking) -> Iterator[Answer]:
        """Yield an overview of a topic: a quoted sentence of each article that bears on it."""
        if not request.topic:
            yield replace(answer, text=NO_TOPIC[answer.language], abstained=False)
            return
        only, hits = self._retrieve(request.topic, HITS, asking)
        hits = withhold_instructions(hits)
        answer = replace(
            answer,
            nearest=tuple(hits[:_NEAREST]),
            searched=request.topic,
            confidence=max((hit.confidence for hit in hits), default=0.0),
            since=only.get("since"),
            until=only.get("until"),
        )
        told = False
        for draft in digest(hits, request.kind, answer.language):
            told = True
            yield quote_draft(answer, draft, hits)
        if not told:
            yield answer

    def _retrieve(self, query: str, k: int, asking: _Asking) -> tuple[Only, list[Hit]]:
        """Return up to k hits, and the filter with the days that the query names where the caller names none.

        Of days that only the query names an article without a date may be: it is not left out.
        """
        only, listener = asking.only, asking.listener
        period = find_period(query, asking.as_of)
        if period is None or only.get("since") or only.get("until"):
            return only, self._find(query, k, only, listener)
        within = only | {"since": period.since, "until": period.until}
        hits = self._find(query, k, within, listener)
        undated = [hit for hit in self._find(query, k, only, listener) if hit.passage.published is None]
        if not undated:
            return within, hits
        best = sorted([*hits, *undated], key=lambda hit: -hit.score)[:k]
        return within, [replace(hit, rank=rank) for rank, hit in enumerate(best, start=1)]

    def _find(self, query: str, k: int, only: Only, listener: Listener, *, explain: bool = False) -> list[Hit]:
        with timed(listener, "retrieve"):
            return self._retriever.retrieve(query, k, make_filter(only), explain=explain)

    def _rewrite(self, reader: Reader, question: str, history: Sequence[Turn], language: Language) -> str:
        """Return the question as it is searched: a follow-up by the chat model where there is one, else by rule."""
        by_rule = rewrite_question(question, history)
        if by_rule != question and isinstance(reader, ChatReader):
            return reader.rewrite(question, history, language) or by_rule
        return by_rule


def check_question(question: str) -> str:
    """Return the question without white space around it; raises ValueError where it is empty or too long."""
    if not question.strip():
        raise ValueError("the question is empty: ask something about the articles")
    if is_too_long(question):
        raise ValueError(f"the question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read")
    return question.strip()


def is_too_long(question: str) -> bool:
    """Whether a question is longer than `LONGEST_QUESTION`."""
    return len(strip_tashkeel(question)) > LONGEST_QUESTION


def _language_of(history: Sequence[Turn], interface: Language) -> Language:
    return detect_language(history[-1].text, default=interface) if history else interface
