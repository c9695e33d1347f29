"""How we are: for those who start and stop us (`/health/…`), and who watch us (`/metrics`)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from catering import migrating
from catering.changes import Hub
from catering.database import Transaction
from catering.services import gauges
from catering.settings import Settings
from catering.watching import counts, window

log = logging.getLogger(__name__)

FRESH: Final = 5.0
"""Seconds for which what PostgreSQL said of the installation is told again."""

OURSELVES: Final = {"127.0.0.1", "::1"}

FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")

Answer = Callable[[Request], Awaitable[Response]]


def routes(transaction: Transaction, hub: Hub, settings: Settings) -> list[Route]:
    """The three addresses."""
    counts.ROLE.labels("api").set(1)
    return [
        Route("/health/live", _live),
        Route("/health/ready", _readiness(transaction, hub)),
        Route("/metrics", _metrics(transaction, hub, settings.metrics_token)),
    ]


async def _live(_: Request) -> Response:
    """The process answers; whoever cannot even say this has to be started again."""
    return JSONResponse({"status": "ok"})


def _readiness(transaction: Transaction, hub: Hub) -> Answer:
    head = migrating.head() or ""

    async def ready(_: Request) -> Response:
        """Whether requests can be served: the database is there, and has what this code wants.
        Redis is told, but not asked for: without it live screens look by themselves."""
        parts = {"database": await _database(transaction, head), "redis": _word(hub.connected)}
        status = "degraded" if parts["database"] == "ok" else "away"
        return JSONResponse(
            {"status": "ok" if set(parts.values()) == {"ok"} else status, **parts},
            503 if status == "away" else 200,
        )

    return ready


async def _database(transaction: Transaction, head: str) -> str:
    """A newer one than ours is good: we are about to be replaced, and migrations leave room."""
    try:
        async with transaction() as session:
            revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        revision = None
    except Exception as error:
        return f"away: {type(error).__name__}"
    return "ok" if revision is not None and revision >= head else "not migrated"


def _word(fine: bool) -> str:
    return "ok" if fine else "away"


def _metrics(transaction: Transaction, hub: Hub, token: str | None) -> Answer:
    installation = _Installation(transaction)

    async def metrics(request: Request) -> Response:
        if not _may_look(request, token):
            # Who has not been told of it learns nothing, not even that it is there.
            return PlainTextResponse("Not Found", 404)
        counts.FOLLOWERS.set(hub.followers)
        counts.REDIS.set(hub.connected)
        told = await installation.told()
        return Response(counts.page() + told, media_type=counts.CONTENT_TYPE)

    return metrics


def _may_look(request: Request, token: str | None) -> bool:
    """With the token, or else from this very machine and not through a proxy on it."""
    if token is not None:
        return window.may_look(request.headers.get("authorization"), token)
    here = request.client is not None and request.client.host in OURSELVES
    return here and not any(name in request.headers for name in FORWARDED)


class _Installation:
    """What PostgreSQL says about everything, asked at most every few seconds."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._alone = asyncio.Lock()
        self._told, self._until = b"", 0.0

    async def told(self) -> bytes:
        async with self._alone:
            if time.monotonic() >= self._until:
                self._told = generate_latest(_Families(await self._read()))
                self._until = time.monotonic() + FRESH
            return self._told

    async def _read(self) -> list[gauges.Gauge]:
        found = list[gauges.Gauge]()
        try:
            async with self._transaction() as session:
                found = await gauges.read(session)
        except Exception as error:  # what the process knows by itself is told all the same
            log.warning("PostgreSQL does not say how things are: %s", type(error).__name__)
        help = "Whether PostgreSQL says how the installation is."
        return [*found, gauges.Gauge("catering_database_up", help, (), {(): float(bool(found))})]


class _Families:
    """Numbers in the form in which `prometheus_client` writes them down."""

    def __init__(self, read: Iterable[gauges.Gauge]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        for gauge in self._read:
            kind = CounterMetricFamily if gauge.kind == "counter" else GaugeMetricFamily
            family = kind(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.samples.items():
                family.add_metric(labels, value)
            yield family
