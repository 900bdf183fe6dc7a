"""An article in full, the quote highlighted in its place: a page without scripts."""

from __future__ import annotations

from html import escape

from rag.types import Article
from ui.preferences import Preferences
from ui.render.frame import render_frame
from ui.render.markup import document, facts_line
from ui.strings import run


def render_article(article: Article, span: tuple[int, int], preferences: Preferences, styles: str) -> str:
    """Return the page of an article.

    Args:
        article: as it is stored.
        span: of the quote, in the article's text; an empty or impossible one highlights nothing.
        preferences: the visitor's.
        styles: address of the style sheet.
    """
    locale = preferences.locale
    start, end = span if 0 <= span[0] < span[1] <= len(article.text) else (0, 0)
    paragraphs, at = "", 0
    named = False
    for part in article.text.split("\n"):
        first, last = max(start, at), min(end, at + len(part))
        if first < last:
            name = "" if named else ' id="quote"'
            named = True
            shown = (
                f"{escape(part[: first - at])}<mark{name}>{escape(part[first - at : last - at])}</mark>"
                f"{escape(part[last - at :])}"
            )
        else:
            shown = escape(part)
        paragraphs += f"<p>{shown}</p>" if part.strip() else ""
        at += len(part) + 1
    day = locale.published(article.published, article.dated_by)
    facts = [article.source, article.author, day, locale.say(f"in_{article.language}"), article.licence, article.url]
    facts += [locale.say("recognised")] if article.recognised else []
    body = (
        f'{render_frame(None, preferences)}<main class="reader" id="content"><article {run(article.language)}>'
        f'<h1>{escape(article.title)}</h1><p class="origin" {locale.run}>{facts_line(f for f in facts if f)}</p>'
        f"{paragraphs}</article></main>"
    )
    return document(article.title, body, locale, theme=preferences.theme, styles=styles)


def render_missing(what: str, preferences: Preferences, styles: str) -> str:
    """Return the page that says that something is not there, in the interface's words: `what` is their key."""
    locale = preferences.locale
    back = f'<p><a href="/">{locale.html("to_chat")}</a></p>'
    body = (
        f'{render_frame(None, preferences)}<main class="reader" id="content"><h1>{locale.html(what)}</h1>{back}</main>'
    )
    return document(locale.say(what), body, locale, theme=preferences.theme, styles=styles)
