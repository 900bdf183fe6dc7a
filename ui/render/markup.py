"""The small pieces of HTML that every page is made of."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from rag.types import Passage
from ui.strings import Locale


def button(label: str, do: str, *, look: str = "", **data: object) -> str:
    """Return a button that sends an event with its data; `label` is plain text, `look` its classes."""
    values = "".join(f' data-{name.replace("_", "-")}="{escape(str(value))}"' for name, value in data.items())
    classes = f' class="{look}"' if look else ""
    return f'<button type="button"{classes} data-do="{do}"{values}>{escape(label)}</button>'


def select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    """Return a labelled choice of `(value, words)`."""
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in options
    )
    return f'<label class="field"><span>{escape(label)}</span><select name="{name}">{items}</select></label>'


def field(name: str, label: str, value: str = "", kind: str = "text", more: str = "") -> str:
    """Return a labelled box to write in; what is written keeps its own direction."""
    return (
        f'<label class="field"><span>{escape(label)}</span>'
        f'<input name="{name}" type="{kind}" value="{escape(value)}" dir="auto" autocomplete="off"{more}></label>'
    )


def origin(passage: Passage, locale: Locale, page: int | None = None) -> str:
    """Return source, date, language of a passage, and the page where it has one, as one line."""
    facts = [
        passage.source,
        locale.published(passage.published, passage.dated_by),
        locale.say(f"in_{passage.language}"),
        locale.say("on_page", page=locale.number(page)) if page else "",
        locale.say("recognised") if passage.recognised else "",
    ]
    return facts_line(fact for fact in facts if fact)


def facts_line(facts: Iterable[str]) -> str:
    """Return facts beside each other, each isolated from the direction of the others."""
    return " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts)


def render_notice(text: str, locale: Locale, *, wrong: bool = False) -> str:
    """Return a line that tells what was done, or what went wrong; each has its own direction."""
    kind, role = ("problem", "alert") if wrong else ("report", "status")
    return f'<div class="turn {kind}" role="{role}" {locale.run}><p dir="auto">{escape(text)}</p></div>'


def document(title: str, body: str, locale: Locale, *, theme: str, styles: str) -> str:
    """Return a page of its own, without scripts."""
    dark = ' class="dark"' if theme == "dark" else ""
    return (
        f'<!doctype html><html {locale.run}><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{styles}"></head><body{dark} data-theme="{theme}">{body}</body></html>'
    )
