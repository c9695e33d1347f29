"""The clock of a machine is five minutes off: what is due is due by the clock of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from catering import database
from catering.database import Transaction, now
from catering.models import TaskState
from catering.services import sessions, tokens
from catering.settings import Settings
from tests.live.serving import Api, serving
from tests.parts import AHEAD
from tests.world import World

from .desk import Desk
from .guests import Guest
from .processes import Run

KIND = "offer_waiting_deliveries"
MINUTE = timedelta(minutes=1)
TICK = 'subscription { serverTick(interval: "PT1M", limit: 1) { now } }'
WHO = "{ viewer { __typename } }"


@pytest.fixture(params=[timedelta(minutes=5), timedelta(minutes=-5)], ids=["fast", "slow"])
def off(request: pytest.FixtureRequest) -> timedelta:
    """How wrong it is."""
    wrong: timedelta = request.param
    return wrong


@pytest.fixture
def wrong(off: timedelta) -> dict[str, str]:
    """The environment of a process on that machine."""
    return {AHEAD: str(off.total_seconds())}


@pytest.fixture
async def there(settings: Settings, wrong: dict[str, str]) -> AsyncIterator[Api]:
    """An API on that machine."""
    async with serving(settings, **wrong) as api:
        yield api


async def test_nothing_is_done_early_and_no_lease_ends_early(
    desk: Desk, run: Run, wrong: dict[str, str]
) -> None:
    later = await desk.add(KIND, due=now() + MINUTE)
    held = await desk.add(KIND, state=TaskState.RUNNING, token=1, lease_until=now() + MINUTE)
    silent = await desk.add(KIND, state=TaskState.RUNNING, token=1, lease_until=now() - MINUTE)
    for command in ("relay", "worker"):
        run(command, **wrong)

    await desk.done(silent)
    for _ in range(3):
        await desk.done(await desk.add(KIND))

    assert (await desk.look(later)).state is TaskState.PENDING
    assert (await desk.look(held)).state is TaskState.RUNNING


async def test_what_is_ordered_there_has_the_same_deadlines(
    api: Api, there: Api, off: timedelta, world: World, settings: Settings
) -> None:
    guest = await Guest.of(world, settings)
    async with there.socket(guest.token) as socket:
        await socket.subscribe(TICK)
        told = datetime.fromisoformat((await socket.next())["now"])
    async with world.transaction() as session:
        assert abs(told - await database.clock(session) - off) < MINUTE, "its clock is wrong"

    deadlines = [
        await _deadlines(world, await guest.order(it, key))
        for it, key in ((api, "right"), (there, "wrong"))
    ]
    assert deadlines[0] == deadlines[1] != {}


async def test_a_token_is_good_there_for_as_long_as_anywhere(
    there: Api, world: World, settings: Settings
) -> None:
    good, spent = [
        await _token(world.transaction, world, settings, left) for left in (MINUTE, -MINUTE)
    ]
    assert (await there.ask(WHO, good))["data"]["viewer"] is not None
    refused = await there.ask(WHO, spent)
    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def _deadlines(world: World, id: UUID) -> dict[str, timedelta]:
    """How long after an order was placed something is due."""
    placed = (await world.look(id)).placed_at
    return {task.kind: task.due - placed for task in await world.open_tasks(id)}


async def _token(
    transaction: Transaction, world: World, settings: Settings, left: timedelta
) -> str:
    """One that is good for so much longer."""
    who = world.customer
    assert who.id is not None
    assert who.role is not None
    async with transaction() as session:
        begun = await sessions.begin(session, who.id, who.role, settings)
        family = (await tokens.read(session, begun.access_token)).family
        end = await database.clock(session) + left
        return await tokens.sign(session, who.id, who.role, family, end)
