"""The talk: questions, answers with their marks, and what can be done with each."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from html import escape

from rag.phrases import UNSUPPORTED, say_failed, say_period
from rag.suggest import suggest_questions
from rag.types import Answer
from ui.render.export import as_text
from ui.render.filters import say_filter
from ui.render.markup import button, field
from ui.strings import Locale, run
from ui.types import Exchange

_SUREST = 0.99  # no probability is shown as certainty
_MARK = re.compile(r"((?:\[[0-9]{1,4}\])+)")


def render_talk(talk: Sequence[Exchange], locale: Locale, *, growing: bool = False, welcome: str = "") -> str:
    """Return the talk so far.

    Args:
        talk: its exchanges, oldest first.
        locale: the interface's.
        growing: whether the last answer is still being given.
        welcome: what stands there before the first question.
    """
    last = max((number for number, exchange in enumerate(talk, start=1) if exchange.question), default=0)
    turns = "".join(
        _exchange(number, exchange, locale, last=number == last, growing=growing and number == last)
        for number, exchange in enumerate(talk, start=1)
    )
    return (
        f'<section class="talk" id="content" aria-label="{locale.html("talk")}" aria-live="polite" '
        f'aria-busy="{"true" if growing else "false"}" {locale.run}>{turns or welcome}</section>'
    )


def render_welcome(locale: Locale, count: str, examples: Sequence[tuple[str, str]]) -> str:
    """Return what stands there before the first question: what this is, what is in it, what might be asked.

    Args:
        locale: the interface's.
        count: how many articles there are, in words.
        examples: questions, each with its language.
    """
    asked = "".join(
        f'<li><button type="button" class="example" data-do="example_select" data-question="{escape(question)}" '
        f'lang="{language}" dir="auto">{escape(question)}</button></li>'
        for language, question in examples
    )
    return (
        f'<div class="welcome"><h1>{locale.html("tagline")}</h1><p>{escape(count)} '
        f'<a href="/corpus">{locale.html("add_your_own")}</a></p>'
        f"<h2>{locale.html('examples')}</h2><ul>{asked}</ul></div>"
    )


def render_empty(locale: Locale) -> str:
    """Return what stands there when there is nothing to be asked."""
    return (
        f'<div class="welcome"><h1>{locale.html("empty_corpus")}</h1><p>{locale.html("empty_corpus_do")}'
        f'</p><p><a class="primary" href="/corpus">{locale.html("to_corpus")}</a></p></div>'
    )


def _exchange(number: int, exchange: Exchange, locale: Locale, *, last: bool, growing: bool) -> str:
    asked = ""
    if exchange.question:
        edit = button(locale.say("edit"), "edit", look="quiet", turn=number) if last and not growing else ""
        only = say_filter(exchange.only, locale) if exchange.only else ""
        within = f'<p class="note">{escape(only)}</p>' if only else ""
        asked = (
            f'<div class="turn asked"><span class="who">{locale.html("you")}</span>'
            f'<p dir="auto">{escape(exchange.question)}</p>{within}{edit}</div>'
        )
    if exchange.problem:
        retry = button(locale.say("retry"), "retry", look="quiet") if exchange.question and last else ""
        return (
            f'{asked}<div class="turn problem" role="alert"><p dir="auto">{escape(exchange.problem)}</p>{retry}</div>'
        )
    if exchange.answer is None:
        if exchange.stopped:
            retry = button(locale.say("retry"), "retry", look="quiet") if last else ""
            return f'{asked}<div class="turn stopped"><p class="note">{locale.html("stopped")}</p>{retry}</div>'
        dots = "<span></span><span></span><span></span>"
        return f'{asked}<div class="turn waiting" role="status" aria-label="{locale.html("waiting")}">{dots}</div>'
    return asked + _answer(number, exchange, exchange.answer, locale, last=last, growing=growing)


def _answer(number: int, exchange: Exchange, answer: Answer, locale: Locale, *, last: bool, growing: bool) -> str:
    kind = "answer abstained" if answer.abstained else "answer"
    label = ""
    if answer.abstained:
        label = f'<strong class="label" {locale.run}>{locale.html("abstained")}</strong>'
    cited = {citation.number for citation in answer.citations}
    lines = "".join(
        f"<p {_line_run(line, answer)}>{_with_marks(number, line, cited, locale)}</p>"
        for line in answer.text.split("\n")
        if line.strip()
    )
    notes = "".join(f'<p class="note">{note}</p>' for note in _notes(exchange, answer, locale, growing=growing))
    better = _better(answer, locale) if last and not growing else ""
    # There is nothing to copy or to judge in a greeting.
    judged = not growing and (answer.citations or answer.abstained or answer.written_by or exchange.stopped)
    actions = _actions(number, exchange, locale, last=last) if judged else ""
    return (
        f'<div class="turn {kind}" id="turn-{number}" {run(answer.language)}>{label}{lines}'
        f'<div class="about" {locale.run}>{notes}{better}{actions}</div></div>'
    )


def _notes(exchange: Exchange, answer: Answer, locale: Locale, *, growing: bool) -> list[str]:
    """Return what is to be known of how an answer came about, each as a line of HTML in the interface's language."""
    notes: list[str] = []
    for key, titles in (("changed_since", exchange.changed), ("gone_since", exchange.gone)):
        notes += (f"{locale.html(key)} <bdi>{escape(title)}</bdi>" for title in titles)
    if exchange.stopped:
        notes.append(locale.html("stopped_unchecked" if answer.written_by else "stopped"))
    if answer.failed:
        notes.append(escape(say_failed(answer.failed, locale.language)))
    if answer.abstained and answer.lack in ("kind", "office"):
        notes.append(locale.html(f"lack_{answer.lack}"))
    if answer.searched and answer.searched.strip() != answer.question.strip():
        notes.append(f"{locale.html('searched')}: <bdi>{escape(answer.searched)}</bdi>")
    if period := say_period(answer.since, answer.until, locale.language):
        notes.append(escape(locale.in_digits(period)))
    if growing or exchange.stopped or not (answer.citations or answer.written_by):
        return notes
    if answer.written_by:
        how = locale.say("written_by", model=f"<bdi>{escape(answer.written_by)}</bdi>")
    else:
        how = locale.html("quoted")
    sure = locale.say("sure", percent=locale.percent(min(answer.confidence, _SUREST)))
    took = locale.say("took", seconds=locale.number(exchange.seconds, 1)) if exchange.seconds else ""
    return [*notes, " · ".join(part for part in (how, escape(sure), escape(took)) if part)]


