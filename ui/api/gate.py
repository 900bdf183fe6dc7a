"""Requests of programs → those that are dealt with: not too large, and from who may do what is asked."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.entrance import refuse_unless_managing
from ui.people import person_of
from ui.problems import Problem

_TOGETHER: Final = 4  # bodies as large as they may be that are held in memory at once
_RETRY: Final = "5"  # seconds


def manage(request: Request) -> None:
    """Let a request through that changes what is indexed, or refuse it.

    Raises:
        Problem: who asks may not.
    """
    refuse_unless_managing(person_of(request))


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
