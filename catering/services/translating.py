"""The lines of a ticket, in the words of its kitchen's own system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.lines import GONE
from catering.models import Product, Restaurant, Ticket, Variant
from catering.providers.ports import KitchenTicket, TicketItem, TicketModifier


async def told(session: AsyncSession, ticket: Ticket, restaurant: Restaurant) -> KitchenTicket:
    """What they are told of it."""
    order = ticket.order
    lines = [line for line in ticket.lines if line.status not in GONE]
    products, variants = await _external_ids(session, ticket)
    return KitchenTicket(
        reference=ticket.reference,
        number=order.number,
        location=restaurant.location or restaurant.slug,
        items=tuple(
            TicketItem(
                external_id=products[line.product_id] or str(line.product_id),
                name=line.full_name,
                quantity=line.quantity,
                unit_price=line.unit_price,
                note=line.note,
                variant_id=variants.get(line.variant_id) if line.variant_id else None,
                modifiers=tuple(_modifier(one) for one in line.modifiers),
            )
            for line in lines
        ),
        currency=order.currency,
        phone=order.contact_phone,
        comment=None,
        wanted_at=ticket.ready_at,
        submitted_after=ticket.created_at,
    )


async def their_names(session: AsyncSession, ticket: Ticket) -> dict[UUID, str]:
    """What they call the product (or its variant) of each line."""
    products, variants = await _external_ids(session, ticket)
    return {
        line.id: (variants.get(line.variant_id) if line.variant_id else None)
        or products[line.product_id]
        or str(line.product_id)
        for line in ticket.lines
    }


async def _external_ids(
    session: AsyncSession, ticket: Ticket
) -> tuple[dict[UUID, str | None], dict[UUID, str | None]]:
    found = list[dict[UUID, str | None]]()
    wanted: tuple[tuple[Any, set[UUID]], ...] = (
        (Product, {line.product_id for line in ticket.lines}),
        (Variant, {line.variant_id for line in ticket.lines if line.variant_id}),
    )
    for kind, ids in wanted:
        query = select(kind.id, kind.external_id).where(kind.id.in_(ids))
        rows = await session.execute(query) if ids else ()
        found.append({row.id: row.external_id for row in rows})
    return found[0], found[1]


def _modifier(chosen: dict[str, Any]) -> TicketModifier:
    return TicketModifier(
        name=chosen["name"],
        quantity=chosen["quantity"],
        unit_price=chosen["price"],
        external_id=chosen["external_id"],
    )
