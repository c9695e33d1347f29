"""What the rows have to say when all is over, whoever filled them and whatever happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from catering.domain.bookings import LIVE as LIVE_BOOKING
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.ledger import MUST_END_EMPTY, LedgerAccount
from catering.domain.lines import UNSETTLED
from catering.domain.offers import OfferStatus
from catering.domain.orders import ENDS, PaymentMethod
from catering.domain.payments import ChargeKind, ChargeStatus
from catering.domain.tickets import LOST, TicketStatus
from catering.models import (
    Announced,
    Delivery,
    Event,
    KitchenSlot,
    LedgerLine,
    Order,
    Product,
    Restaurant,
    Task,
    TaskState,
    Ticket,
)
from catering.rush import replaying

SHOWN: Final = 5
"""So many of the things that are wrong are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, at how many things it was looked at, and where it does not hold."""

    rule: str
    looked_at: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        if not self.wrong:
            return f"  holds   {self.rule}: {self.looked_at}"
        more = f", and {len(self.wrong) - SHOWN} more" if len(self.wrong) > SHOWN else ""
        return f"  BROKEN  {self.rule}: {'; '.join(self.wrong[:SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class Left:
    """All that the rush has left in the database."""

    orders: Sequence[Order]
    events: Mapping[UUID, Sequence[Any]]
    positions: Sequence[int | None]
    announced: int
    ledger: Mapping[UUID, Sequence[LedgerLine]]
    tasks: Mapping[TaskState, Sequence[str]]
    products: Mapping[UUID, Product]
    restaurants: Mapping[UUID, Restaurant]
    slots: Sequence[KitchenSlot]

    @classmethod
    async def read(cls, session: AsyncSession) -> Left:
        """Everything, once."""
        events, ledger = (
            defaultdict[UUID, list[Any]](list),
            defaultdict[UUID, list[LedgerLine]](list),
        )
        told = select(*Event.__table__.columns).where(Event.order_id.is_not(None))
        for event in await session.execute(told.order_by(Event.order_id, Event.sequence)):
            events[event.order_id].append(event)
        posted = select(LedgerLine).order_by(LedgerLine.entry, LedgerLine.rank)
        for line in await session.scalars(posted):
            ledger[line.order_id].append(line)
        tasks = defaultdict[TaskState, list[str]](list)
        for task in await session.scalars(select(Task).order_by(Task.due, Task.kind)):
            tasks[task.state].append(task.kind)
        positions = await session.scalars(select(Event.position).order_by(Event.id))
        return cls(
            orders=(await session.scalars(_whole_orders())).all(),
            events=events,
            positions=positions.all(),
            announced=(await session.scalars(select(Announced.position))).one(),
            ledger=ledger,
            tasks=tasks,
            products={p.id: p for p in await session.scalars(select(Product))},
            restaurants={r.id: r for r in await session.scalars(select(Restaurant))},
            slots=(await session.scalars(select(KitchenSlot))).all(),
        )


def _whole_orders() -> Any:
    return (
        select(Order)
        .order_by(Order.serial)
        .options(
            selectinload(Order.tickets).selectinload(Ticket.lines),
            selectinload(Order.deliveries).options(
                selectinload(Delivery.stops),
                selectinload(Delivery.offers),
                selectinload(Delivery.bookings),
            ),
            selectinload(Order.resolutions),
            selectinload(Order.charges),
        )
    )


def of_the_rows(left: Left, placed: set[UUID]) -> list[Finding]:
    """The rules that the database alone can be asked about, whoever filled it."""
    return [
        _none_lost(left, placed),
        none_open(left),
        ledgers(left),
        history(left),
        _announced(left),
    ]


def _none_lost(left: Left, placed: set[UUID]) -> Finding:
    """All that were ordered, and those that dishes were postponed to, and no others."""
    lines = [line for order in left.orders for t in order.tickets for line in t.lines]
    later = {line.postponed_to_id for line in lines if line.postponed_to_id}
    there = {order.id for order in left.orders}
    wrong = [
        *(f"{id} was ordered and is not there" for id in sorted(placed - there)),
        *(f"{id} was postponed to and is not there" for id in sorted(later - there)),
        *(f"{o.number} was ordered by nobody" for o in left.orders if o.id not in placed | later),
    ]
    counted = f"{len(placed)} were ordered and {len(later)} postponed, {len(there)} are there"
    return Finding("none lost", counted, tuple(wrong))


def none_open(left: Left) -> Finding:
    """Neither orders nor any part of them."""
    wrong = [f"{order.number} {what}" for order in left.orders for what in _open(order)]
    count = sum(1 + len(list(replaying.parts(order))) for order in left.orders)
    return Finding(
        "none open", f"{len(left.orders)} orders, {count} with their parts", tuple(wrong)
    )


def _open(order: Order) -> Iterator[str]:
    if order.status not in ENDS:
        yield f"is {order.status}"
    ended = {*LOST, TicketStatus.PICKED_UP}
    yield from (f"has a ticket {t.status}" for t in order.tickets if t.status not in ended)
    yield from (f"is asked about ({r.status})" for r in order.resolutions if r.status in UNSETTLED)
    waiting = ChargeStatus.REQUESTED
    yield from (f"has a charge {c.kind} {waiting}" for c in order.charges if c.status is waiting)
    for delivery in order.deliveries:
        if delivery.status in LIVE_DELIVERY:
            yield f"has a journey {delivery.status}"
        if any(offer.status is OfferStatus.SENT for offer in delivery.offers):
            yield "is on offer"
        if any(booking.status in LIVE_BOOKING for booking in delivery.bookings):
            yield "is booked"


def ledgers(left: Left) -> Finding:
    """Each entry, each order, and each pot that must end empty; and what the customer paid."""
    wrong = [f"{order.number} {what}" for order in left.orders for what in _unbalanced(order, left)]
    entries = sum(order.entries for order in left.orders)
    lines = sum(map(len, left.ledger.values()))
    return Finding("all ledgers zero", f"{entries} entries, {lines} postings", tuple(wrong))


def _unbalanced(order: Order, left: Left) -> Iterator[str]:
    entries, pots = Counter[int](), Counter[LedgerAccount]()
    for line in left.ledger.get(order.id, ()):
        entries[line.entry] += line.amount
        pots[line.account] += line.amount
    if sorted(entries) != list(range(1, order.entries + 1)):
        yield f"has entries {sorted(entries)} and counts {order.entries}"
    yield from (f"is out by {amount} in entry {no}" for no, amount in entries.items() if amount)
    for pot in sorted(MUST_END_EMPTY):
        if pots[pot]:
            yield f"leaves {pots[pot]} in {pot}"
    given = -pots[LedgerAccount.CUSTOMER] - pots[LedgerAccount.INVOICE]
    if given != order.payment.paid:
        yield f"took {order.payment.paid}, the ledger says {given}"


def history(left: Left) -> Finding:
    """Every event is a step of the machines, and the last one leaves what the rows say."""
    wrong = [
        f"{order.number}: {what}"
        for order in left.orders
        for what in replaying.faults(order, left.events.get(order.id, ()))
    ]
    count = sum(map(len, left.events.values()))
    return Finding("history replays to the row", f"{count} events", tuple(wrong))


def _announced(left: Left) -> Finding:
    """Every event has its place, without a gap, up to where the relay says that it is."""
    wrong = list[str]()
    if sorted(p or 0 for p in left.positions) != list(range(1, left.announced + 1)):
        wrong.append(f"{len(left.positions)} events do not fill the places up to {left.announced}")
    return Finding("everything announced", f"{left.announced} events without a gap", tuple(wrong))


async def the_bank(left: Left, payment: Callable[[str], Awaitable[Any]]) -> Finding:
    """What the payment company took is what the customer paid, and it holds nothing back."""
    wrong, asked = list[str](), 0
    for order in left.orders:
        taken = 0
        for id in (c.external_id for c in order.charges if c.kind is ChargeKind.AUTHORIZE):
            if id is None:
                continue
            asked, theirs = asked + 1, await payment(id)
            taken += theirs["captured"] - theirs["refunded"]
            if theirs["status"] in {"processing", "authorized"}:
                wrong.append(f"{order.number} is still {theirs['status']} there")
        if order.payment_method is PaymentMethod.CARD and taken != order.payment.paid:
            wrong.append(f"{order.number} paid {order.payment.paid}, and they took {taken}")
    return Finding("the bank says the same", f"{asked} payments", tuple(wrong))
