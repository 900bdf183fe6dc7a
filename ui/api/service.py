"""What every face is built over: the engine, run on threads so that the event loop stays free."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, ParamSpec, TypeVar

import anyio
from anyio import to_thread

from rag.pipeline import Rag
from rag.types import Answer
from ui.listing import Listing

AT_ONCE: Final = 8
"""Calls of the engine that run side by side; the others wait. A limit on who may wait belongs here too."""

_END: Final = object()
_P = ParamSpec("_P")
_T = TypeVar("_T")


class ClientGone(Exception):
    """Who asked has hung up; nobody is there to be answered."""


class Service:
    """An engine for callers that must not wait for it on the event loop.

    Args:
        open_rag: returns the engine; called once, when it is first needed, since opening it may take a while.
        folder: of its index, which no message names.
    """

    def __init__(self, open_rag: Callable[[], Rag], folder: Path) -> None:
        self.folder = folder
        self._open_rag = open_rag
        self._opening = Lock()
        self._opened: Rag | None = None
        self._threads = anyio.CapacityLimiter(AT_ONCE)
        self._writing = anyio.CapacityLimiter(1)

    @property
    def rag(self) -> Rag:
        """The engine; opened when it is first asked for, which is to be done on a thread."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open_rag()
        return self._opened

    @cached_property
    def listing(self) -> Listing:
        """The list of its articles; likewise."""
        return Listing(self.rag.index)

    async def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function on a thread, once one is free; a caller that is cancelled waits no longer for one."""
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._threads)

    async def write(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function that changes the index, one at a time; it is finished even if its caller is cancelled."""
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._writing)

    async def stream(
        self, is_gone: Callable[[], Awaitable[bool]], question: str, **options: Any
    ) -> AsyncGenerator[Answer, None]:
        """Yield an answer as it grows; see `rag.pipeline.Rag.stream`.

        Between two steps of the engine it is seen whether who asked has hung up. Then, or when the iterator is closed,
        the engine is stopped where it is: a chat model writes no further, and the thread is free.

        Raises:
            ClientGone: who asked has hung up.
        """
        answers = await self.run(lambda: self.rag.stream(question, **options))
        try:
            while (answer := await self.run(_next, answers)) is not _END:
                if await is_gone():
                    raise ClientGone
                yield answer
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(answers.close, limiter=anyio.CapacityLimiter(1))  # type: ignore[attr-defined]

    async def ask(self, is_gone: Callable[[], Awaitable[bool]], question: str, **options: Any) -> Answer:
        """Return the whole answer; see `stream`."""
        async with aclosing(self.stream(is_gone, question, **options)) as answers:
            return [answer async for answer in answers][-1]


def _next(items: Any) -> Any:
    return next(items, _END)
