"""When an order is thought to be at its door, and who is told when that moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from catering.domain.deliveries import CARRIED, PASSED, DeliveryStatus, StopKind, StopStatus
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.dispatch import vehicle
from catering.domain.estimating import (
    NOTICEABLE,
    UNSEEN,
    Call,
    DelayReason,
    Estimate,
    Journey,
    Stage,
    breaks,
    breaks_at,
    estimate,
)
from catering.domain.events import EventKind
from catering.domain.geography import CITY_SPEED, Point, distance, travel_time
from catering.domain.lines import UNSETTLED
from catering.domain.orders import LIVE
from catering.domain.people import SYSTEM
from catering.domain.tickets import LOST, TicketStatus

from .delivery import Delivery, Stop
from .ticket import Ticket

if TYPE_CHECKING:
    from .order import Order

_READY: Final = frozenset({TicketStatus.READY, TicketStatus.PICKED_UP})
_WATCHING: Final = "watch_promise"


class Forecast:
    """The estimate of one order. Its columns are the order's own."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def renew(self) -> None:
        """Look at it anew: who waits is told when it has moved, and that a promise cannot be
        kept, once, before it is missed."""
        order = self._order
        journey = self.journey()
        if journey is None:
            return
        found = estimate(journey, order.now)
        broken = self._is_broken(journey, found)
        moved = order.estimated_at is None or abs(found.at - order.estimated_at) >= NOTICEABLE
        if not moved and not broken:
            return
        order.estimated_at = found.at
        if (delivery := _live(order)) is not None:
            delivery.estimated_at = found.at
        if broken:
            self._delay(found)
        else:
            order.record(EventKind.ORDER_ESTIMATED, order, by=SYSTEM, concerns=self._concerns())
        self._watch(journey)

    def look_again_in(self) -> timedelta | None:
        """How long the promise holds if nothing happens; None where nothing is promised any
        more."""
        journey = self.journey()
        if journey is None or journey.stage is Stage.AT_THE_DOOR:
            return None
        return max(self._breaks_at(journey) - self._order.now, NOTICEABLE)

    def journey(self) -> Journey | None:
        """What is left of its way; None where it has none, or has not begun."""
        order = self._order
        if order.status not in LIVE or not order.is_begun or order.way_seconds is None:
            return None
        delivery = _live(order)
        asked = any(r.status in UNSETTLED for r in order.resolutions)
        if delivery is None:
            coming = [t for t in order.tickets if t.status not in LOST]
            calls = tuple(_call(ticket) for ticket in coming)
            way = timedelta(seconds=order.way_seconds)
            return Journey(Stage.COOKING, calls, way, None, order.window_from, asked)
        return _planned(order, delivery, asked)

    def _is_broken(self, journey: Journey, found: Estimate) -> bool:
        told = self._order.delayed_until is not None
        at_door = journey.stage is Stage.AT_THE_DOOR
        return not at_door and breaks(found, self._order.awaited_at, self._order.now, told=told)

    def _delay(self, found: Estimate) -> None:
        order = self._order
        order.delayed_at, order.delayed_until = order.now, found.at
        order.delay_reason = found.reason
        late = next((t for t in order.tickets if t.id == found.ticket_id), None)
        concerns = self._concerns()
        if found.reason is DelayReason.KITCHEN_LATE and late is not None:
            concerns |= late.concerns()
        order.record(
            EventKind.ORDER_DELAYED, order, by=SYSTEM, note=found.reason, concerns=concerns
        )

    def _concerns(self) -> dict[str, UUID | None]:
        delivery = _live(self._order)
        return {} if delivery is None else delivery.concerns()

    def _watch(self, journey: Journey) -> None:
        """Whoever looks at the promise does so before it breaks."""
        if journey.stage is Stage.AT_THE_DOOR:
            return
        for task in self._order.open_tasks:
            if task.kind == _WATCHING and (then := self._breaks_at(journey)) < task.due:
                task.begin_again(then, self._order.now)

    def _breaks_at(self, journey: Journey) -> datetime:
        order = self._order
        told = order.delayed_until is not None
        return breaks_at(journey, order.awaited_at, order.now, told=told)


def _live(order: Order) -> Delivery | None:
    delivery = order.delivery
    return delivery if delivery is not None and delivery.status in LIVE_DELIVERY else None


def _planned(order: Order, delivery: Delivery, asked: bool) -> Journey:
    carried = delivery.status in CARRIED
    at_door = delivery.status is DeliveryStatus.AT_DROPOFF
    stage = Stage.AT_THE_DOOR if at_door else Stage.CARRIED if carried else Stage.SOUGHT
    pace = CITY_SPEED / vehicle(delivery.vehicle).speed if delivery.vehicle else 1.0
    left = [stop for stop in delivery.stops if stop.status not in PASSED]
    left.sort(key=lambda stop: (stop.status is not StopStatus.ARRIVED, stop.rank))
    tickets = {ticket.id: ticket for ticket in order.tickets}
    ways = _ways(delivery, left, pace)
    pickups = [stop for stop in left if stop.kind is StopKind.PICKUP]
    calls = tuple(
        _call(tickets[stop.ticket_id], way)
        for stop, way in zip(pickups, ways, strict=False)
        if stop.ticket_id is not None
    )
    told = [b.estimated_at for b in delivery.live_bookings]
    known = [at for at in told if at is not None]
    return Journey(
        stage,
        calls,
        ways[-1] if ways else timedelta(0),
        max(known) if carried and known and len(known) == len(told) else None,
        order.window_from,
        asked,
    )


def _call(ticket: Ticket, way: timedelta = timedelta(0)) -> Call:
    return Call(ticket.id, ticket.ready_at, ticket.status in _READY, way)


def _ways(delivery: Delivery, left: Sequence[Stop], pace: float) -> list[timedelta]:
    """How long it is to each stop from the one before, and to the first from where the courier
    is."""
    return [
        _first(delivery, stop, pace) if before is None else _between(before, stop) * pace
        for before, stop in zip((None, *left), left, strict=False)
    ]


def _first(delivery: Delivery, stop: Stop, pace: float) -> timedelta:
    if delivery.status not in CARRIED or stop.status is StopStatus.ARRIVED:
        return timedelta(0)
    done = [s for s in delivery.stops if s.status is StopStatus.DONE]
    before = done[-1] if done else None
    if delivery.latitude is None or delivery.longitude is None:
        return UNSEEN if before is None else _between(before, stop) * pace
    left = distance(Point(delivery.latitude, delivery.longitude), stop.point)
    whole = distance(before.point, stop.point) if before is not None else 0
    if before is None or not whole:
        return travel_time(left) * pace
    return _between(before, stop) * pace * (left / whole)  # by road it is longer in proportion


def _between(before: Stop, stop: Stop) -> timedelta:
    if stop.way_seconds is not None and stop.rank == before.rank + 1:
        return timedelta(seconds=stop.way_seconds)
    return travel_time(distance(before.point, stop.point))
