"""Kitchen tickets, their lines, and the negotiations about lines that cannot be had."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, Uuid, false, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids
from catering.domain.estimating import NOTICEABLE
from catering.domain.events import EventKind
from catering.domain.lines import (
    GONE,
    LINE,
    RESOLUTION,
    LineAction,
    LineStatus,
    ResolutionChoice,
    ResolutionStatus,
    StandByKind,
)
from catering.domain.people import STAFF, SYSTEM, Actor, Role
from catering.domain.tickets import TICKET, TicketStatus

from .base import Base, moment, word
from .parts import Part
from .people import Staff
from .restaurant import Restaurant

if TYPE_CHECKING:
    from .order import Order


class Ticket(Part, Base):
    """The part of an order that one restaurant prepares."""

    __tablename__ = "tickets"
    life: ClassVar = TICKET

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    restaurant_id: Mapped[UUID] = mapped_column(ForeignKey(Restaurant.id))
    rank: Mapped[int] = mapped_column(comment="Its place in the order.")
    status: Mapped[TicketStatus] = word(TicketStatus)
    escalated: Mapped[bool] = mapped_column(default=False, comment="A manager was called.")
    reference: Mapped[str] = mapped_column(
        unique=True, comment="Ours, stored before the outside system is called."
    )
    external_id: Mapped[str | None] = mapped_column(comment="Theirs.")
    provider_word: Mapped[str | None] = mapped_column(comment="Their last status word, as it came.")
    provider_version: Mapped[datetime | None] = mapped_column(comment="When we last read it.")
    ready_at: Mapped[datetime] = mapped_column(comment="When the food is promised.")
    work_at: Mapped[datetime] = mapped_column(
        comment="When the kitchen begins: it takes a place in the slot of this moment."
    )
    submit_at: Mapped[datetime | None] = mapped_column(
        comment="When its kitchen gets it, so that all of the order is ready together."
    )
    submitted_at: Mapped[datetime | None] = mapped_column(comment="Since when the kitchen has it.")
    created_at: Mapped[datetime] = moment()

    order: Mapped[Order] = relationship(lazy="raise_on_sql", back_populates="tickets")
    lines: Mapped[list[Line]] = relationship(
        lazy="raise", order_by="Line.rank", back_populates="ticket"
    )

    __table_args__ = (
        Index("ix_tickets_restaurant", "restaurant_id", "status"),
        Index("ix_tickets_external", "external_id"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The tickets this actor may know about."""
        from .order import Order

        if actor.role is Role.RESTAURANT:
            mine = select(Staff.restaurant_id).where(Staff.user_id == actor.id)
            return select(cls).where(cls.restaurant_id.in_(mine))
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.id is None:
            return select(cls).where(false())
        return select(cls).where(
            cls.order_id.in_(Order.visible_to(actor).with_only_columns(Order.id))
        )

    def become(self, status: TicketStatus, *, by: Actor, note: str | None = None) -> None:
        """Change status and record it; a new status needs no manager until it is late, too."""
        self.escalated = False
        if status is TicketStatus.SUBMITTED:
            self.submitted_at = self.order.now
        if status is TicketStatus.ACCEPTED:
            for line in self.lines:  # this event says it for all of them
                if line.can(LineAction.CONFIRM):
                    line.status = LineStatus.CONFIRMED
        super().become(status, by=by, note=note)
        if status is TicketStatus.READY:
            self.order.hasten()

    def escalate(self, *, by: Actor, note: str) -> None:
        """Call a manager."""
        self.escalated = True
        self.order.settle(self.id)
        self.order.record(EventKind.TICKET_ESCALATED, self, by=by, note=note)

    @property
    def is_early(self) -> bool:
        """Whether its kitchen gets it later, because others need longer."""
        queued = self.status is TicketStatus.QUEUED
        return queued and self.submit_at is not None and self.submit_at > self.order.now

    def hold(self, *, by: Actor) -> None:
        """Its kitchen gets it in time; nobody is late with it before."""
        self.order.settle(self.id)
        self.order.record(EventKind.TICKET_HELD, self, by=by)

    def submits(self, at: datetime) -> None:
        """Its kitchen gets it then, and not when it would have got it before."""
        self.submit_at = at
        for task in self.order.open_tasks:
            if task.kind == "submission_due" and task.subject_id == self.id:
                task.begin_again(max(at, self.order.now), self.order.now)

    def ask_anew(self, lost: Ticket) -> None:
        """For what is left of a lost ticket: that it was said yes to before counts no more."""
        for line in [line for line in lost.lines if line.status not in GONE]:
            lost.lines.remove(line)
            self.lines.append(line)
            line.status = LINE.first  # the event of this ticket says it for all of them

    def expect(self, ready_at: datetime) -> None:
        """The food will be ready then; its courier comes then."""
        self.ready_at = ready_at
        for delivery in self.order.deliveries:
            delivery.collects(self.id, ready_at)

    def promise(self, ready_at: datetime, *, by: Actor) -> None:
        """Tell a new time at which the food will be ready."""
        if abs(ready_at - self.ready_at) >= NOTICEABLE:
            self.expect(ready_at)
            self.order.record(EventKind.TICKET_PROMISED, self, by=by)

    def whole(self) -> Order:
        return self.order

    def concerns(self) -> dict[str, UUID | None]:
        return {"restaurant_id": self.restaurant_id, "ticket_id": self.id}

    def moments(self) -> dict[str, datetime]:
        return {"ready_at": self.ready_at, "submit_at": self.submit_at or self.order.now}


