"""The pages as one Gradio app: `/`, `/corpus`, `/evaluation`, `/settings`."""

from __future__ import annotations

import warnings
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from ui.chat import ChatPage
from ui.corpus import CorpusPage
from ui.evaluation import EvaluationPage
from ui.settings import SettingsPage
from ui.site import SCRIPT, STYLES, Site

_AT_ONCE = 8  # events of one kind that are handled side by side; of questions `ui.queueing` says how many
_BESIDE = 32  # threads for all that is no question


def build_app(site: Site) -> gr.Blocks:
    """Return the pages over a site."""
    with gr.Blocks(title="Sanad · سند", analytics_enabled=False, fill_width=True) as app:
        ChatPage(site).load(app)
    for path, page in (("corpus", CorpusPage), ("evaluation", EvaluationPage), ("settings", SettingsPage)):
        with app.route(path.capitalize(), f"/{path}", show_in_navbar=False) as route:
            page(site).load(route)
    app.max_threads = site.queue.limits.at_once + site.queue.limits.waiting + _BESIDE
    app.queue(default_concurrency_limit=_AT_ONCE)
    return app


def serve_pages(site: Site) -> FastAPI:
    """Return the pages over a site as an app to be served."""
    server = FastAPI(title="Sanad", openapi_url=None)
    server.add_middleware(CORSMiddleware)  # lets no other site in; without it Gradio's own would let in all
    with warnings.catch_warnings():  # Gradio warns of what is off by `looks`
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        gr.mount_gradio_app(server, build_app(site), path="", **looks())
    return server


def looks() -> dict[str, Any]:
    """Return what the app is mounted with: nothing from elsewhere, nothing to elsewhere."""
    return {
        "theme": gr.themes.Base(font=["Plex Arabic", "system-ui"], font_mono=["ui-monospace", "monospace"]),
        # Not as `css`, which Gradio would narrow to what is inside its own container.
        "head": f'<link rel="stylesheet" href="{STYLES}"><script src="{SCRIPT}"></script>',
        "footer_links": [],
        "ssr_mode": False,
    }
