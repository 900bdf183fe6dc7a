"""The settings page: what a visitor chooses, and what is set elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from ui.page import Page, on, part, preferences_of
from ui.people import person_of
from ui.render import render_frame, render_settings
from ui.site import PageView, Site


class SettingsPage(Page):
    """The settings page."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._view = gr.State(PageView())
        self._form = part("settings")
        self.parts = [self._view, self._frame, self._form]
        on(self._frame, "option_select", self.choose, [self._view], self.parts)
        on(self._form, "apply", self.choose, [self._view], self.parts)

    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Show what its visitor chose."""
        return self._draw(PageView(preferences_of(request), person_of(request)))

    def choose(self, view: PageView, event: gr.EventData) -> dict[Any, Any]:
        """Take a choice; the browser keeps it in its cookie."""
        return self._draw(replace(view, preferences=view.preferences.changed(event._data.get("fields", event._data))))

    def _draw(self, view: PageView) -> dict[Any, Any]:
        settings, none = self._site.settings, view.locale.say("fact_none")
        facts = [
            ("fact_model", settings.model or none, "RAG_MODEL"),
            ("fact_index", str(settings.home), "RAG_DATABASE" if settings.database else "RAG_INDEX"),
            ("fact_encoder", settings.encoder, "RAG_ENCODER"),
            ("fact_reranker", settings.reranker or none, "RAG_RERANKER"),
            ("fact_address", f"{settings.host}:{settings.port}", "GRADIO_SERVER_NAME, GRADIO_SERVER_PORT"),
        ]
        return {
            self._view: view,
            self._frame: render_frame("settings", view.preferences, account=view.person.name),
            self._form: render_settings(
                view.preferences, facts if view.person.may_manage else [], model=self._site.model
            ),
        }