class Line(Part, Base):
    """A product, a quantity, and the price agreed on the day."""

    __tablename__ = "lines"
    life: ClassVar = LINE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey(Ticket.id), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    rank: Mapped[int] = mapped_column(comment="Its place in the basket.")
    status: Mapped[LineStatus] = word(LineStatus)
    name: Mapped[str] = mapped_column(comment="As it was called on the day.")
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(comment="Minor units, on the day, with modifiers.")
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id"))
    variant_name: Mapped[str | None] = mapped_column(comment="As called on the day.")
    modifiers: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        default=list,
        server_default="[]",
        comment="As chosen, called and priced on the day.",
    )
    posted: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="What the ledger says that it costs."
    )
    note: Mapped[str | None]
    stand_by: Mapped[StandByKind] = word(StandByKind)
    stand_by_product_id: Mapped[UUID | None]
    stand_by_percent: Mapped[int | None] = mapped_column(comment="At most so much dearer.")
    substitute_of_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("lines.id"), comment="The line that this one came instead of."
    )
    postponed_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("orders.id"), comment="The order in which it comes later."
    )
    holds_stock: Mapped[bool] = mapped_column(
        server_default=true(), default=True, comment="Whether some was taken off the shelf for it."
    )

    taken_at: Mapped[datetime | None] = mapped_column(
        comment="When that was, where not with the order: portions are counted by the day."
    )

    ticket: Mapped[Ticket] = relationship(lazy="raise_on_sql", back_populates="lines")

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    @property
    def total(self) -> int:
        """What it costs, in minor units; nothing once it is gone."""
        return 0 if self.status in GONE else self.quantity * self.unit_price

    @property
    def full_name(self) -> str:
        """What it was called, with its variant."""
        return f"{self.name} ({self.variant_name})" if self.variant_name else self.name

    @property
    def choices(self) -> Counter[UUID]:
        """How many it takes of its variant and of each of its modifiers."""
        taken = Counter({self.variant_id: self.quantity} if self.variant_id else {})
        for one in self.modifiers:
            taken[UUID(one["id"])] += one["quantity"] * self.quantity
        return taken

    @property
    def missing(self) -> bool:
        """Whether it ran out, now or before, so that there is nothing to put back."""
        return self.status is LineStatus.UNAVAILABLE or not self.holds_stock

    def whole(self) -> Order:
        return self.ticket.order

    def concerns(self) -> dict[str, UUID | None]:
        return self.ticket.concerns()


class Resolution(Part, Base):
    """The negotiation about one line that cannot be had, or about all that is left of a ticket."""

    __tablename__ = "resolutions"
    life: ClassVar = RESOLUTION

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey(Ticket.id))
    line_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Line.id), comment="None where it is about the whole ticket."
    )
    status: Mapped[ResolutionStatus] = word(ResolutionStatus)
    proposals: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    deadline: Mapped[datetime]
    product_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("products.id"), comment="What was chosen instead."
    )
    choice: Mapped[ResolutionChoice | None] = word(ResolutionChoice)
    created_at: Mapped[datetime] = moment()

    order: Mapped[Order] = relationship(lazy="raise_on_sql", back_populates="resolutions")
    ticket: Mapped[Ticket] = relationship(lazy="raise_on_sql")
    line: Mapped[Line | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index(
            "uq_resolutions_line", "line_id", unique=True,
            postgresql_where=text("status IN ('OPEN', 'PROPOSED')"),
        ),
        Index(
            "uq_resolutions_ticket", "ticket_id", unique=True,
            postgresql_where=text("line_id IS NULL AND status IN ('OPEN', 'PROPOSED')"),
        ),
    )  # fmt: skip

    def wait_for_bank(self, product_id: UUID, deadline: datetime, *, by: Actor) -> None:
        """The customer has chosen something dearer; his bank is asked before it comes."""
        self.choice, self.product_id, self.deadline = (
            ResolutionChoice.SUBSTITUTE,
            product_id,
            deadline,
        )
        self.order.settle(self.id)
        self.order.record(EventKind.RESOLUTION_AUTHORIZING, self, by=by)

    def ask_again(self, deadline: datetime, *, note: str) -> None:
        """What the customer has chosen does not come; he chooses once more."""
        self.choice, self.product_id, self.deadline = None, None, deadline
        self.order.settle(self.id)
        self.order.record(EventKind.RESOLUTION_UNPAID, self, by=SYSTEM, note=note)

    def whole(self) -> Order:
        return self.order

    def concerns(self) -> dict[str, UUID | None]:
        return self.ticket.concerns()

    def moments(self) -> dict[str, datetime]:
        return {"deadline": self.deadline}
