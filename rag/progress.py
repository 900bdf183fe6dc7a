"""How far a run has come: `Step`, told to whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run has come.

    Attributes:
        done: of `total`; a part of one counts too.
        total: sources that are read, or questions that are asked.
        name: of the last.
        articles: that were read so far.
        passages: that were encoded and written so far.
    """

    done: float
    total: int
    name: str
    articles: int = 0
    passages: int = 0


Progress = Callable[[Step], None]
"""Called after each source or question, and while a source of many articles is read."""
