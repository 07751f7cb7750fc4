"""An OpenTelemetry collector: takes spans over OTLP's HTTP, as protobuf, and keeps them in the order of their begin."""

import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.waiting import until

PATIENCE = 60.0
"""Seconds: a process that is to send a span may have to start first."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span as it arrived; `parent` is '' where it begins a trace, `role` that of its process, `error` its status."""

    trace: str
    id: str
    parent: str
    name: str
    began: int
    ended: int
    error: str
    role: str
    attributes: Mapping[str, str]


class Collector:
    """Listens on a free port of this machine; `url` is what OTEL_EXPORTER_OTLP_ENDPOINT says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[Span] = []
        self.headers: list[Mapping[str, str]] = []
        self.raw: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
                if taken:
                    is_packed = self.headers.get("Content-Encoding") == "gzip"
                    collector.take(gzip.decompress(body) if is_packed else body, dict(self.headers))
                self.send_response(200 if taken else 400)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every span that arrived, the one that began first first."""
        with self._lock:
            return tuple(sorted(self._spans, key=lambda span: span.began))

    def span(self, name: str, **attributes: str) -> Span:
        """Return the first span of a name that has these attributes, once it has arrived."""

        def found() -> list[Span]:
            return [span for span in self.spans if span.name == name and attributes.items() <= span.attributes.items()]

        return until(found, PATIENCE)[0]

    def below(self, span: Span) -> list[str]:
        """Return the names of a span's children, the one that began first first."""
        return [each.name for each in self.spans if each.parent == span.id]

    def take(self, body: bytes, headers: Mapping[str, str]) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            self.headers.append(headers)
            self.raw.append(body)
            self._spans += [
                _span(span, {each.key: each.value.string_value for each in resource.resource.attributes})
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _span(span: Any, resource: Mapping[str, str]) -> Span:
    return Span(
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        name=span.name,
        began=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
        error=span.status.message,
        role=resource.get("service.role", ""),
        attributes={each.key: each.value.string_value for each in span.attributes},
    )
