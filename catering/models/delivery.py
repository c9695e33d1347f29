"""The journey of an order, and its stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, false, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids
from catering.domain.bookings import LIVE as LIVE_BOOKING
from catering.domain.deliveries import (
    CARRIED,
    DELIVERY,
    LIVE,
    STOP,
    DeliveryStatus,
    StopAction,
    StopKind,
    StopStatus,
)
from catering.domain.dispatch import SEARCH_LEAD
from catering.domain.estimating import AT_A_KITCHEN, TO_COME
from catering.domain.events import EventKind
from catering.domain.geography import THERE_M, Point, distance
from catering.domain.offers import OfferStatus
from catering.domain.people import STAFF, SYSTEM, Actor, Role
from catering.domain.tickets import LOST

from .base import Base, moment, word
from .parts import Part
from .people import Driver

if TYPE_CHECKING:
    from .booking import Booking
    from .offer import Offer
    from .order import Order


def among(column: Any, statuses: frozenset[Any]) -> Any:
    """A condition of a partial index."""
    return column.in_([s.value for s in sorted(statuses)])


class Delivery(Part, Base):
    """From one or more kitchens to one door, by one driver of ours or by courier companies."""

    __tablename__ = "deliveries"
    life: ClassVar = DELIVERY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    status: Mapped[DeliveryStatus] = word(DeliveryStatus)
    escalated: Mapped[bool] = mapped_column(default=False, comment="A manager was called.")
    driver_id: Mapped[UUID | None] = mapped_column(ForeignKey(Driver.id))
    distance_m: Mapped[int] = mapped_column(comment="From the first kitchen to the door.")
    reward: Mapped[int] = mapped_column(comment="For a driver of ours, in minor units.")
    search_at: Mapped[datetime]
    wave: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="How often drivers were asked, or were sought."
    )
    latitude: Mapped[float | None] = mapped_column(comment="Where its courier was last seen.")
    longitude: Mapped[float | None]
    position_at: Mapped[datetime | None]
    near_stop_id: Mapped[UUID | None] = mapped_column(
        comment="The stop at which its courier was when he was seen last."
    )
    contact_tries: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="How often he called the customer at the door."
    )
    vehicle: Mapped[str | None] = mapped_column(comment="What our driver goes with.")
    told_at: Mapped[datetime | None] = mapped_column(
        comment="When those who watch it were last told where it is."
    )
    estimated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = moment()
    updated_at: Mapped[datetime] = moment()

    order: Mapped[Order] = relationship(lazy="raise_on_sql", back_populates="deliveries")
    stops: Mapped[list[Stop]] = relationship(
        lazy="raise", order_by="Stop.rank", back_populates="delivery"
    )
    offers: Mapped[list[Offer]] = relationship(lazy="raise", back_populates="delivery")
    bookings: Mapped[list[Booking]] = relationship(
        lazy="raise", order_by="Booking.created_at", back_populates="delivery"
    )

    __table_args__ = (
        Index("uq_deliveries_order", "order_id", unique=True, postgresql_where=among(status, LIVE)),
        Index(
            "uq_deliveries_driver",
            "driver_id",
            unique=True,
            postgresql_where=among(status, CARRIED),
        ),
        Index("ix_deliveries_driver", "driver_id", "created_at"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The deliveries this actor may know about; a driver knows those he was offered."""
        from .offer import Offer
        from .order import Order

        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.DRIVER:
            offered = select(Offer.delivery_id).where(
                Offer.driver_id == actor.id, Offer.status == OfferStatus.SENT
            )
            return select(cls).where(or_(cls.driver_id == actor.id, cls.id.in_(offered)))
        if actor.id is None:
            return select(cls).where(false())
        return select(cls).where(
            cls.order_id.in_(Order.visible_to(actor).with_only_columns(Order.id))
        )

    @property
    def needs_action(self) -> bool:
        """Whether a manager is waited for."""
        return self.status is DeliveryStatus.NO_CARRIER or (self.escalated and self.status in LIVE)

    @property
    def carried(self) -> bool:
        """Whether somebody carries it just now."""
        return self.status in CARRIED

    @property
    def pickups(self) -> list[Stop]:
        """The stops at which something is still to be collected, or was."""
        return [
            s for s in self.stops if s.kind is StopKind.PICKUP and s.status != StopStatus.SKIPPED
        ]

    @property
    def dropoff(self) -> Stop:
        """The door."""
        return next(s for s in self.stops if s.kind is StopKind.DROPOFF)

    @property
    def ahead(self) -> list[Stop]:
        """Where it has still to go: what was collected, or is not wanted, is no way any more."""
        return [s for s in self.stops if s.status not in (StopStatus.SKIPPED, StopStatus.DONE)]

    @property
    def started(self) -> bool:
        """Whether something was collected."""
        return any(s.status is StopStatus.DONE for s in self.stops)

    @property
    def collected(self) -> bool:
        """Whether everything was collected."""
        return all(s.status is StopStatus.DONE for s in self.pickups)

    @property
    def live_bookings(self) -> list[Booking]:
        """The trips that courier companies carry, or are being asked to carry, just now."""
        return [b for b in self.bookings if b.status in LIVE_BOOKING]

    def become(self, status: DeliveryStatus, *, by: Actor, note: str | None = None) -> None:
        self.escalated = False
        self.updated_at = self.order.now
        if status is DeliveryStatus.SEARCHING:
            self.wave = 0
        super().become(status, by=by, note=note)
        if status is DeliveryStatus.SEARCHING:
            self._pass_by_lost()

    def stands_at(self, point: Point) -> None:
        """Its courier says that he is there."""
        self.latitude, self.longitude = point.latitude, point.longitude

    def seen_at(self, point: Point) -> None:
        """Its courier is there now."""
        self.stands_at(point)
        self.position_at = self.order.now

    def comes_near(self, point: Point) -> Stop | None:
        """The stop that its courier has reached: he was there when he was seen last, and still is.
        None while he is at one already, or only passes by."""
        if any(stop.status is StopStatus.ARRIVED for stop in self.stops):
            self.near_stop_id = None
            return None
        left = [stop for stop in self.pickups if stop.status is StopStatus.PENDING]
        wanted = left or [stop for stop in [self.dropoff] if stop.status is StopStatus.PENDING]
        near = [stop for stop in wanted if distance(stop.point, point) <= THERE_M]
        before = self.near_stop_id
        self.near_stop_id = near[0].id if near else None
        return near[0] if near and near[0].id == before else None

    def collects(self, ticket_id: UUID, ready_at: datetime) -> None:
        """What it fetches there is ready then; its courier is looked for in time."""
        for stop in self.pickups:
            if stop.ticket_id == ticket_id:
                stop.due_at = ready_at
        if self.status is DeliveryStatus.PLANNED:
            self.search_at = self.searched_from()
            for task in self.order.open_tasks:
                if task.kind == "search_due" and task.subject_id == self.id:
                    task.begin_again(max(self.search_at, self.order.now), self.order.now)

    def searched_from(self) -> datetime:
        """When to look for a courier, so that he has been at all other kitchens when the last one
        is ready."""
        pickups = self.pickups
        ready = [stop.due_at for stop in pickups if stop.due_at is not None]
        way = sum(stop.way_seconds or 0 for stop in pickups[1:])
        between = timedelta(seconds=way) + AT_A_KITCHEN * (len(pickups) - 1)
        return max(ready) - max(SEARCH_LEAD, TO_COME + between)

    def given_to(self, driver: Driver) -> None:
        """This driver of ours carries it, from where he is now."""
        self.driver_id, self.vehicle, self.position_at = driver.id, driver.vehicle, None
        if driver.latitude is not None and driver.longitude is not None:
            self.stands_at(Point(driver.latitude, driver.longitude))

    def left_alone(self) -> None:
        """Nobody carries it any more."""
        self.driver_id = self.vehicle = self.near_stop_id = None
        self.latitude = self.longitude = self.position_at = None

    def escalate(self, *, by: Actor, note: str) -> None:
        """Call a manager."""
        self.escalated = True
        self.order.settle(self.id)
        self.tell(EventKind.DELIVERY_ESCALATED, by=by, note=note)

    def tell(self, kind: EventKind, *, by: Actor, note: str | None = None) -> None:
        """Write down something that is no new status."""
        self.order.record(kind, self, by=by, note=note)

    def whole(self) -> Order:
        return self.order

    def concerns(self) -> dict[str, UUID | None]:
        return {"driver_id": self.driver_id, "delivery_id": self.id}

    def moments(self) -> dict[str, datetime]:
        return {"search_at": self.search_at}

    def _pass_by_lost(self) -> None:
        """Nobody is sent to a kitchen that does not cook, though its customer is still asked."""
        lost = {ticket.id for ticket in self.order.tickets if ticket.status in LOST}
        for stop in self.pickups:
            if stop.ticket_id in lost and stop.can(StopAction.SKIP):
                stop.perform(StopAction.SKIP, by=SYSTEM)


class Stop(Part, Base):
    """A place where something is collected or handed over."""

    __tablename__ = "stops"
    life: ClassVar = STOP

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(Delivery.id), index=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    rank: Mapped[int]
    kind: Mapped[StopKind] = word(StopKind)
    status: Mapped[StopStatus] = word(StopStatus)
    address_line: Mapped[str]
    address_details: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    due_at: Mapped[datetime | None]
    way_seconds: Mapped[int | None] = mapped_column(
        comment="From the stop before, as planned, at the usual speed of a courier."
    )
    signed_by: Mapped[str | None] = mapped_column(comment="Who signed for it, at a facility.")
    signature_url: Mapped[str | None] = mapped_column(comment="A picture of the signature.")

    delivery: Mapped[Delivery] = relationship(lazy="raise_on_sql", back_populates="stops")

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.latitude, self.longitude)

    def whole(self) -> Order:
        return self.delivery.order

    def concerns(self) -> dict[str, UUID | None]:
        return {**self.delivery.concerns(), "ticket_id": self.ticket_id}
