"""What stands above every page: its name, the way to the others, the language switch."""

from __future__ import annotations

from html import escape
from typing import Final

from ui.preferences import Preferences
from ui.types import Page

PATHS: Final[dict[Page, str]] = {
    "chat": "/",
    "corpus": "/corpus",
    "evaluation": "/evaluation",
    "settings": "/settings",
}


def render_frame(page: Page | None, preferences: Preferences, talk: str = "", account: str = "") -> str:
    """Return the head of a page; None for one without scripts, which cannot be switched.

    Its `data-` values tell `ui/page.js` what the browser must know: language, direction, theme, title, what to keep in
    the cookie, and the talk, which stands in the address. Who has an `account` can leave it here.
    """
    locale = preferences.locale
    here = ' aria-current="page"'
    links = "".join(
        f'<a href="{path}"{here if name == page else ""}>{locale.html(f"page_{name}")}</a>'
        for name, path in PATHS.items()
    )
    other = "en" if preferences.language == "ar" else "ar"
    switch = drawer = leave = ""
    if page:
        switch = (
            f'<button type="button" class="plain" data-do="option_select" data-language="{other}" lang="{other}">'
            f"{locale.html('switch')}</button>"
        )
    if page == "chat":
        drawer = (
            '<button type="button" class="plain drawer" data-toggle="talks" aria-expanded="false" '
            f'aria-controls="talks-column">{locale.html("talks")}</button>'
        )
    if account:
        leave = (
            f'<form class="leave" method="post" action="/logout"><bdi>{escape(account)}</bdi> '
            f'<button type="submit" class="plain">{locale.html("log_out")}</button></form>'
        )
    title = f"{locale.say(f'page_{page}')} · {locale.say('name')}" if page else locale.say("name")
    return (
        f'<header class="frame" {locale.run} data-theme="{preferences.theme}" data-title="{escape(title)}" '
        f'data-cookie="{escape(preferences.to_cookie())}" data-talk="{escape(talk)}">'
        f'<a class="skip" href="#content">{locale.html("skip")}</a>'
        f'<a class="name" href="/"><bdi>{locale.html("name")}</bdi></a>{drawer}'
        f'<nav aria-label="{locale.html("pages")}">{links}</nav>{leave}{switch}</header>'
    )
