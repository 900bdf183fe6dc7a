"""What can be chosen on the pages, and what is set elsewhere, with where."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ui.preferences import CHOICES, Preferences
from ui.render.markup import select


def render_settings(preferences: Preferences, facts: Sequence[tuple[str, str, str]], *, model: str) -> str:
    """Return the page of settings.

    Args:
        preferences: what is chosen.
        facts: what cannot be changed here: the key of its name, its value, and the variable that sets it; none for who
            need not know.
        model: the chat model's name; "" where there is none.
    """
    locale = preferences.locale
    fields = []
    for name, allowed in CHOICES.items():
        if name == "reader" and not model:
            continue
        options = [
            (
                str(choice),
                locale.number(choice) if isinstance(choice, int) else locale.say(f"{name}_{choice}", model=model),
            )
            for choice in allowed
        ]
        fields.append(select(name, locale.say(f"setting_{name}"), options, str(getattr(preferences, name))))
    hint = (
        ""
        if model
        else (
            f'<p class="hint">{locale.html("no_model")} <code dir="ltr">RAG_MODEL=ollama:qwen3:8b sanad chat</code></p>'
        )
    )
    rows = "".join(
        f'<tr><th scope="row">{locale.html(key)}</th><td><bdi dir="auto">{escape(value)}</bdi></td>'
        f'<td><code dir="ltr">{escape(variable)}</code></td></tr>'
        for key, value, variable in facts
    )
    heads = "".join(f'<th scope="col">{locale.html(key)}</th>' for key in ("fact", "value", "set_by"))
    elsewhere = (
        f"<h2>{locale.html('set_elsewhere')}</h2><p>{locale.html('set_elsewhere_how')}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        f'<div class="settings" id="content" {locale.run}><h1>{locale.html("page_settings")}</h1>'
        f'<form data-do="apply">{"".join(fields)}</form>{hint}'
        f"{elsewhere if facts else ''}</div>"
    )
