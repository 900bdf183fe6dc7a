"""The page on which one logs in: a page without scripts."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from ui.preferences import Preferences
from ui.render.markup import document, render_notice


def render_login(preferences: Preferences, styles: str, wanted: str, name: str = "", problem: str = "") -> str:
    """Return the page.

    Args:
        preferences: the visitor's.
        styles: address of the style sheet.
        wanted: address that is shown after the login.
        name: that was given before.
        problem: what went wrong then, in the interface's words; "" for nothing.
    """
    locale = preferences.locale
    other = "en" if preferences.language == "ar" else "ar"
    told = render_notice(problem, locale, wrong=True) if problem else ""
    body = (
        f'<main class="login" id="content" {locale.run}><h1>{locale.html("name")}</h1>'
        f"<p>{locale.html('login_about')}</p>{told}"
        f'<form method="post" action="/login"><input type="hidden" name="next" value="{escape(wanted)}">'
        f'<label class="field"><span>{locale.html("login_name")}</span><input name="name" value="{escape(name)}" '
        'dir="auto" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>'
        f'<label class="field"><span>{locale.html("login_password")}</span><input name="password" type="password" '
        'dir="auto" autocomplete="current-password" required></label>'
        f'<button type="submit" class="primary">{locale.html("log_in")}</button></form>'
        f'<p><a href="?language={other}&amp;next={quote(wanted)}" lang="{other}">{locale.html("switch")}</a></p></main>'
    )
    return document(
        f"{locale.say('log_in')} · {locale.say('name')}", body, locale, theme=preferences.theme, styles=styles
    )
