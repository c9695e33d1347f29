"""What is told of the work of a process: of a try, and of what was announced."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.watching import counts, origin, tracing

from .announcing import Batch
from .tasks import Claim

log = logging.getLogger("catering.events")

_IDS: Final = {
    "order": Prefix.ORDER,
    "ticket": Prefix.TICKET,
    "delivery": Prefix.DELIVERY,
    "restaurant": Prefix.RESTAURANT,
    "driver": Prefix.DRIVER,
}


@contextmanager
def watched(task: Claim) -> Iterator[dict[str, str]]:
    """One try of a task: measured, traced, and named in the lines that are written meanwhile."""
    kind = "deadline" if task.is_wait else "work"
    counts.LATENESS.labels(kind).observe(task.late.total_seconds())
    order = _named("order", task.order_id)
    with ExitStack() as inside:
        enter = inside.enter_context
        enter(origin.about(request=task.request_id, task=str(task.id), order=order))
        name, told = f"task {task.kind}", {"task": task.id, "order": order, "try": task.attempts}
        tell = enter(tracing.span(name, "consumer", task.traceparent, **told))
        labels = enter(counts.timed(counts.TASKS, kind=task.kind, outcome="failed"))
        yield labels
        tell(outcome=labels["outcome"])


def announced(batch: Batch) -> None:
    """One line for each event, and its part of the trace. Ids only: notes are for people."""
    for row in batch.news:
        counts.ANNOUNCED.observe(row.lag.total_seconds())
    if log.isEnabledFor(logging.INFO):
        for row in sorted(batch.news, key=lambda row: row.position):
            log.info("%s", row.kind, extra={"told": _told(row)})
    for row in batch.news:
        parent, since = row.traceparent, row.occurred_at
        with tracing.continued(f"announce {row.kind}", parent, since, at=row.position):
            pass


def _told(row: Row[Any]) -> dict[str, Any]:
    told = {
        "event": row.kind,
        "position": row.position,
        "sequence": row.sequence,
        "subject": str(row.subject_id),
        "status": row.status,
        "by": row.actor_role,
        "occurred": row.occurred_at.isoformat(timespec="milliseconds"),
        "request": row.request_id,
        "trace": tracing.trace_id(row.traceparent),
        **{name: _named(name, getattr(row, f"{name}_id")) for name in _IDS},
    }
    return {name: value for name, value in told.items() if value is not None}


def _named(kind: str, id: UUID | None) -> str | None:
    return ids.encode(_IDS[kind], id) if id is not None else None
