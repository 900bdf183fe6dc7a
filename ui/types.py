"""The values of the pages: frozen, without logic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rag.filter import Filter
from rag.types import Answer

Digits = Literal["western", "arabic"]
Theme = Literal["auto", "light", "dark"]
ReaderChoice = Literal["model", "quotes"]
Page = Literal["chat", "corpus", "evaluation", "settings"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a talk with what came of it: an answer (perhaps still growing), or a line that says why not.

    Attributes:
        question: as it was asked; empty where nothing was and only `problem` is shown.
        answer: None until there is one.
        problem: why there is none.
        only: which articles were searched.
        seconds: that the answer took; 0 while it grows.
        stopped: whether it was stopped before it was whole.
        liked: what the asker thought of it; None for nothing said.
        note: the asker's words on it.
        changed: titles of articles that no longer hold what the answer quotes of them.
        gone: titles of articles it quotes that are no longer in the index.
    """

    question: str
    answer: Answer | None = None
    problem: str = ""
    only: Filter | None = None
    seconds: float = 0.0
    stopped: bool = False
    liked: bool | None = None
    note: str = ""
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TalkSummary:
    """One line of the list of talks; `changed` is in UTC."""

    id: str
    title: str
    changed: datetime
