"""The list of a visitor's talks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ui.render.markup import button, field
from ui.strings import Locale
from ui.types import TalkSummary


def render_talks_tools(locale: Locale, *, kept: bool) -> str:
    """Return what stands above the list: a new talk, and the search; with a warning where talks are not kept."""
    warning = "" if kept else f'<p class="note">{locale.html("not_kept")}</p>'
    search = field("search", locale.say("search_talks"), kind="search")
    return (
        f"<div {locale.run}><h2>{locale.html('talks')}</h2>"
        f"{button(locale.say('new_talk'), 'clear', look='primary')}{warning}"
        f'<form data-do="input" role="search">{search}</form></div>'
    )


def render_talks(talks: Sequence[TalkSummary], current: str, locale: Locale, *, searched: bool = False) -> str:
    """Return the talks, each with what can be done with it; `current` is the id of the one that is open."""
    if not talks:
        return f'<p class="hint" {locale.run}>{locale.html("no_talk_found" if searched else "no_talks")}</p>'
    items = "".join(_talk(talk, locale, current=talk.id == current) for talk in talks)
    return f'<nav aria-label="{locale.html("talks")}" {locale.run}><ul class="talks">{items}</ul></nav>'


def _talk(talk: TalkSummary, locale: Locale, *, current: bool) -> str:
    state = ' aria-current="true"' if current else ""
    title = talk.title or locale.say("untitled")
    more = locale.html("talk_more", title=title)
    export = "".join(
        f'<a href="/talk/{escape(talk.id)}{ending}" {how}>{locale.html(key)}</a>'
        for key, ending, how in (("export_markdown", ".md", "download"), ("export_print", "", 'target="_blank"'))
    )
    name = field("title", locale.say("rename"), title)
    return (
        f'<li{state}><button type="button" class="talk-title" data-do="select" data-talk="{escape(talk.id)}" dir="auto"'
        f"{state}>{escape(title)}</button>"
        f'<details class="more"><summary aria-label="{more}" title="{more}">⋯</summary><div class="menu">'
        f'<form data-do="edit" data-talk="{escape(talk.id)}">{name}</form>{export}'
        f"{button(locale.say('delete_talk'), 'delete', look='danger', talk=talk.id, sure=locale.say('sure_delete'))}"
        f"</div></details></li>"
    )
