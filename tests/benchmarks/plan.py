"""Measured slopes → a plan on paper: what 10,000 to 10,000,000 articles take, which limit comes first, and what then.

All is drawn on along straight lines from what was measured on one machine; what is assumed is in `Assumptions`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks import indexing
from tests.benchmarks.growth_report import SMALLEST, memory_slope, question_ratio
from tests.benchmarks.machine import middle, middle_ratio, slope
from tests.benchmarks.options import Figures
from tests.benchmarks.tables import show, table

NEEDED = ("indexing", "growth", "news", "askers", "cluster")
SIZES = tuple(10**power for power in (4, 5, 6, 7))  # articles


@dataclass(frozen=True)
class Assumptions:
    """What is not measured.

    Attributes:
        memory: GB that one machine has for a process of Sanad.
        disk: GB that it has for an index.
        hours: that the first indexing of an archive may take.
        milliseconds: that a question may take.
        questions: a second, that are asked when most people ask.
        gpu: how many times as fast as the measured cores a GPU encodes.
    """

    memory: float = 16.0
    disk: float = 500.0
    hours: float = 72.0
    milliseconds: float = 1000.0
    questions: float = 10.0
    gpu: float = 30.0


@dataclass(frozen=True)
class Slopes:
    """What was measured: a pair is the growth a passage, and what there is without any.

    Attributes:
        passages: of an article.
        disk: bytes an article, and without any.
        answering: kB of anonymous memory of a process that answers.
        chroma: the part of it that is Chroma's, likewise.
        indexing: kB of a process that indexes; it goes through the peak of indexing the news.
        seconds: that an article takes to be indexed.
        encoding: the share of these that is the encoders'.
        question: milliseconds.
        askers: questions a second of ten people who ask at once, and passages of the index that they asked.
        two_machines: how many times as fast as one two machines index.
        measured: passages of the largest index that was measured.
    """

    passages: float
    disk: tuple[float, float]
    answering: tuple[float, float]
    chroma: tuple[float, float]
    indexing: tuple[float, float]
    seconds: float
    encoding: float
    question: tuple[float, float]
    askers: tuple[float, float]
    two_machines: float
    measured: int


def find_slopes(figures: Mapping[str, Figures]) -> Slopes:
    """Return the slopes of what the parts in `NEEDED` measured."""
    rows, indexed = figures["growth"]["rows"], figures["news"]["rows"]
    last = indexed[-1]
    rates = figures["indexing"]["ar"]
    small = middle([time for row in rows for time in row["questions"][SMALLEST]["p50"]])
    adding = max(memory_slope(rows, "index", "peak")[0], 0.0)  # one that falls is noise
    machines = [found["rates"] for found in figures["cluster"].values()]
    return Slopes(
        passages=last["passages"] / last["articles"],
        disk=rising([(row["articles"], row["disk"]) for row in indexed]),
        answering=memory_slope(rows, "sanad"),
        chroma=memory_slope(rows, "chroma"),
        indexing=(adding, last["peak"] - adding * last["passages"]),
        seconds=rising([(row["articles"], row["seconds"]) for row in indexed])[0],
        encoding=middle_ratio(rates[indexing.SANAD], rates[indexing.BOTH]),
        question=rising([(row["passages"], small * question_ratio(row, "p50")) for row in rows]),
        askers=(middle([one["rate"] for one in figures["askers"]["ten"]]), figures["askers"]["passages"]),
        two_machines=middle([middle_ratio(rates["2"], rates["1"]) for rates in machines]),
        measured=rows[-1]["passages"],
    )


def rising(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the slope of points; a line that falls is noise, and counts as level."""
    growth, start = slope(points)
    return (growth, start) if growth > 0 else (0.0, middle([y for _, y in points]))


@dataclass(frozen=True)
class Need:
    """What so many articles take on one machine, with the index in a folder.

    Attributes:
        articles: how many.
        passages: how many.
        disk: GB.
        answering: GB of anonymous memory of a process that answers; `chroma` of it are Chroma's.
        chroma: GB.
        indexing: GB of a process that indexes.
        hours: of indexing all of it on the measured cores; `gpu_hours` with a GPU.
        gpu_hours: see there.
        milliseconds: of a question.
        questions: a second, that one process answers.
    """

    articles: int
    passages: float
    disk: float
    answering: float
    chroma: float
    indexing: float
    hours: float
    gpu_hours: float
    milliseconds: float
    questions: float

    def shares(self, assumed: Assumptions) -> dict[str, float]:
        """Return how much of each limit is taken; above 1 is too much."""
        return {
            "memory": max(self.answering, self.indexing) / assumed.memory,
            "disk": self.disk / assumed.disk,
            "hours of indexing": self.hours / assumed.hours,
            "time of a question": self.milliseconds / assumed.milliseconds,
            "questions a second": assumed.questions / self.questions,
        }


