"""The chat: one column for the talks, one for the talk, one for the evidence.

The talk is a `gr.HTML` part rather than a `gr.Chatbot`: each message needs its own direction and language, marks that
are links into the other column, and text that is never read as Markdown.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from rag.filter import Filter
from ui.asking import Growth, View, answer_last, enter, read_filter, refuse, welcome
from ui.clients import client_of
from ui.page import Page, on, part, preferences_of, visitor_of
from ui.people import person_of
from ui.queueing import Place
from ui.render import render_evidence, render_filters, render_frame, render_talk, render_talks, render_talks_tools
from ui.site import Site
from ui.types import Exchange

_log = logging.getLogger(__name__)


class ChatPage(Page):
    """The chat."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._view = gr.State(View())
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talks-column"):
                self._tools = part("talks-tools")
                self._talks = part("talks")
            with gr.Column(elem_id="talk-column"):
                self._talk = part("talk")
                with gr.Column(elem_id="ask-area"):
                    self._filters = part("filters")
                    with gr.Row(elem_id="ask"):
                        self._box = gr.Textbox(  # its label is not seen, but read aloud
                            show_label=False, elem_id="question", container=False, max_lines=5, scale=8, autofocus=True
                        )
                        self._send = gr.Button(variant="primary", elem_id="send", scale=1, min_width=72)
                        self._stop = gr.Button(elem_id="stop", scale=1, min_width=72, visible=False)
            with gr.Column(elem_id="evidence-column"):
                self._evidence = part("evidence")
        self.parts = [self._view, self._frame, self._talk, self._evidence, self._talks, self._tools, self._filters]
        self.parts += [self._box, self._send, self._stop]
        self._wire()

    def _wire(self) -> None:
        view, every = [self._view], self.parts
        asking = [
            on(self._box, "submit", self.ask, [self._box, *view], every, concurrency_limit=None),
            on(self._send, "click", self.ask, [self._box, *view], every, concurrency_limit=None),
            on(self._talk, "example_select", self.ask_example, view, every, concurrency_limit=None),
            on(self._talk, "retry", self.retry, view, every, concurrency_limit=None),
        ]
        on(self._talk, "edit", self.edit, view, every)
        on(self._talk, "like", self.judge, view, [self._view, self._talk])
        on(self._talk, "input", self.annotate, view, [self._view, self._talk])
        on(self._filters, "apply", self.filter, view, [self._view, self._filters])
        on(self._filters, "clear", self.search_all, view, [self._view, self._filters])
        on(self._filters, "undo", self.leave_unedited, view, [self._view, self._filters, self._box])
        on(self._tools, "input", self.search_talks, view, [self._view, self._talks])
        on(self._talks, "edit", self.rename_talk, view, [self._talks])
        # These end the answer that grows here. Gradio's page may show that once more: the talk is drawn again.
        for leaving in (
            on(self._stop, "click", self.stop, view, every, cancels=asking, queue=False),
            on(self._frame, "option_select", self.switch, view, every, cancels=asking),
            on(self._tools, "clear", self.start_talk, view, every, cancels=asking),
            on(self._talks, "select", self.open_talk, view, every, cancels=asking),
            on(self._talks, "delete", self.delete_talk, view, every, cancels=asking),
        ):
            on(leaving, "then", self._draw_talk, view, [self._talk, self._evidence])

    # -- opening -------------------------------------------------------------------------------------------------

    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Show the page as its visitor likes it, with the talk that its address names."""
        view = View(preferences_of(request), person_of(request))
        if talk := str(request.query_params.get("talk", "")):
            view = self._open(view, visitor_of(request), talk)
        return self._draw_all(view, visitor_of(request))

    def switch(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Show the page in the other language."""
        view = self._leave(view, visitor_of(request))
        view = replace(view, preferences=view.preferences.changed(event._data))
        shown = self._draw_all(view, visitor_of(request))
        # What is being written stays.
        return shown | {self._box: gr.Textbox(**self._box_looks(view))}

    # -- asking --------------------------------------------------------------------------------------------------

    def ask(self, question: str, view: View, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Answer a question, drawing the answer as it grows; what cannot be asked stays in the box."""
        place = enter(self._site.queue, client_of(request.request.scope), question, view)
        if isinstance(place, Exchange):
            kept = {} if refuse(question, view) else {self._box: gr.Textbox(value=question)}  # it may be an example
            yield {self._talk: render_talk((*view.exchanges, place), view.locale), **kept}
            return
        with place:
            yield from self._answer(question, view, visitor_of(request), place)

    def _answer(self, question: str, view: View, visitor: str, place: Place) -> Iterator[dict[Any, Any]]:
        # The banner of an edit goes; else the filters stay as they are, open or not.
        above = {self._filters: self._draw_filters(replace(view, editing=False))} if view.editing else {}
        view = self._catch_up(view, visitor)
        exchange = Exchange(question, only=view.only if view.only != Filter() else None)
        view = replace(view, exchanges=(*view.answered, exchange), editing=False, growth=(growth := Growth()))
        view = replace(view, talk=self._site.talks.save(visitor, view.talk, view.exchanges))
        yield {
            self._view: view,
            self._frame: render_frame("chat", view.preferences, view.talk, view.person.name),
            **above,
            self._box: gr.Textbox(value="", **self._box_looks(view)),
            self._send: gr.Button(visible=False),
            self._stop: gr.Button(view.locale.say("stop"), visible=True),
            **self._draw_talk(view, growing=True),
        }
        try:
            for exchange in answer_last(self._site.rag, view, place):
                if growth.ended:
                    return
                view = view.with_last(exchange)
                if not exchange.seconds and not exchange.problem:
                    with growth.drawing():
                        yield {self._view: view, **self._draw_talk(view, growing=True)}
        except GeneratorExit:  # the page was closed, or the answer stopped
            self._leave(view, visitor)
            raise
        self._site.talks.update(visitor, view.talk, len(view.exchanges) - 1, view.exchanges[-1])
        kept = {self._box: gr.Textbox(value=question)} if exchange.problem else {}
        yield {
            self._view: view,
            **self._draw_talk(view),
            self._talks: self._list(view, visitor),
            self._send: gr.Button(visible=True),
            self._stop: gr.Button(visible=False),
            **kept,
        }

    def ask_example(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Ask a question that the page offered."""
        yield from self.ask(str(event._data["question"]), replace(view, editing=False), request)

    def retry(self, view: View, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Ask the last question again."""
        if view.exchanges:
            yield from self.ask(view.exchanges[-1].question, replace(view, editing=True), request)

    def stop(self, view: View, request: gr.Request) -> dict[Any, Any]:
        """Keep what there is of an answer that was stopped."""
        return self._draw_all(self._leave(view, visitor_of(request)), visitor_of(request))

    def edit(self, view: View) -> dict[Any, Any]:
        """Put the last question into the box; the next one takes its place."""
        if not view.exchanges:
            return {self._view: view}
        view = replace(view, editing=True)
        return {
            self._view: view,
            self._filters: self._draw_filters(view),
            self._box: gr.Textbox(value=view.exchanges[-1].question, **self._box_looks(view)),
        }

    def leave_unedited(self, view: View) -> dict[Any, Any]:
        """Let the last question be; the next one follows it."""
        view = replace(view, editing=False)
        return {self._view: view, self._filters: self._draw_filters(view), self._box: gr.Textbox(value="")}

    # -- judging -------------------------------------------------------------------------------------------------

    def judge(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Keep what the asker thought of an answer; the same said again takes it back."""
        place, liked = int(event._data["turn"]) - 1, event._data["value"] == "1"
        known = view.exchanges[place].liked
        return self._change(view, place, visitor_of(request), liked=None if known == liked else liked)

    def annotate(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Keep the asker's words on an answer."""
        note = str(event._data["fields"]["note"]).strip()[:300]
        return self._change(view, int(event._data["turn"]) - 1, visitor_of(request), note=note)

    def _change(self, view: View, place: int, visitor: str, **fields: Any) -> dict[Any, Any]:
        exchanges = list(view.exchanges)
        exchanges[place] = replace(exchanges[place], **fields)
        view = replace(view, exchanges=tuple(exchanges))
        if self._site.talks.update(visitor, view.talk, place, exchanges[place]):
            try:
                self._site.feedback.judge(f"{view.talk}-{place + 1}", exchanges[place])
            except OSError as error:  # the page says already that nothing is kept
                _log.warning("the judgement could not be kept: %s", error)
        return {self._view: view, self._talk: render_talk(exchanges, view.locale)}

    # -- filters -------------------------------------------------------------------------------------------------

    def filter(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """Search only the articles that the form names."""
        view = replace(view, only=read_filter(event._data["fields"]))
        return {self._view: view, self._filters: self._draw_filters(view, opened=True)}

    def search_all(self, view: View) -> dict[Any, Any]:
        """Search all articles again."""
        view = replace(view, only=Filter())
        return {self._view: view, self._filters: self._draw_filters(view)}

    # -- talks ---------------------------------------------------------------------------------------------------

    def start_talk(self, view: View, request: gr.Request) -> dict[Any, Any]:
        """Begin a new talk; the one that was open stays in the list."""
        self._leave(view, visitor := visitor_of(request))
        return self._draw_all(View(view.preferences, view.person, only=view.only, search=view.search), visitor)

    def open_talk(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Go on with a talk of the list."""
        view = self._leave(view, visitor := visitor_of(request))
        return self._draw_all(self._open(view, visitor, str(event._data["talk"])), visitor)

    def search_talks(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """List the talks that hold what is searched for."""
        view = replace(view, search=str(event._data["fields"]["search"]))
        return {self._view: view, self._talks: self._list(view, visitor_of(request))}

    def rename_talk(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Call a talk otherwise."""
        visitor = visitor_of(request)
        self._site.talks.rename(visitor, str(event._data["talk"]), str(event._data["fields"]["title"]))
        return {self._talks: self._list(view, visitor)}

    def delete_talk(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Forget a talk; where it was open, a new one begins."""
        visitor, talk = visitor_of(request), str(event._data["talk"])
        view = self._leave(view, visitor)
        self._site.talks.delete(visitor, talk)
        return self.start_talk(view, request) if talk == view.talk else self._draw_all(view, visitor)

    def _open(self, view: View, visitor: str, talk: str) -> View:
        exchanges = self._site.read_talk(visitor, talk)
        if not exchanges:
            return replace(view, talk="", exchanges=(Exchange("", problem=view.locale.say("no_such_talk")),))
        return replace(view, talk=talk, exchanges=tuple(exchanges), editing=False).stopped

    def _leave(self, view: View, visitor: str) -> View:
        """Return the view with its answer, where that was still growing, kept as one that was stopped."""
        if view.growth:
            view.growth.end()
        if view.stopped != view:
            self._site.talks.update(visitor, view.talk, len(view.exchanges) - 1, view.stopped.exchanges[-1])
        return view.stopped

    def _catch_up(self, view: View, visitor: str) -> View:
        """Return the view with what was asked in the same talk elsewhere, in another tab, since it was drawn."""
        kept = self._site.read_talk(visitor, view.talk)
        if len(kept) <= len([exchange for exchange in view.exchanges if exchange.question]):
            return view
        return replace(view, exchanges=tuple(kept), editing=False)

    # -- drawing -------------------------------------------------------------------------------------------------

    def _draw_all(self, view: View, visitor: str) -> dict[Any, Any]:
        locale = view.locale
        return {
            self._view: view,
            self._frame: render_frame("chat", view.preferences, view.talk, view.person.name),
            self._tools: render_talks_tools(locale, kept=self._site.talks.kept),
            self._talks: self._list(view, visitor),
            self._filters: self._draw_filters(view),
            self._box: gr.Textbox(value="", **self._box_looks(view)),
            self._send: gr.Button(locale.say("send"), visible=True),
            self._stop: gr.Button(locale.say("stop"), visible=False),
            **self._draw_talk(view),
        }

    def _draw_talk(self, view: View, *, growing: bool = False) -> dict[Any, Any]:
        first = "" if view.exchanges else welcome(self._site, view.locale)
        shown = {self._talk: render_talk(view.exchanges, view.locale, growing=growing, welcome=first)}
        if not growing or (view.exchanges[-1].answer and view.exchanges[-1].answer.citations):
            shown[self._evidence] = render_evidence(view.exchanges, view.locale)
        return shown

    def _draw_filters(self, view: View, *, opened: bool = False) -> str:
        return render_filters(view.only, self._site.sources(), view.locale, opened=opened, editing=view.editing)

    def _list(self, view: View, visitor: str) -> str:
        found = self._site.talks.find(visitor, view.search)
        return render_talks(found, view.talk, view.locale, searched=bool(view.search.strip()))

    def _box_looks(self, view: View) -> dict[str, Any]:
        locale = view.locale
        return {
            "label": locale.say("question"),
            "placeholder": locale.say("placeholder"),
            "rtl": locale.language == "ar",
        }
