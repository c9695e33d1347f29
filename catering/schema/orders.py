"""Orders, as each of those around them may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import strawberry

from catering import models
from catering.domain.estimating import DelayReason
from catering.domain.ids import Prefix
from catering.domain.lines import GONE
from catering.domain.orders import (
    LIVE,
    CancellationReason,
    OrderStatus,
    OrderType,
    to_pay,
)
from catering.domain.people import Role
from catering.models.work import OPEN_STATES

from .deliveries import Delivery
from .directives import about
from .exposing import Info, Node, View, exposes
from .facilities import Facility
from .history import OrderHistoryConnection, history_of
from .paging import Slice, paged
from .payments import Payment, Refund, cancellation_fee
from .people import User
from .ratings import Rating
from .scalars import PhoneNumber
from .tickets import KitchenTicket, OrderLine, Resolution
from .values import Address, Money, Window


@strawberry.type(description="Whom an order waits for, until when, and what happens then.")
class WaitingOn:
    """`role` is null where the system waits for itself."""

    role: Role | None
    since: datetime
    deadline: datetime
    then: str


@strawberry.type(description="That an order was called off.")
class Cancellation:
    """By whom, and why."""

    reason: CancellationReason
    comment: str | None
    actor_role: Role | None
    cancelled_at: datetime
    actor_id: strawberry.Private[Any]

    @strawberry.field(description="The person who did it.")
    async def actor(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.actor_id))


@strawberry.type(description="That an order comes later than promised, as everybody was told.")
class Delay:
    """`until` is the new time; an estimate may have moved by less since."""

    reason: DelayReason
    until: datetime
    told_at: datetime


@strawberry.type(description="That an order of an organisation had to be approved.")
class Approval:
    """Until when, and by whom it was; who says no says why in `Order.cancellation`."""

    deadline: datetime
    approved_at: datetime | None
    note: str | None
    actor_id: strawberry.Private[Any]

    @strawberry.field(description="The person who said yes.")
    async def actor(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.actor_id))


@exposes(models.Order)
class Order(View, Node):
    """What a customer asked for: dishes of one or more restaurants on their way to one door."""

    prefix: ClassVar = Prefix.ORDER

    type: OrderType
    status: OrderStatus
    needs_action: bool
    version: int
    headcount: int | None
    leave_at_door: bool
    placed_at: datetime
    promised_at: datetime
    estimated_at: datetime | None
    updated_at: datetime
    archived_at: datetime | None

    @strawberry.field(description="What people call it.")
    def number(self) -> str:
        return f"C-{self.row.serial}"

    @strawberry.field(description="Who ordered.")
    async def customer(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, self.row.customer_id))

    @about(3)
    @strawberry.field(description="The parts, one for each restaurant. A restaurant sees its own.")
    async def tickets(self, info: Info) -> list[KitchenTicket]:
        found = await info.context.loaders.of(models.Ticket, "order_id", self.row.id)
        return KitchenTicket.each(found)

    @about(20)
    @strawberry.field(description="All lines of all parts.")
    async def lines(self, info: Info) -> list[OrderLine]:
        return OrderLine.each(await lines_of(info, self.row))

    @about(5)
    @strawberry.field(description="Negotiations about lines that cannot be had.")
    async def resolutions(self, info: Info) -> list[Resolution]:
        found = await info.context.loaders.of(models.Resolution, "order_id", self.row.id)
        return Resolution.each(found)

    @strawberry.field(description="The journey that counts: the live one, or else the last.")
    async def delivery(self, info: Info) -> Delivery | None:
        found = await info.context.loaders.of(models.Delivery, "order_id", self.row.id)
        return Delivery.maybe(found[-1] if found else None)

    @strawberry.field(description="The door.")
    def destination(self) -> Address:
        return Address.of(self.row)

    @strawberry.field(description="The site that it is for, if it is for one.")
    async def facility(self, info: Info) -> Facility | None:
        return Facility.maybe(await info.context.loaders.one(models.Facility, self.row.facility_id))

    @strawberry.field(description="On which account inside the organisation.")
    def cost_centre(self) -> str | None:
        return self.row.cost_centre  # type: ignore[no-any-return]

    @strawberry.field(description="That somebody has to approve it, or has.")
    def approval(self) -> Approval | None:
        if self.row.approve_by is None:
            return None
        return Approval(
            deadline=self.row.approve_by,
            approved_at=self.row.approved_at,
            note=self.row.approval_note,
            actor_id=self.row.approved_by,
        )

    @strawberry.field(description="When it is wanted, where it was not at once.")
    def window(self) -> Window | None:
        if self.row.window_from is None:
            return None
        return Window(from_=self.row.window_from, until=self.row.window_until)

    @strawberry.field(description="What the dishes and goods cost.")
    async def subtotal(self, info: Info) -> Money:
        if _is_kitchen(info):
            lines = await lines_of(info, self.row)
            own = sum(li.quantity * li.unit_price for li in lines if li.status not in GONE)
            return self._money(own)
        return self._money(self.row.subtotal)

    @strawberry.field(description="What the journey costs.")
    def delivery_fee(self) -> Money:
        return self._money(self.row.delivery_fee)

    @strawberry.field(description="What the customer pays.")
    def total(self) -> Money:
        row = self.row
        return self._money(to_pay(row.status, row.subtotal, row.delivery_fee, row.cancellation_fee))

    @strawberry.field(description="How it is paid.")
    def payment(self) -> Payment | None:
        return Payment.of(self.row)

    @about(2)
    @strawberry.field(description="What the office gave back; restaurants and drivers see theirs.")
    async def refunds(self, info: Info) -> list[Refund]:
        return Refund.each(await info.context.loaders.of(models.Refund, "order_id", self.row.id))

    @strawberry.field(description="What calling it off costs its customer now, or has cost him.")
    async def cancellation_fee(self, info: Info) -> Money | None:
        return self._money(await cancellation_fee(self.row, info))

    @strawberry.field(description="What the customer tells at the door; a facility signs instead.")
    def pin(self) -> str | None:
        if self.row.type is OrderType.FOR_FACILITY:
            return None
        return self.row.pin  # type: ignore[no-any-return]

    @strawberry.field(description="Where the customer is called when the courier stands there.")
    def contact_phone(self) -> PhoneNumber | None:
        return self.row.contact_phone  # type: ignore[no-any-return]

    @about(5)
    @strawberry.field(description="Whom it waits for.")
    async def waiting_on(self, info: Info) -> list[WaitingOn]:
        found = await info.context.loaders.of(models.Task, "order_id", self.row.id)
        waits = [row for row in found if row.then is not None and row.state in OPEN_STATES]
        return [
            WaitingOn(role=w.owner, since=w.created_at, deadline=w.due, then=w.then)
            for w in sorted(waits, key=lambda wait: wait.due)
        ]

    @about(2)
    @strawberry.field(description="Which providers cannot be called, so that it stands still.")
    async def held_up_by(self, info: Info) -> list[str]:
        found = await info.context.loaders.of(models.Task, "order_id", self.row.id)
        return sorted(
            {row.held_up_by for row in found if row.held_up_by and row.state in OPEN_STATES}
        )

    @strawberry.field(description="That it was called off, if it was.")
    def cancellation(self) -> Cancellation | None:
        if self.row.cancellation_reason is None:
            return None
        return Cancellation(
            reason=self.row.cancellation_reason,
            comment=self.row.cancellation_comment,
            actor_role=self.row.cancelled_role,
            cancelled_at=self.row.cancelled_at,
            actor_id=self.row.cancelled_by,
        )

    @paged("first")
    @strawberry.field(description="All that happened to it; what concerns oneself, for others.")
    async def history(self, info: Info, part: Slice) -> OrderHistoryConnection | None:
        return await history_of(info, self.row.id, part)

    @about(4)
    @strawberry.field(description="What was said of its restaurants and its driver.")
    async def ratings(self, info: Info) -> list[Rating]:
        return Rating.each(await info.context.loaders.of(models.Rating, "order_id", self.row.id))

    @strawberry.field(description="That it comes later than promised, and why, if it does.")
    def delay(self) -> Delay | None:
        row = self.row
        if row.delayed_until is None:
            return None
        return Delay(reason=row.delay_reason, until=row.delayed_until, told_at=row.delayed_at)

    @strawberry.field(description="Whether it should have been at the door by now.")
    def overdue(self) -> bool:
        late = self.row.promised_at < self.row.now
        return late and self.row.status in LIVE

    async def is_own(self, info: Info) -> bool:
        actor = info.context.actor
        if actor is None:
            return False
        if actor.role is Role.DRIVER:
            return self.row.status in LIVE  # he sees no orders but those that he carries or carried
        return bool(actor.id == self.row.customer_id)

    def _money(self, minor: int) -> Money:
        return Money.of(minor, self.row.currency)


async def lines_of(info: Info, order: Any) -> list[Any]:
    """The lines of an order that the caller may see."""
    tickets = await info.context.loaders.of(models.Ticket, "order_id", order.id)
    ids = [ticket.id for ticket in tickets]
    return await info.context.loaders.of_each(models.Line, "ticket_id", ids)


def _is_kitchen(info: Info) -> bool:
    actor = info.context.actor
    return actor is not None and actor.role is Role.RESTAURANT
