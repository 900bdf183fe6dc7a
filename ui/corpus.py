"""The articles page: what is indexed, and files that are added, read again or taken out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from rag.clean import fold
from rag.errors import SanadError, SourceError
from rag.index_report import Failure, IndexReport
from rag.load.web import is_address
from rag.progress import Progress
from rag.summary import ArticleSummary
from ui.jobs import Job
from ui.page import Page, on, only_managers, part, preferences_of
from ui.people import person_of
from ui.render import (
    render_articles,
    render_corpus_tools,
    render_drop_zone,
    render_frame,
    render_index_report,
    render_notice,
    render_progress,
)
from ui.site import PageView, Site, explain
from ui.strings import Locale
from ui.uploads import index_files, plain_name

PAGE = 50
"""Articles of one page of the list."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View(PageView):
    """What one open page shows: what the list is searched for, and which part of it is seen."""

    search: str = ""
    language: str = ""
    source: str = ""
    page: int = 0


class CorpusPage(Page):
    """The articles page."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._view = gr.State(View())
        self._files = part("files")
        self._report = part("report")
        self._tools = part("corpus-tools")
        self._list = part("articles")
        self.parts = [self._view, self._frame, self._files, self._report, self._tools, self._list]
        changed = [self._view, self._files, self._report, self._tools, self._list]
        view = [self._view]
        on(self._frame, "option_select", self.switch, view, self.parts)
        on(self._files, "upload", self.add, view, changed)
        on(self._files, "submit", self.fetch, view, changed)
        on(self._tools, "apply", self.filter, view, [self._view, self._list])
        on(self._tools, "retry", self.refresh, view, changed)
        on(self._list, "select", self.turn, view, [self._view, self._list])
        on(self._list, "delete", self.remove, view, changed)

    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Show the page as its visitor likes it."""
        return self._draw_all(View(preferences_of(request), person_of(request)))

    def switch(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """Show the page in the other language."""
        return self._draw_all(replace(view, preferences=view.preferences.changed(event._data)))

    def filter(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """List the articles that the form names."""
        fields = event._data["fields"]
        search, language, source = (str(fields.get(name, "")) for name in ("search", "language", "source"))
        view = replace(view, page=0, search=search, language=language, source=source)
        return {self._view: view, self._list: self._draw_list(view)}

    def turn(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """Show another part of the list."""
        view = replace(view, page=max(0, int(event._data["page"])))
        return {self._view: view, self._list: self._draw_list(view)}

    def add(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Keep files that were dropped, and index them."""
        only_managers(request)
        sent = [{field: str(value) for field, value in file.items()} for file in event._data["files"]]

        def read(progress: Progress) -> IndexReport:
            kept, failed = [], list[Failure]()
            for file in sent:
                name = plain_name(file.get("name", ""))
                try:
                    if file.get("problem"):  # it was refused when it was sent
                        raise SourceError(file["problem"])
                    kept.append(self._site.uploads.take(file.get("file", ""), name))
                except SourceError as error:
                    failed.append(Failure(name, str(error)))
            report = index_files(self._site.rag.index, kept, progress)
            return replace(report, failed=(*failed, *report.failed))

        yield from self._work(view, read)

    def fetch(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Index what an address on the web gives: a page, or those that a feed or sitemap lists."""
        only_managers(request)
        address = str(event._data["fields"].get("address", "")).strip()
        if address and "://" not in address:
            address = f"https://{address}"
        if not is_address(address):
            notice = render_notice(view.locale.say("no_address"), view.locale, wrong=True)
            yield {self._report: notice}
            return
        yield from self._work(view, lambda progress: self._site.rag.index.add(address, progress=progress))

    def refresh(self, view: View, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Bring the index in step with every file it was made of."""
        only_managers(request)
        yield from self._work(view, self._site.rag.index.refresh)

    def remove(self, view: View, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Take an article out of the index."""
        only_managers(request)
        locale, article = view.locale, str(event._data["article"])
        try:
            title = self._site.rag.index.article(article).title or article
            self._site.rag.index.remove(article)
            told = render_notice(locale.say("removed", title=title), locale)
        except Exception as error:  # the outermost edge
            told = self._explain(error, locale)
        return {self._report: told, **self._draw_changed(view)}

    def _work(self, view: View, work: Any) -> Iterator[dict[Any, Any]]:
        """Change the index, drawing how far it has come, then what came of it."""
        locale = view.locale
        job: Job[IndexReport] = Job(work)
        for step in job.progress():
            yield {self._report: render_progress(step, locale)}
        try:
            told = render_index_report(job.result(), locale)
        except Exception as error:  # the outermost edge
            told = self._explain(error, locale)
        yield {self._report: told, **self._draw_changed(view)}

    def _explain(self, error: Exception, locale: Locale) -> str:
        if not isinstance(error, SanadError | ValueError):
            _log.error("the index could not be changed", exc_info=error)
        return render_notice(explain(error, locale), locale, wrong=True)

    def _draw_all(self, view: View) -> dict[Any, Any]:
        return {
            self._frame: render_frame("corpus", view.preferences, account=view.person.name),
            self._files: render_drop_zone(view.locale) if view.person.may_manage else "",
            self._report: "",
            **self._draw_changed(view),
        }

    def _draw_changed(self, view: View) -> dict[Any, Any]:
        """Return what a change of the index may have changed."""
        tools = render_corpus_tools(
            view.locale,
            self._site.sources(),
            search=view.search,
            language=view.language,
            source=view.source,
            managed=view.person.may_manage,
        )
        return {self._view: view, self._tools: tools, self._list: self._draw_list(view)}

    def _draw_list(self, view: View) -> str:
        try:
            articles = self._site.articles()
        except SanadError as error:
            return render_notice(explain(error, view.locale), view.locale, wrong=True)
        found = find_articles(articles, view.search, view.language, view.source)
        page = min(view.page, max(0, (len(found) - 1) // PAGE))
        return render_articles(
            found, view.locale, page=page, size=PAGE, total=len(articles), managed=view.person.may_manage
        )


def find_articles(articles: Sequence[ArticleSummary], search: str, language: str, source: str) -> list[ArticleSummary]:
    """Return the articles whose title or id has all words of a search, in any spelling, of a language and source."""
    words = fold(search).split()
    return [
        article
        for article in articles
        if (not language or article.language == language)
        and (not source or article.source == source)
        and all(word in fold(f"{article.title} {article.id}") for word in words)
    ]
