"""A Rag → its chat page: Gradio does the wiring, `render` the HTML.

The talk and the passages are two `gr.HTML` parts rather than a `gr.Chatbot`: each message needs its own direction and
language, marks that are links into the other column, and text that is never read as Markdown.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import SanadError
from rag.pipeline import LONGEST_QUESTION, Rag, is_too_long
from rag.types import Language, Turn
from ui.render import Exchange, render_evidence, render_heading, render_talk
from ui.strings import EXAMPLES, pick_language, say

# Faces that read well in Arabic and come with the systems; none is fetched.
_FONTS = ["Noto Sans Arabic", "Segoe UI", "SF Arabic", "Geeza Pro", "Noto Sans", "Tahoma", "system-ui", "sans-serif"]
_STYLE = Path(__file__).with_name("style.css")
_SCRIPT = Path(__file__).with_name("page.js")
_log = logging.getLogger(__name__)


def build_app(rag: Rag) -> gr.Blocks:
    """Return the chat page over a Rag."""
    with gr.Blocks(title="Sanad · سند", analytics_enabled=False, fill_width=True) as app:
        language = gr.State("ar")
        talk = gr.State([])
        heading = gr.HTML(render_heading("ar"), elem_id="heading", padding=False)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=3, elem_id="talk-column"):
                shown_talk = gr.HTML(render_talk([], "ar"), elem_id="talk", padding=False)
                examples_label = gr.HTML(_examples_label("ar"), elem_id="examples-label", padding=False)
                with gr.Row(elem_id="examples"):
                    buttons = [gr.Button(text, elem_classes=["example"], size="sm") for _, text in EXAMPLES]
                with gr.Row(elem_id="ask"):
                    box = gr.Textbox(
                        label=say("question", "ar"),  # not seen, but read aloud
                        show_label=False,
                        placeholder=say("placeholder", "ar"),
                        elem_id="question",
                        container=False,
                        lines=1,
                        max_lines=5,
                        scale=8,
                        autofocus=True,
                        rtl=True,
                    )
                    send = gr.Button(say("send", "ar"), variant="primary", elem_id="send", scale=1, min_width=72)
            with gr.Column(scale=2, elem_id="evidence-column"):
                evidence = gr.HTML(render_evidence([], "ar"), elem_id="evidence", padding=False)

        outputs: list[Any] = [talk, shown_talk, evidence, box]

        def ask(question: str, earlier: list[Exchange], shown_in: Language) -> Iterator[tuple[Any, ...]]:
            for exchanges, kept in _answer(rag, question, earlier, shown_in):
                yield exchanges, render_talk(exchanges, shown_in), render_evidence(exchanges, shown_in), kept

        gr.on(
            [box.submit, send.click],
            ask,
            [box, talk, language],
            outputs,
            show_progress="hidden",
            api_visibility="private",
        )
        for button, (_, text) in zip(buttons, EXAMPLES, strict=True):
            button.click(
                ask,
                [gr.State(text), talk, language],
                outputs,
                show_progress="hidden",
                api_visibility="private",
            )

        def start(request: gr.Request) -> tuple[Any, ...]:
            chosen = pick_language(request.headers.get("accept-language", ""))
            return (
                chosen,
                render_heading(chosen),
                render_talk([], chosen),
                _examples_label(chosen),
                gr.Textbox(label=say("question", chosen), placeholder=say("placeholder", chosen), rtl=chosen == "ar"),
                gr.Button(say("send", chosen)),
                render_evidence([], chosen),
            )

        app.load(
            start,
            None,
            [language, heading, shown_talk, examples_label, box, send, evidence],
            show_progress="hidden",
            api_visibility="private",
        )
    return app


def serve(rag: Rag, host: str, port: int, *, on_ready: Callable[[str], None]) -> None:
    """Serve the chat until it is interrupted.

    Args:
        rag: answers the questions.
        host: a loopback address.
        port: must be free.
        on_ready: called with the page's address once it can be opened.

    Raises:
        SanadError: the port is taken or the address cannot be used.
    """
    _check_port(host, port)
    app = build_app(rag)
    app.launch(**launch_options(host, port))
    on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    app.block_thread()


def launch_options(host: str, port: int) -> dict[str, Any]:
    """Return what the page is launched with: nothing from elsewhere, nothing to elsewhere."""
    return {
        "server_name": host,
        "server_port": port,
        "theme": gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        "css": _STYLE.read_text(encoding="utf-8"),
        "head": f"<script>{_SCRIPT.read_text(encoding='utf-8')}</script>",
        "footer_links": [],
        "share": False,
        "ssr_mode": False,
        "quiet": True,
        "prevent_thread_lock": True,
    }


def _answer(
    rag: Rag, question: str, earlier: list[Exchange], shown_in: Language
) -> Iterator[tuple[list[Exchange], str]]:
    """Yield the talk as the answer grows, and what stays in the question box."""
    earlier = [exchange for exchange in earlier if exchange.question]
    problem = ""
    if not question.strip():
        problem = say("empty_question", shown_in)
    elif is_too_long(question):
        problem = say("long_question", shown_in, most=f"{LONGEST_QUESTION:,}")
    if problem:
        # What was written stays in the box, to be shortened; the talk keeps only the beginning.
        shown = question.strip()[:200] + ("…" if len(question.strip()) > 200 else "")
        yield [*earlier, Exchange(shown, problem=problem)], question
        return
    yield [*earlier, Exchange(question)], ""
    try:
        for answer in rag.stream(question, _history(earlier), interface=shown_in):
            yield [*earlier, Exchange(question, answer)], ""
    except (SanadError, ValueError) as error:
        yield [*earlier, Exchange(question, problem=str(error))], question
    except Exception:  # the outermost edge: half an answer must not stand there as if it were whole
        _log.exception("the answer failed")
        yield [*earlier, Exchange(question, problem=say("failed", shown_in))], question


def _history(talk: list[Exchange]) -> list[Turn]:
    turns = []
    for exchange in talk:
        if exchange.answer:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return turns


def _examples_label(language: Language) -> str:
    direction = "rtl" if language == "ar" else "ltr"
    return f'<p class="examples-label" lang="{language}" dir="{direction}">{say("examples", language)}</p>'


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SanadError(
                f"port {port} is in use or not allowed ({error.strerror}); choose another with --port, or set "
                "GRADIO_SERVER_PORT"
            ) from error
