"""The events of an order are gapless and tell all of it; what has ended waits for nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from catering.domain.lines import ResolutionChoice
from catering.domain.orders import ENDS, CancellationReason
from catering.services import cancelling, kitchens, offering, resolving, travelling

from .acting import Day, step
from .replaying import must_replay


async def delivered(day: Day) -> UUID:
    return await day.delivered()


async def rejected(day: Day) -> UUID:
    id = await day.order()
    for ticket in await day.tickets(id):
        await day.do(step(kitchens.reject, ticket.id, "No", by=day.cook(ticket)))
    return id


async def half_rejected(day: Day) -> UUID:
    id = await day.assigned()
    ticket = (await day.tickets(id))[0]
    await day.do(step(kitchens.reject, ticket.id, "No", by=day.world.cook))
    return id


async def cancelled_while_offered(day: Day) -> UUID:
    id = await day.offered()
    by = day.world.manager
    await day.do(step(cancelling.cancel, id, CancellationReason.OTHER, None, by=by))
    return id


async def released_and_declined(day: Day) -> UUID:
    id = await day.assigned()
    delivery, world = await day.delivery(id), day.world
    await day.arrive(delivery.stops[0])
    await day.online(world.second_driver)
    await day.do(step(travelling.release, delivery.id, by=world.driver))
    offer = await day.offer(id)
    await day.do(step(offering.decline, offer.id, by=world.second_driver))
    return id


async def substituted(day: Day) -> UUID:
    id, world = await day.accepted(day.world.portion(day.world.juice)), day.world
    line = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, line.id, None, by=world.market_cook))
    (resolution,) = (await world.look(id)).resolutions
    choice = ResolutionChoice.SUBSTITUTE
    await day.do(step(resolving.answer, resolution.id, choice, None, by=world.customer))
    return id


async def nobody_answers(day: Day) -> UUID:
    id = await day.order()
    await day.passes(hours=1)
    return id


async def nobody_carries(day: Day) -> UUID:
    id = await day.accepted()
    await day.passes(hours=3)
    return id


async def nobody_opens(day: Day) -> UUID:
    id = await day.at_the_door()
    await day.passes(hours=3)
    return id


async def nobody_goes_on(day: Day) -> UUID:
    id = await day.assigned()
    first = (await day.stops(id))[0]
    await day.arrive(first)
    await day.complete(first)
    await day.passes(hours=4)
    return id


Story = Callable[[Day], Awaitable[UUID]]
STORIES: list[Story] = [
    delivered, rejected, half_rejected, cancelled_while_offered, released_and_declined,
    substituted, nobody_answers, nobody_carries, nobody_opens, nobody_goes_on,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_the_events_of_an_order_tell_all_of_it(day: Day, story: Story) -> None:
    id = await story(day)

    await must_replay(day.world, id)
    order = await day.world.look(id)
    if order.status in ENDS:
        assert await day.waits(id) == []
        assert not order.needs_action


@pytest.mark.parametrize(
    "story",
    [nobody_answers, nobody_carries, nobody_opens, nobody_goes_on],
    ids=lambda story: story.__name__,
)
async def test_every_order_ends_though_nobody_does_anything(day: Day, story: Story) -> None:
    order = await day.world.look(await story(day))

    assert order.status in ENDS
    assert {t.status for t in order.tickets} <= {"PICKED_UP", "REJECTED", "CANCELLED"}
    assert {d.status for d in order.deliveries} <= {"RETURNED", "CANCELLED"}
