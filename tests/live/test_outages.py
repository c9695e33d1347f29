"""What counts as an outage, and what a stream does in one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from catering.database import Transaction, is_passing
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.settings import Settings

from .asking import ORDER
from .conftest import until
from .people import Person, Town
from .proxy import Proxy, through
from .serving import Api, serving_here


@pytest.mark.parametrize(
    "error", [OSError(), TimeoutError(), asyncpg.exceptions.AdminShutdownError("bye")]
)
def test_an_outage_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error", [KeyError(), ValueError(), asyncpg.exceptions.PostgresSyntaxError("x")]
)
def test_a_bug_does_not(error: Exception) -> None:
    assert not is_passing(error)


async def test_a_stream_outlives_the_connections_to_the_database(
    api: Api, town: Town, transaction: Transaction
) -> None:
    order = await _followed(town)
    async with api.socket(order.customer.token) as socket:
        await socket.subscribe(ORDER, id=order.text)
        await socket.next()
        async with transaction() as session:
            killed = await session.scalars(_TERMINATE)
            assert any(killed)
        await town.happens(EventKind.TICKET_ACCEPTED, order.id, order_id=order.id)
        assert (await socket.next())["kind"] == "TICKET_ACCEPTED"


async def test_an_event_that_is_half_read_when_the_database_goes_is_read_again(
    api: Api, town: Town, transaction: Transaction
) -> None:
    order = await _followed(town)
    async with api.socket(order.customer.token) as socket:
        await socket.subscribe(KITCHENS, id=order.text)
        await socket.next()
        async with transaction() as session:
            await session.execute(text("LOCK TABLE restaurants IN ACCESS EXCLUSIVE MODE"))
            await town.happens(EventKind.TICKET_ACCEPTED, order.id, order_id=order.id)
            async with asyncio.timeout(10):
                # There is no event to wait for.
                while not any(await session.scalars(_TERMINATE_WHO_WAIT)):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        event = await socket.next()
    assert event["kind"] == "TICKET_ACCEPTED"
    assert [ticket["restaurant"]["name"] for ticket in event["order"]["tickets"]] == ["Пекарня"]


async def test_a_stream_goes_on_while_redis_is_away_and_when_it_is_back(
    town: Town, settings: Settings, redis_url: str
) -> None:
    order = await _followed(town)
    async with Proxy(urlsplit(redis_url).port or 6379) as proxy:
        around = through(proxy, redis_url)
        async with (
            serving_here(replace(settings, redis_url=around)) as api,
            api.socket(order.customer.token) as socket,
        ):
            assert api.hub is not None
            await socket.subscribe(ORDER, id=order.text)
            positions = [int((await socket.next())["position"])]
            await proxy.close()
            ready = await api.get("/health/ready")
            assert (ready.status_code, ready.json()["redis"]) == (200, "away")
            for _ in range(2):
                await town.happens(EventKind.TICKET_REMINDED, order.id, order_id=order.id)
            positions += [int((await socket.next(5))["position"]) for _ in range(2)]

            await proxy.open()
            hub = api.hub
            await until(lambda: hub.connected)
            last = await town.happens(EventKind.TICKET_REMINDED, order.id, order_id=order.id)
            positions.append(int((await socket.next(6))["position"]))

    assert positions == sorted(set(positions))
    assert positions[-1] == last


async def test_a_client_that_vanishes_leaves_nothing_behind(town: Town, settings: Settings) -> None:
    order = await _followed(town)
    async with serving_here(settings) as api:
        hub = api.hub
        assert hub is not None
        async with api.socket(order.customer.token) as socket:
            for _ in range(3):
                await socket.subscribe(ORDER, id=order.text)
                await socket.next()
            assert hub.followers == 4, "One of them is for the day that the session is ended."
            await socket.say({"type": "complete", "id": "0"})
            await until(lambda: hub.followers == 3)
            socket.connection.transport.abort()
            await until(lambda: hub.followers == 0)


@dataclass
class _Followed:
    customer: Person
    id: UUID

    @property
    def text(self) -> str:
        return ids.encode(Prefix.ORDER, self.id)


async def _followed(town: Town) -> _Followed:
    customer = await town.person(Role.CUSTOMER)
    return _Followed(customer, (await town.order(customer, await town.restaurant()))[0])


KITCHENS = """subscription ($id: ID!) { orderChanged(id: $id) { ... on OrderChanged {
  kind order { tickets { restaurant { name } } } } } }"""

_TERMINATE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

_TERMINATE_WHO_WAIT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
