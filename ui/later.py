"""An app that is made while others are served already; who asks for it waits until it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send


class Later:
    """An app that takes a while to make.

    Args:
        make: returns it; called once, on a thread where the server has begun.
    """

    def __init__(self, make: Callable[[], Starlette]) -> None:
        self._make = cache(make)
        self._there: anyio.Event | None = None

    def prepare(self) -> Starlette:
        """Make the app, where that has not been done, and return it."""
        return self._make()

    @asynccontextmanager
    async def while_served(self) -> AsyncIterator[None]:
        """Make the app beside what is done inside, and let it know when the server ends."""
        self._there, over = anyio.Event(), anyio.Event()

        async def live(there: anyio.Event) -> None:
            try:
                app = await to_thread.run_sync(self._make)
                async with app.router.lifespan_context(app):
                    there.set()
                    await over.wait()
            finally:
                there.set()  # where it cannot be made, who asks for it is told why

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live, self._there)
            yield
            over.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, once the app is there."""
        if self._there:
            await self._there.wait()
        await self._make()(scope, receive, send)
