"""An order and the memory of what happened to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    false,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids, orders
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.deliveries import DeliveryAction, DeliveryStatus
from catering.domain.events import MOVE_THE_ESTIMATE, EventKind, became
from catering.domain.lines import UNSETTLED
from catering.domain.orders import CancellationReason, OrderStatus, OrderType
from catering.domain.people import STAFF, SYSTEM, Actor, Role
from catering.domain.tickets import LOST, TicketStatus

from .approval import Approval
from .base import Base, moment, word
from .delivery import Delivery
from .facility import OF_A_FACILITY, ForFacility, of_his_and_colleagues
from .forecast import Forecast
from .paid import Paid
from .parts import Part
from .payment import Book, Charge, LedgerLine
from .people import Staff, User
from .promised import Promised
from .purse import Payment
from .reacting import react
from .ticket import Resolution, Ticket
from .wanted import Wanted
from .work import Event, Task, TaskState

NEGLECT = timedelta(minutes=1)
"""So long after something was due, nobody of ours was there to do it."""


class Order(Wanted, Promised, Paid, ForFacility, Base):
    """What a customer asked for: tickets of several restaurants on their way to one door."""

    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    serial: Mapped[int] = mapped_column(Integer, Identity(start=1001), unique=True)
    type: Mapped[OrderType] = word(OrderType)
    status: Mapped[OrderStatus] = word(OrderStatus)
    needs_action: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0, comment="Sequence of the last event.")
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    pin: Mapped[str] = mapped_column(comment="What the customer says at the door.")
    pin_failures: Mapped[int] = mapped_column(default=0)
    leave_at_door: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="A photo is proof enough there."
    )
    release_at: Mapped[datetime | None] = mapped_column(
        comment="When the kitchens of a scheduled order get their tickets."
    )
    cancellation_reason: Mapped[CancellationReason | None] = word(CancellationReason)
    cancellation_comment: Mapped[str | None]
    cancelled_by: Mapped[UUID | None]
    cancelled_role: Mapped[Role | None] = word(Role)
    cancelled_at: Mapped[datetime | None]
    placed_at: Mapped[datetime] = moment()
    updated_at: Mapped[datetime] = moment()
    archived_at: Mapped[datetime | None] = mapped_column(
        comment="Since when lists leave it out; a time, not a status."
    )

    tickets: Mapped[list[Ticket]] = relationship(
        lazy="raise", order_by=Ticket.rank, back_populates="order"
    )
    deliveries: Mapped[list[Delivery]] = relationship(
        lazy="raise", order_by=Delivery.created_at, back_populates="order"
    )
    resolutions: Mapped[list[Resolution]] = relationship(lazy="raise", back_populates="order")
    charges: Mapped[list[Charge]] = relationship(
        lazy="raise", order_by=Charge.created_at, back_populates="order"
    )
    # No more than what this transaction writes of them: what is there already is not read for it.
    events: Mapped[list[Event]] = relationship(lazy="raise", order_by=Event.sequence)
    ledger: Mapped[list[LedgerLine]] = relationship(lazy="raise", order_by=LedgerLine.entry)
    open_tasks: Mapped[list[Task]] = relationship(
        lazy="raise",
        primaryjoin="and_(Order.id == Task.order_id, Task.state.in_(['PENDING', 'RUNNING']))",
    )

    __table_args__ = (
        CheckConstraint("subtotal >= 0 AND delivery_fee >= 0", name="amounts_not_negative"),
        Index("ix_orders_customer", "customer_id", "placed_at"),
        Index("ix_orders_placed", "placed_at", "id"),
        *OF_A_FACILITY,
        Index(
            "ix_orders_live", "status",
            postgresql_where=status.notin_([s.value for s in sorted(orders.ENDS)]),
        ),
    )  # fmt: skip

    if TYPE_CHECKING:
        # What the database's clock showed when this order was locked or placed: no column.
        now: datetime

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The orders this actor may know about. Every read starts here."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.CUSTOMER:
            return select(cls).where(cls.id.in_(of_his_and_colleagues(cls.__table__, actor)))
        if actor.role is Role.DRIVER:
            carried = select(Delivery.order_id).where(Delivery.driver_id == actor.id)
            return select(cls).where(cls.id.in_(carried))
        if actor.role is Role.RESTAURANT:
            cooked = (
                select(Ticket.order_id)
                .join(Staff, Staff.restaurant_id == Ticket.restaurant_id)
                .where(Staff.user_id == actor.id)
            )
            return select(cls).where(cls.id.in_(cooked))
        return select(cls).where(false())

    @property
    def number(self) -> str:
        """What people call it."""
        return f"C-{self.serial}"

    @property
    def delivery(self) -> Delivery | None:
        """The journey that counts: the live one, or else the last."""
        live = (d for d in self.deliveries if d.status in LIVE_DELIVERY)
        return next(live, self.deliveries[-1] if self.deliveries else None)

    @property
    def payment(self) -> Payment:
        """How it is paid."""
        return Payment(self)

    @property
    def book(self) -> Book:
        """Its ledger."""
        return Book(self)

    @property
    def approval(self) -> Approval:
        """Whether it may begin, where somebody has to say so."""
        return Approval(self)

    @property
    def forecast(self) -> Forecast:
        """When it is thought to be at the door."""
        return Forecast(self)

    def changed(self, part: Part, *, by: Actor, note: str | None = None) -> None:
        """A part has a new status: its old waits are over, and this is an event."""
        self.settle(part.id)
        self.record(became(part.status), part, by=by, note=note, status=part.status)

    def record(
        self,
        kind: EventKind,
        about: Part | Order,
        *,
        by: Actor,
        note: str | None = None,
        status: str | None = None,
        moments: dict[str, datetime] | None = None,
        becomes: OrderStatus | None = None,
        concerns: dict[str, UUID | None] | None = None,
    ) -> None:
        """Write down what happened, with all that follows from it."""
        before = self.status
        self.status = becomes or self.status
        self._add_up()
        self.version += 1
        self.updated_at = self.now
        concerns = concerns or (about.concerns() if isinstance(about, Part) else {})
        event = Event(
            kind=kind, order_id=self.id, sequence=self.version, subject_id=about.id, status=status,
            occurred_at=self.now,
            order_status=self.status, previous_status=before, note=note, actor_id=by.id,
            actor_role=by.role, data={}, **concerns,
        )  # fmt: skip
        self.events.append(event)
        react(self, kind, about, moments or (about.moments() if isinstance(about, Part) else {}))
        if self.status in orders.ENDS and before not in orders.ENDS:
            self.payment.end()
            self.settle(self.id)
        if kind in MOVE_THE_ESTIMATE:
            self.forecast.renew()

    def release(self, *, by: Actor) -> None:
        """The kitchens may begin."""
        self.settle(self.id)
        self.record(EventKind.ORDER_RELEASED, self, by=by, becomes=OrderStatus.PLACED)

    def cancel(self, reason: CancellationReason, comment: str | None, *, by: Actor) -> None:
        """Call the whole order off; its parts are called off before."""
        self.settle(self.id)
        self.cancellation_reason, self.cancellation_comment = reason, comment
        self.cancelled_by, self.cancelled_role, self.cancelled_at = by.id, by.role, self.now
        self.record(
            EventKind.ORDER_CANCELLED, self, by=by, note=comment, becomes=OrderStatus.CANCELLED
        )

    def schedule(self, release_at: datetime, *, by: Actor) -> None:
        """The kitchens begin then, and not when they would have begun before."""
        self.settle(self.id)
        self.release_at = release_at
        self.record(EventKind.ORDER_SCHEDULED, self, by=by, moments={"release_at": release_at})

    def archive(self, *, by: Actor) -> None:
        """Take an order that is over out of the lists."""
        self.archived_at = self.now
        self.say(EventKind.ORDER_ARCHIVED, by=by)

    def restore(self, *, by: Actor) -> None:
        """Put it back."""
        self.archived_at = None
        self.say(EventKind.ORDER_RESTORED, by=by)

    def reprice(self) -> None:
        """Charge only for what will come."""
        self.subtotal = sum(line.total for ticket in self.tickets for line in ticket.lines)
        if self.status in orders.LIVE:
            self.book.follow()

    def hasten(self) -> None:
        """A carrier is looked for as soon as everything is ready, however early that is."""
        delivery = self.delivery
        waits = delivery is not None and delivery.status is DeliveryStatus.PLANNED
        coming = (ticket for ticket in self.tickets if ticket.status not in LOST)
        if delivery and waits and all(ticket.status is TicketStatus.READY for ticket in coming):
            delivery.search_at = self.now
            delivery.perform(DeliveryAction.SEARCH, by=SYSTEM)

    def say(self, kind: EventKind, *, by: Actor, note: str | None = None) -> None:
        """Write down something about the order as a whole."""
        self.record(kind, self, by=by, note=note)

    def settle(self, subject: UUID) -> None:
        """End the waits for a subject; work that was begun for it goes on."""
        for task in self.open_tasks:
            if task.subject_id == subject and task.ends_with_its_status:
                task.state, task.finished_at = TaskState.CANCELLED, self.now

    @property
    def is_begun(self) -> bool:
        """Whether its kitchens may have their tickets: it is approved, its time has come, and its
        card has said yes."""
        return self.status not in orders.NOT_BEGUN and not self.waits_for_card

    def is_neglected(
        self, subject: UUID | None, kinds: tuple[str, ...], due: datetime | None = None
    ) -> bool:
        """Whether it is we who have not listened: a deadline is looked at long after it was `due`,
        or work of these kinds (about this subject, or about any) has not been done in time."""
        listening = [
            task.due
            for task in self.open_tasks
            if task.kind in kinds and subject in {None, task.subject_id}
        ]
        return any(at < self.now - NEGLECT for at in (*listening, due or self.now))

    def _add_up(self) -> None:
        delivery = self.delivery
        self.status = orders.status_of(
            self.status, (t.status for t in self.tickets), delivery.status if delivery else None
        )
        self.needs_action = self.status in orders.LIVE and (
            any(r.status in UNSETTLED for r in self.resolutions)
            or any(t.escalated for t in self.tickets)
            or (delivery is not None and delivery.needs_action)
        )
        # Money may hang when the food has long been eaten.
        self.needs_action |= any(charge.escalated for charge in self.charges)
