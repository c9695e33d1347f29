"""Restaurants: their doors, their hours, and how much their kitchens take on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, false, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.geography import REACH_M
from catering.domain.people import STAFF, Actor, Role

from .account import ProviderAccount
from .base import Base, moment
from .people import Staff


class Restaurant(Base):
    """One kitchen with one door."""

    __tablename__ = "restaurants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str]
    address_line: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    time_zone: Mapped[str] = mapped_column(comment="IANA name.")
    currency: Mapped[str]
    preparation_minutes: Mapped[int]
    opening_hours: Mapped[dict[str, Any]]
    exceptional_days: Mapped[dict[str, Any]] = mapped_column(
        server_default="{}", comment="Spans by date, instead of those of the week."
    )
    reach_meters: Mapped[int] = mapped_column(
        server_default=str(REACH_M), comment="Straight line; where there is no outline."
    )
    outline: Mapped[list[list[float]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="Corners of the zone: [[latitude, longitude], …]."
    )
    discards_undelivered: Mapped[bool] = mapped_column(
        server_default=false(), comment="It does not want back what could not be delivered."
    )
    paused_until: Mapped[datetime | None] = mapped_column(
        comment="Takes no orders before; a moment that has passed means nothing."
    )
    pause_reason: Mapped[str | None]
    busy_until: Mapped[datetime | None] = mapped_column(
        comment="Needs extra_minutes more until then."
    )
    extra_minutes: Mapped[int] = mapped_column(server_default="0")
    slot_tickets: Mapped[int | None] = mapped_column(
        comment="Tickets that its kitchen takes on in a slot; none where nobody counts."
    )
    slot_minutes: Mapped[int] = mapped_column(server_default="15", comment="How long a slot is.")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(ProviderAccount.id))
    location: Mapped[str | None] = mapped_column(
        comment="What the outside system calls this place."
    )
    rating_sum: Mapped[int] = mapped_column(server_default="0", default=0)
    rating_count: Mapped[int] = mapped_column(server_default="0", default=0)
    created_at: Mapped[datetime] = moment()

    __table_args__ = (
        CheckConstraint(
            "reach_meters >= 0 AND extra_minutes >= 0 AND preparation_minutes >= 0",
            name="amounts_not_negative",
        ),
        CheckConstraint("slot_tickets > 0 AND slot_minutes > 0", name="slots_not_empty"),
        Index("ix_restaurants_words", text("catering_words(name, slug)"), postgresql_using="gin"),
    )

    @classmethod
    def run_by(cls, actor: Actor) -> Select[Self]:
        """The restaurants whose hours and menu this actor may change. Everybody may see them."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is not Role.RESTAURANT:
            return select(cls).where(false())
        return select(cls).where(
            cls.id.in_(select(Staff.restaurant_id).where(Staff.user_id == actor.id))
        )


class KitchenSlot(Base):
    """How many tickets a kitchen has in one slot of its time."""

    __tablename__ = "kitchen_slots"

    restaurant_id: Mapped[UUID] = mapped_column(
        ForeignKey(Restaurant.id, ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    places: Mapped[int] = mapped_column(
        comment="What the restaurant takes on, or what it had when it began to take on less."
    )
    taken: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (CheckConstraint("0 <= taken AND taken <= places", name="not_overbooked"),)