def _better(answer: Answer, locale: Locale) -> str:
    """Return questions that the nearest articles answer, after an abstention."""
    questions = suggest_questions(answer) if answer.abstained else ()
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" class="example" data-do="example_select" data-question="{escape(question)}" '
        f'dir="auto">{escape(question)}</button></li>'
        for question in questions
    )
    return f'<p class="note">{locale.html("better")}</p><ul class="better">{items}</ul>'


def _actions(number: int, exchange: Exchange, locale: Locale, *, last: bool) -> str:
    said = {True: "liked", False: "disliked", None: ""}[exchange.liked]
    copied = f' data-copy="{escape(as_text(exchange, locale))}" data-copied="{locale.html("copied")}"'
    items = [f'<button type="button" class="quiet"{copied}>{locale.html("copy")}</button>']
    if last:
        items.append(button(locale.say("regenerate"), "retry", look="quiet"))
    for choice, value in (("liked", "1"), ("disliked", "0")):
        pressed = "true" if said == choice else "false"
        items.append(
            f'<button type="button" class="quiet" data-do="like" data-turn="{number}" data-value="{value}" '
            f'aria-pressed="{pressed}">{locale.html(choice)}</button>'
        )
    note = ""
    if said:
        box = field("note", locale.say("note"), exchange.note, more=' maxlength="300"')
        note = f'<form data-do="input" data-turn="{number}" class="note-form">{box}</form>'
    return f'<div class="actions">{"".join(items)}</div>{note}'


def _line_run(line: str, answer: Answer) -> str:
    """A line that quotes a passage in another language runs in that one's direction."""
    for citation in answer.citations:
        if citation.passage.language != answer.language and f"[{citation.number}]" in line:
            return f'class="quoted" {run(citation.passage.language)}'
    return run(answer.language)


def _with_marks(turn: int, text: str, cited: Set[int], locale: Locale) -> str:
    """Escape a text and make each mark in it a link to its quote, isolated from the direction of what is around it.

    A number in brackets that nothing is cited for is no mark: an article may say `[7]`, and an answer that is still
    growing may have no citations yet. It stays text.
    """
    parts = _MARK.split(text)
    for place in range(1, len(parts), 2):
        numbers = map(int, re.findall("[0-9]+", parts[place]))
        links = "".join(_mark(turn, number, locale) if number in cited else f"[{number}]" for number in numbers)
        parts[place] = f'<span class="marks">{links}</span>'
    # A mark stays on the line of the word before it.
    return "".join(
        part if place % 2 else re.sub(" $", "\u00a0", _with_warnings(part)) for place, part in enumerate(parts)
    )


def _mark(turn: int, number: int, locale: Locale) -> str:
    shown, quote = locale.number(number), f"quote-{turn}-{number}"
    return (
        f'<a class="mark" href="#{quote}" data-turn="{turn}" aria-describedby="{quote}" '
        f'aria-label="{locale.html("go_to_quote", number=shown)}">{shown}</a>'
    )


def _with_warnings(text: str) -> str:
    """Escape a text; what says that a claim is unsupported stands out."""
    shown = escape(text)
    for warning in UNSUPPORTED.values():
        shown = shown.replace(warning, f'<span class="unsupported">{warning.strip("[]")}</span>')
    return shown