def find_need(articles: int, slopes: Slopes, assumed: Assumptions) -> Need:
    """Return what so many articles take."""
    passages = articles * slopes.passages
    hours = articles * slopes.seconds / 3600
    milliseconds = _on(slopes.question, passages)
    rate, among = slopes.askers
    return Need(
        articles,
        passages,
        _on(slopes.disk, articles) / 1e9,
        _on(slopes.answering, passages) / 1e6,
        _on(slopes.chroma, passages) / 1e6,
        _on(slopes.indexing, passages) / 1e6,
        hours,
        hours * (1 - slopes.encoding + slopes.encoding / assumed.gpu),
        milliseconds,
        rate * _on(slopes.question, among) / milliseconds,
    )


def _on(line: tuple[float, float], x: float) -> float:
    growth, start = line
    return start + growth * x


def advise(need: Need, slopes: Slopes, assumed: Assumptions) -> list[str]:
    """Return what to do about each limit that is passed, in the order in which it is best done."""
    shares = need.shares(assumed)
    said = []
    if shares["memory"] > 1 or shares["disk"] > 1:
        left = need.answering - need.chroma
        said.append(
            f"vectors on a Chroma server, which holds {need.chroma:.1f} GB, articles in PostgreSQL; "
            f"a process that answers then holds {left:.1f} GB"
        )
        if max(left, need.indexing) > assumed.memory:
            said.append("more memory a machine, or an index for each period")
    if shares["questions a second"] > 1:
        said.append(f"{math.ceil(shares['questions a second'])} processes on as many machines")
    if shares["hours of indexing"] > 1:
        efficiency = slopes.two_machines / 2
        machines = math.ceil(shares["hours of indexing"] / efficiency)
        enough = "which is enough" if need.gpu_hours <= assumed.hours else "which is not enough alone"
        said.append(f"Ray on {machines:,} machines like this one, or a GPU, {enough}")
    if shares["time of a question"] > 1:
        said.append("an index for each period, so that a question searches fewer passages")
    return said or ["a folder and one process do"]


def write_plan(figures: Mapping[str, Figures], assumed: Assumptions) -> list[str]:
    """Return the plan in Markdown, or which parts are still to be measured."""
    missing = [part for part in NEEDED if part not in figures or "skipped" in figures[part]]
    if missing:
        return ["", f"Not yet to be made: needs {', '.join(missing)}."]
    slopes = find_slopes(figures)
    columns = ["articles", "passages", "disk, GB", "memory to answer, GB", "of it Chroma's", "to index, GB"]
    columns += ["indexing here, hours", "with a GPU", "question, ms", "questions a second", "first limit", "what then"]
    rows = []
    for articles in SIZES:
        need = find_need(articles, slopes, assumed)
        first, share = max(need.shares(assumed).items(), key=lambda one: one[1])
        rows.append(
            [
                *(show(value, 0) for value in (need.articles, need.passages)),
                *(show(value) for value in (need.disk, need.answering, need.chroma, need.indexing, need.hours)),
                *(show(value) for value in (need.gpu_hours, need.milliseconds, need.questions)),
                f"{first}, {share:.0%}",
                "; ".join(advise(need, slopes, assumed)),
            ]
        )
    return [*table(columns, rows), *_list_slopes(slopes), *_list_assumptions(assumed, slopes)]


def _list_slopes(slopes: Slopes) -> list[str]:
    return [
        "",
        "Measured:",
        "",
        f"* {slopes.passages:.2f} passages an article; on disk {slopes.disk[0] / 1e3:.1f} kB an article",
        f"* memory to answer: {slopes.answering[0]:.2f} kB a passage beside {slopes.answering[1] / 1e3:,.0f} MB, "
        f"of which Chroma {slopes.chroma[0]:.2f} kB; to index: {slopes.indexing[0]:.2f} kB a passage beside "
        f"{slopes.indexing[1] / 1e3:,.0f} MB",
        f"* {slopes.seconds * 1e3:.1f} ms to index an article, {slopes.encoding:.0%} of it the encoders'",
        f"* a question: {slopes.question[1]:.1f} ms and {slopes.question[0] * 1e6:.1f} ms for each million passages; "
        f"ten people get {slopes.askers[0]:.1f} a second from {slopes.askers[1]:,.0f} passages",
        f"* two machines index {slopes.two_machines:.2f} times as fast as one",
    ]


def _list_assumptions(assumed: Assumptions, slopes: Slopes) -> list[str]:
    return [
        "",
        "Assumed, not measured:",
        "",
        f"* a machine gives a process {assumed.memory:g} GB of memory and an index {assumed.disk:g} GB of disk",
        f"* the first indexing may take {assumed.hours:g} hours, a question {assumed.milliseconds:g} ms; "
        f"{assumed.questions:g} questions a second are asked at most",
        f"* a GPU encodes {assumed.gpu:g} times as fast as these cores; the rest of indexing stays as it is",
        f"* beyond {slopes.measured:,} passages, the largest index that was measured, the lines go on straight",
        "* further machines of a Ray cluster, and further processes, bring as much as the second",
    ]
