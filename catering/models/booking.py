"""Trips that courier companies carry, and why a driver of ours was asked or was not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids
from catering.domain.bookings import BOOKING, BookingStatus
from catering.domain.bookings import LIVE as LIVE_BOOKING
from catering.domain.dispatch import Verdict
from catering.domain.people import STAFF, Actor, Role
from catering.domain.reports import CourierStatus

from .base import Base, moment, word
from .delivery import Delivery, Stop, among
from .parts import Part
from .people import Driver

if TYPE_CHECKING:
    from .order import Order


class Consideration(Base):
    """Why a driver was asked for a delivery, or was not: how it looked when others were asked."""

    __tablename__ = "considerations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(Delivery.id), index=True)
    driver_id: Mapped[UUID] = mapped_column(ForeignKey(Driver.id, ondelete="CASCADE"))
    wave: Mapped[int]
    rank: Mapped[int] = mapped_column(comment="Place among those who could have carried it.")
    verdict: Mapped[Verdict] = word(Verdict)
    distance_m: Mapped[int] = mapped_column(comment="To the first kitchen, in a straight line.")
    pickup_seconds: Mapped[int]
    late_seconds: Mapped[int] = mapped_column(comment="After the promised time, at the door.")
    idle_seconds: Mapped[int] = mapped_column(comment="Without work by then.")
    considered_at: Mapped[datetime] = moment()

    __table_args__ = (
        Index("ix_considerations_driver", "driver_id", "considered_at"),
        Index(
            "uq_considerations_outside", "delivery_id", "driver_id", unique=True,
            postgresql_where=verdict == Verdict.OUTSIDE_ZONE.value,
        ),
    )  # fmt: skip

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """A driver knows why he was asked, or was not; the office knows of all."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.DRIVER:
            return select(cls).where(cls.driver_id == actor.id)
        return select(cls).where(false())


class Booking(Part, Base):
    """One trip that a courier company carries: from one pickup stop to the door."""

    __tablename__ = "bookings"
    life: ClassVar = BOOKING

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(Delivery.id), index=True)
    stop_id: Mapped[UUID] = mapped_column(ForeignKey(Stop.id))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[BookingStatus] = word(BookingStatus)
    reference: Mapped[str] = mapped_column(
        unique=True, comment="Ours, stored before the company is called."
    )
    external_id: Mapped[str | None] = mapped_column(index=True, comment="Theirs.")
    courier_status: Mapped[CourierStatus] = word(CourierStatus, default=CourierStatus.PENDING)
    provider_word: Mapped[str | None] = mapped_column(comment="Their last status word, as it came.")
    courier_name: Mapped[str | None]
    tracking_url: Mapped[str | None]
    fee: Mapped[int | None] = mapped_column(comment="What they charge us, in minor units.")
    estimated_at: Mapped[datetime | None] = mapped_column(comment="When they say they are there.")
    created_at: Mapped[datetime] = moment()

    delivery: Mapped[Delivery] = relationship(lazy="raise_on_sql", back_populates="bookings")

    __table_args__ = (
        Index(
            "uq_bookings_stop",
            "stop_id",
            unique=True,
            postgresql_where=among(status, LIVE_BOOKING),
        ),
    )

    def whole(self) -> Order:
        return self.delivery.order

    def concerns(self) -> dict[str, UUID | None]:
        return {"delivery_id": self.delivery_id}

    def moments(self) -> dict[str, datetime]:
        (stop,) = (stop for stop in self.delivery.stops if stop.id == self.stop_id)
        now = self.whole().now
        # Food that has been ready for long is no reason to give a company no time at all.
        return {"ready_at": max(stop.due_at or now, now)}
