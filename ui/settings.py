"""The settings page: what a visitor chooses, and what is set elsewhere."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.preferences import Preferences
from ui.render import render_frame, render_settings
from ui.site import Page, Site, on, part, preferences_of


class SettingsPage(Page):
    """The settings page."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._preferences = gr.State(Preferences())
        self._form = part("settings")
        self.parts = [self._preferences, self._frame, self._form]
        on(self._frame, "option_select", self.choose, [self._preferences], self.parts)
        on(self._form, "apply", self.choose, [self._preferences], self.parts)

    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Show what its visitor chose."""
        return self._draw(preferences_of(request))

    def choose(self, preferences: Preferences, event: gr.EventData) -> dict[Any, Any]:
        """Take a choice; the browser keeps it in its cookie."""
        return self._draw(preferences.changed(event._data.get("fields", event._data)))

    def _draw(self, preferences: Preferences) -> dict[Any, Any]:
        settings, none = self._site.settings, preferences.locale.say("fact_none")
        facts = [
            ("fact_model", settings.model or none, "RAG_MODEL"),
            ("fact_index", str(settings.home), "RAG_DATABASE" if settings.database else "RAG_INDEX"),
            ("fact_encoder", settings.encoder, "RAG_ENCODER"),
            ("fact_reranker", settings.reranker or none, "RAG_RERANKER"),
            ("fact_address", f"{settings.host}:{settings.port}", "GRADIO_SERVER_NAME, GRADIO_SERVER_PORT"),
        ]
        return {
            self._preferences: preferences,
            self._frame: render_frame("settings", preferences),
            self._form: render_settings(preferences, facts, model=self._site.model),
        }
