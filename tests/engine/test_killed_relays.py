"""Relays die one after the other while somebody watches."""

from __future__ import annotations

from catering.settings import Settings
from tests.live.serving import Api
from tests.world import World

from .cooking import accepted, handed_over
from .desk import Desk
from .processes import Run, death_of
from .watching import history, token, watching


async def test_a_watcher_sees_everything_once_although_the_relay_is_killed(
    world: World, desk: Desk, api: Api, settings: Settings, run: Run
) -> None:
    relay = run("relay")
    run("worker")
    order = await handed_over(world)
    begun = await history(world, desk, order)
    async with watching(api, await token(world, world.customer, settings), order) as watcher:
        relay.kill()
        doomed = run("relay", crash_at="before publishing")
        await accepted(world, order)
        await death_of(doomed)
        run("relay")

        happened = await history(world, desk, order)
        seen = await watcher.sees(happened[-1])
        assert seen == happened[len(begun) :]
