"""What the engine tells, and what is in the index → figures in Prometheus' text form; no word of any question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from rag.errors import SanadError
from rag.stages import Stage
from rag.types import Answer
from ui.api.service import Service
from ui.queueing import QuestionQueue

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # seconds


class Metrics:
    """Counts what becomes of questions: a `rag.stages.Listener`.

    Args:
        service: whose index is counted when the figures are read.
    """

    def __init__(self, service: Service) -> None:
        self._registry = registry = CollectorRegistry()
        self._questions = Counter(
            "sanad_questions", "Questions by what came of them.", ["outcome", "language"], registry=registry
        )
        self._claims = Counter("sanad_claims", "Statements of answers.", ["supported"], registry=registry)
        self._model_errors = Counter(
            "sanad_model_errors", "Answers that a chat model failed to write.", ["reason"], registry=registry
        )
        self._seconds = Histogram(
            "sanad_stage_seconds", "How long a stage of a question took.", ["stage"], buckets=_BUCKETS,
            registry=registry,
        )  # fmt: skip
        registry.register(_IndexCollector(service))
        registry.register(_QueueCollector(service.queue))
        ProcessCollector(registry=registry)

    def asked(self) -> Metrics:
        """See `Listener`."""
        return self

    def took(self, stage: Stage, seconds: float) -> None:
        """See `Listener`."""
        self._seconds.labels(stage).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """See `Listener`."""
        self._questions.labels("abstained" if answer.abstained else "answered", answer.language).inc()
        for claim in answer.claims:
            self._claims.labels("yes" if claim.supported else "no").inc()
        if answer.failed:
            self._model_errors.labels(answer.failed).inc()

    def failed(self, error: BaseException) -> None:
        """See `Listener`."""
        self._questions.labels("abandoned" if isinstance(error, GeneratorExit) else "failed", "").inc()

    def to_text(self) -> bytes:
        """Return all figures; reads the index if that has changed."""
        return generate_latest(self._registry)


class _IndexCollector:
    """Counts what is in the index at the time when it is asked."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing, so that the index is not read at the start."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the counts; but for readiness, none where the index cannot be read."""
        try:
            listed = self._service.listing.articles()
        except SanadError:
            listed = None
        yield GaugeMetricFamily("sanad_index_ready", "Whether the index can be read.", int(bool(listed is not None)))
        if listed is not None:
            articles = GaugeMetricFamily("sanad_index_articles", "Articles in the index.", labels=["language"])
            for language in ("ar", "en"):
                articles.add_metric([language], sum(article.language == language for article in listed))
            yield articles
            passages = sum(article.passages for article in listed)
            yield GaugeMetricFamily("sanad_index_passages", "Passages in the index.", passages)


class _QueueCollector:
    """Counts the questions that are asked at the time when it is asked."""

    def __init__(self, queue: QuestionQueue) -> None:
        self._queue = queue

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the counts."""
        yield GaugeMetricFamily(
            "sanad_questions_running", "Questions and searches that are being answered.", self._queue.running
        )
        yield GaugeMetricFamily("sanad_questions_waiting", "Those that wait for their turn.", self._queue.waiting)
