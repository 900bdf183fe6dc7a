"""What is indexed: the list, its search, and what came of adding files."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import PurePath
from urllib.parse import quote as in_url

from rag.index_report import IndexReport
from rag.progress import Step
from rag.summary import ArticleSummary
from ui.render.markup import button, field, select
from ui.render.plot import render_timeline
from ui.strings import Locale, run


def render_drop_zone(locale: Locale) -> str:
    """Return the place where files are dropped, or chosen, and where an address on the web is named."""
    address = field("address", locale.say("add_address"), kind="url", more=' placeholder="https://"')
    return (
        f'<label class="drop" {locale.run} data-drop="upload" data-sending="{locale.html("sending")}">'
        f'<span>{locale.html("drop_files")}</span><input type="file" multiple></label>'
        f'<form class="address" {locale.run} data-do="submit" data-manual>{address}'
        f'<button type="submit" class="primary">{locale.html("fetch_address")}</button></form>'
    )


def render_corpus_tools(
    locale: Locale,
    sources: Sequence[str],
    *,
    search: str = "",
    language: str = "",
    source: str = "",
    managed: bool = True,
) -> str:
    """Return the search over the list of articles, and what can be done with all of them."""
    every = locale.say("every")
    languages = [("", every), ("ar", locale.say("in_ar")), ("en", locale.say("in_en"))]
    return (
        f'<div class="tools" {locale.run}><form data-do="apply" role="search">'
        f"{field('search', locale.say('search_articles'), search, 'search')}"
        f"{select('language', locale.say('filter_language'), languages, language)}"
        f"{select('source', locale.say('filter_source'), [('', every), *((s, s) for s in sources)], source)}</form>"
        f"{button(locale.say('refresh_index'), 'retry') if managed else ''}</div>"
    )


def render_articles(
    found: Sequence[ArticleSummary], locale: Locale, *, page: int, size: int, total: int, managed: bool = True
) -> str:
    """Return a page of the list of articles.

    Args:
        found: all that are listed, newest first.
        locale: the interface's.
        page: which part is shown, from 0.
        size: articles of a page.
        total: how many are indexed.
        managed: whether who sees them may remove them.
    """
    if not total:
        return (
            f'<div class="welcome" {locale.run}><h2>{locale.html("empty_corpus")}</h2>'
            f"<p>{locale.html('empty_corpus_here')}</p></div>"
        )
    count = locale.count("articles", len(found))
    if len(found) != total:
        count = locale.say("of_all", some=count, all=locale.number(total))
    passages = locale.count("passages", sum(article.passages for article in found))
    chart = render_timeline(((a.published, a.language) for a in found if a.published), locale)
    rows = "".join(_row(article, locale, managed=managed) for article in found[page * size : (page + 1) * size])
    heads = "".join(
        f'<th scope="col">{locale.html(key)}</th>'
        for key in ("head_title", "head_source", "head_date", "head_language", "head_passages", "head_remove")
        if managed or key != "head_remove"
    )
    body = (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else (f'<p class="hint">{locale.html("no_article_found")}</p>')
    )
    return (
        f'<section class="articles" {locale.run} aria-label="{locale.html("page_corpus")}">'
        f'<p class="count" role="status">{escape(count)} · {escape(passages)}</p>{chart}{body}'
        f"{_pager(page, -(-len(found) // size), locale)}</section>"
    )


def render_index_report(report: IndexReport, locale: Locale) -> str:
    """Return what bringing the index in step did: counts, and a line for each file that failed."""
    counts = [
        locale.count(f"report_{name}", len(ids))
        for name, ids in (
            ("added", report.added),
            ("changed", report.changed),
            ("removed", report.removed),
            ("copies", report.copies),
        )
        if ids
    ] or [locale.say("report_nothing")]
    failed = "".join(
        f'<li><bdi class="file">{escape(PurePath(failure.source).name)}</bdi>: '
        f'<span dir="ltr" lang="en">{escape(_reason(failure.source, failure.reason))}</span></li>'
        for failure in report.failed
    )
    if failed:
        counts.append(locale.count("report_failed", len(report.failed)))
        failed = f'<ul class="failed">{failed}</ul>'
    comma = "؛ " if locale.language == "ar" else "; "
    return f'<div class="report" role="status" {locale.run}><p>{escape(comma.join(counts))}</p>{failed}</div>'


def render_progress(step: Step, locale: Locale, key: str = "progress") -> str:
    """Return how far reading has come, or what else `key` says."""
    told = locale.say(key, done=locale.number(int(step.done)), total=locale.number(step.total))
    if step.articles > step.done:
        told = f"{locale.count('articles', step.articles)}. {told}"
    return (
        f'<div class="progress" {locale.run}><p>{escape(told)} <bdi>{escape(step.name)}</bdi></p>'
        f'<progress max="{max(step.total, 1)}" value="{step.done:g}" aria-label="{locale.html("working")}"></progress>'
        "</div>"
    )


def _reason(source: str, reason: str) -> str:
    """Return why a file failed, without the folders of this machine before its name."""
    return reason.removeprefix(f"{source}: ").removeprefix(f"{source}, ").replace(source, PurePath(source).name)


def _row(article: ArticleSummary, locale: Locale, *, managed: bool) -> str:
    address = f"/article/{in_url(article.id, safe='')}"
    title = article.title or article.id
    label = locale.say("remove_this", title=title)
    removing = (
        f'<td><button type="button" class="danger" data-do="delete" data-article="{escape(article.id)}" '
        f'data-sure="{locale.html("sure_remove")}" aria-label="{escape(label)}">{locale.html("remove")}</button></td>'
    )
    return (
        f'<tr><th scope="row" {run(article.language)}><a href="{address}" target="_blank">{escape(title)}</a></th>'
        f"<td><bdi>{escape(article.source)}</bdi></td><td>{escape(locale.date(article.published))}</td>"
        f"<td>{locale.html(f'in_{article.language}')}</td><td>{locale.number(article.passages)}</td>"
        f"{removing if managed else ''}</tr>"
    )


def _pager(page: int, pages: int, locale: Locale) -> str:
    if pages < 2:
        return ""
    back = button(locale.say("previous"), "select", page=page - 1) if page else ""
    on = button(locale.say("next"), "select", page=page + 1) if page + 1 < pages else ""
    here = locale.say("page_of", page=locale.number(page + 1), pages=locale.number(pages))
    return f'<p class="pager">{back}<span>{escape(here)}</span>{on}</p>'
