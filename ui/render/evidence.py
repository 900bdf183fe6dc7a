"""The passages that answers rest on, as cards with every quote highlighted in its place."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from html import escape
from urllib.parse import quote as in_url

from rag.types import Answer, Citation, Hit, Passage
from ui.render.markup import origin
from ui.strings import Locale, run
from ui.types import Exchange


def render_evidence(talk: Sequence[Exchange], locale: Locale) -> str:
    """Return the passages of every answer; those of the last are shown, the others when one of their marks is used."""
    answered = [
        (number, e.answer)
        for number, e in enumerate(talk, start=1)
        if e.answer and (e.answer.citations or e.answer.abstained)  # a greeting rests on nothing
    ]
    if not answered:
        return f'<p class="hint" {locale.run}>{locale.html("no_evidence")}</p>'
    last = answered[-1][0]
    return "".join(_evidence(number, answer, locale, current=number == last) for number, answer in answered)


def _evidence(turn: int, answer: Answer, locale: Locale, *, current: bool) -> str:
    by_passage: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_passage.setdefault(citation.passage.id, []).append(citation)
    cards = "".join(_card(turn, citations, locale) for citations in by_passage.values())
    others = [hit for hit in answer.nearest if hit.passage.id not in by_passage]
    near = "".join(_near(hit, locale) for hit in others)
    if answer.abstained:
        heading, body = locale.say("nearest"), near or f'<p class="hint">{locale.html("nothing_near")}</p>'
    else:
        heading, body = locale.say("evidence"), cards
        if near:
            found = locale.count("also_found", len(others))
            body += f'<details class="also"><summary>{escape(found)}</summary>{near}</details>'
    state = " current" if current else ""
    return (
        f'<section class="evidence{state}" data-turn="{turn}" {locale.run} aria-label="{escape(heading)}">'
        f"<h2>{escape(heading)}</h2>{body}</section>"
    )


def _card(turn: int, citations: Sequence[Citation], locale: Locale) -> str:
    """Return the card of a passage with all its quotes highlighted in their places."""
    passage = citations[0].passage
    body = _highlight(turn, passage, citations)
    numbers = "".join(f"<span>{locale.number(c.number)}</span>" for c in citations)
    carried = ""
    if len(citations[0].sources) > 1:
        names = "، ".join if locale.language == "ar" else ", ".join
        told = names(f"<bdi>{escape(source)}</bdi>" for source in citations[0].sources)
        carried = f'<p class="origin">{escape(locale.count("carried", len(citations[0].sources)))}: {told}</p>'
    back = (
        f'<a class="back" href="#turn-{turn}">{locale.html("back_to_answer")}</a>'
        f"{_open(passage, locale, (citations[0].start, citations[0].end))}"
    )
    headline = _headline(passage, locale, citations[0].page)
    return (
        f'<article class="card"><div class="numbers" aria-hidden="true">{numbers}</div>{headline}'
        f'{carried}<p class="passage" {run(passage.language)}>{body}</p><p class="ways">{back}</p></article>'
    )


def _near(hit: Hit, locale: Locale) -> str:
    passage = hit.passage
    text = f'<p class="passage" {run(passage.language)}>{escape(passage.text)}</p>'
    way = f'<p class="ways">{_open(passage, locale, (passage.start, passage.end))}</p>'
    headline = _headline(passage, locale, passage.page_of(passage.start))
    return f'<article class="card near">{headline}{text}{way}</article>'


def _headline(passage: Passage, locale: Locale, page: int | None) -> str:
    told = origin(passage, locale, page)
    return f'<h3 {run(passage.language)}>{escape(passage.title)}</h3><p class="origin">{told}</p>'


def _open(passage: Passage, locale: Locale, span: tuple[int, int]) -> str:
    address = f"/article/{in_url(passage.article_id, safe='')}?start={span[0]}&amp;end={span[1]}#quote"
    return f'<a href="{address}" target="_blank">{locale.html("open_article")}</a>'


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
