"""What every face is built over: the engine, run on threads so that the event loop stays free."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, ParamSpec, TypeVar

import anyio
from anyio import to_thread
from fastapi import Request

from rag.pipeline import Rag
from rag.types import Answer
from ui.clients import client_of
from ui.limits import Limits
from ui.listing import Listing
from ui.problems import ClientGone
from ui.queueing import Busy, Place, QuestionQueue

_BESIDE: Final = 4  # calls that are no questions, side by side
_CHANGES: Final = 8  # changes of the index that may wait, each with what it adds in memory
_END: Final = object()
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        client: who that counts for; see `ui.clients`.
        is_gone: returns whether who asked has hung up.
    """

    client: str
    is_gone: Callable[[], Awaitable[bool]]


def asker_of(request: Request) -> Asker:
    """Return who sent a request."""
    return Asker(client_of(request.scope), request.is_disconnected)


class Service:
    """An engine for callers that must not wait for it on the event loop.

    Args:
        open_rag: returns the engine; called once, when it is first needed, since opening it may take a while.
        folder: of its index, which no message names.
        queue: that questions wait in; one of its own when None.
    """

    def __init__(self, open_rag: Callable[[], Rag], folder: Path, queue: QuestionQueue | None = None) -> None:
        self.folder = folder
        self.queue = queue or QuestionQueue(Limits())
        self._open_rag = open_rag
        self._opening = Lock()
        self._opened: Rag | None = None
        self._asking = anyio.CapacityLimiter(self.queue.limits.at_once)
        self._beside = anyio.CapacityLimiter(_BESIDE)
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
        """Call a function that is quickly done on a thread, beside the questions.

        A caller that is cancelled waits no longer for a thread.
        """
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._beside)

    async def ask_for(self, asker: Asker, function: Callable[[], _T]) -> _T:
        """Call a function that searches, in its turn; see `stream` for what is raised."""
        async with self._turn(asker):
            return await self._step(function)

    async def write(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function that changes the index, one at a time; it is finished even if its caller is cancelled.

        Raises:
            Busy: many wait for it.
        """
        if self._writing.statistics().tasks_waiting >= _CHANGES:
            raise Busy("queue", self.queue.retry_after)
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._writing)

    async def stream(self, asker: Asker, question: str, **options: Any) -> AsyncGenerator[Answer, None]:
        """Yield an answer as it grows; see `rag.pipeline.Rag.stream`.

        Between two steps of the engine it is seen whether who asked has hung up. Then, or when the iterator is closed,
        the engine is stopped where it is: a chat model writes no further, and the thread is free.

        Raises:
            ClientGone: who asked has hung up.
            Busy: too many ask.
            TooSlow: the answer takes longer than it may.
        """
        async with self._turn(asker) as place:
            answers = await self._step(lambda: self.rag.stream(question, **options))
            try:
                while (answer := await self._step(lambda: _next(answers))) is not _END:
                    if await asker.is_gone():
                        raise ClientGone
                    place.check_time()
                    yield answer
            finally:
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(answers.close, limiter=anyio.CapacityLimiter(1))  # type: ignore[attr-defined]

    async def ask(self, asker: Asker, question: str, **options: Any) -> Answer:
        """Return the whole answer; see `stream`."""
        async with aclosing(self.stream(asker, question, **options)) as answers:
            return [answer async for answer in answers][-1]

    @asynccontextmanager
    async def _turn(self, asker: Asker) -> AsyncIterator[Place]:
        """Wait for the turn of who asks."""
        with self.queue.enter(asker.client) as place:
            if not await place.arrive(asker.is_gone):
                raise ClientGone
            yield place

    async def _step(self, function: Callable[[], _T]) -> _T:
        return await to_thread.run_sync(function, limiter=self._asking)


def _next(items: Any) -> Any:
    return next(items, _END)
