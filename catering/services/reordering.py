"""Ordering the same again: what it costs today is a question, and ordering it is an order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Basket, Destination, Portion, Span, StandBy, Wish
from catering.domain.choices import Chosen
from catering.domain.lines import LineStatus
from catering.domain.orders import PaymentMethod
from catering.domain.people import Actor
from catering.models import Line, Order

from . import ordering
from .orders import of_actor


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be different this time. None means: as it was; without a window: at once."""

    destination: Destination | None = None
    contact_phone: str | None = None
    window: Span | None = None
    payment_method: PaymentMethod | None = None
    expected_total: tuple[int, str] | None = None
    payment_token: str | None = None


async def reorder(session: AsyncSession, order_id: UUID, again: Again, *, by: Actor) -> Order:
    """Place a new order of the same things, at today's prices.

    Raises `Refused` with all that is wrong, line by line; nothing is left out in silence.
    """
    old = await of_actor(session, order_id, by=by)
    lines = [line for ticket in old.tickets for line in ticket.lines]
    wish = Wish(
        old.type,
        Basket(portions(asked_for(lines)), again.destination or _door(old), again.window),
        again.contact_phone or old.contact_phone,
        again.payment_method or old.payment_method,
        again.expected_total,
        again.payment_token,
        old.occasion,
    )
    return await ordering.place(session, wish, by=by)


def _door(old: Order) -> Destination | None:
    """A facility may have moved: it is asked where it is."""
    return old.door if old.facility_id is None else None


def asked_for(lines: Iterable[Any]) -> list[Any]:
    """The lines as the customer wanted them in the end: not what came instead of one that had run
    out, and not what he had put away himself."""
    wanted = (
        line
        for line in lines
        if line.substitute_of_id is None and line.status is not LineStatus.REPLACED
    )
    return sorted(wanted, key=lambda line: line.rank)


def portions(lines: Iterable[Line | Row[Any]]) -> tuple[Portion, ...]:
    """The same for a basket."""
    return tuple(
        Portion(
            line.product_id,
            line.quantity,
            line.note,
            StandBy(line.stand_by, line.stand_by_product_id, line.stand_by_percent),
            line.variant_id,
            tuple(Chosen(UUID(one["id"]), one["quantity"]) for one in line.modifiers),
        )
        for line in lines
    )
