"""Values → a stream of server-sent events, whose first is there before a status is sent."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

import anyio
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy that waits would undo the stream


def event(value: Any, name: str = "") -> str:
    """Return a value as one event, as JSON but for a string."""
    data = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n" if name else f"data: {data}\n\n"


class EventStream(StreamingResponse):
    """A response of events; its generator is closed when it is over, or when the client hangs up.

    Args:
        first: the first event.
        events: the others.
    """

    def __init__(self, first: str, events: AsyncGenerator[str, None]) -> None:
        super().__init__(_chain(first, events), headers=_HEADERS, media_type="text/event-stream")
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._events.aclose()


async def stream_events(events: AsyncGenerator[str, None]) -> EventStream:
    """Return a response of events; what is raised before the first is raised here, and gets a status of its own."""
    return EventStream(await anext(events), events)


async def _chain(first: str, events: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    yield first
    async for one in events:
        yield one
