"""Whether the history of an order leads to its row: every event is a step of the pure machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from catering.domain import orders
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.lines import LINE, LineAction, LineStatus
from catering.domain.lives import Life
from catering.domain.orders import ENDS, OrderStatus, PaymentStatus
from catering.domain.payments import PAYMENT
from catering.domain.tickets import TicketStatus
from catering.models import Delivery, Line, Order, Ticket

_BECOMES: Final = {
    EventKind.ORDER_APPROVED: OrderStatus.SCHEDULED,
    EventKind.ORDER_RELEASED: OrderStatus.PLACED,
    EventKind.ORDER_CANCELLED: OrderStatus.CANCELLED,
}
"""Events that name the order's status; all others leave it to be added up."""

_JOINS: Final = {EventKind.TICKET_QUEUED, EventKind.TICKET_REPEATED}
"""Events with which a ticket comes into an order that is under way."""

_SAID_AGAIN: Final = {EventKind.TICKET_QUEUED, EventKind.TICKET_SUBMITTED}
"""Events with which the time of a ticket that is still what it was begins anew."""

_PAYMENT: Final = {
    EventKind(f"PAYMENT_{status}"): status
    for status in PaymentStatus
    if status is not PaymentStatus.PENDING
}


def parts(order: Order) -> Iterator[Any]:
    """Everything of an order that has a life of its own, but its payment."""
    yield from order.tickets
    yield from (line for ticket in order.tickets for line in ticket.lines)
    yield from order.resolutions
    yield from order.charges
    for delivery in order.deliveries:
        yield delivery
        yield from (*delivery.stops, *delivery.offers, *delivery.bookings)


def faults(order: Order, events: Sequence[Any]) -> Iterator[str]:
    """Where history and row differ, or a step is none; nothing when all is well."""
    numbers = [event.sequence for event in events]
    if numbers != list(range(1, order.version + 1)):
        yield f"its events are numbered {numbers}, and its version is {order.version}"
    replay = _Replay(order, events)
    for event in events:
        yield from replay.take(event)
    yield from replay.compared()


class _Replay:
    """What the events say, and nothing else but who there is."""

    def __init__(self, order: Order, events: Sequence[Any]) -> None:
        self._order = order
        self._parts = {part.id: part for part in parts(order)}
        self._told = dict[UUID, str | None].fromkeys(self._parts)
        self._status = _first(order, events)
        self._paid = PAYMENT.first
        self._journeys = list[UUID]()
        self._submitted = set[UUID]()
        self._unborn = {event.subject_id for event in events if event.kind in _JOINS}

    def take(self, event: Any) -> Iterator[str]:
        """One event."""
        self._unborn.discard(event.subject_id)
        if event.status is not None:
            yield from self._step(event)
        if event.kind is EventKind.TICKET_SUBMITTED:
            self._submitted.add(event.subject_id)
        if event.kind is EventKind.TICKET_ACCEPTED:
            self._confirm(event.subject_id)
        if event.kind is EventKind.LINE_SUBSTITUTED:
            self._come_instead(event.subject_id)
        if event.kind in _PAYMENT:
            yield from self._pay(event)
        yield from self._add_up(event)

    def compared(self) -> Iterator[str]:
        """At the end."""
        if self._paid is PAYMENT.first and self._status in ENDS:
            self._paid = PaymentStatus.VOIDED  # nobody was asked for money: no event tells of it
        yield from _same("the order", self._status, self._order.status)
        yield from _same("its payment", self._paid, self._order.payment_status)
        for id, part in self._parts.items():
            yield from _same(f"its {part.life.of}", self._told[id] or part.life.first, part.status)

    def _step(self, event: Any) -> Iterator[str]:
        part = self._parts.get(event.subject_id)
        if part is None:
            yield f"{event.kind} tells of something that is not there"
            return
        before = self._told[part.id]
        self._told[part.id] = event.status
        if before is None and isinstance(part, Delivery):
            self._journeys.append(part.id)
        again = event.kind in _SAID_AGAIN and event.status == (before or part.life.first)
        if not again and not _leads(part.life, before, event.status):
            yield f"{event.kind} cannot follow {before}"

    def _confirm(self, ticket_id: UUID) -> None:
        """This event says it for all of its lines."""
        for id, part in self._parts.items():
            if isinstance(part, Line) and part.ticket_id == ticket_id and (
                LINE.can(LineStatus(self._told[id] or LINE.first), LineAction.CONFIRM)
            ):  # fmt: skip
                self._told[id] = LineStatus.CONFIRMED

    def _come_instead(self, line_id: UUID) -> None:
        """Who has his ticket has said yes to it by offering it."""
        for id, part in self._parts.items():
            if isinstance(part, Line) and part.substitute_of_id == line_id and (
                part.ticket_id in self._submitted
            ):  # fmt: skip
                self._told[id] = LineStatus.CONFIRMED

    def _pay(self, event: Any) -> Iterator[str]:
        before, self._paid = self._paid, _PAYMENT[event.kind]
        if not _leads(PAYMENT, before, self._paid):
            yield f"{event.kind} cannot follow {before}"

    def _add_up(self, event: Any) -> Iterator[str]:
        before = self._status
        self._status = orders.status_of(
            _BECOMES.get(event.kind, before), self._tickets(), self._journey()
        )
        yield from _same(f"{event.kind}: before it, the order", before, event.previous_status)
        yield from _same(f"{event.kind}: after it, the order", self._status, event.order_status)

    def _tickets(self) -> Iterator[TicketStatus]:
        for id, part in self._parts.items():
            if isinstance(part, Ticket) and id not in self._unborn:
                yield TicketStatus(self._told[id] or part.life.first)

    def _journey(self) -> DeliveryStatus | None:
        """The live one, or else the last."""
        each = [DeliveryStatus(str(self._told[id])) for id in self._journeys]
        live = (status for status in each if status in LIVE_DELIVERY)
        return next(live, each[-1] if each else None)


def _first(order: Order, events: Sequence[Any]) -> OrderStatus:
    if events and events[0].kind is EventKind.ORDER_AWAITING_APPROVAL:
        return OrderStatus.AWAITING_APPROVAL
    return OrderStatus.SCHEDULED if order.window_from else OrderStatus.PLACED


def _leads(life: Life[Any, Any], before: str | None, after: str) -> bool:
    """Whether some step of this life leads there; the first event may tell of the birth."""
    if before is None and after == life.first:
        return True
    start = life.first if before is None else before
    return any(s == start and then == after for (s, _), then in life.steps.items())


def _same(what: str, told: str, kept: str | None) -> Iterator[str]:
    if told != kept:
        yield f"{what} is {told} by its history and {kept} by its row"
