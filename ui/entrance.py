"""Requests → those that may come in, each with who it comes from.

Where there are no accounts the server speaks to this machine only, and to whoever uses it; a browser is given a random
id, by which its talks are known. Where there are accounts or keys, nobody comes in without one. In both cases a web
page of another site must not reach the server through its reader's browser.
"""

from __future__ import annotations

import re
import secrets
from typing import Final
from urllib.parse import quote, urlsplit

import anyio
import sqlalchemy as sa
from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.accounts import Accounts
from ui.people import Person, introduce
from ui.problems import Problem
from ui.sessions import Sessions

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine, the only ones that are served under without accounts."""

VISITOR: Final = "sanad_visitor"
"""Name of the cookie that holds the random id of a browser."""

SESSION: Final = "sanad_session"
"""Name of the cookie that holds the token of a session."""

LOGIN: Final = "/login"
"""Address of the page on which a session begins."""

_YEAR = 365 * 24 * 3600  # seconds
_USUAL_PORTS = (80, 443)
_SAFE = ("GET", "HEAD", "OPTIONS")
_FOR_PROGRAMS = ("/api", "/v1", "/mcp", "/metrics")
_OPEN = re.compile(r"/health|/login|/logout|/sanad/[\w.-]+|/favicon\.ico|/robots\.txt")
_PAGES = re.compile(r"/((corpus|evaluation|settings)/?|(article|talk|run)/.*)?", re.DOTALL)
_BEHIND_PAGES = re.compile(  # of what Gradio serves, only what these pages use
    r"/(upload|config|theme\.css|manifest\.json|(assets|static|svelte)/.*)"
    r"|/gradio_api/(queue/(join|data)|run/predict|heartbeat/\w+|startup-events|theme\.css|cancel|reset|info"
    r"|app_id)/?",
    re.DOTALL,
)


class Entrance:
    """Lets in who may come in.

    Args:
        app: gets their requests.
        accounts: None where none can be kept: the folder of the index is read-only.
        always: ask for an account even where there is none, as beyond this machine.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts | None, *, always: bool = False) -> None:
        self._app = app
        self._accounts = accounts
        self._sessions = Sessions(accounts) if accounts else None
        self._always = always
        self._threads: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its person, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._threads = self._threads or anyio.CapacityLimiter(4)
        request = Request(scope)
        try:
            if _is_nothing(scope["path"]):
                raise Problem(404, "there is nothing at this address", "not_found")
            try:
                asked = await to_thread.run_sync(self._find_out, request, limiter=self._threads)
            except sa.exc.DatabaseError:
                raise Problem(503, "the accounts cannot be read now; try again", "accounts_unavailable") from None
            self._refuse_other_sites(request, by_account=asked is not None)
            person = asked or Person(request.cookies.get(VISITOR, ""))
        except Problem as problem:
            await _refusal(request, problem)(scope, receive, send)
            return
        introduce(scope, person)
        is_new = asked is None and VISITOR not in request.cookies
        await self._app(scope, receive, _giving_id(send) if is_new else send)

    def _find_out(self, request: Request) -> Person | None:
        """Return who asks, by their account or key; None where there are no accounts."""
        if self._accounts is None or self._sessions is None or not (self._always or self._accounts.exist()):
            return None
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme:
            person = self._accounts.person_of_key(key.strip()) if scheme.lower() == "bearer" else None
        else:
            person = self._sessions.person(request.cookies.get(SESSION, ""))
        if person is None and not _OPEN.fullmatch(request.url.path):
            message = "log in, or send a key: Authorization: Bearer sanad_…; `sanad keys add` makes one"
            raise Problem(401, message, "unauthorized", headers={"WWW-Authenticate": "Bearer"})
        return person or Person(role="ask")

    def _refuse_other_sites(self, request: Request, *, by_account: bool) -> None:
        """Refuse what a page of another site asks: as this machine's user, or with the session of its reader."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if not by_account:
            if not _is_here("//" + host) or (origin is not None and not _is_here(origin)):
                raise Problem(403, "only this machine's own programs and pages are answered", "forbidden")
            return
        if "authorization" in request.headers:  # a browser sends it by itself to no site
            return
        elsewhere = origin is not None and _server(origin) != _server("//" + host)
        sent_by = request.headers.get("sec-fetch-site", "none")
        if elsewhere or (request.method not in _SAFE and sent_by not in ("same-origin", "none")):
            raise Problem(403, "the request comes from a page of another site", "forbidden")


def refuse_unless_managing(person: Person) -> None:
    """Let through who may change what is indexed.

    Raises:
        Problem: they may not.
    """
    if not person.may_manage:
        raise Problem(403, "only who manages the articles may do this; ask an administrator for the role", "forbidden")


def _refusal(request: Request, problem: Problem) -> Response:
    """Return what is sent instead: to a person without a session the page on which one begins."""
    path = request.url.path
    if problem.status == 401 and request.method == "GET" and _PAGES.fullmatch(path):
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(wanted, safe='')}", 303)
    return problem.to_response()


def _giving_id(send: Send) -> Send:
    """Return a way to send that gives the browser which gets a page an id."""

    async def send_with_id(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                response = Response()
                response.set_cookie(VISITOR, secrets.token_urlsafe(24), max_age=_YEAR, httponly=True, samesite="lax")
                headers.append("set-cookie", response.headers["set-cookie"])
        await send(message)

    return send_with_id


def _is_nothing(path: str) -> bool:
    """Whether there is nothing at an address, or nothing that Sanad's own pages need."""
    if len(path.splitlines()) > 1:
        return True
    return not path.startswith(_FOR_PROGRAMS) and not any(
        known.fullmatch(path) for known in (_OPEN, _PAGES, _BEHIND_PAGES)
    )


def _is_here(address: str) -> bool:
    return _server(address)[0] in LOOPBACK


def _server(address: str) -> tuple[str | None, int | None]:
    """Return name and port of a server's address; a browser leaves out the ports that are usual."""
    try:
        parts = urlsplit(address)
        return parts.hostname, None if parts.port in _USUAL_PORTS else parts.port
    except ValueError:
        return None, None
