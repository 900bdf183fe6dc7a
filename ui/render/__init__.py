"""Values → escaped HTML (and Markdown): pure, knows nothing of Gradio, disk or network.

Every text that comes from an article or a person is escaped here, and carries its own `lang` and `dir`. What can be
pressed is a `<button data-do="event">`, what can be filled in a `<form data-do="event">`: `ui/actions.js` turns both
into the events that Gradio knows, with their `data-` values.
"""

from ui.render.article import render_article, render_missing
from ui.render.corpus import (
    render_articles,
    render_corpus_tools,
    render_drop_zone,
    render_index_report,
    render_progress,
)
from ui.render.evaluation import render_evaluation_tools, render_run
from ui.render.evidence import render_evidence
from ui.render.export import as_markdown, as_print
from ui.render.filters import is_reversed, render_filters
from ui.render.frame import render_frame
from ui.render.login import render_login
from ui.render.markup import render_notice
from ui.render.settings import render_settings
from ui.render.talk import render_empty, render_talk, render_welcome
from ui.render.talks import render_talks, render_talks_tools

__all__ = [
    "as_markdown",
    "as_print",
    "is_reversed",
    "render_article",
    "render_articles",
    "render_corpus_tools",
    "render_drop_zone",
    "render_empty",
    "render_evaluation_tools",
    "render_evidence",
    "render_filters",
    "render_frame",
    "render_index_report",
    "render_login",
    "render_missing",
    "render_notice",
    "render_progress",
    "render_run",
    "render_settings",
    "render_talk",
    "render_talks",
    "render_talks_tools",
    "render_welcome",
]
