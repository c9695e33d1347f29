"""What customers say about a restaurant or a driver once an order has come."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.people import STAFF, Actor, Role

from .base import Base, moment
from .people import Driver, Staff, User
from .restaurant import Restaurant


class Rating(Base):
    """One to five stars for one restaurant, or for the driver, of one order."""

    __tablename__ = "ratings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    restaurant_id: Mapped[UUID | None] = mapped_column(ForeignKey(Restaurant.id))
    driver_id: Mapped[UUID | None] = mapped_column(ForeignKey(Driver.id))
    stars: Mapped[int]
    comment: Mapped[str | None]
    reply: Mapped[str | None] = mapped_column(comment="The restaurant's, once.")
    replied_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = moment()

    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("num_nonnulls(restaurant_id, driver_id) = 1", name="about_one"),
        Index("uq_ratings_restaurant", "order_id", "restaurant_id", unique=True),
        Index("uq_ratings_driver", "order_id", "driver_id", unique=True),
        Index("ix_ratings_restaurant", "restaurant_id", "created_at"),
        Index("ix_ratings_driver", "driver_id", "created_at"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """What is said of a restaurant is for everybody; of a driver for him, its author, us."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        public = cls.restaurant_id.is_not(None)
        if actor.role is Role.DRIVER:
            return select(cls).where(or_(public, cls.driver_id == actor.id))
        if actor.role is Role.CUSTOMER:
            return select(cls).where(or_(public, cls.customer_id == actor.id))
        return select(cls).where(public)

    @classmethod
    def answerable_by(cls, actor: Actor) -> Select[Self]:
        """Those of the restaurants that the actor works for."""
        if actor.role in STAFF:
            return select(cls).where(cls.restaurant_id.is_not(None))
        if actor.role is not Role.RESTAURANT:
            return select(cls).where(false())
        mine = select(Staff.restaurant_id).where(Staff.user_id == actor.id)
        return select(cls).where(cls.restaurant_id.in_(mine))
