"""Asking the customer what becomes of what cannot be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from catering.domain import ids
from catering.domain.lines import UNSETTLED, ResolutionStatus
from catering.domain.people import Actor
from catering.domain.resolving import answer_by
from catering.domain.tickets import LOST
from catering.models import Line, Order, Resolution, Ticket


def ask(
    ticket: Ticket, line: Line | None = None, proposals: Sequence[UUID] = (), *, by: Actor
) -> Resolution:
    """Open a negotiation about a line, or about all that is left of a ticket."""
    order = ticket.order
    ready = (t.ready_at for t in order.tickets if t.status not in LOST)
    resolution = Resolution(
        id=ids.new(),
        ticket_id=ticket.id,
        ticket=ticket,
        line_id=line.id if line else None,
        line=line,
        status=ResolutionStatus.PROPOSED if proposals else ResolutionStatus.OPEN,
        proposals=list(proposals),
        deadline=answer_by(order.now, ready),
        created_at=order.now,
    )
    order.resolutions.append(resolution)
    order.changed(resolution, by=by)
    return resolution


def asked_about_parts(order: Order) -> Iterator[Resolution]:
    """What the customer has still to say about whole tickets that will not come."""
    return (r for r in order.resolutions if r.line is None and r.status in UNSETTLED)
