"""Traces: one from a mutation through relay, worker and provider to those who watch its order.

Spans are made by OpenTelemetry, if it is installed (the extra `traces`) and told where to send them
by its own variables. Otherwise nothing is made, and nothing is imported.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, Final, Protocol

log = logging.getLogger(__name__)

Tell = Callable[..., None]
"""Adds to a span what comes to be known while it lasts."""


class Tracer(Protocol):
    """Whoever makes spans."""

    def span(
        self, name: str, kind: str, parent: str | None, since: datetime | None, told: dict[str, Any]
    ) -> AbstractContextManager[Tell]: ...

    def within(self, parent: str) -> AbstractContextManager[None]: ...

    def traceparent(self) -> str | None: ...


_tracer: Tracer | None = None
_NO_SPAN: Final = nullcontext[Tell](lambda **_: None)
_NOTHING: Final = nullcontext(None)


def span(
    name: str, kind: str = "internal", parent: str | None = None, **told: Any
) -> AbstractContextManager[Tell]:
    """A part of the trace of its parent, or of the one that we are in, or of a new one. What fails
    inside is marked as failed, by the kind of its error alone: its text may quote a customer."""
    return _tracer.span(name, kind, parent, None, told) if _tracer else _NO_SPAN


def continued(
    name: str, parent: str | None, since: datetime | None = None, **told: Any
) -> AbstractContextManager[Tell]:
    """What is said of an event, in its trace; nothing, where the event knows of none."""
    return _tracer.span(name, "producer", parent, since, told) if _tracer and parent else _NO_SPAN


def within(parent: str | None) -> AbstractContextManager[None]:
    """What a caller sent along as `traceparent`: what begins inside is part of his trace."""
    return _tracer.within(parent) if _tracer and parent else _NOTHING


def traceparent() -> str | None:
    """Where we are in which trace, as the W3C writes it down; what rows remember."""
    return _tracer.traceparent() if _tracer else None


def trace_id(parent: str | None) -> str | None:
    """The trace of a `traceparent`."""
    return parent.split("-")[1] if parent else None


def begin(role: str, environment: Mapping[str, str] = os.environ) -> None:
    """Trace, if OpenTelemetry's variables say where to."""
    if not is_wanted(environment):
        return
    try:
        from . import spans
    except ImportError as error:
        log.warning("No traces: %s. They need `pip install 'catering[traces]'`.", error)
        return
    _use(spans.OpenTelemetry(spans.exporting(role, environment)))


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether there is somewhere to send traces to."""
    exporter = environment.get("OTEL_TRACES_EXPORTER", "")
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return (
        environment.get("OTEL_SDK_DISABLED", "").lower() != "true"
        and exporter != "none"
        and (exporter == "console" or any(environment.get(name) for name in endpoints))
    )


@contextmanager
def used(tracer: Tracer) -> Iterator[None]:
    """Have spans made by this one, for the time of a `with`."""
    before = _tracer
    _use(tracer)
    try:
        yield
    finally:
        _use(before)


def _use(tracer: Tracer | None) -> None:
    global _tracer  # noqa: PLW0603 - one for the process, as for OpenTelemetry itself
    _tracer = tracer
