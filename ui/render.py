"""Questions and answers → escaped HTML; pure, knows nothing of Gradio.

Every text that comes from an article or a person is escaped here, and carries its own `lang` and `dir`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from html import escape

from rag.language import text_direction
from rag.phrases import UNSUPPORTED, say_failed, say_period
from rag.types import Answer, Citation, Hit, Language, Passage
from ui.strings import say, say_date

_MARK = re.compile(r"((?:\[\d+\])+)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a talk with what came of it: an answer (perhaps still growing), or a line that says why not.

    Where nothing was asked the question is empty and only the line is shown.
    """

    question: str
    answer: Answer | None = None
    problem: str = ""


def render_heading(language: Language) -> str:
    """Return the name and what it is for, in the interface's language."""
    name, tagline = say("name", language), say("tagline", language)
    return f'<header class="heading" {_run(language)}><h1>{escape(name)}</h1><p>{escape(tagline)}</p></header>'


def render_talk(talk: Sequence[Exchange], language: Language) -> str:
    """Return the talk so far; `language` is the interface's."""
    turns = "".join(_exchange(number, exchange, language) for number, exchange in enumerate(talk, start=1))
    return (
        f'<section class="talk" aria-label="{escape(say("talk", language))}" aria-live="polite" {_run(language)}>'
        f"{turns}</section>"
    )


def render_evidence(talk: Sequence[Exchange], language: Language) -> str:
    """Return the passages of every answer; those of the last are shown, the others when one of their marks is used."""
    answered = [
        (number, e.answer)
        for number, e in enumerate(talk, start=1)
        if e.answer and (e.answer.citations or e.answer.abstained)  # a greeting rests on nothing
    ]
    if not answered:
        return f'<div class="evidence-hint" {_run(language)}>{escape(say("no_evidence", language))}</div>'
    last = answered[-1][0]
    return "".join(_evidence(number, answer, language, current=number == last) for number, answer in answered)


def _exchange(number: int, exchange: Exchange, language: Language) -> str:
    asked = ""
    if exchange.question:
        asked = (
            f'<div class="turn asked"><span class="who">{escape(say("you", language))}</span>'
            f'<p dir="auto">{escape(exchange.question)}</p></div>'
        )
    if exchange.problem:
        return f'{asked}<div class="turn problem" role="alert"><p dir="auto">{escape(exchange.problem)}</p></div>'
    if exchange.answer is None:
        return f'{asked}<div class="turn waiting" aria-hidden="true"><span></span><span></span><span></span></div>'
    return asked + _answer(number, exchange.answer, language)


def _answer(number: int, answer: Answer, language: Language) -> str:
    kind = "answer abstained" if answer.abstained else "answer"
    label = f'<strong class="label">{escape(say("abstained", answer.language))}</strong>' if answer.abstained else ""
    cited = {citation.number for citation in answer.citations}
    lines = "".join(
        f"<p {_line_run(line, answer)}>{_with_marks(number, line, cited, language)}</p>" for line in _lines(answer)
    )
    notes = "".join(f'<p class="note" {_run(language)}>{note}</p>' for note in _notes(answer, language))
    return f'<div class="turn {kind}" {_run(answer.language)}>{label}{lines}{notes}</div>'


def _notes(answer: Answer, language: Language) -> list[str]:
    """Return what is to be known of how an answer came about, each as a line of HTML in the interface's language."""
    notes = []
    if answer.failed:
        notes.append(escape(say_failed(answer.failed, language)))
    if answer.written_by:
        notes.append(say("written_by", language, model=f"<bdi>{escape(answer.written_by)}</bdi>"))
    if answer.searched and answer.searched.strip() != answer.question.strip():
        notes.append(f"{escape(say('searched', language))}: <bdi>{escape(answer.searched)}</bdi>")
    if period := say_period(answer.since, answer.until, language):
        notes.append(escape(period))
    return notes


def _lines(answer: Answer) -> list[str]:
    return [line for line in answer.text.split("\n") if line.strip()]


def _line_run(line: str, answer: Answer) -> str:
    """A line that quotes a passage in another language runs in that one's direction."""
    for citation in answer.citations:
        if citation.passage.language != answer.language and f"[{citation.number}]" in line:
            return f'class="quoted" {_run(citation.passage.language)}'
    return _run(answer.language)


