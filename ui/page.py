"""What each page is made of: a class of its own, parts that are drawn, events; and who opened it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from ui.people import person_of
from ui.preferences import COOKIE, Preferences
from ui.site import Site

_ACTIONS = Path(__file__).with_name("actions.js").read_text(encoding="utf-8")


class Page(ABC):
    """A page, built into the `gr.Blocks` that is open; its `parts` are all drawn when it is opened.

    Args:
        site: what it is built over.
    """

    parts: list[Any]

    def __init__(self, site: Site) -> None:
        self._site = site
        self._frame = part("frame")

    @abstractmethod
    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Draw the page as its visitor likes it."""

    def load(self, app: gr.Blocks) -> None:
        """Draw the page whenever it is opened."""
        on(app, "load", self.start, [], self.parts)


def part(name: str, value: str = "") -> gr.HTML:
    """Return a part of a page that is drawn by `ui.render` and sends its actions as events."""
    return gr.HTML(value, elem_id=name, padding=False, apply_default_css=False, js_on_load=_ACTIONS)


def preferences_of(request: gr.Request) -> Preferences:
    """Return the preferences of who opened a page."""
    return Preferences.read(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


def visitor_of(request: gr.Request) -> str:
    """Return the id that a visitor's talks are kept by; "" for a browser that keeps no cookies."""
    return person_of(request).id


def only_managers(request: gr.Request) -> None:
    """Refuse what a page does not offer to everybody, whatever its buttons are.

    Raises:
        gr.Error: who asks may not manage the articles.
    """
    if not person_of(request).may_manage:
        raise gr.Error(preferences_of(request).locale.say("only_managers"))


def on(
    component: Any, event: str, handler: Callable[..., Any], inputs: list[Any], outputs: list[Any], **options: Any
) -> Any:
    """Wire an event of a component; the ways of Gradio that no page of Sanad wants are off.

    A form's event counts also where it comes while another is under way: the later one has more filled in.
    """
    wire = getattr(component, event)
    mode = "multiple" if event in ("apply", "input") else "once"
    shared = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": mode}
    return wire(handler, inputs, outputs, **shared | options)
