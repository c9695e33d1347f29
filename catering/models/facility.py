"""Organisations, their sites and members, and what an order for one of them says beside others."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    CompoundSelect,
    ForeignKey,
    FromClause,
    Index,
    Select,
    Text,
    UniqueConstraint,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.baskets import Occasion
from catering.domain.facilities import MemberPart
from catering.domain.people import STAFF, Actor, Role

from .base import Base, among, moment
from .people import User


class Organisation(Base):
    """Who is sent the bills: a company, a school, a clinic."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    name: Mapped[str] = mapped_column(unique=True)
    billing: Mapped[str] = mapped_column(comment="What is printed on its bills.")
    currency: Mapped[str]
    approval_above: Mapped[int | None] = mapped_column(
        comment="Minor units; dearer orders wait for an approver. None: no order does."
    )
    created_at: Mapped[datetime] = moment()

    __table_args__ = (CheckConstraint("approval_above >= 0", name="amount_not_negative"),)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The office knows all, members their own, others those that they cook or carry for."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        return select(cls).where(cls.id.in_(_known_to(actor, "organisation_id")))


class Member(Base):
    """Who orders for an organisation, and who approves."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey(Organisation.id, ondelete="CASCADE"), index=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime] = moment()

    __table_args__ = (
        UniqueConstraint("organisation_id", "user_id", name="uq_members_user"),
        CheckConstraint(among("parts", MemberPart), name="parts_known"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The office knows all, members those of their own organisation."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        return select(cls).where(cls.organisation_id.in_(_of(actor)))


class Facility(Base):
    """A site of an organisation that orders under rules."""

    __tablename__ = "facilities"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    name: Mapped[str]
    address_line: Mapped[str]
    address_details: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    time_zone: Mapped[str]
    delivery_windows: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}", comment="As opening hours are; in no other it takes any."
    )
    notice_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    cut_off: Mapped[str | None] = mapped_column(comment="On its wall clock, like 16:00.")
    cut_off_days_before: Mapped[int] = mapped_column(default=0, server_default="0")
    cost_centres: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    approval_above: Mapped[int | None] = mapped_column(
        comment="Minor units; none: that of the organisation."
    )
    closed_at: Mapped[datetime | None] = mapped_column(comment="Nothing is ordered for it since.")
    created_at: Mapped[datetime] = moment()

    __table_args__ = (
        UniqueConstraint("organisation_id", "name", name="uq_facilities_name"),
        CheckConstraint(
            "approval_above >= 0 AND notice_minutes >= 0 AND cut_off_days_before >= 0",
            name="not_negative",
        ),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The office knows all, members their own, others those that they cook or carry for."""
        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.CUSTOMER:
            return select(cls).where(cls.organisation_id.in_(_of(actor)))
        return select(cls).where(cls.id.in_(_known_to(actor, "facility_id")))


def _known_to(actor: Actor, column: str) -> Select[Any]:
    from .order import Order

    if actor.role is Role.CUSTOMER:
        return _of(actor)
    theirs: Select[Any] = Order.visible_to(actor).with_only_columns(getattr(Order, column))
    return theirs


def _of(actor: Actor) -> Select[UUID]:
    return select(Member.organisation_id).where(Member.user_id == actor.id)


class ForFacility:
    """The columns of an order that only one for a facility fills."""

    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey(Facility.id))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organisation.id))
    headcount: Mapped[int | None] = mapped_column(comment="For how many people.")
    cost_centre: Mapped[str | None]
    may_cost: Mapped[int | None] = mapped_column(
        comment="Minor units; more would have to be approved anew. None: whatever it costs."
    )
    approve_by: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approval_note: Mapped[str | None]

    @property
    def occasion(self) -> Occasion:
        """As it was said when it was ordered."""
        return Occasion(self.facility_id, self.headcount, self.cost_centre)

    @occasion.setter
    def occasion(self, told: Occasion) -> None:
        self.facility_id, self.headcount = told.facility_id, told.headcount
        self.cost_centre = told.cost_centre


OF_A_FACILITY = (
    Index(
        "ix_orders_facility", "facility_id", "window_from",
        postgresql_where=text("facility_id IS NOT NULL"),
    ),
    Index(
        "ix_orders_organisation", "organisation_id", "placed_at",
        postgresql_where=text("organisation_id IS NOT NULL"),
    ),
)  # fmt: skip


def of_his_and_colleagues(orders: FromClause, actor: Actor) -> CompoundSelect[UUID]:
    """What he has ordered, and what was for an organisation of his: two indexes, and no OR, with
    which the planner would rather read all orders there are."""
    his, ours = _twice(orders)
    of_ours = select(ours.c.id).join(Member, Member.organisation_id == ours.c.organisation_id)
    return union_all(
        select(his.c.id).where(his.c.customer_id == actor.id),
        of_ours.where(Member.user_id == actor.id),
    )


@cache
def _twice(table: FromClause) -> tuple[FromClause, FromClause]:
    """A table under two other names; made once, for that takes longer than to ask it something."""
    return table.alias(), table.alias()