def _with_marks(turn: int, text: str, cited: Set[int], language: Language) -> str:
    """Escape a text and make each mark in it a link to its quote, isolated from the direction of what is around it.

    A number in brackets that nothing is cited for is no mark: an article may say `[7]`, and an answer that is still
    growing may have no citations yet. It stays text.
    """
    parts = _MARK.split(text)
    for place in range(1, len(parts), 2):
        links = "".join(
            f'<a class="mark" href="#quote-{turn}-{n}" data-turn="{turn}" '
            f'aria-label="{escape(say("go_to_quote", language, number=n))}">{n}</a>'
            if int(n) in cited
            else f"[{n}]"
            for n in re.findall(r"\d+", parts[place])
        )
        parts[place] = f'<bdi class="marks" dir="ltr">{links}</bdi>'
    return "".join(part if place % 2 else _with_warnings(part) for place, part in enumerate(parts))


def _with_warnings(text: str) -> str:
    """Escape a text; what says that a claim is unsupported stands out."""
    shown = escape(text)
    for warning in UNSUPPORTED.values():
        shown = shown.replace(warning, f'<span class="unsupported">{warning.strip("[]")}</span>')
    return shown


def _evidence(turn: int, answer: Answer, language: Language, *, current: bool) -> str:
    if answer.abstained:
        heading, cards = say("nearest", language), "".join(_near(hit, language) for hit in answer.nearest)
    else:
        heading = say("evidence", language)
        by_passage: dict[str, list[Citation]] = {}
        for citation in answer.citations:
            by_passage.setdefault(citation.passage.id, []).append(citation)
        cards = "".join(_card(turn, citations, language) for citations in by_passage.values())
    state = " current" if current else ""
    return (
        f'<section class="evidence{state}" data-turn="{turn}" {_run(language)}><h2>{escape(heading)}</h2>'
        f"{cards}</section>"
    )


def _card(turn: int, citations: Sequence[Citation], language: Language) -> str:
    """Return the card of a passage with all its quotes highlighted in their places."""
    passage = citations[0].passage
    body = _highlight(turn, passage, citations)
    numbers = "".join(f"<span>{c.number}</span>" for c in citations)
    return (
        f'<article class="card"><div class="numbers" aria-hidden="true">{numbers}</div>{_origin(passage, language)}'
        f'<p class="passage" {_run(passage.language)}>{body}</p></article>'
    )


def _highlight(turn: int, passage: Passage, citations: Sequence[Citation]) -> str:
    """Escape a passage and wrap each quote; one that lies in another nests in it, so that every mark has its target."""
    body, at = "", 0
    ends: list[int] = []  # of the quotes that are open, the innermost last

    def advance(to: int) -> None:
        nonlocal body, at
        while ends and ends[-1] <= to:
            body += f"{escape(passage.text[at : ends[-1]])}</mark>"
            at = ends.pop()
        body += escape(passage.text[at:to])
        at = to

    quotes = [(c.start - passage.start, passage.start - c.end, f' id="quote-{turn}-{c.number}"') for c in citations]
    heapify(quotes)  # by start, the longer first
    while quotes:
        start, end, name = heappop(quotes)
        end = -end
        advance(start)
        if ends and end > ends[-1]:  # elements nest and cannot overlap: what outlasts the outer one goes on after it
            heappush(quotes, (ends[-1], -end, ""))
            end = ends[-1]
        ends.append(end)
        body += f'<mark{name} tabindex="-1">'
    advance(len(passage.text))
    return body


def _near(hit: Hit, language: Language) -> str:
    passage = hit.passage
    text = f'<p class="passage" {_run(passage.language)}>{escape(passage.text)}</p>'
    return f'<article class="card near">{_origin(passage, language)}{text}</article>'


def _origin(passage: Passage, language: Language) -> str:
    written = say("in_arabic" if passage.language == "ar" else "in_english", language)
    facts = [passage.source, say_date(passage.published, language), written]
    line = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)
    return f'<h3 {_run(passage.language)}>{escape(passage.title)}</h3><p class="origin">{line}</p>'


def _run(language: Language) -> str:
    return f'lang="{language}" dir="{text_direction(language)}"'
