"""Questions asked of an index → what came back, question by question, and the measures of it."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import SourceError
from rag.evaluate.ask import ask_question
from rag.evaluate.measures import aggregate, aggregate_auroc, measure_rankings
from rag.evaluate.questions import QuestionSet
from rag.pipeline import Rag
from rag.progress import Progress, Step
from rag.types import Value

_PACKAGES = ("sanad-rag", "sentence-transformers", "torch", "chromadb", "bm25s", "ir_measures", "numpy")


@dataclass(frozen=True, slots=True)
class Run(Value):
    """One evaluation.

    Attributes:
        made: when it ended, ISO 8601, UTC.
        options: how it was asked for, and the settings of the index.
        versions: of Sanad and what its results depend on.
        corpus: `articles`, `passages`, and the `digest` of their content.
        measures: over all questions; rates are fractions of 1.
        intervals: of the measures, 95 %, `(low, high)`.
        by_language: the same measures by the question's language.
        by_pair: by language pair: "ar→en" asks in Arabic what English articles answer.
        by_tag: by the questions' tags.
        questions: each with its ranking, scores, answer and own measures.
    """

    made: str
    options: dict[str, Any]
    versions: dict[str, str]
    corpus: dict[str, Any]
    measures: dict[str, float | None]
    intervals: dict[str, tuple[float, float]]
    by_language: dict[str, dict[str, float | None]]
    by_pair: dict[str, dict[str, float | None]]
    by_tag: dict[str, dict[str, float | None]]
    questions: list[dict[str, Any]] = field(default_factory=list)


def evaluate(
    rag: Rag,
    questions: QuestionSet,
    *,
    holdout: bool = False,
    options: Mapping[str, Any] | None = None,
    passages_per_second: float | None = None,
    progress: Progress | None = None,
) -> Run:
    """Ask each question and measure what comes back.

    Args:
        rag: its index holds the articles that are asked about.
        questions: with the ids of the articles that are right.
        holdout: ask each answerable question again with its subject taken out: the articles that answer it, and those
            that are parts of the same one. What is then answered is answered falsely.
        options: kept with the run.
        passages_per_second: how fast the index was made, where it was.
        progress: called after each question.
    """
    rag.warm_up()
    languages = {article.id: article.language for article in rag.index.articles()}
    records = []
    for number, question in enumerate(questions.questions, start=1):
        records.append(ask_question(rag, question, questions.subjects, languages, holdout=holdout))
        if progress:
            progress(Step(number, len(questions.questions), question.id))
    _add_rankings(records)
    machine = {"index_passages_per_second": passages_per_second, "peak_mb": _peak_megabytes()}
    values, intervals = _measure(records)
    return Run(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        options=dict(options or {}) | {"holdout": holdout},
        versions=_versions(),
        corpus={"articles": len(languages), "passages": rag.index.passages, "digest": rag.index.digest},
        measures=values | machine,
        intervals=intervals,
        by_language=_group(records, lambda record: [record["language"]]),
        by_pair=_group(records, lambda record: [record["pair"]] if record["pair"] else []),
        by_tag=_group(records, lambda record: record["tags"]),
        questions=records,
    )


def read_run(path: str | Path) -> Run:
    """Read a run that was written as JSON.

    Raises:
        SourceError: it cannot be read or is none.
    """
    try:
        return Run(**json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise SourceError(f"{path}: is not a run of sanad eval") from error


def _add_rankings(records: Sequence[dict[str, Any]]) -> None:
    """Add the measures of the rankings to the records of questions that some article answers."""
    judged = [record for record in records if record["answerable"] and record["relevant"]]
    rankings = [list(dict.fromkeys(entry["article"] for entry in record["ranking"])) for record in judged]
    measured = measure_rankings(rankings, [record["relevant"] for record in judged])
    for record, values in zip(judged, measured, strict=True):
        record["parts"] |= {name: (value, 1.0) for name, value in values.items()}


def _measure(records: Sequence[Mapping[str, Any]]) -> tuple[dict[str, float | None], dict[str, tuple[float, float]]]:
    """Return the measures of some questions and their intervals."""
    parts = [_with_holdout(record) for record in records]
    measured, intervals = aggregate(parts)
    values: dict[str, float | None] = {"questions": float(len(records)), **measured}
    positive = [record["confidence"] for record in records if record["answerable"]]
    negative = [record["confidence"] for record in records if not record["answerable"]]
    negative += [record["holdout"]["confidence"] for record in records if "holdout" in record]
    values["abstention_auroc"], interval = aggregate_auroc(positive, negative)
    if interval:
        intervals["abstention_auroc"] = interval
    times = [record["milliseconds"] for record in records]
    if times:
        values["first_words_ms_p50"] = float(np.median([record["first_words_ms"] for record in records]))
        values["question_ms_p50"], values["question_ms_p95"] = map(float, np.percentile(times, [50, 95]))
    return values, intervals


def _with_holdout(record: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    parts = dict(record["parts"])
    if "holdout" in record:
        parts["false_answers"] = (float(not record["holdout"]["abstained"]), 1)
    return parts


def _group(
    records: Iterable[Mapping[str, Any]], keys: Callable[[Mapping[str, Any]], list[str]]
) -> dict[str, dict[str, float | None]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        for key in keys(record):
            groups.setdefault(key, []).append(record)
    return {key: _measure(members)[0] for key, members in sorted(groups.items())}


def _versions() -> dict[str, str]:
    found = {"python": sys.version.split()[0]}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes elsewhere
