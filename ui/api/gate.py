"""Requests → those that may come in: from this machine's own programs and pages, and not too large.

Who asks is no concern yet: accounts, keys and limits by client have their place in `admit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import Problem

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine, the only ones that may be served under."""

_TOGETHER: Final = 4  # bodies as large as they may be that are held in memory at once
_RETRY: Final = "5"  # seconds


def admit(request: Request) -> None:
    """Let a request in, or refuse it: a web page elsewhere must not reach this machine through its reader's browser.

    Raises:
        Problem: it names another machine as its host, as after DNS rebinding, or comes from a page of another site.
    """
    origin = request.headers.get("origin")
    if not _is_here("//" + request.headers.get("host", "")) or (origin is not None and not _is_here(origin)):
        raise Problem(403, "only this machine's own programs and pages are answered", "forbidden")


class BodyLimit:
    """Reads no more of a request's body than is allowed; FastAPI's own limit tells it in a form of its own.

    Args:
        app: gets the request.
        most: bytes.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most
        self._held = 0  # bytes of all requests under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one that says it is too large is refused at once, another while it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        too_large = Problem(413, f"the body is too large: at most {self._most:,} bytes are read", "too_large")
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most:
            await too_large.to_response()(scope, receive, send)
            return
        read = 0

        async def receive_within() -> Message:
            nonlocal read
            message = await receive()
            size = len(message.get("body", b""))
            read += size
            self._held += size
            if read > self._most:
                raise HTTPException(413, too_large.message)
            if self._held > _TOGETHER * self._most:
                raise HTTPException(503, f"too much is being sent; try again in {_RETRY} s", {"Retry-After": _RETRY})
            return message

        try:
            await self._app(scope, receive_within, send)
        finally:
            self._held -= read


class PlainPaths:
    """Lets no address with a line end through to the pages, which would answer it in a form of their own.

    Args:
        app: gets the request.
        under: where the programs' addresses begin.
    """

    def __init__(self, app: ASGIApp, under: Sequence[str]) -> None:
        self._app, self._under = app, tuple(under)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is no such address."""
        if scope["type"] == "http" and scope["path"].startswith(self._under) and len(scope["path"].splitlines()) > 1:
            await Problem(404, "there is nothing at this address", "not_found").to_response()(scope, receive, send)
            return
        await self._app(scope, receive, send)


class PostOnly:
    """Lets only questions through to an app that has nothing to tell by itself, and would keep who listens waiting.

    Args:
        app: gets the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a POST on; refuse what else there is."""
        if scope["method"] == "POST":
            await self._app(scope, receive, send)
            return
        refused = Problem(405, "only POST is answered here", "method_not_allowed", headers={"Allow": "POST"})
        await refused.to_response()(scope, receive, send)


def _is_here(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOOPBACK
    except ValueError:
        return False
