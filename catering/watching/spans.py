"""Spans by OpenTelemetry. Imported only where traces are wanted; everybody else asks `tracing`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .tracing import Tell

_KINDS: Final = {kind.name.lower(): kind for kind in SpanKind}
_W3C: Final = TraceContextTextMapPropagator()


class OpenTelemetry:
    """Makes spans of a provider of its SDK."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("catering")

    @contextmanager
    def span(
        self, name: str, kind: str, parent: str | None, since: datetime | None, told: dict[str, Any]
    ) -> Iterator[Tell]:
        """See `tracing`."""
        span = self._tracer.start_span(
            name,
            context=_extracted(parent) if parent else None,
            kind=_KINDS[kind],
            start_time=int(since.timestamp() * 1e9) if since else None,
            attributes=_attributes(told),
        )
        with trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield lambda **more: span.set_attributes(_attributes(more))
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    @contextmanager
    def within(self, parent: str) -> Iterator[None]:
        """See `tracing`."""
        token = context.attach(_extracted(parent))
        try:
            yield
        finally:
            context.detach(token)

    def traceparent(self) -> str | None:
        """See `tracing`."""
        carrier = dict[str, str]()
        _W3C.inject(carrier)
        return carrier.get("traceparent")


def exporting(role: str, environment: Mapping[str, str]) -> TracerProvider:
    """A provider that sends spans where OpenTelemetry's variables say, in batches, from a thread;
    what cannot be sent is dropped, and nobody waits for it."""
    named = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": f"catering-{role}"}
    provider = TracerProvider(resource=Resource.create(named))
    console = environment.get("OTEL_TRACES_EXPORTER") == "console"
    exporter: SpanExporter = ConsoleSpanExporter() if console else OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _extracted(parent: str) -> context.Context:
    return _W3C.extract({"traceparent": parent}, context.Context())


def _attributes(told: Mapping[str, Any]) -> dict[str, str | bool | int | float]:
    return {
        f"catering.{name}": value if isinstance(value, (bool, int, float)) else str(value)
        for name, value in told.items()
        if value is not None
    }
