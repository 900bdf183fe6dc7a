"""A question on its way → whoever listens: how long each stage took, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol, TypeVar

from rag.types import Answer

Stage = Literal["rewrite", "retrieve", "judge", "read", "answer"]
"""`rewrite` a follow-up, `retrieve` passages, `judge` whether they answer, `read` them and check what is written;
`answer` is the whole way. What is done again is told again."""

_T = TypeVar("_T")


class Listener(Protocol):
    """Hears of every question; called from the threads that answer, so it has to be quick and safe to share."""

    def asked(self) -> Listener:
        """A question begins; return who hears of it from now on, which may be the same."""
        ...

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage is over."""
        ...

    def answered(self, answer: Answer) -> None:
        """A question got its answer."""
        ...

    def failed(self, error: BaseException) -> None:
        """A question got none; by GeneratorExit where who asked has gone."""
        ...


class Listeners:
    """All who listen, as one."""

    def __init__(self, *listeners: Listener) -> None:
        self._all = list(listeners)

    def add(self, listener: Listener) -> None:
        """Let one more hear of every question from now on."""
        self._all.append(listener)

    def asked(self) -> Listeners:
        """See `Listener`."""
        return Listeners(*(listener.asked() for listener in self._all))

    def took(self, stage: Stage, seconds: float) -> None:
        """See `Listener`."""
        for listener in self._all:
            listener.took(stage, seconds)

    def answered(self, answer: Answer) -> None:
        """See `Listener`."""
        for listener in self._all:
            listener.answered(answer)

    def failed(self, error: BaseException) -> None:
        """See `Listener`."""
        for listener in self._all:
            listener.failed(error)


@contextmanager
def timed(listener: Listener, stage: Stage) -> Iterator[None]:
    """Tell how long what is done inside took."""
    start = time.perf_counter()
    try:
        yield
    finally:
        listener.took(stage, time.perf_counter() - start)


def timed_items(listener: Listener, stage: Stage, items: Iterator[_T]) -> Iterator[_T]:
    """Yield the items of a generator, and tell how long it took to make them; what is done with them does not count."""
    seconds, start = 0.0, time.perf_counter()
    try:
        for item in items:
            seconds += time.perf_counter() - start
            yield item
            start = time.perf_counter()
        seconds += time.perf_counter() - start
    finally:
        if close := getattr(items, "close", None):
            close()
        listener.took(stage, seconds)


def heard(listener: Listener, answers: Iterator[Answer]) -> Iterator[Answer]:
    """Yield an answer as it grows, and tell what came of it."""
    answer = None
    try:
        for answer in timed_items(listener, "answer", answers):
            yield answer
    except BaseException as error:
        listener.failed(error)
        raise
    if answer:
        listener.answered(answer)
