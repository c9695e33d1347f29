"""One trace from a mutation to whoever watches its order; and nothing where none is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from catering.changes import Hub
from catering.resolvers.root import schema
from catering.schema.context import Context
from catering.settings import Settings
from catering.transport.identifying import identified
from catering.watching import spans, tracing
from catering.workers import announcing, watched
from tests.graphql.placing import PLACE, wish
from tests.live.asking import ORDER
from tests.workers.conftest import Stage
from tests.workers.conftest import engine as engine
from tests.workers.conftest import simulator as simulator
from tests.workers.conftest import stage as stage
from tests.workers.conftest import transaction as transaction
from tests.workers.conftest import world as world

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
THEIRS = 0x0AF7651916CD43DD8448EB211C80319C


@pytest.fixture
def traced() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with tracing.used(spans.OpenTelemetry(provider)):
        yield kept
    provider.shutdown()


async def test_one_trace_leads_from_the_mutation_to_who_watches_the_order(
    stage: Stage, settings: Settings, traced: InMemorySpanExporter
) -> None:
    world = stage.world
    await stage.connect(world.kitchen, "open_kitchen", "gulliver")
    context = Context(world.customer, world.transaction, Hub("redis://127.0.0.1:1"), settings)

    with identified({"type": "http", "headers": [(b"traceparent", CALLER.encode())]}):
        placed = await schema.execute(PLACE, {"input": wish(world)}, context)
    assert placed.data is not None
    order = placed.data["placeOrder"]["order"]["id"]
    await stage.work()
    async with world.transaction() as session:
        watched.announced(await announcing.announce(session))
    about = {"id": order, "after": "0"}
    async with aclosing(await schema.stream(ORDER, about, context)) as events:
        event = (await anext(events)).data or {}
    assert event["orderChanged"]["kind"] == "ORDER_PLACED"

    theirs = [span for span in traced.get_finished_spans() if _is_theirs(span)]
    names = {_id(span): span.name for span in theirs}
    assert {(names.get(_parent(span)), span.name) for span in theirs} >= {
        (None, "mutation placeOrder"),
        ("mutation placeOrder", "task submit_ticket"),
        ("mutation placeOrder", "announce ORDER_PLACED"),
        ("mutation placeOrder", "tell ORDER_PLACED"),
        ("task submit_ticket", "call open_kitchen"),
        ("task submit_ticket", "announce TICKET_SUBMITTED"),
    }
    (first,) = (span for span in theirs if span.name == "mutation placeOrder")
    assert _parent(first) == 0xB7AD6B7169203331
    told = str([(span.name, span.attributes) for span in traced.get_finished_spans()])
    assert order in told
    assert "+380" not in told


async def test_what_fails_is_marked_and_not_quoted(traced: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Olena"), tracing.span("task"):
        raise ValueError("Olena, +380671234567")
    (span,) = traced.get_finished_spans()
    assert (span.status.is_ok, span.status.description, span.events) == (False, "ValueError", ())


def test_spans_go_where_the_variables_of_open_telemetry_say() -> None:
    came = list[tuple[str, bytes]]()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    program = """
from catering.watching import tracing
tracing.begin("worker")
with tracing.span("task submit_ticket"):
    pass
"""
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
        server.shutdown()
    ((path, body),) = came
    assert path == "/v1/traces"
    assert b"catering-worker" in body
    assert b"task submit_ticket" in body


def test_where_no_traces_are_wanted_nothing_is_imported() -> None:
    program = """
import sys
from catering.watching import tracing
tracing.begin("api", {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"})
tracing.begin("api", {})
with tracing.span("task") as tell:
    tell(outcome="done")
assert tracing.traceparent() is None
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
sys.modules["opentelemetry"] = None
tracing.begin("api", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"})
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "pip install 'catering[traces]'" in ran.stderr


def _is_theirs(span: ReadableSpan) -> bool:
    return span.context is not None and span.context.trace_id == THEIRS


def _id(span: ReadableSpan) -> int | None:
    return span.context.span_id if span.context else None


def _parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None
