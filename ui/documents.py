"""What needs no scripts: an article, a talk to be kept or printed, the report of a run; and what the pages load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse

from rag.errors import SanadError
from ui.people import person_of
from ui.preferences import COOKIE, Preferences
from ui.render import as_markdown, as_print, render_article, render_missing
from ui.site import SCRIPT, STYLES, Site

_FONTS: Final = {path.name: path for path in Path(__file__).with_name("assets").glob("*.woff2")}
_WEEK: Final = 7 * 24 * 3600  # seconds
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def document_routes(site: Site) -> APIRouter:
    """Return the ways to a site's documents."""
    routes = APIRouter()

    @routes.get(STYLES)
    def styles() -> FileResponse:
        return FileResponse(Path(__file__).with_name("style.css"), media_type="text/css")

    @routes.get(SCRIPT)
    def script() -> FileResponse:
        return FileResponse(Path(__file__).with_name("page.js"), media_type="text/javascript")

    @routes.get("/sanad/{name}")
    def font(name: str) -> FileResponse:
        if name not in _FONTS:
            raise HTTPException(404)
        return FileResponse(_FONTS[name], media_type="font/woff2", headers={"Cache-Control": f"max-age={_WEEK}"})

    @routes.get("/article/{article:path}")
    def article(article: str, request: Request, start: int = 0, end: int = 0) -> HTMLResponse:
        return _article(site, article, (start, end), preferences_in(request))

    @routes.get("/talk/{talk}.md")
    def talk_as_markdown(talk: str, request: Request) -> Response:
        return _talk(site, talk, request, printed=False)

    @routes.get("/talk/{talk}")
    def talk_to_print(talk: str, request: Request) -> Response:
        return _talk(site, talk, request, printed=True)

    @routes.get("/run/{name}")
    def run(name: str, request: Request) -> HTMLResponse:
        report = site.runs / name / "report.html"
        if not re.fullmatch(r"[\w-]+", name) or not report.is_file():
            return page_of(render_missing("no_run", preferences_in(request), STYLES), 404)
        return page_of(report.read_text(encoding="utf-8"))

    return routes


def _article(site: Site, article: str, span: tuple[int, int], preferences: Preferences) -> HTMLResponse:
    try:
        found = site.rag.index.article(article)
    except (ValueError, SanadError):
        return page_of(render_missing("no_such_article", preferences, STYLES), 404)
    return page_of(render_article(found, span, preferences, STYLES))


def _talk(site: Site, talk: str, request: Request, *, printed: bool) -> Response:
    visitor, preferences = person_of(request).id, preferences_in(request)
    exchanges, title = site.talks.read(visitor, talk), site.talks.title(visitor, talk)
    if not exchanges:
        return page_of(render_missing("no_such_talk", preferences, STYLES), 404)
    if printed:
        return page_of(as_print(title, exchanges, preferences.locale, STYLES))
    headers = {"Content-Disposition": 'attachment; filename="sanad.md"'}
    return PlainTextResponse(as_markdown(title, exchanges, preferences.locale), 200, headers, "text/markdown")


def preferences_in(request: Request) -> Preferences:
    """Return the preferences of who sent a request."""
    return Preferences.read(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


def page_of(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return a page without scripts, which its policy holds it to."""
    return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, **(headers or {})})
