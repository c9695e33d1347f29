"""Restaurants and what they sell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    false,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from catering.domain import ids, products
from catering.domain.geography import REACH_M
from catering.domain.people import STAFF, Actor, Role
from catering.domain.products import Allergen, AvailabilitySource, Diet, ProductKind

from .base import Base, among, moment, word
from .people import Staff


class ProviderAccount(Base):
    """One configured connection to an outside system."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(comment="What people call it.")
    port: Mapped[str] = mapped_column(comment="kitchen, courier or payment.")
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
    breaker_opened_at: Mapped[datetime | None] = mapped_column(
        comment="Since when nobody calls it, but to see whether it is back."
    )
    breaker_probe_at: Mapped[datetime | None] = mapped_column(comment="When somebody looks next.")
    breaker_probes: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="How often somebody has looked since."
    )
    breaker_reason: Mapped[str | None] = mapped_column(comment="How its last call failed.")

    __table_args__ = (CheckConstraint("port IN ('kitchen', 'courier', 'payment')", name="port"),)


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


class Category(Base):
    """A chapter of a menu."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    restaurant_id: Mapped[UUID] = mapped_column(ForeignKey(Restaurant.id, ondelete="CASCADE"))
    name: Mapped[str]
    rank: Mapped[int] = mapped_column(comment="Its place in the menu.")
    removed_at: Mapped[datetime | None] = mapped_column(
        comment="Off the menu since; products that are off it, too, refer to it."
    )

    __table_args__ = (
        Index(
            "uq_categories_name", "restaurant_id", "name", unique=True,
            postgresql_where=removed_at.is_(None),
        ),
    )  # fmt: skip

    @classmethod
    def run_by(cls, actor: Actor) -> Select[Self]:
        """The chapters that this actor may change."""
        mine = Restaurant.run_by(actor).with_only_columns(Restaurant.id)
        return select(cls).where(cls.restaurant_id.in_(mine), cls.removed_at.is_(None))


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
    daily_quota: Mapped[int | None] = mapped_column(
        comment="Portions a day; none where nobody counts them."
    )
    quota_left: Mapped[int | None] = mapped_column(comment="Of the day that ends at quota_until.")
    quota_until: Mapped[datetime | None] = mapped_column(
        comment="The restaurant's midnight; from then on all portions are there again."
    )
    unavailable: Mapped[bool] = mapped_column(default=False)
    snoozed_until: Mapped[datetime | None]
    preparation_minutes: Mapped[int | None] = mapped_column(comment="Where it needs its own time.")
    allergens: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), comment="None where nobody has told."
    )
    diets: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    image: Mapped[str | None]
    rank: Mapped[int] = mapped_column(comment="Its place in the category.")
    source: Mapped[AvailabilitySource] = word(
        AvailabilitySource,
        default=AvailabilitySource.RESTAURANT,
        server_default=AvailabilitySource.RESTAURANT,
        comment="Who last told whether it can be had.",
    )
    checked_at: Mapped[datetime] = moment(comment="When its availability was last told.")
    updated_at: Mapped[datetime] = moment(onupdate=func.catering_now())
    removed_at: Mapped[datetime | None] = mapped_column(
        comment="Off the menu since; orders still refer to it."
    )

    price_changes: WriteOnlyMapped[PriceChange] = relationship(passive_deletes=True)

    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("quota_left >= 0 AND daily_quota >= 0", name="portions_not_negative"),
        CheckConstraint("preparation_minutes >= 0", name="preparation_not_negative"),
        CheckConstraint(among("allergens", Allergen), name="allergens_known"),
        CheckConstraint(among("diets", Diet), name="diets_known"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        UniqueConstraint("restaurant_id", "external_id", name="uq_products_external_id"),
        Index(
            "ix_products_words", text("catering_words(name, description)"), postgresql_using="gin"
        ),
        Index("ix_products_restaurant_id", "restaurant_id", "category_id", "rank"),
    )

    @classmethod
    def run_by(cls, actor: Actor) -> Select[Self]:
        """The products that this actor may change. Everybody may see them."""
        mine = Restaurant.run_by(actor).with_only_columns(Restaurant.id)
        return select(cls).where(cls.restaurant_id.in_(mine), cls.removed_at.is_(None))

    def cost(self, price: int, *, by: Actor) -> None:
        """Cost this from now on, and remember since when. Nothing else writes `price`."""
        self.price_changes.add(
            PriceChange(old=self.price, new=price, actor_id=by.id, actor_role=by.role)
        )
        self.price = price

    def tell(self, source: AvailabilitySource, now: datetime) -> None:
        """Somebody has just said whether it can be had."""
        self.source, self.checked_at = source, now

    def count_portions(self, quota: int | None) -> None:
        """Sell so many a day from now on; what was sold today counts."""
        if quota is None or self.daily_quota is None or self.quota_left is None:
            self.quota_left = self.quota_until = None
        else:
            self.quota_left = max(0, self.quota_left + quota - self.daily_quota)
        self.daily_quota = quota

    def take(self, quantity: int, now: datetime, midnight: datetime) -> None:
        """Take some off the shelf and from today's portions; the database refuses below none."""
        if self.stock is not None:
            self.stock -= quantity
        if self.daily_quota is not None:
            self.quota_left = (products.portions_left(self, now) or 0) - quantity
            self.quota_until = midnight

    def put_back(self, quantity: int, taken_at: datetime, midnight: datetime) -> None:
        """Put some back on the shelf, and among today's portions if they were taken today."""
        if self.stock is not None:
            self.stock += quantity
        today = midnight - timedelta(days=1)
        if self.daily_quota is not None and self.quota_left is not None and taken_at >= today:
            self.quota_left = min(self.daily_quota, self.quota_left + quantity)


class PriceChange(Base):
    """What a product, or what can be chosen of it, cost and costs since. Nothing here changes."""

    __tablename__ = "price_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"))
    variant_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), comment="Where it is the price of one."
    )
    modifier_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("modifiers.id", ondelete="CASCADE"), comment="Where it is the price of one."
    )
    old: Mapped[int | None] = mapped_column(comment="Minor units; none at the start.")
    new: Mapped[int] = mapped_column(comment="Minor units.")
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[Role | None] = word(Role)
    changed_at: Mapped[datetime] = moment()

    __table_args__ = (
        Index("ix_price_changes_product", "product_id", "changed_at"),
        Index("ix_price_changes_variant", "variant_id", "changed_at"),
        Index("ix_price_changes_modifier", "modifier_id", "changed_at"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """What prices were is known to those who make them."""
        mine = Restaurant.run_by(actor).with_only_columns(Restaurant.id)
        return select(cls).where(
            cls.product_id.in_(select(Product.id).where(Product.restaurant_id.in_(mine)))
        )
