"""What is done at one API process is seen at another, and by whoever comes back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.settings import Settings
from tests.live.serving import Api
from tests.world import World

from .cooking import handed_over
from .desk import Desk
from .watching import history, token, watching

ACCEPT = """mutation ($input: AcceptTicketInput!) {
  acceptTicket(input: $input) { ticket { status } errors { __typename } } }"""
READY = """mutation ($input: MarkTicketReadyInput!) {
  markTicketReady(input: $input) { ticket { status } errors { __typename } } }"""


@pytest.mark.usefixtures("worker")
async def test_what_is_done_at_one_process_is_seen_at_the_other_and_after_coming_back(
    world: World, desk: Desk, api: Api, second_api: Api, settings: Settings
) -> None:
    order = await handed_over(world)
    customer = await token(world, world.customer, settings)
    async with watching(second_api, customer, order) as watcher:
        begun = (await history(world, desk, order))[-1]
        await _all(ACCEPT, order, world, api, settings)
        happened = await history(world, desk, order)
        left_at = happened[happened.index(begun) + 1]
        seen = list(await watcher.sees(happened[-1]))
        assert seen == happened[-len(seen) :]

    await _all(READY, order, world, second_api, settings)

    happened = await history(world, desk, order)
    async with watching(api, customer, order, after=left_at) as watcher:
        assert await watcher.sees(happened[-1]) == happened[happened.index(left_at) + 1 :]


async def _all(mutation: str, order: UUID, world: World, api: Api, settings: Settings) -> None:
    """Each kitchen does it with its ticket."""
    cooks: Sequence[Actor] = (world.cook, world.market_cook)
    for ticket, cook in zip((await world.look(order)).tickets, cooks, strict=True):
        about = {"ticketId": ids.encode(Prefix.TICKET, ticket.id), "idempotencyKey": uuid4().hex}
        answer = await api.ask(mutation, await token(world, cook, settings), input=about)
        (payload,) = answer["data"].values()
        assert payload["errors"] == [], answer
