"""Guards: a question is one span with its stages below it and no word of anybody; a dead collector costs nothing."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from rag.errors import SettingsError
from rag.pipeline import Rag
from rag.settings import Settings
from rag.trace import Traces, open_traces
from rag.types import Answer, Claim
from tests.fakes import write_article

ROOT = Path(__file__).parent.parent
ASKED = "What did Beijing tell firms to prepare?"
STAGES = {"rewrite", "retrieve", "judge", "read"}


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """An OTLP collector on loopback; keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self._server = grpc.server(ThreadPoolExecutor(1))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, self._server)
        self.endpoint = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Export(self, request: Any, context: object) -> Any:
        self.sent.append(request)
        return trace_service_pb2.ExportTraceServiceResponse()

    def stop(self) -> None:
        self._server.stop(None).wait()

    @property
    def scopes(self) -> list[Any]:
        return [scope for request in self.sent for part in request.resource_spans for scope in part.scope_spans]

    @property
    def spans(self) -> list[Any]:
        return [span for scope in self.scopes for span in scope.spans]

    @property
    def text(self) -> str:
        return " ".join(map(str, self.sent))


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.stop()


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traces(kept: InMemorySpanExporter) -> Iterator[Traces]:
    traces = Traces(kept)
    yield traces
    traces.close()


def told(kept: InMemorySpanExporter, traces: Traces) -> Sequence[ReadableSpan]:
    traces.close()
    return kept.get_finished_spans()


def test_a_question_is_a_span_with_a_child_for_each_stage(rag: Rag, collector: Collector) -> None:
    traces = open_traces(collector.endpoint)
    assert open_traces(collector.endpoint) is traces
    rag.listeners.add(traces)
    answer = rag.ask(ASKED)
    assert answer.citations
    traces.close()

    [question] = [span for span in collector.spans if span.name == "question"]
    stages = [span for span in collector.spans if span is not question]
    assert {span.name for span in stages} == STAGES
    assert {span.parent_span_id for span in stages} == {question.span_id}
    assert {span.trace_id for span in stages} == {question.trace_id}
    assert not question.parent_span_id
    ends = question.start_time_unix_nano, question.end_time_unix_nano
    assert all(ends[0] <= span.start_time_unix_nano <= span.end_time_unix_nano <= ends[1] for span in stages)
    attributes = {item.key: item.value for item in question.attributes}
    assert attributes["sanad.outcome"].string_value == "answered"
    assert attributes["sanad.language"].string_value == "en"
    assert attributes["sanad.claims"].int_value == len(answer.claims) > 0
    assert attributes["sanad.claims.unsupported"].int_value == 0
    assert [scope.scope.name for scope in collector.scopes] == ["sanad"] * len(collector.scopes)
    assert not [word for word in ("Beijing", "firms", "H200", "chips") if word in collector.text]


def test_what_came_of_a_question_is_told(rag: Rag, traces: Traces, kept: InMemorySpanExporter) -> None:
    rag.listeners.add(traces)
    assert rag.ask("Who won the chess championship of 1972?").abstained
    left = rag.stream(ASKED)
    next(left)
    left.close()  # type: ignore[attr-defined]
    rag._reader = None  # type: ignore[assignment]  # what fails in any way
    with pytest.raises(AttributeError):
        rag.ask(ASKED)
    claims = (Claim("x", False, flaw="number"), Claim("y", True, (1,)))
    traces.asked().answered(Answer("q", "a", "ar", claims=claims, failed="timeout"))

    spans = [span for span in told(kept, traces) if span.name == "question"]
    attributes = [dict(span.attributes or {}) for span in spans]
    assert [a["sanad.outcome"] for a in attributes] == ["abstained", "abandoned", "failed", "answered"]
    assert attributes[2]["error.type"] == "AttributeError"
    assert [span.status.is_ok for span in spans] == [True, True, False, True]
    assert not spans[2].status.description
    assert not spans[2].events, "an error's message may quote"
    assert (attributes[3]["sanad.claims"], attributes[3]["sanad.claims.unsupported"]) == (2, 1)
    assert attributes[3]["sanad.model_error"] == "timeout"


def test_a_search_has_a_span_of_its_own(rag: Rag, traces: Traces, kept: InMemorySpanExporter) -> None:
    rag.listeners.add(traces)
    rag.search("canal")
    assert [(span.name, span.parent) for span in told(kept, traces)] == [("retrieve", None)]


def test_a_question_stands_below_its_callers_span(rag: Rag, traces: Traces, kept: InMemorySpanExporter) -> None:
    rag.listeners.add(traces)
    caller = SpanContext(trace_id=1, span_id=2, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with use_span(NonRecordingSpan(caller)):
        rag.ask(ASKED)
    [question] = [span for span in told(kept, traces) if span.name == "question"]
    assert question.parent == caller


class Stuck(SpanExporter):
    """Never gets anything out until it is told to."""

    def __init__(self) -> None:
        self.began, self.free = threading.Event(), threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.began.set()
        self.free.wait()
        return SpanExportResult.SUCCESS


def test_no_answer_waits_for_a_collector(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    stuck = Stuck()
    traces = Traces(stuck)
    rag.listeners.add(traces)
    rag.ask(ASKED)
    assert stuck.began.wait(5)
    assert rag.ask(ASKED).citations
    stuck.free.set()
    traces.close()


def test_a_dead_collector_is_told_of_in_one_line(
    rag: Rag, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")  # several attempts
    monkeypatch.setattr("rag.trace._PATIENCE", 0.3)
    caplog.set_level(logging.WARNING)
    traces = open_traces("http://me:secret@127.0.0.1:9")
    rag.listeners.add(traces)
    for _ in range(3):
        assert rag.ask(ASKED).citations
    traces.close()
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["traces do not arrive at http://127.0.0.1:9 (OTLP over gRPC); answers do not wait for them"]


@pytest.mark.usefixtures("encoder")
def test_the_command_line_traces_where_it_is_told_to_and_chroma_never(tmp_path: Path, collector: Collector) -> None:
    article = write_article(tmp_path, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.")
    nosy = {
        "CHROMA_OTEL_GRANULARITY": "all",
        "CHROMA_OTEL_COLLECTION_ENDPOINT": collector.endpoint,
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "process",
        "OTEL_SERVICE_NAME": "newsroom",
    }
    for told_to in ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}):
        done = subprocess.run(
            [sys.executable, "-m", "rag", "ask", ASKED],
            cwd=ROOT, env=os.environ | {"RAG_CORPUS": str(article)} | nosy | told_to,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert bool(collector.sent) == bool(told_to)
    assert {span.name for span in collector.spans} == {"question", *STAGES}
    assert "newsroom" in collector.text
    assert not [word for word in ("Beijing", "firms", "H200", "chips", str(tmp_path)) if word in collector.text]


def test_opentelemetry_is_not_loaded_for_nothing() -> None:
    program = "import sys, rag.open; sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4317")
    with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_ENDPOINT: begins with http://"):
        Settings()
