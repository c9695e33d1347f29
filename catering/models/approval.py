"""Waiting for the approval of an order, and having it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from catering.domain.events import EventKind
from catering.domain.orders import OrderStatus
from catering.domain.people import Actor

if TYPE_CHECKING:
    from .order import Order


class Approval:
    """The approval of one order. Its columns are the order's own."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def ask(self, by_when: datetime, *, by: Actor) -> None:
        """Nothing begins before somebody of the organisation has said yes; nor after `by_when`."""
        order = self._order
        order.settle(order.id)
        order.status, order.approve_by = OrderStatus.AWAITING_APPROVAL, by_when
        order.record(
            EventKind.ORDER_AWAITING_APPROVAL, order, by=by, moments={"approve_by": by_when}
        )

    def give(self, note: str | None, *, by: Actor) -> None:
        """It may cost what it costs now, and the kitchens begin in time for its window."""
        order = self._order
        order.settle(order.id)
        order.approved_at, order.approved_by, order.approval_note = order.now, by.id, note
        order.may_cost = order.total
        order.record(
            EventKind.ORDER_APPROVED, order, by=by, note=note, becomes=OrderStatus.SCHEDULED
        )
        order.schedule(order.release_at or order.now, by=by)
