"""Two kitchens on our own board at work."""

from __future__ import annotations

from uuid import UUID

from catering.domain.tickets import TicketStatus
from catering.services import kitchens
from tests.world import World

from .processes import until


async def handed_over(world: World, id: UUID | None = None) -> UUID:
    """An order whose tickets have all come to their kitchens."""
    placed = id or await world.order()

    async def submitted() -> bool:
        tickets = (await world.look(placed)).tickets
        return {ticket.status for ticket in tickets} == {TicketStatus.SUBMITTED}

    await until(submitted)
    return placed


async def accepted(world: World, id: UUID) -> None:
    """Both say yes."""
    for ticket, cook in zip(
        (await world.look(id)).tickets, (world.cook, world.market_cook), strict=True
    ):
        async with world.transaction() as session:
            await kitchens.accept(session, ticket.id, None, by=cook)


async def ready(world: World, id: UUID) -> None:
    """Both are done."""
    for ticket, cook in zip(
        (await world.look(id)).tickets, (world.cook, world.market_cook), strict=True
    ):
        async with world.transaction() as session:
            await kitchens.mark_ready(session, ticket.id, by=cook)
