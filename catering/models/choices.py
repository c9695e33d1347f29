"""What a customer chooses of a product: one of its variants, some of its modifiers."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.people import Actor
from catering.domain.products import AvailabilitySource

from .base import Base, moment, word
from .menus import Product


class Choice:
    """What variants and modifiers have in common: a name, a price, and whether they can be had."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str]
    price: Mapped[int] = mapped_column(comment="Minor units.")
    rank: Mapped[int]
    external_id: Mapped[str | None] = mapped_column(comment="What the outside system calls it.")
    unavailable: Mapped[bool] = mapped_column(default=False, server_default="false")
    stock: Mapped[int | None] = mapped_column(comment="None where nobody counts.")
    snoozed_until: Mapped[datetime | None]
    source: Mapped[AvailabilitySource] = word(
        AvailabilitySource,
        default=AvailabilitySource.RESTAURANT,
        server_default=AvailabilitySource.RESTAURANT,
    )
    checked_at: Mapped[datetime] = moment()
    removed_at: Mapped[datetime | None]


class Variant(Choice, Base):
    """A size or a kind of a product; its price stands instead of the product's."""

    __tablename__ = "variants"

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), index=True)

    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    @classmethod
    def run_by(cls, actor: Actor) -> Select[Self]:
        """The variants that this actor may change."""
        mine = Product.run_by(actor).with_only_columns(Product.id)
        return select(cls).where(cls.product_id.in_(mine), cls.removed_at.is_(None))


class ModifierGroup(Base):
    """What is chosen from together: at least so many, at most so many."""

    __tablename__ = "modifier_groups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    minimum: Mapped[int]
    maximum: Mapped[int]
    rank: Mapped[int]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("0 <= minimum AND minimum <= maximum AND maximum > 0", name="limits"),
    )


class Modifier(Choice, Base):
    """Something added to a portion, for a price of its own."""

    __tablename__ = "modifiers"

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey(ModifierGroup.id, ondelete="CASCADE"), index=True
    )
    most: Mapped[int] = mapped_column(
        default=1, server_default="1", comment="Of it in one portion."
    )

    __table_args__ = (
        CheckConstraint("price >= 0 AND most > 0", name="amounts_not_negative"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    @classmethod
    def run_by(cls, actor: Actor) -> Select[Self]:
        """The modifiers that this actor may change."""
        mine = Product.run_by(actor).with_only_columns(Product.id)
        groups = select(ModifierGroup.id).where(ModifierGroup.product_id.in_(mine))
        return select(cls).where(cls.group_id.in_(groups), cls.removed_at.is_(None))
