"""OpenTelemetry's SDK as what keeps spans. Only `engine.bootstrap` loads this, and only where traces are wanted.

The provider is the bot's own and not the process-wide one: libraries that would trace themselves into that, such as
Claude's, would put into spans what the desk has not looked at.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind as OtelKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from engine.spans import Attribute, SpanKind

TRACEPARENT: Final = "traceparent"
KINDS: Final = {
    SpanKind.INTERNAL: OtelKind.INTERNAL,
    SpanKind.SERVER: OtelKind.SERVER,
    SpanKind.CLIENT: OtelKind.CLIENT,
}


class OtelRecorder:
    """Sends spans to the collector that the OTEL_* variables name, from a thread of its own.

    A collector that is away costs spans and nothing else.
    """

    def __init__(self, resource: Mapping[str, str]) -> None:
        told = OTELResourceDetector().detect()  # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before ours
        self._provider = TracerProvider(resource=Resource.create(dict(resource)).merge(told), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("trading-bot")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: SpanKind, parent: str, attributes: Mapping[str, Attribute]) -> Iterator[None]:
        """Record how long the block takes, and the class of the error that it raises; its words may hold secrets."""
        above = None if self.context() or not parent else self._propagator.extract({TRACEPARENT: parent})
        with self._tracer.start_as_current_span(
            name,
            context=above,
            kind=KINDS[kind],
            attributes={key: value for key, value in attributes.items() if value != ""},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def context(self) -> str:
        """Return the traceparent of the span that this thread is in, '' in none."""
        if not trace.get_current_span().get_span_context().is_valid:
            return ""
        carrier = dict[str, str]()
        self._propagator.inject(carrier)
        return carrier.get(TRACEPARENT, "")

    def close(self) -> None:
        """Send what is not sent yet, and stop."""
        self._provider.shutdown()
