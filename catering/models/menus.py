"""Restaurants and what they sell."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    false,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.geography import REACH_M
from catering.domain.people import STAFF, Actor, Role
from catering.domain.products import ProductKind

from .base import Base, moment, word
from .people import Staff


class ProviderAccount(Base):
    """One configured connection to an outside system."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(comment="What people call it.")
    port: Mapped[str] = mapped_column(comment="kitchen or courier.")
    provider: Mapped[str] = mapped_column(comment="Which adapter speaks to it.")
    base_url: Mapped[str]
    credentials: Mapped[dict[str, Any]]
    webhook_key: Mapped[str | None] = mapped_column(
        unique=True, comment="The unguessable part of our webhook's address."
    )
    webhook_secrets: Mapped[list[str]] = mapped_column(
        JSONB, comment="All in force together: current and previous."
    )
    time_zone: Mapped[str]
    currency: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("port IN ('kitchen', 'courier')", name="port"),)


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
    paused_until: Mapped[datetime | None] = mapped_column(
        comment="Takes no orders before; a moment that has passed means nothing."
    )
    pause_reason: Mapped[str | None]
    busy_until: Mapped[datetime | None] = mapped_column(
        comment="Needs extra_minutes more until then."
    )
    extra_minutes: Mapped[int] = mapped_column(server_default="0")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(ProviderAccount.id))
    location: Mapped[str | None] = mapped_column(
        comment="What the outside system calls this place."
    )
    created_at: Mapped[datetime] = moment()

    __table_args__ = (
        CheckConstraint(
            "reach_meters >= 0 AND extra_minutes >= 0 AND preparation_minutes >= 0",
            name="amounts_not_negative",
        ),
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


class Category(Base):
    """A chapter of a menu."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    restaurant_id: Mapped[UUID] = mapped_column(ForeignKey(Restaurant.id, ondelete="CASCADE"))
    name: Mapped[str]
    rank: Mapped[int] = mapped_column(comment="Its place in the menu.")

    __table_args__ = (UniqueConstraint("restaurant_id", "name", name="uq_categories_name"),)


class Product(Base):
    """A dish that is cooked, or goods from a shelf."""

    __tablename__ = "products"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    restaurant_id: Mapped[UUID] = mapped_column(ForeignKey(Restaurant.id, ondelete="CASCADE"))
    category_id: Mapped[UUID] = mapped_column(ForeignKey(Category.id), index=True)
    external_id: Mapped[str | None] = mapped_column(comment="What the outside system calls it.")
    name: Mapped[str]
    description: Mapped[str | None]
    kind: Mapped[ProductKind] = word(ProductKind)
    price: Mapped[int] = mapped_column(comment="Minor units of the restaurant's currency.")
    stock: Mapped[int | None] = mapped_column(comment="None where nobody counts.")
    unavailable: Mapped[bool] = mapped_column(default=False)
    snoozed_until: Mapped[datetime | None]
    image: Mapped[str | None]
    rank: Mapped[int] = mapped_column(comment="Its place in the category.")
    checked_at: Mapped[datetime] = moment(comment="When its availability was last told.")
    updated_at: Mapped[datetime] = moment(onupdate=func.catering_now())

    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        UniqueConstraint("restaurant_id", "external_id", name="uq_products_external_id"),
        Index("ix_products_restaurant_id", "restaurant_id", "category_id", "rank"),
    )
