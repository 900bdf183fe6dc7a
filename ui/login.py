"""The page on which a session begins, and the address at which it ends; both need no scripts."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from ui.documents import page_of, preferences_in
from ui.entrance import LOGIN, SESSION
from ui.preferences import COOKIE, Preferences
from ui.render import render_login
from ui.sessions import LONGEST, LockedOut, Sessions
from ui.site import STYLES
from ui.strings import Locale

_YEAR = 365 * 24 * 3600  # seconds
_LONGEST = 2000  # characters of what is filled in
_PLACE: Final = re.compile(r"/(?![/\\])[^\s\\]*")  # on this server

Field = Annotated[str, Form(max_length=_LONGEST)]


def login_routes(sessions: Sessions) -> APIRouter:
    """Return the ways in and out."""
    routes = APIRouter()

    @routes.get(LOGIN)
    def show(request: Request, next: str = "/") -> Response:
        preferences = preferences_in(request).changed(request.query_params)
        response = _page(preferences, next)
        response.set_cookie(COOKIE, preferences.to_cookie(), max_age=_YEAR, samesite="lax")
        return response

    @routes.post(LOGIN)
    def begin(request: Request, name: Field = "", password: Field = "", next: Field = "/") -> Response:
        preferences = preferences_in(request)
        try:
            token = sessions.begin(name, password, request.client.host if request.client else "")
        except LockedOut as error:
            wait = {"Retry-After": str(error.seconds)}
            return _page(preferences, next, name, _wait(preferences.locale, error.seconds), 429, wait)
        if token is None:
            return _page(preferences, next, name, preferences.locale.say("wrong_login"), 401)
        response = RedirectResponse(_inside(next), 303)
        _set_session(request, response, token, int(LONGEST.total_seconds()))
        return response

    @routes.post("/logout")
    def end(request: Request) -> Response:
        sessions.end(request.cookies.get(SESSION, ""))
        response = RedirectResponse(LOGIN, 303)
        _set_session(request, response, "", 0)
        return response

    return routes


def _page(
    preferences: Preferences,
    wanted: str,
    name: str = "",
    problem: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return page_of(render_login(preferences, STYLES, _inside(wanted), name, problem), status, headers)


def _inside(wanted: str) -> str:
    """Return the address that is shown after the login: one of this server."""
    return wanted if _PLACE.fullmatch(wanted) else "/"


def _wait(locale: Locale, seconds: int) -> str:
    return locale.say("locked_out", minutes=locale.count("minutes", -(-seconds // 60)))


def _set_session(request: Request, response: Response, token: str, seconds: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(SESSION, token, max_age=seconds, httponly=True, samesite="lax", secure=secure)
