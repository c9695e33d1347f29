"""Offering a journey to drivers of ours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids
from catering.domain.offers import OFFER, OfferStatus
from catering.domain.people import STAFF, Actor

from .base import Base, moment, word
from .delivery import Delivery
from .parts import Part
from .people import Driver

if TYPE_CHECKING:
    from .order import Order


class Offer(Part, Base):
    """The question to one driver: will you carry this?"""

    __tablename__ = "offers"
    life: ClassVar = OFFER

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(Delivery.id), index=True)
    driver_id: Mapped[UUID] = mapped_column(ForeignKey(Driver.id))
    status: Mapped[OfferStatus] = word(OfferStatus)
    reward: Mapped[int] = mapped_column(comment="Minor units.")
    currency: Mapped[str]
    distance_m: Mapped[int] = mapped_column(comment="From the driver to the first kitchen.")
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = moment()

    delivery: Mapped[Delivery] = relationship(lazy="raise_on_sql", back_populates="offers")

    __table_args__ = (
        Index(
            "uq_offers_accepted", "delivery_id", unique=True,
            postgresql_where=status == OfferStatus.ACCEPTED.value,
        ),
        Index(
            "uq_offers_driver", "driver_id", unique=True,
            postgresql_where=status == OfferStatus.SENT.value,
        ),
    )  # fmt: skip

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The offers this actor may know about."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        return select(cls).where(cls.driver_id == actor.id)

    def whole(self) -> Order:
        return self.delivery.order

    def concerns(self) -> dict[str, UUID | None]:
        return {"driver_id": self.driver_id, "delivery_id": self.delivery_id}
