"""Everything that is held about a person, for that person."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ledger import CARRIERS, CUSTOMERS
from catering.domain.people import Actor
from catering.models import (
    Charge,
    Delivery,
    Driver,
    DriverDocument,
    Event,
    LedgerLine,
    Letter,
    Line,
    Member,
    Offer,
    Order,
    Organisation,
    Rating,
    Refund,
    Restaurant,
    Session,
    Staff,
    Ticket,
    User,
)

_SECRET = {"password_hash", "token_hash", "token_hashes", "pin_failures"}


async def held(session: AsyncSession, *, by: Actor) -> dict[str, Any]:
    """All rows that are about the caller, by what they are: names, moments as ISO 8601, money in
    minor units. Hashes of secrets are left out."""
    assert by.id is not None
    return {
        name: [_plain(row) for row in (await session.execute(query)).mappings()]
        for name, query in _about(by.id).items()
    }


def _about(id: UUID) -> dict[str, Select[Any]]:
    mine = select(Order.id).where(Order.customer_id == id)
    paid = LedgerLine.account.in_(CUSTOMERS) & LedgerLine.order_id.in_(mine)
    earned = LedgerLine.account.in_(CARRIERS) & (LedgerLine.party_id == id)
    return {
        "account": _columns(User).where(User.id == id),
        "sessions": _columns(Session).where(Session.user_id == id).order_by(Session.created_at),
        "letters": _columns(Letter).where(Letter.user_id == id).order_by(Letter.created_at),
        "driver": _columns(Driver).where(Driver.id == id),
        "documents": _columns(DriverDocument).where(DriverDocument.driver_id == id),
        "workplaces": select(Restaurant.name, Restaurant.slug)
        .join(Staff)
        .where(Staff.user_id == id),
        "memberships": select(Organisation.name, Member.parts, Member.created_at)
        .join(Member)
        .where(Member.user_id == id),
        "orders": _columns(Order).where(Order.customer_id == id).order_by(Order.placed_at),
        "lines": select(*Line.__table__.columns, Ticket.order_id)
        .join(Ticket, Ticket.id == Line.ticket_id)
        .where(Ticket.order_id.in_(mine))
        .order_by(Ticket.order_id, Line.id),
        "ratings": _columns(Rating).where(Rating.customer_id == id).order_by(Rating.created_at),
        "refunds": _columns(Refund).where(Refund.order_id.in_(mine)).order_by(Refund.created_at),
        "charges": _columns(Charge).where(Charge.order_id.in_(mine)).order_by(Charge.created_at),
        "money": _columns(LedgerLine)
        .where(paid | earned)
        .order_by(LedgerLine.order_id, LedgerLine.entry, LedgerLine.rank),
        "rated": select(Rating.stars, Rating.comment, Rating.created_at)
        .where(Rating.driver_id == id)
        .order_by(Rating.created_at),
        "offers": _columns(Offer).where(Offer.driver_id == id).order_by(Offer.created_at),
        "deliveries": _columns(Delivery)
        .where(Delivery.driver_id == id)
        .order_by(Delivery.created_at),
        "actions": select(Event.kind, Event.occurred_at, Event.order_id, Event.note)
        .where(Event.actor_id == id)
        .order_by(Event.id),
    }


def _columns(model: type[Any]) -> Select[Any]:
    return select(*(c for c in model.__table__.columns if c.name not in _SECRET))


def _plain(row: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(row), default=_text))
    return plain


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
