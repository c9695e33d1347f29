"""A dish that ran out."""

from __future__ import annotations

from uuid import UUID

from catering.domain.baskets import Portion
from catering.services import resolving

from .acting import Day, step


async def missing(day: Day, *portions: Portion) -> UUID:
    """An accepted order whose first line has just run out."""
    world = day.world
    id = await day.accepted(*(portions or (world.portion(world.juice, 2),)))
    line = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, line.id, None, by=world.market_cook))
    return id
