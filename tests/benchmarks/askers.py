"""Ten people ask at once, beside one alone, in rounds that take turns; and what failed."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from rag import Rag, open_rag
from rag.evaluate import read_corpus
from tests.benchmarks.machine import middle, middle_ratio
from tests.benchmarks.made_up import FilledIndex
from tests.benchmarks.options import Figures, Options
from tests.benchmarks.plots import bars
from tests.benchmarks.questions import shuffled_questions, warm_up
from tests.benchmarks.tables import show, table

PEOPLE = 10


def measure(options: Options) -> Figures:
    """Return what one asker and ten get, each for so many seconds in all."""
    questions = shuffled_questions(options.xquad_file("ar"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        filled = FilledIndex(Path(folder) / "index", read_corpus(options.xquad_file("ar")).articles)
        filled.add(filled.next(max(0, options.among - filled.passages)))
        rag = open_rag(filled.settings)
        rag.warm_up()
        warm_up({"one": rag.ask}, questions[-options.warm :])
        rounds: dict[str, list[Figures]] = {"one": [], "ten": []}
        for _ in range(options.repeats):
            for name, people in (("one", 1), ("ten", PEOPLE)):
                rounds[name].append(ask(rag, questions, people, options.seconds / options.repeats))
        return {"passages": filled.passages, "seconds": options.seconds} | rounds


def ask(rag: Rag, questions: Sequence[str], people: int, seconds: float) -> Figures:
    """Return the rate, the times and the failures of people who ask for so many seconds, one question after another."""
    end = time.perf_counter() + seconds

    def one(person: int) -> tuple[list[float], Counter[str]]:
        times: list[float] = []
        failed: Counter[str] = Counter()
        place = person * len(questions) // people
        while (begun := time.perf_counter()) < end:
            try:
                rag.ask(questions[place % len(questions)])
            except Exception as error:  # whatever it is, it is counted
                failed[type(error).__name__] += 1
            else:
                times.append(time.perf_counter() - begun)
            place += 1
        return times, failed

    begun = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        found = list(pool.map(one, range(people)))
    spent = time.perf_counter() - begun
    times = [time for some, _ in found for time in some] or [float("nan")]
    return {
        "answered": sum(len(some) for some, _ in found),
        "rate": sum(len(some) for some, _ in found) / spent,
        "p50": float(np.quantile(times, 0.5) * 1e3),
        "p95": float(np.quantile(times, 0.95) * 1e3),
        "failed": dict(sum((failed for _, failed in found), Counter())),
    }


def failures(rounds: Sequence[Figures]) -> str:
    """Return how many questions failed in rounds, and by what."""
    total: Counter[str] = sum((Counter(one["failed"]) for one in rounds), Counter())
    return f"{total.total()} ({', '.join(f'{n} {name}' for name, n in total.items())})" if total else "0"


def tables(figures: Figures) -> list[str]:
    """Return the figures as a table."""
    columns = ["askers", "questions a second", "beside one", "p50 ms", "p95 ms", "answered", "failed"]
    rows = []
    for name, people in (("one", 1), ("ten", PEOPLE)):
        rounds = figures[name]
        rates = [one["rate"] for one in rounds]
        rows.append(
            [
                str(people),
                show(middle(rates)),
                show(middle_ratio(rates, [one["rate"] for one in figures["one"]]), 2),
                *(show(middle([one[at] for one in rounds])) for at in ("p50", "p95")),
                show(sum(one["answered"] for one in rounds), 0),
                failures(rounds),
            ]
        )
    about = f"{figures['passages']:,} passages, {figures['seconds']:g} seconds each, in {len(figures['one'])} rounds:"
    return ["", about, *table(columns, rows)]


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw the rates of the rounds."""
    rounds = [f"round {number}" for number in range(1, len(figures["one"]) + 1)]
    rates = {f"{name} at once": [one["rate"] for one in figures[name]] for name in ("one", "ten")}
    return [bars(folder / "askers.svg", rounds, rates, "questions a second")]
