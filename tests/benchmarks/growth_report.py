"""Figures of an index that grows → tables and plots: times, questions beside others, memory, disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.machine import middle, middle_ratio, slope
from tests.benchmarks.options import Figures
from tests.benchmarks.plots import lines
from tests.benchmarks.tables import show, table

BAR = 1.3  # what no time should grow by
_FILLED = 5000  # passages; `rag.snapshot` holds the vectors of 4,000
ADDED = 200  # articles of a run whose time is measured
SMALLEST, GROWN, ENCODING = "smallest", "sanad", "encoding"
QUICKSTART, QUICKSTART_INT8 = "quickstart", "quickstart int8"
DISK = ("catalog", "vectors", "keywords")
_NAMES = {
    GROWN: "Sanad",
    ENCODING: "encoding the question",
    QUICKSTART: "LangChain quickstart",
    QUICKSTART_INT8: "the same, 8-bit encoder",
}
PROCESSES = {"chroma": "Chroma alone", "sanad": "Sanad, answering", "index": "Sanad, adding articles"}
"""A process whose memory is looked at → what it is called."""


def question_ratio(row: Figures, kind: str) -> float:
    """Return how many times as long a question takes as in the smallest index: `p50` or `cpu`."""
    return middle_ratio(row["questions"][GROWN][kind], row["questions"][SMALLEST][kind])


def run_ratio(row: Figures, kind: str) -> float:
    """Return how many times as long a run that adds articles takes as in the smallest index: `wall` or `cpu`."""
    return middle_ratio(row["runs"][GROWN][kind], row["runs"][SMALLEST][kind])


def milliseconds_a_passage(row: Figures, kind: str) -> float:
    """Return what the passages cost that were added since the size before: `wall` or `cpu`; NaN for none."""
    added = row["added"]
    return float(added[kind]) * 1e3 / added["passages"] if added["passages"] else float("nan")


def tables(figures: Figures) -> list[str]:
    """Return the figures as tables."""
    rows = figures["rows"]
    return [*_growth_table(rows), *_question_table(rows), *_memory_table(rows, figures["encoder"]), *_disk_table(rows)]


def _growth_table(rows: Sequence[Figures]) -> list[str]:
    first = {kind: milliseconds_a_passage(rows[0], kind) for kind in ("wall", "cpu")}
    columns = ["passages", "question, ms", "× smallest", "× in processor time"]
    columns += [f"a run of {ADDED} articles, ms a passage", "× smallest", "× in processor time"]
    columns += ["passages since the size before, ms each", "× first", "× in processor time"]
    cells = [
        [
            show(row["passages"], 0),
            show(middle(row["questions"][GROWN]["p50"])),
            *(show(question_ratio(row, kind), 2) for kind in ("p50", "cpu")),
            show(middle(row["runs"][GROWN]["wall"]) * 1e3 / ADDED, 2),
            *(show(run_ratio(row, kind), 2) for kind in ("wall", "cpu")),
            show(milliseconds_a_passage(row, "wall"), 2),
            *(show(milliseconds_a_passage(row, kind) / first[kind], 2) for kind in ("wall", "cpu")),
        ]
        for row in rows
    ]
    return ["", f"Growth, without encoding what is indexed; no ratio should be above {BAR}:", *table(columns, cells)]


def _question_table(rows: Sequence[Figures]) -> list[str]:
    columns = ["passages", *(f"{name}, p50 / p95 ms" for name in _NAMES.values())]
    columns += [f"Sanad beside {name}" for kind, name in _NAMES.items() if kind != GROWN]
    cells = []
    for row in rows:
        asked = row["questions"]
        times = [f"{middle(asked[kind]['p50']):.1f} / {middle(asked[kind]['p95']):.1f}" for kind in _NAMES]
        ratios = [show(middle_ratio(asked[GROWN]["p50"], asked[k]["p50"]), 2) for k in _NAMES if k != GROWN]
        cells.append([show(row["passages"], 0), *times, *ratios])
    return ["", "Questions; Sanad's are answered, LangChain's only searched:", *table(columns, cells)]


def memory_slope(rows: Sequence[Figures], process: str, kind: str = "held") -> tuple[float, float]:
    """Return the anonymous memory of a process for each passage, and for none, in kB: what it held, or its `peak`.

    Of fewer than `_FILLED` passages not all that may be held is held: they are left out where there are enough others.
    """
    filled = [row for row in rows if row["passages"] >= _FILLED]
    some = filled if len(filled) > 1 else rows
    return slope([(row["passages"], row["memory"][process][kind]) for row in some])


def _memory_table(rows: Sequence[Figures], encoder: Figures) -> list[str]:
    kinds = ("held", "peak")
    columns = ["passages", *(f"{name}, MB ({kind})" for name in PROCESSES.values() for kind in kinds)]
    cells = [
        [
            show(row["passages"], 0),
            *(show(row["memory"][process][kind] / 1e3, 0) for process in PROCESSES for kind in kinds),
        ]
        for row in rows
    ]
    alone = ", ".join(f"{show(encoder[kind] / 1e3, 0)} MB ({kind})" for kind in kinds)
    growth = [f"{name} {memory_slope(rows, process)[0]:.2f} kB" for process, name in PROCESSES.items()]
    text = ["", "Anonymous memory of processes that use the index; the first only asks its vectors, by Chroma:"]
    text += table(columns, cells)
    return [*text, "", f"Growth a passage: {', '.join(growth)}. A process that only encodes questions: {alone}."]


def _disk_table(rows: Sequence[Figures]) -> list[str]:
    columns = ["passages", *(f"{part}, MB" for part in DISK), "kB a passage"]
    cells = [
        [
            show(row["passages"], 0),
            *(show(row["disk"][part] / 1e6) for part in DISK),
            show(sum(row["disk"].values()) / 1e3 / row["passages"]),
        ]
        for row in rows
    ]
    return ["", "Disk:", *table(columns, cells)]


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw growth, questions and memory."""
    rows = figures["rows"]
    first = milliseconds_a_passage(rows[0], "cpu")
    growth = {
        "a question": _over(rows, lambda row: question_ratio(row, "p50")),
        f"a run of {ADDED} articles": _over(rows, lambda row: run_ratio(row, "wall")),
        "passages since the size before": _over(rows, lambda row: milliseconds_a_passage(row, "cpu") / first),
    }
    asked = {
        f"{name}, {at}": _over(rows, lambda row, kind=kind, at=at: middle(row["questions"][kind][at]))  # type: ignore[misc]
        for kind, name in _NAMES.items()
        for at in ("p50", "p95")
        if kind == GROWN or at == "p50"
    }
    memory = {
        PROCESSES[process]: _over(rows, lambda row, p=process: row["memory"][p]["held"] / 1e3)  # type: ignore[misc]
        for process in PROCESSES
    }
    return [
        lines(folder / "growth.svg", growth, "time beside the smallest index", bar=BAR),
        lines(folder / "questions.svg", asked, "milliseconds a question"),
        lines(folder / "memory.svg", memory, "anonymous memory, MB"),
    ]


def _over(rows: Sequence[Figures], value: Callable[[Figures], float]) -> list[tuple[float, float]]:
    return [(row["passages"], value(row)) for row in rows]
