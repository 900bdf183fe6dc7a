"""Questions → how long each of several askers takes over the same ones, in turns, so that noise is in all alike."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.evaluate import read_questions
from tests.benchmarks.machine import middle, took

Ask = Callable[[str], Any]
Rounds = dict[str, dict[str, list[float]]]
"""Who is asked → `p50`, `p95` and `cpu`, the median of the processor's time: milliseconds, one for each round."""


def shuffled_questions(xquad: Path) -> list[str]:
    """Return the questions of one file in an order of their own, always the same."""
    questions = [question.question for question in read_questions(xquad).questions]
    random.Random(3).shuffle(questions)
    return questions


def warm_up(askers: Mapping[str, Ask], questions: Sequence[str]) -> None:
    """Ask questions before the clock: their words are then known, as those of most questions are."""
    for question in questions:
        for ask in askers.values():
            ask(question)


def ask_in_turns(askers: Mapping[str, Ask], questions: Sequence[str], asked: int, repeats: int) -> Rounds:
    """Ask so many questions a round, each round others as long as there are any.

    Args:
        askers: each is asked every question; who comes first changes from question to question.
        questions: asked from the first on, and again when there are no more.
        asked: questions of a round.
        repeats: rounds.
    """
    names = list(askers)
    found: Rounds = {name: {"p50": [], "p95": [], "cpu": []} for name in names}
    for number in range(repeats):
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for place in range(number * asked, (number + 1) * asked):
            question = questions[place % len(questions)]
            for name in names[place % len(names) :] + names[: place % len(names)]:
                spent[name].append(took(lambda ask=askers[name], q=question: ask(q)))  # type: ignore[misc]
        for name, times in spent.items():
            wall, cpu = np.array(times).T * 1e3
            found[name]["p50"].append(middle(wall))
            found[name]["p95"].append(float(np.quantile(wall, 0.95)))
            found[name]["cpu"].append(middle(cpu))
    return found


def write_questions(questions: Sequence[str], path: Path) -> Path:
    """Write questions for another process; return the file."""
    path.write_text(json.dumps(questions), encoding="utf-8")
    return path
