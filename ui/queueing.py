"""Questions → those that are answered now, those that wait, those that are told to come again.

One queue for all who ask, from pages and from programs. Whose turn it is next is whoever has the fewest questions
answered at that moment, of these who has waited longest: one client that asks much does not keep the others waiting.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, Literal, Self

import anyio

from ui.limits import Limits

Reason = Literal["client", "queue", "wait", "stopping"]
"""Why a question is not taken: its client has too many, all too many wait, it has waited too long, the server stops."""

_LATELY: Final = 32  # answers by whose time the next ones' is estimated
_LONGEST_RETRY: Final = 60  # seconds; the time that OpenAI's client heeds at most
_LOOK: Final = 1.0  # seconds after which it is seen whether who waits is still there


class Busy(Exception):
    """A question is not taken now.

    Args:
        reason: why.
        retry_after: seconds after which to ask again, by how long answers lately took.
    """

    def __init__(self, reason: Reason, retry_after: int) -> None:
        super().__init__(f"{reason}: try again in {retry_after} s")
        self.reason, self.retry_after = reason, retry_after


class TooSlow(Exception):
    """An answer takes longer than one may."""


class Place:
    """A question's place in the queue; left when the `with` block of it ends.

    Args:
        queue: that it is in.
        client: whose question it is.
    """

    def __init__(self, queue: QuestionQueue, client: str) -> None:
        self._queue, self.client = queue, client
        self.called: Future[None] = Future()
        self.entered = time.monotonic()
        self.begun = math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def is_called(self, within: float = 0.0) -> bool:
        """Wait a while; return whether it is this question's turn.

        Raises:
            Busy: it has waited too long, or the server stops.
        """
        with suppress(TimeoutError):
            self.called.result(min(within, self._time_left()))
        if not self.called.done() and self._time_left() <= 0:
            raise Busy("wait", self._queue.retry_after)
        return self.called.done()

    async def arrive(self, is_gone: Callable[[], Awaitable[bool]]) -> bool:
        """Wait until it is this question's turn; return False where who asks has gone meanwhile.

        Raises:
            Busy: as for `is_called`.
        """
        loop, called = asyncio.get_running_loop(), asyncio.Event()
        self.called.add_done_callback(lambda _: loop.call_soon_threadsafe(called.set))
        while not self.is_called():
            if await is_gone():
                return False
            with anyio.move_on_after(min(_LOOK, self._time_left())):
                await called.wait()
        return True

    def check_time(self) -> None:
        """Raise `TooSlow` where the answer takes longer than it may."""
        if time.monotonic() - self.begun > self._queue.limits.answer:
            raise TooSlow

    def leave(self) -> None:
        """Make room for the next one; what has left may leave again."""
        self._queue.remove(self)

    def _time_left(self) -> float:
        """Return for how many seconds it may still wait."""
        return max(0.0, self.entered + self._queue.limits.wait - time.monotonic())


class QuestionQueue:
    """The queue of a server; safe to use from any thread.

    Args:
        limits: how many may be answered, and wait.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._running: set[Place] = set()
        self._waiting: list[Place] = []  # who came first stands first
        self._took: deque[float] = deque(maxlen=_LATELY)  # seconds
        self._closed = False

    @property
    def running(self) -> int:
        """How many questions are being answered."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._waiting)

    @property
    def retry_after(self) -> int:
        """Seconds until one that comes now would be answered: at least 1."""
        took = sum(self._took) / len(self._took) if self._took else 0.0
        return math.ceil(min(max(took * (1 + len(self._waiting) / self.limits.at_once), 1), _LONGEST_RETRY))

    def enter(self, client: str) -> Place:
        """Return a place for a client's question.

        Raises:
            Busy: there is none.
        """
        place = Place(self, client)
        with self._lock:
            if self._closed:
                raise Busy("stopping", self.retry_after)
            if sum(other.client == client for other in (*self._running, *self._waiting)) >= self.limits.per_client:
                raise Busy("client", self.retry_after)
            if len(self._running) >= self.limits.at_once and len(self._waiting) >= self.limits.waiting:
                raise Busy("queue", self.retry_after)
            self._waiting.append(place)
        self._call()
        return place

    def remove(self, place: Place) -> None:
        """Take a question out, wherever it stands."""
        with self._lock:
            if place in self._running:
                self._running.remove(place)
                self._took.append(time.monotonic() - place.begun)
            elif place in self._waiting:
                self._waiting.remove(place)
        self._call()

    def close(self) -> None:
        """Take no more questions; those that wait are told so, those that are being answered go on."""
        with self._lock:
            self._closed = True
            sent_away, self._waiting = self._waiting, []
        for place in sent_away:
            place.called.set_exception(Busy("stopping", self.retry_after))

    def _call(self) -> None:
        """Let those in whose turn it is."""
        called = []
        with self._lock:
            answered = Counter(place.client for place in self._running)
            while self._waiting and len(self._running) < self.limits.at_once:
                place = min(self._waiting, key=lambda waiting: answered[waiting.client])
                self._waiting.remove(place)
                self._running.add(place)
                answered[place.client] += 1
                place.begun = time.monotonic()
                called.append(place)
        for place in called:
            place.called.set_result(None)
