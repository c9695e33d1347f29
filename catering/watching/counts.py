"""The numbers that only a process knows, for Prometheus.

What is true of the whole installation is in PostgreSQL and read from there
(`catering.services.gauges`): it does not matter which process is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LATE: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)

disable_created_metrics()  # type: ignore[no-untyped-call]

ROLE = Gauge("catering_process", "1, with what this process is.", ["role"])

RESPONSES = Counter("catering_http_responses", "Answers over HTTP.", ["status"])
OPERATIONS = Histogram(
    "catering_operation_seconds", "GraphQL operations, from their text to their result.",
    ["kind", "outcome"], buckets=_QUICK,
)  # fmt: skip
SOCKETS = Gauge("catering_live_sockets", "WebSockets that are open.")
STREAMS = Gauge("catering_live_streams", "Subscriptions over HTTP that are open.")
FOLLOWERS = Gauge("catering_live_followers", "Subscriptions that wait for news.")
REDIS = Gauge("catering_redis_connected", "Whether this process hears Redis.")

POOL_WAIT = Histogram(
    "catering_pool_wait_seconds", "For a connection to PostgreSQL.", buckets=_QUICK
)

LATENESS = Histogram(
    "catering_task_lateness_seconds", "From when a task was due until a worker began with it.",
    ["type"], buckets=_LATE,
)  # fmt: skip
TASKS = Histogram(
    "catering_task_seconds", "Tries of a task: done, again (nothing is decided), lost, failed, "
    "or dead.", ["kind", "outcome"], buckets=(0.01, 0.1, 0.5, 1, 5, 25),
)  # fmt: skip
PROVIDER_CALLS = Histogram(
    "catering_provider_call_seconds", "Requests to outside systems: ok, refused (4xx), error "
    "(5xx), unreachable (nothing was sent), silent (no whole answer).",
    ["provider", "outcome"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
TURNED_AWAY = Counter(
    "catering_provider_calls_turned_away", "Calls that were not made: a breaker is open, too many "
    "are under way, or too much has failed.", ["provider"],
)  # fmt: skip

LEADS = Gauge("catering_relay_leads", "Whether this relay leads; one of all does.")
ANNOUNCED = Histogram(
    "catering_announce_seconds", "From when something happened until it was announced.",
    buckets=_LATE,
)  # fmt: skip
TAKEN_BACK = Counter("catering_tasks_taken_back", "Tasks of workers that fell silent.")


@contextmanager
def timed(of: Histogram, **labels: str) -> Iterator[dict[str, str]]:
    """Measure what is done inside. The labels can be changed on the way; as they are given, they
    say what it was when nothing else comes to be known."""
    began = perf_counter()
    try:
        yield labels
    finally:
        (of.labels(**labels) if labels else of).observe(perf_counter() - began)


def page() -> bytes:
    """All of it, as Prometheus reads it."""
    return generate_latest()
