"""What the office gave back after an order had ended."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.ledger import Bearer
from catering.domain.people import STAFF, Actor, Role
from catering.domain.refunds import RefundReason

from .base import Base, moment, word
from .people import Staff


class Refund(Base):
    """An amount of one order that was given back, why, and who bears it."""

    __tablename__ = "refunds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("lines.id"))
    amount: Mapped[int] = mapped_column(BigInteger, comment="Minor units.")
    currency: Mapped[str]
    reason: Mapped[RefundReason] = word(RefundReason)
    bearer: Mapped[Bearer] = word(Bearer)
    party_id: Mapped[UUID | None] = mapped_column(
        comment="Which restaurant, driver or courier company; none: we."
    )
    note: Mapped[str | None] = mapped_column(comment="What the customer is told.")
    granted_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = moment()

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The office knows all, customers those of the orders that they see, others what they
        bear."""
        from .order import Order

        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.CUSTOMER:
            mine = Order.visible_to(actor).with_only_columns(Order.id)
            return select(cls).where(cls.order_id.in_(mine))
        if actor.role is Role.RESTAURANT:
            ours = select(Staff.restaurant_id).where(Staff.user_id == actor.id)
            return select(cls).where(cls.party_id.in_(ours))
        return select(cls).where(cls.party_id == actor.id)
