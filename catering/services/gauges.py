"""How the installation as a whole is, read from PostgreSQL: no process has to be asked, and every
process of the API says the same.

Each statement walks an index, and at most so far; on a database in trouble it is given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.orders import ENDS

MOST: Final = 10_000
"""What is counted is counted up to here: more is trouble enough."""

RECENT: Final = 2_000
"""The last so many events are what "lately" means."""

UNHANDLED_AFTER: Final = 5.0
"""Seconds after which a deadline that nobody has handled is counted."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number, or one for each of its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    samples: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    kind: str = "gauge"


async def read(session: AsyncSession) -> list[Gauge]:
    """All of them, as they are now."""
    await session.execute(text("SET LOCAL statement_timeout = '2s'"))
    return [await _gauge(session, statement) for statement in STATEMENTS]


async def _gauge(session: AsyncSession, statement: Statement) -> Gauge:
    samples = _samples((await session.execute(text(spelt(statement)), BOUNDS)).all())
    return Gauge(statement.name, statement.help, statement.labels, samples, statement.kind)


def spelt(statement: Statement) -> str:
    """A statement with what several have in common."""
    return statement.sql.format(live=_LIVE, since=_SINCE, lately=_LATELY)


def _samples(rows: Iterable[Any]) -> dict[tuple[str, ...], float]:
    """The last column of each row is its number, the others are its labels."""
    return {tuple(map(str, row[:-1])): float(row[-1]) for row in rows if row[-1] is not None}


@dataclass(frozen=True, slots=True)
class Statement:
    """How a gauge is read."""

    name: str
    help: str
    sql: str
    labels: tuple[str, ...] = ()
    kind: str = "gauge"


BOUNDS: Final = {"most": MOST, "recent": RECENT, "unhandled": UNHANDLED_AFTER}

_DUE: Final = """
    SELECT {what} FROM (
        SELECT due FROM tasks WHERE state = 'PENDING' AND due <= catering_now()
        ORDER BY due LIMIT :most
    ) AS waiting
"""
_UNANNOUNCED: Final = """
    SELECT {what} FROM (
        SELECT occurred_at FROM events WHERE position IS NULL ORDER BY id LIMIT :most
    ) AS waiting
"""
_LIVE: Final = f"status NOT IN ({', '.join(f'{str(end)!r}' for end in sorted(ENDS))})"
_SINCE: Final = """
    SELECT occurred_at AS since FROM events AS entered
    WHERE entered.order_id = whose.order_id AND entered.sequence < whose.before
      AND (entered.sequence = 1 OR entered.previous_status <> entered.order_status)
    ORDER BY entered.sequence DESC LIMIT 1
"""
# By the limit, and not by the position of the first: PostgreSQL would guess at how many that are.
_LATELY: Final = """
    SELECT * FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT :recent
"""
_SECONDS: Final = "coalesce(extract(epoch FROM {}), 0)"

STATEMENTS: Final = (
    Statement(
        "catering_queue_lag_seconds",
        "How long the oldest due task has been waiting for a worker.",
        _DUE.format(what="greatest(" + _SECONDS.format("catering_now() - min(due)") + ", 0)"),
    ),
    Statement(
        "catering_tasks_due", "Tasks that are due and that nobody works on.",
        _DUE.format(what="count(*)"),
    ),
    Statement(
        "catering_tasks_running", "Tasks that a worker holds.",
        "SELECT count(*) FROM tasks WHERE state = 'RUNNING'",
    ),
    Statement(
        "catering_relay_lag_seconds", "How long the oldest event has been waiting for a relay.",
        _UNANNOUNCED.format(
            what="greatest(" + _SECONDS.format("catering_now() - min(occurred_at)") + ", 0)"
        ),
    ),
    Statement(
        "catering_events_unannounced", "Events that no relay has announced yet.",
        _UNANNOUNCED.format(what="count(*)"),
    ),
    Statement(
        "catering_events_announced", "Events that were ever announced.",
        "SELECT position FROM announced", kind="counter",
    ),
    Statement(
        "catering_dead_letters", "Tasks that failed for good, by their kind.",
        "SELECT kind, count(*) FROM (SELECT kind FROM tasks WHERE state = 'DEAD' LIMIT :most)"
        " AS dead GROUP BY kind",
        ("kind",),
    ),
    Statement(
        "catering_overdue_unhandled", "Deadlines that passed seconds ago and that nobody handled. "
        "Always 0.",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM tasks WHERE state IN ('PENDING', 'RUNNING') AND "then" IS NOT NULL
              AND due < catering_now() - make_interval(secs => :unhandled) LIMIT :most
        ) AS overdue
        """,
    ),
    Statement(
        "catering_orders", "Orders that are under way, by their status.",
        "SELECT status, count(*) FROM orders WHERE {live} GROUP BY status",
        ("status",),
    ),
    Statement(
        "catering_orders_needing_action", "Orders that wait for somebody of the office.",
        "SELECT count(*) FROM orders WHERE {live} AND needs_action",
    ),
    Statement(
        "catering_order_age_seconds", "How long the order that has been longest in a status is "
        "there.",
        """
        SELECT status, max(extract(epoch FROM catering_now() - since)) FROM (
            SELECT id AS order_id, status, version + 1 AS before FROM orders WHERE {live}
            LIMIT :most
        ) AS whose CROSS JOIN LATERAL ({since}) AS entered GROUP BY status
        """,
        ("status",),
    ),
    Statement(
        "catering_order_stay_seconds", "How long orders have been in the statuses that they left "
        "lately.",
        """
        SELECT previous_status, quantile, percentile_cont(quantile) WITHIN GROUP (ORDER BY stay)
        FROM (
            SELECT previous_status, extract(epoch FROM occurred_at - since)::float8 AS stay
            FROM (
                SELECT order_id, sequence AS before, previous_status, occurred_at
                FROM ({lately}) AS lately WHERE previous_status <> order_status AND sequence > 1
            ) AS whose CROSS JOIN LATERAL ({since}) AS entered
        ) AS stays, unnest(ARRAY[0.5, 0.95]) AS quantile GROUP BY previous_status, quantile
        """,
        ("status", "quantile"),
    ),
    Statement(
        "catering_breaker_open",
        "Whether nobody calls an account for now, but to see whether it is back.",
        "SELECT name, provider, (breaker_opened_at IS NOT NULL)::int FROM accounts"
        " WHERE enabled ORDER BY name LIMIT :most",
        ("account", "provider"),
    ),
    Statement(
        "catering_offers_per_delivery", "Offers that were made for each delivery that somebody "
        "took lately.",
        """
        SELECT which, CASE which WHEN 'mean' THEN avg(made) ELSE max(made) END FROM (
            SELECT (
                SELECT count(*) FROM offers WHERE offers.delivery_id = taken.delivery_id
            ) AS made FROM (
                SELECT DISTINCT delivery_id FROM ({lately}) AS lately
                WHERE kind = 'DELIVERY_ASSIGNED'
            ) AS taken
        ) AS counted, unnest(ARRAY['mean', 'max']) AS which GROUP BY which
        """,
        ("of",),
    ),
)  # fmt: skip
