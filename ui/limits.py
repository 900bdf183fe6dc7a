"""How much a server takes on, and how long it waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server; those of time are in seconds.

    Attributes:
        at_once: questions that are answered side by side. More would only make each of them slower: even where a chat
            model writes, the passages are found on this machine's cores.
        waiting: questions that may wait for one of these to end; who comes later is told to come again.
        per_client: questions of one client, answered and waiting. An office behind one address gets as many answers
            side by side as there are, and waits its turn with the others: see `ui.queueing`.
        wait: how long a question may wait.
        answer: how long its answer may take from then on.
        silence: how long a client may send nothing of what it has begun to send, or take nothing of what it is sent.
        pace: bytes a second at which the body of a request must come in, beyond the first `silence`.
        connections: that may be open at once.
        stop: how long answers may go on when the server is stopped.
        part: how long open pages may stay connected after that.
    """

    at_once: int = 8
    waiting: int = 32
    per_client: int = 8
    wait: float = 60
    answer: float = 300
    silence: float = 30
    pace: float = 500
    connections: int = 512
    stop: float = 20
    part: float = 3

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits that settings name, and these for the rest."""
        return cls(
            waiting=settings.max_waiting, per_client=settings.max_asks_per_client, answer=settings.answer_timeout
        )
