"""What has to be true after every step, whoever took it: asked of the rows, or in plain SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import clock
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.lines import UNSETTLED
from catering.domain.offers import OfferStatus
from catering.domain.orders import ENDS
from catering.domain.payments import ChargeStatus
from catering.domain.tickets import LOST, TICKET, TicketStatus
from catering.models import (
    Delivery,
    Driver,
    Event,
    LedgerLine,
    Line,
    Offer,
    Order,
    Resolution,
    Stop,
    Task,
    Ticket,
)
from catering.models.parts import Part
from catering.models.work import OPEN_STATES
from catering.rush import checks
from catering.rush.checks import Left
from catering.services.orders import is_held, lock
from tests.world import World

NOBODY: Final = {
    "I2 a dead letter": "SELECT id FROM tasks WHERE state = 'DEAD'",
    "I3 an order with two live deliveries": """
        SELECT order_id FROM deliveries
        WHERE status NOT IN ('DELIVERED', 'RETURNED', 'DISCARDED', 'CANCELLED')
        GROUP BY order_id HAVING count(*) > 1""",
    "I3 an order that was delivered twice": """
        SELECT order_id FROM events WHERE kind = 'DELIVERY_DELIVERED'
        GROUP BY order_id HAVING count(*) > 1
        UNION ALL
        SELECT order_id FROM deliveries WHERE status = 'DELIVERED'
        GROUP BY order_id HAVING count(*) > 1""",
    "I4 a driver with two deliveries": """
        SELECT driver_id FROM deliveries
        WHERE driver_id IS NOT NULL AND status IN ('ASSIGNED', 'TO_PICKUP', 'AT_PICKUP',
          'TO_DROPOFF', 'AT_DROPOFF', 'UNDELIVERABLE', 'RETURNING')
        GROUP BY driver_id HAVING count(*) > 1""",
    "I4 a driver with two open offers": """
        SELECT driver_id FROM offers WHERE status = 'SENT'
        GROUP BY driver_id HAVING count(*) > 1""",
    "I4 a delivery with two accepted offers": """
        SELECT delivery_id FROM offers WHERE status = 'ACCEPTED'
        GROUP BY delivery_id HAVING count(*) > 1""",
    "I4 an open offer of a delivery that is not searched for": """
        SELECT offers.id FROM offers JOIN deliveries ON deliveries.id = delivery_id
        WHERE offers.status = 'SENT' AND deliveries.status <> 'SEARCHING'""",
    "I4 a delivery that its driver has not said yes to": """
        SELECT deliveries.id FROM deliveries
        WHERE driver_id IS NOT NULL AND driver_id IS DISTINCT FROM (
          SELECT offers.driver_id FROM offers
          WHERE delivery_id = deliveries.id AND offers.status = 'ACCEPTED')
          AND status NOT IN ('CANCELLED')""",
    "I5 an entry that does not sum to zero": """
        SELECT order_id FROM ledger GROUP BY order_id, entry HAVING sum(amount) <> 0""",
}
"""What the database must find none of, by its name."""

_NOBODY: Final = " UNION ALL ".join(
    f"SELECT '{what}' AS what, found.* FROM ({query}) AS found" for what, query in NOBODY.items()
)


@dataclass(frozen=True, slots=True)
class Seen:
    """All there is just now."""

    now: datetime
    left: Left
    drivers: Sequence[Driver]
    open: Sequence[Task]
    """What is to be done, or waited for, in the order in which it is due."""
    found: Sequence[str]
    """What the database has found that nobody should."""

    @property
    def orders(self) -> Sequence[Order]:
        return self.left.orders

    @property
    def tickets(self) -> list[Ticket]:
        return [ticket for order in self.orders for ticket in order.tickets]

    @property
    def lines(self) -> list[Line]:
        return [line for ticket in self.tickets for line in ticket.lines]

    @property
    def resolutions(self) -> list[Resolution]:
        return [resolution for order in self.orders for resolution in order.resolutions]

    @property
    def deliveries(self) -> list[Delivery]:
        return [delivery for order in self.orders for delivery in order.deliveries]

    @property
    def stops(self) -> list[Stop]:
        return [stop for delivery in self.deliveries for stop in delivery.stops]

    @property
    def offers(self) -> list[Offer]:
        return [offer for delivery in self.deliveries for offer in delivery.offers]

    @property
    def due(self) -> list[Task]:
        return [task for task in self.open if task.due <= self.now]

    def overdue(self) -> Iterator[str]:
        """I2: what should have been done by now."""
        return (f"I2 {task.kind} is {task.state} since {task.due}" for task in self.due)

    def faults(self) -> Iterator[str]:
        """All that is wrong, in words."""
        yield from self.found
        for order in self.orders:
            mine = [task for task in self.open if task.order_id == order.id]
            waits = {task.subject_id for task in mine if task.is_wait}
            yield from (f"I2 {order.number}: {it}" for it in unattended(order, waits))
            for rule in (charged_in_vain, not_posted):
                yield from (f"I5 {order.number}: {it}" for it in rule(order))
            if order.status in ENDS:
                yield from (f"I5 {order.number} has ended: {it}" for it in hanging(order))
        over = [order for order in self.orders if self._is_over(order)]
        asked = [
            checks.history(self.left),
            checks.none_open(replace(self.left, orders=over)),
            checks.ledgers(replace(self.left, orders=over)),
        ]
        yield from (f"{finding.rule}: {it}" for finding in asked for it in finding.wrong)

    def _is_over(self, order: Order) -> bool:
        """It has ended, and nothing is left to do but to put it away."""
        to_do = (task.kind for task in self.open if task.order_id == order.id)
        return order.status in ENDS and {*to_do} <= {"archive_order"}


async def seen(world: World) -> Seen:
    async with world.transaction() as session:
        drivers = await session.scalars(select(Driver).order_by(Driver.id))
        return Seen(
            now=await clock(session),
            left=await _left(session),
            drivers=drivers.all(),
            open=await _open(session),
            found=[f"{row.what}: {row[1]}" for row in await session.execute(text(_NOBODY))],
        )


async def _left(session: AsyncSession) -> Left:
    """What the rules for a rush that is over ask for; a tenth of what reading all of it takes."""
    now, whole = await clock(session), list[Order]()
    for id in (await session.scalars(select(Order.id).order_by(Order.serial))).all():
        is_held(session, id, now)  # nobody else is there who could
        whole.append(await lock(session, id))
    events, ledger = defaultdict[UUID, list[Any]](list), defaultdict[UUID, list[Any]](list)
    for event in await session.execute(_EVENTS):
        events[event.order_id].append(event)
    for line in await session.execute(_LEDGER):
        ledger[line.order_id].append(line)
    return Left(whole, events, (), 0, ledger, {}, {}, {}, ())


_EVENTS: Final = (
    select(*Event.__table__.columns)
    .where(Event.order_id.is_not(None))
    .order_by(Event.order_id, Event.sequence)
)
_LEDGER: Final = select(*LedgerLine.__table__.columns).order_by(LedgerLine.entry, LedgerLine.rank)


async def _open(session: AsyncSession) -> Sequence[Task]:
    query = select(Task).where(Task.state.in_(OPEN_STATES)).order_by(Task.due, Task.id)
    return (await session.scalars(query)).all()


def unattended(order: Order, waits: set[UUID]) -> Iterator[str]:
    """I2: what could stay as it is for ever, because no deadline is set for it."""
    if order.status not in ENDS and not waits:
        yield f"nothing is waited for, and it is {order.status}"
    asked_about = {r.ticket_id for r in order.resolutions if r.status in UNSETTLED}
    for part in _waiting(order):
        # Of a ticket that needs a change, the question has the deadline.
        of_it = part.status is TicketStatus.NEEDS_CHANGE and part.id in asked_about
        if part.id not in waits and not of_it:
            yield f"nothing is waited for, and its {part.life.of} is {part.status}"


def _waiting(order: Order) -> Iterator[Part]:
    """Everything that somebody has to do something about."""
    if order.is_begun and order.status not in ENDS:
        yield from (ticket for ticket in order.tickets if ticket.status not in TICKET.ends())
    yield from (r for r in order.resolutions if r.status in UNSETTLED)
    yield from (c for c in order.charges if c.status is ChargeStatus.REQUESTED)
    yield from (d for d in order.deliveries if d.status in LIVE_DELIVERY)
    for delivery in order.deliveries:
        yield from (o for o in delivery.offers if o.status is OfferStatus.SENT)


def charged_in_vain(order: Order) -> Iterator[str]:
    """I5: what will not come, and what nobody is asked about, and yet costs something."""
    asked_about = {r.ticket_id for r in order.resolutions if r.status in UNSETTLED}
    for ticket in order.tickets:
        if ticket.status in LOST and ticket.id not in asked_about:
            yield from (f"{line.name} costs {line.total}" for line in ticket.lines if line.total)


def not_posted(order: Order) -> Iterator[str]:
    """I5: what costs something else than the ledger says."""
    lines = [line for ticket in order.tickets for line in ticket.lines]
    if order.status not in ENDS:
        yield from (
            f"{line.name} costs {line.total}, and in the ledger {line.posted}"
            for line in lines
            if line.posted != line.total
        )


def hanging(order: Order) -> Iterator[str]:
    """I5: what an order that has ended has left open."""
    open: list[Part] = [t for t in order.tickets if t.status not in TICKET.ends()]
    open += [r for r in order.resolutions if r.status in UNSETTLED]
    open += [o for d in order.deliveries for o in d.offers if o.status is OfferStatus.SENT]
    yield from (f"its {part.life.of} is {part.status}" for part in open)
