"""Requests → the app, as long as who sends them goes on sending, and takes what is sent back.

uvicorn itself waits for ever for the rest of a body, and for room to write where nobody reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.limits import Limits
from ui.problems import Problem

_RETRY: Final = "5"  # seconds
_CLOSE: Final = {"Connection": "close"}
_GONE: Final = {"type": "http.disconnect"}


class Patience:
    """An app whose clients are let go when they keep it waiting.

    Args:
        app: gets the requests.
        limits: how long they may.
        connections: returns uvicorn's open connections.
    """

    def __init__(self, app: ASGIApp, limits: Limits, connections: Callable[[], Iterable[Any]]) -> None:
        self._app, self._limits, self._connections = app, limits, connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; it is refused while too many connections are open."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif sum(1 for _ in self._connections()) > self._limits.connections:
            message = f"too many connections are open; try again in {_RETRY} s"
            full = Problem(503, message, "too_many_connections", headers=_CLOSE | {"Retry-After": _RETRY})
            await full.to_response()(scope, receive, send)
        else:
            exchange = _Exchange(self._limits, scope, receive, send, self._cut)
            try:
                await self._app(scope, exchange.receive, exchange.send)
            except Exception:
                if not exchange.let_go:  # else it says only that the client has gone
                    raise

    def _cut(self, scope: Scope) -> None:
        """End the connection that a request came by; what was written to it and not yet read is thrown away."""
        for connection in self._connections():
            if connection.cycle and connection.cycle.scope is scope:
                connection.transport.abort()
                return


class _Exchange:
    """One request and its response."""

    def __init__(
        self, limits: Limits, scope: Scope, receive: Receive, send: Send, cut: Callable[[Scope], None]
    ) -> None:
        self._limits, self._scope, self._receive, self._send, self._cut = limits, scope, receive, send, cut
        self._begun = time.monotonic()
        self._read = 0  # bytes
        self._whole = self._answered = False
        self.let_go = False

    async def receive(self) -> Message:
        """Return what comes next of the request; that its client has gone where it does not go on with it."""
        if self.let_go:
            return _GONE
        if self._whole:  # what comes now is that the client has gone, for which nobody is hurried
            return await self._receive()
        with anyio.move_on_after(self._time_left()):
            message = await self._receive()
            self._read += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            return message
        self.let_go = True
        if not self._answered:
            late = Problem(408, "the rest of the body did not come in", "timeout", headers=_CLOSE)
            await late.to_response()(self._scope, self._receive, self._send)
        return _GONE

    async def send(self, message: Message) -> None:
        """Send a piece of the response; where its client takes nothing, their connection is cut."""
        if self.let_go:
            return
        self._answered = True
        with anyio.move_on_after(self._limits.silence):
            await self._send(message)
            return
        self._cut(self._scope)

    def _time_left(self) -> float:
        """Return for how many seconds the next piece of the body is waited for."""
        in_all = self._begun + self._limits.silence + self._read / self._limits.pace - time.monotonic()
        return max(0.0, min(self._limits.silence, in_all))
