"""What restaurants sell, and what it cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from catering.domain import ids, products
from catering.domain.people import Actor, Role
from catering.domain.products import Allergen, AvailabilitySource, Diet, ProductKind

from .base import Base, among, moment, word
from .restaurant import Restaurant


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
