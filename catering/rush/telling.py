"""What became of every order, one line each, and of the rush as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.orders import ENDS, CancellationReason, OrderStatus
from catering.domain.people import Role
from catering.domain.pricing import to_amount
from catering.models import Order
from catering.rush.checks import Left
from catering.rush.town import ZONE, Town

_E = EventKind
_ZONE: Final = ZoneInfo(ZONE)
_COUNTED: Final = {
    _E.OFFER_DECLINED: "declined",
    _E.OFFER_EXPIRED: "did not answer",
}
_NOTED: Final = {_E.TICKET_REJECTED, _E.TICKET_SUBMIT_FAILED, _E.TICKET_ESCALATED}
_SAID: Final = {
    _E.RESOLUTION_EXPIRED: "nobody answered",
    _E.ORDER_AWAITING_APPROVAL: "has to be approved",
    _E.ORDER_APPROVED: "approved",
    _E.PAYMENT_FAILED: "the card was declined",
    _E.DELIVERY_NO_CARRIER: "no carrier",
}
_MINUTE: Final = timedelta(minutes=1)


class Teller:
    """Knows everybody's name."""

    def __init__(self, left: Left, town: Town) -> None:
        self._left, self._town = left, town
        self._kitchens = {kitchen.id: kitchen.name for kitchen in town.kitchens}
        self._drivers = {driver.id: f"Driver {n + 1}" for n, driver in enumerate(town.drivers)}
        self._numbers = {order.id: order.number for order in left.orders}
        self._reasons = {order.id: order.cancellation_reason for order in left.orders}
        self._lines = {li.id: li for o in left.orders for t in o.tickets for li in t.lines}

    def line(self, order: Order) -> str:
        """Number, restaurants, what happened, how it ended and after how many minutes."""
        events = self._left.events[order.id]
        # Once each: who is asked again gets another ticket.
        names = dict.fromkeys(self._kitchens[ticket.restaurant_id] for ticket in order.tickets)
        where = " + ".join(names)
        end = next((e.occurred_at for e in events if e.order_status in ENDS), order.updated_at)
        minutes = round((end - order.placed_at) / _MINUTE)
        story = "; ".join(self._story(order, events)) or "as ordered"
        return f"{order.number}  {order.status:<9} {minutes:>4} min  {where}: {story}"

    def _story(self, order: Order, events: Sequence[Any]) -> Iterator[str]:
        yield from self._wanted(order)
        yield from filter(None, map(self._told, events))
        counted = Counter(event.kind for event in events)
        for kind, word in _COUNTED.items():
            if counted[kind]:
                yield f"{_drivers(counted[kind])} {word}"
        if counted[_E.DELIVERY_SEARCHING] > 1:
            yield "carrier searched again"
        if order.status is OrderStatus.DELIVERED or _miscarried(order):
            yield f"carried by {self._carrier(order)}"
        if order.cancellation_fee:
            yield f"a fee of {to_amount(order.cancellation_fee, order.currency)}"

    def _wanted(self, order: Order) -> Iterator[str]:
        if order.headcount is not None:
            yield f"for {order.headcount} people of the {order.address_line.partition(',')[0]}"
        if order.window_from is not None:
            yield f"for {order.window_from.astimezone(_ZONE):%H:%M}"
        lines = (line for ticket in order.tickets for line in ticket.lines)
        if later := [line.name for line in lines if not line.holds_stock]:
            yield f"{later[0]}, postponed before"

    def _told(self, event: Any) -> str | None:
        """One thing that is worth telling, or None."""
        if event.kind in _NOTED:
            return f"{self._kitchens[event.restaurant_id]}: {event.note or 'no'}"
        if event.kind in _SAID:
            return _SAID[event.kind]
        match event.kind:
            case _E.LINE_UNAVAILABLE:
                name = self._lines[event.subject_id].name
                return f"{self._kitchens[event.restaurant_id]} ran out of {name}"
            case _E.LINE_SUBSTITUTED:
                return f"{self._instead(event.subject_id)} instead"
            case _E.LINE_POSTPONED:
                return f"postponed to {self._numbers[self._postponed(event.subject_id)]}"
            case _E.TICKET_REPEATED:
                return f"{self._kitchens[event.restaurant_id]} is asked again"
            case _E.ORDER_CANCELLED:
                return _called_off(event, self._reasons[event.order_id])
            case _E.DELIVERY_UNDELIVERABLE:
                return str(event.note)
        return None

    def _instead(self, line_id: UUID) -> str:
        return next(li.name for li in self._lines.values() if li.substitute_of_id == line_id)

    def _postponed(self, line_id: UUID) -> UUID:
        to = self._lines[line_id].postponed_to_id
        assert to is not None
        return to

    def _carrier(self, order: Order) -> str:
        journey = order.delivery
        assert journey is not None
        if journey.driver_id is not None:
            return self._drivers[journey.driver_id]
        names = [b.courier_name for b in journey.bookings if b.status == "COMPLETED"]
        return " + ".join(sorted({f"a company ({name})" for name in names})) or "a company"


def summary(left: Left, hungry: int, refused: Counter[str]) -> Iterator[str]:
    """The rush in a few lines."""
    ends = Counter(str(order.status) for order in left.orders)
    kinds = Counter(event.kind for events in left.events.values() for event in events)
    yield f"{len(left.orders)} orders: {_counted(ends)}."
    sites = sum(order.headcount is not None for order in left.orders)
    asked, given = kinds[_E.ORDER_AWAITING_APPROVAL], kinds[_E.ORDER_APPROVED]
    yield f"For facilities: {sites}, of which {asked} had to be approved and {given} were."
    yield (
        f"Dishes: {kinds[_E.LINE_UNAVAILABLE]} ran out, {kinds[_E.LINE_SUBSTITUTED]} replaced, "
        f"{kinds[_E.LINE_POSTPONED]} postponed; {kinds[_E.RESOLUTION_EXPIRED]} times nobody "
        f"answered; {hungry} found nothing to order."
    )
    yield (
        f"Kitchens: {kinds[_E.TICKET_ACCEPTED]} tickets taken, {kinds[_E.TICKET_REJECTED]} not, "
        f"{kinds[_E.TICKET_REMINDED]} reminders, {kinds[_E.TICKET_LATE]} late."
    )
    yield (
        f"Carriers: {kinds[_E.OFFER_ACCEPTED]} offers taken, {kinds[_E.OFFER_DECLINED]} declined, "
        f"{kinds[_E.OFFER_EXPIRED]} unanswered; {kinds[_E.BOOKING_COMPLETED]} trips by companies, "
        f"{kinds[_E.BOOKING_LOST]} lost; {kinds[_E.DELIVERY_NO_CARRIER]} times nobody went."
    )
    yield f"Told no: {_counted(refused) or 'nobody'}."


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))


def _drivers(count: int) -> str:
    return "1 driver" if count == 1 else f"{count} drivers"


def _miscarried(order: Order) -> bool:
    return order.delivery is not None and order.delivery.status is DeliveryStatus.RETURNED


def _called_off(event: Any, reason: str | None) -> str:
    if event.actor_role is None or reason == CancellationReason.NOT_APPROVED:
        return f"called off: {str(reason).lower().replace('_', ' ')}"
    return f"called off by the {'customer' if event.actor_role is Role.CUSTOMER else 'office'}"
