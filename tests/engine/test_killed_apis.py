"""The API dies in the middle of an order: who asks again with his key has ordered once."""

from __future__ import annotations

import httpx
import pytest

from catering.settings import Settings
from tests.live.serving import Api, serving
from tests.world import World

from .cooking import handed_over
from .guests import Guest
from .processes import death_of


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("moment", "is_kept"), [("before commit", False), ("after commit", True)])
async def test_who_asks_again_after_the_api_was_killed_has_ordered_once(
    world: World, api: Api, settings: Settings, moment: str, is_kept: bool
) -> None:
    guest = await Guest.of(world, settings)
    async with serving(settings, CATERING_CRASH_AT=f"{moment} of placeOrder") as doomed:
        with pytest.raises(httpx.TransportError):
            await guest.ask(doomed, "lunch")
        assert doomed.part is not None
        await death_of(doomed.part)
    kept = await guest.orders()
    assert len(kept) == is_kept

    order = await guest.order(api, "lunch")

    assert await guest.order(api, "lunch") == order
    assert await guest.orders() == kept | {order} == {order}
    await handed_over(world, order)
    assert (await world.kinds(order)).count("ORDER_PLACED") == 1
