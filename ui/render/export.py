"""A talk as text to be pasted, as Markdown, and as a page to be printed: every mark with its footnote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from rag.phrases import say_quote
from rag.types import Citation
from ui.render.markup import document, facts_line
from ui.strings import Locale, run
from ui.types import Exchange

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")  # what Markdown reads as its own, anywhere
_BLOCK = re.compile(r"^([-+=]|[0-9]+(?=[.)]))", re.MULTILINE)  # likewise, at the beginning of a line
_MARK = re.compile(r"\[([0-9]{1,4})\]")


def as_text(exchange: Exchange, locale: Locale) -> str:
    """Return an answer and its sources as plain text."""
    answer = exchange.answer
    if not answer:
        return ""
    notes = [
        f"[{c.number}] {say_quote(c.quote, c.passage.language, locale.language)} — {_origin(c, locale)}"
        for c in answer.citations
    ]
    return "\n".join([answer.text, *([""] if notes else []), *notes])


def as_markdown(title: str, talk: Sequence[Exchange], locale: Locale) -> str:
    """Return a talk as Markdown with footnotes, which number through the whole talk."""
    lines = [f"# {_plain(title)}", ""]
    notes: list[str] = []
    for number, exchange in enumerate(talk, start=1):
        lines += [f"## {_plain(exchange.question)}", ""]
        answer = exchange.answer
        if not answer:
            lines += [_plain(exchange.problem or locale.say("stopped")), ""]
            continue
        cited = {citation.number for citation in answer.citations}
        parts = _MARK.split(answer.text)
        text = "".join(
            _inline(part) if place % 2 == 0 else f"[^{number}-{part}]" if int(part) in cited else f"\\[{part}\\]"
            for place, part in enumerate(parts)
        )
        lines += [_at_line_starts(text).replace("\n", "\n\n"), ""]
        notes += [
            f"[^{number}-{c.number}]: {_plain(say_quote(c.quote, c.passage.language, locale.language))} — "
            f"{_plain(_origin(c, locale))}".replace("\n", " ")
            for c in answer.citations
        ]
    return "\n".join([*lines, *notes, ""])


def as_print(title: str, talk: Sequence[Exchange], locale: Locale, styles: str) -> str:
    """Return a talk as a page to be printed, each answer with its footnotes."""
    body = "".join(_printed(number, exchange, locale) for number, exchange in enumerate(talk, start=1))
    page = f'<main class="print"><h1 dir="auto">{escape(title)}</h1>{body}</main>'
    return document(title, page, locale, theme="light", styles=styles)


def _printed(number: int, exchange: Exchange, locale: Locale) -> str:
    heading = f'<h2 dir="auto">{escape(exchange.question)}</h2>'
    answer = exchange.answer
    if not answer:
        return f'<section>{heading}<p dir="auto">{escape(exchange.problem or locale.say("stopped"))}</p></section>'
    cited = {citation.number for citation in answer.citations}
    lines = ""
    for line in filter(str.strip, answer.text.split("\n")):
        parts = _MARK.split(line)
        shown = "".join(
            escape(part)
            if place % 2 == 0
            else f'<bdi><sup><a href="#note-{number}-{part}">{locale.number(int(part))}</a></sup></bdi>'
            if int(part) in cited
            else f"[{part}]"
            for place, part in enumerate(parts)
        )
        lines += f'<p dir="auto">{shown}</p>'
    notes = "".join(
        f'<li id="note-{number}-{c.number}"><blockquote {run(c.passage.language)}>{escape(c.quote)}</blockquote>'
        f"<span>{facts_line(_facts(c, locale))}</span></li>"
        for c in answer.citations
    )
    return f'<section>{heading}<div {run(answer.language)}>{lines}</div><ol class="notes">{notes}</ol></section>'


def _facts(citation: Citation, locale: Locale) -> list[str]:
    passage = citation.passage
    page = locale.say("on_page", page=locale.number(citation.page)) if citation.page else ""
    day = locale.published(passage.published, passage.dated_by)
    recognised = locale.say("recognised") if passage.recognised else ""
    return [fact for fact in (passage.title, passage.source, day, page, recognised) if fact]


def _origin(citation: Citation, locale: Locale) -> str:
    return ("، " if locale.language == "ar" else ", ").join(_facts(citation, locale))


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return _at_line_starts(_inline(text))


def _inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _at_line_starts(text: str) -> str:
    """Return a text whose lines are none of Markdown's blocks: lists, rules, code."""
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(_BLOCK.sub(lambda m: f"{m[1]}\\" if m[1].isdigit() else f"\\{m[1]}", line) for line in lines)
