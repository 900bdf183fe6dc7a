"""A run → `run.json` and `report.html`, which opens without a network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from rag.confidence import ENOUGH
from rag.evaluate.charts import histogram, line_chart
from rag.evaluate.compare import Comparison
from rag.evaluate.measures import CUTOFFS
from rag.evaluate.run import Run

TABLE = (
    "questions", "success@1", "success@5", "recall@10", "RR@10", "nDCG@10", "AP", "sentence_success@1",
    "sentence_success@3", "right_article_cited", "answer_in_quote", "answer_in_text", "exact_match", "f1",
    "quotes_verbatim", "citation_precision", "citation_recall", "quoted_sentences", "claims_supported",
    "right_language", "fell_back", "abstention_auroc", "false_answers", "false_refusals", "first_words_ms_p50",
    "question_ms_p50", "question_ms_p95", "index_passages_per_second", "peak_mb",
)  # fmt: skip
"""The measures of the printed table, in its order."""

_WORST = 40  # misses that are shown


def write_report(run: Run, folder: str | Path, comparisons: Sequence[Comparison] = ()) -> Path:
    """Write `run.json` and `report.html` into a folder, which is made; return the page's path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(run.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    page = folder / "report.html"
    page.write_text(render_report(run, comparisons), encoding="utf-8")
    return page


def render_report(run: Run, comparisons: Sequence[Comparison] = ()) -> str:
    """Return the report as one HTML page."""
    template = files("rag.evaluate").joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = format_measure
    columns = {"all": run.measures, **(run.by_pair if len(run.by_pair) > 1 else {})}
    return environment.from_string(template).render(
        run=run,
        columns=columns,
        by_tag=run.by_tag,
        table=[name for name in TABLE if any(name in column for column in columns.values())],
        charts=draw_charts(run),
        comparisons=comparisons,
        misses=worst_misses(run.questions),
        direction={"ar": "rtl", "en": "ltr"},
    )


def format_measure(value: float | None, name: str) -> str:
    """Return a measure as it is printed: a rate with three places, a count or time without.

    >>> format_measure(0.93714, "success@1"), format_measure(1190.0, "questions"), format_measure(None, "AP")
    ('.937', '1,190', '–')
    """
    if value is None:
        return "–"
    if name == "questions" or name.endswith(("_p50", "_p95", "_mb")):
        return f"{value:,.0f}"
    if name in ("index_passages_per_second", "quoted_sentences"):
        return f"{value:.2f}"
    return f"{value:.3f}".removeprefix("0")


def worst_misses(questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the questions that went most wrong: the right article furthest down, then those refused or made up."""

    def badness(record: Mapping[str, Any]) -> float:
        if not record["answerable"]:
            return 0.5 if not record["abstained"] else 0.0
        if not record["relevant"]:
            return 0.0
        ranks = [entry["rank"] for entry in record["ranking"] if entry["article"] in record["relevant"]]
        far = 1 - 1 / min(ranks) if ranks else 1.0
        return far + (0.4 if record["abstained"] else 0.0)

    missed = [record for record in questions if badness(record) > 0]
    return sorted(missed, key=badness, reverse=True)[:_WORST]


def draw_charts(run: Run) -> list[Markup]:
    """Return the charts of a run: recall at k, confidence, latency."""
    recall = {
        name: [(float(k), value) for k in CUTOFFS if (value := measures.get(f"recall@{k}")) is not None]
        for name, measures in run.by_pair.items()
    }
    answerable = [record["confidence"] for record in run.questions if record["answerable"]]
    unanswerable = [record["confidence"] for record in run.questions if not record["answerable"]]
    unanswerable += [record["holdout"]["confidence"] for record in run.questions if "holdout" in record]
    times = [record["milliseconds"] for record in run.questions]
    # The slowest question in a hundred would stretch the axis for all others.
    longest = float(np.percentile(times, 99)) if times else 0.0
    scores = {"answerable": answerable, "unanswerable": unanswerable}
    charts = [
        line_chart(recall, "k", title="Recall at k by language pair"),
        histogram(
            {name: some for name, some in scores.items() if some},
            f"confidence that there is an answer: below {ENOUGH}, Sanad abstains",
            title="Confidence of answerable and unanswerable questions",
        ),
        histogram({"questions": [min(t, longest) for t in times]}, "milliseconds a question", title="Latency"),
    ]
    return [chart for chart in charts if chart]
