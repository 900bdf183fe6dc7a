"""Questions → OpenTelemetry spans: one each, with a child for every stage; no word of any question or article.

They go to a collector by OTLP over gRPC, beside the answering. OpenTelemetry's own `OTEL_*` variables say more:
headers, certificates, sampling, the service's name. The provider is not made the process's: FastAPI and MCP would begin
to tell what they know, which is more than may leave.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Sequence
from functools import cache

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # else gRPC writes to stderr; read when it is loaded

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, Status, StatusCode, Tracer, set_span_in_context

from rag.home import public_address
from rag.stages import Stage
from rag.types import Answer

_log = logging.getLogger(__name__)
_PATIENCE = 2.0  # seconds for one batch, and so for the last one when the process ends


@cache
def open_traces(endpoint: str) -> Traces:
    """Return what sends spans to a collector: one for the process, which sends the last ones when that ends.

    Args:
        endpoint: its address, `http://…` or `https://…`; nothing is sent there yet.
    """
    traces = Traces(_Exporter(endpoint))
    atexit.register(traces.close)
    return traces


class Traces:
    """Makes a span of each question: a `rag.stages.Listener`.

    Args:
        exporter: where they go, from a thread of its own.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        # Not `Resource.create`, which the environment can make tell the command line, and so the question.
        resource = Resource({SERVICE_NAME: "sanad"}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("sanad")

    def close(self) -> None:
        """Send what is left, within some seconds; what comes later is not sent."""
        self._provider.shutdown()

    def asked(self) -> _Question:
        """See `Listener`."""
        return _Question(self._tracer)

    def took(self, stage: Stage, seconds: float) -> None:
        """See `Listener`; a search that is no question has a span of its own."""
        _tell(self._tracer, stage, seconds)

    def answered(self, answer: Answer) -> None:
        """See `Listener`; each question has its own."""

    def failed(self, error: BaseException) -> None:
        """See `Listener`; each question has its own."""


class _Question:
    """The span of one question, under the caller's own where it has one."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._span = tracer.start_span("question")

    def asked(self) -> _Question:
        return self

    def took(self, stage: Stage, seconds: float) -> None:
        if stage != "answer":  # the whole way is the question's own span
            _tell(self._tracer, stage, seconds, self._span)

    def answered(self, answer: Answer) -> None:
        self._span.set_attributes(
            {
                "sanad.outcome": "abstained" if answer.abstained else "answered",
                "sanad.language": answer.language,
                "sanad.claims": len(answer.claims),
                "sanad.claims.unsupported": sum(not claim.supported for claim in answer.claims),
            }
        )
        if answer.failed:
            self._span.set_attribute("sanad.model_error", answer.failed)
        self._span.end()

    def failed(self, error: BaseException) -> None:
        if isinstance(error, GeneratorExit):
            self._span.set_attribute("sanad.outcome", "abandoned")
        else:
            self._span.set_attributes({"sanad.outcome": "failed", "error.type": type(error).__name__})
            self._span.set_status(Status(StatusCode.ERROR))  # without its message, which may quote
        self._span.end()


def _tell(tracer: Tracer, stage: Stage, seconds: float, parent: Span | None = None) -> None:
    now = time.time_ns()
    context = set_span_in_context(parent) if parent else None
    tracer.start_span(stage, context, start_time=now - round(seconds * 1e9)).end(now)


class _Exporter(SpanExporter):
    """Sends spans, and says so in one line when they begin not to arrive; the library's own lines are many."""

    def __init__(self, endpoint: str) -> None:
        self._address = public_address(endpoint)
        self._inner = OTLPSpanExporter(endpoint=endpoint, timeout=_PATIENCE)
        self._arriving = True
        self._sending = threading.local()
        logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter").addFilter(self._is_other)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._sending.now = True
        try:
            result = self._inner.export(spans)
        except Exception:  # whatever the library and gRPC raise, who asks is not to be told of it
            result = SpanExportResult.FAILURE
        finally:
            self._sending.now = False
        arriving = result is SpanExportResult.SUCCESS
        if self._arriving and not arriving:
            _log.warning("traces do not arrive at %s (OTLP over gRPC); answers do not wait for them", self._address)
        self._arriving = arriving
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._inner.force_flush(timeout_millis)

    def _is_other(self, _: logging.LogRecord) -> bool:
        return not getattr(self._sending, "now", False)
