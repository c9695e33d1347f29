"""Who is suspended is out at once: on HTTP, and on every socket that is open in his name."""

from __future__ import annotations

from catering.domain.people import Actor, Role
from catering.services import suspending

from .people import Town
from .serving import Api


async def test_sockets_and_tokens_of_a_suspended_user_end_at_once(api: Api, town: Town) -> None:
    driver, manager = await town.person(Role.DRIVER), await town.person(Role.MANAGER)
    async with api.socket(driver.token) as one, api.socket(driver.token) as other:
        await one.subscribe("subscription { driverFeed { __typename } }")
        await one.next()
        async with town.transaction() as session:
            by = Actor(manager.id, Role.MANAGER)
            await suspending.suspend(session, driver.id, "He was rude.", by=by)
        await town.announce()
        assert [await socket.closed() for socket in (one, other)] == [4403, 4403]
    answer = await api.post({"query": "{ __typename }"}, driver.token)
    assert answer.status_code == 401
