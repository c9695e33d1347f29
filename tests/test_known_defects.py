"""Ten defects that systems of this kind are known for, and why each is impossible here."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import select
from starlette.applications import Starlette

import catering
from catering import webhooks
from catering.domain.baskets import Span
from catering.domain.bookings import BookingStatus
from catering.domain.geography import Point
from catering.domain.orders import OrderStatus
from catering.domain.people import SYSTEM, Actor, Role
from catering.models import Event, Order, Task, TaskState, Ticket, Webhook
from catering.providers import registry
from catering.services import driving, kitchens, offering
from catering.settings import Settings
from catering.transport.counting import Here
from tests.letters import poster_news, uber_news
from tests.naming import words
from tests.providers.conftest import account_at
from tests.seeing import seen_by
from tests.services.acting import everything
from tests.services.replaying import must_replay
from tests.workers.conftest import Stage
from tests.workers.conftest import engine as engine
from tests.workers.conftest import simulator as simulator
from tests.workers.conftest import stage as stage
from tests.workers.conftest import transaction as transaction
from tests.workers.conftest import world as world
from tests.world import AT_KITCHEN

OUTSIDE = re.compile(r"silpo|poster|uklon|uber|glovo|bolt", re.IGNORECASE)
OUR_WORLD = {"providers", "demo", "rush", "simulator", "walk"}


@pytest.fixture
async def hooks(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Our webhook addresses, with Poster and Uber behind them."""
    app = Starlette(
        routes=webhooks.routes(
            stage.world.transaction, stage.runtime.http, Here(), Settings("", "")
        )
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://us") as client:
        yield client


async def test_1_parallel_tasks_do_not_overwrite_each_others_progress(stage: Stage) -> None:
    world = stage.world
    id = await world.order()
    await stage.work()
    tickets = (await world.look(id)).tickets

    async def cook(ticket: Ticket) -> None:
        by = world.cook if ticket.restaurant_id == world.kitchen else world.market_cook
        async with world.transaction() as session:
            await kitchens.accept(session, ticket.id, None, by=by)
        async with world.transaction() as session:
            await kitchens.mark_ready(session, ticket.id, by=by)

    await asyncio.gather(*map(cook, tickets), *(stage.work() for _ in range(4)))
    await stage.work()

    order = await world.look(id)
    assert [ticket.status for ticket in order.tickets] == ["READY", "READY"]
    assert len(order.deliveries) == 1
    await must_replay(world, id)


async def test_2_no_worker_waits_while_food_cooks(stage: Stage) -> None:
    await stage.connect(stage.world.kitchen, "poster", "1")
    id = await stage.world.order(stage.world.portion(stage.world.borscht))

    done = await stage.work()

    assert "submit_ticket" in done
    assert (await stage.world.look(id)).status in {OrderStatus.PLACED, OrderStatus.PREPARING}
    async with stage.world.transaction() as session:
        states = set(await session.scalars(select(Task.state)))
    assert TaskState.RUNNING not in states
    assert TaskState.PENDING in states, "the kitchen is asked again later"


async def test_3_nothing_keeps_asking_whether_a_delayed_order_is_due(stage: Stage) -> None:
    world = stage.world
    start = (await world.look(await world.order())).placed_at + timedelta(hours=30)

    id = await world.order(window=Span(start, start + timedelta(hours=1)))
    for _ in range(3):
        await stage.work()

    (wait,) = await world.open_tasks(id)
    assert (wait.kind, wait.state, wait.attempts) == ("release_due", TaskState.PENDING, 0)
    assert start - timedelta(hours=2) < wait.due < start
    assert wait.rung_at is None


@pytest.mark.parametrize("signed", ["not at all", "by somebody else", "by them"])
@pytest.mark.parametrize("provider", ["poster", "uber_direct"])
async def test_4_a_webhook_without_the_right_signature_is_not_heard(
    stage: Stage, hooks: httpx.AsyncClient, provider: str, signed: str
) -> None:
    await stage.account(provider, "kitchen" if provider == "poster" else "courier")
    before = await everything(stage.world)
    secret = {"not at all": None, "by somebody else": "guess"}.get(signed, f"secret-of-{provider}")
    news = poster_news(secret) if provider == "poster" else uber_news("del_1", "pickup", secret)

    answer = await hooks.post(f"/webhooks/hook-{provider}", content=news[0], headers=news[1])

    accepted = signed == "by them"
    # Poster's signature is a field of the body: without it, the body cannot be read at all.
    bad = 400 if (provider, signed) == ("poster", "not at all") else 401
    assert answer.status_code == (answer.status_code if accepted else bad)
    assert answer.is_success is accepted
    assert (await everything(stage.world) == before) is not accepted
    assert (await hooks.post("/webhooks/no-such-key", content=news[0])).status_code == 404


@pytest.mark.parametrize("word", ["teleported", "delivered"])
async def test_5_a_foreign_word_in_a_webhook_moves_nothing(
    stage: Stage, hooks: httpx.AsyncClient, word: str
) -> None:
    """Not even a true word: it makes us read, and what we read counts."""
    id, booking = await _booked(stage)
    before = await stage.world.look(id)
    raw, headers = uber_news(booking, word, "secret-of-uber_direct")

    for _ in range(2):  # who is not sure that we heard says it again
        said = await hooks.post("/webhooks/hook-uber_direct", content=raw, headers=headers)
        assert said.is_success

    async with stage.world.transaction() as session:
        assert (await session.scalars(select(Webhook.raw))).all() == [raw]
    assert _state(await stage.world.look(id)) == _state(before)
    (poll,) = [t for t in await stage.world.open_tasks(id) if t.kind == "poll_courier"]
    await stage.work(soon=timedelta(0))  # it is due now, and reads the truth
    assert _state(await stage.world.look(id)) != ("DELIVERED", "DELIVERED", ["COMPLETED"])
    async with stage.world.transaction() as session:
        assert (await session.get_one(Task, poll.id)).token > poll.token


async def test_6_a_crash_after_the_order_arrived_there_sends_no_second_one(stage: Stage) -> None:
    """The provider has it, we never heard so: a worker that died leaves just such a task."""
    await stage.connect(stage.world.kitchen, "poster", "1")
    operation = "incomingOrders.createIncomingOrder"
    await stage.outside.fail("poster", operation, "commit_then_fail", status=500)
    id = await stage.world.order(stage.world.portion(stage.world.borscht))
    await stage.work()
    (ticket,) = (await stage.world.look(id)).tickets
    assert (ticket.status, ticket.external_id) == ("SUBMITTING", None)

    await stage.do("submit_ticket")

    (ticket,) = (await stage.world.look(id)).tickets
    assert ticket.external_id is not None
    assert await stage.outside.live_effects(ticket.reference) == 1


async def test_7_where_a_courier_is_outlives_every_cache(stage: Stage, redis_url: str) -> None:
    id, _ = await _booked(stage)
    delivery = (await stage.world.look(id)).deliveries[0]
    here = Point(50.4401, 30.5209)
    async with stage.world.transaction() as session:
        await driving.moved(session, delivery.id, here, by=SYSTEM)

    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()

    delivery = (await stage.world.look(id)).deliveries[0]
    assert (delivery.latitude, delivery.longitude) == (here.latitude, here.longitude)
    async with stage.world.transaction() as session:
        query = select(Event.data).where(Event.kind == "COURIER_MOVED")
        seen = (await session.scalars(query.order_by(Event.id.desc()).limit(1))).one()
    assert seen == {"latitude": here.latitude, "longitude": here.longitude}


def test_8_the_core_does_not_know_the_name_of_any_company() -> None:
    root = Path(catering.__file__).parent
    for file in root.rglob("*.py"):
        inside = file.relative_to(root)
        # cli/ tells the simulator where the demo's webhooks are; it decides nothing by a name.
        if inside.parts[0] in OUR_WORLD | {"cli"}:
            continue
        assert not [word for word in words(file) if OUTSIDE.search(word)], inside


@pytest.mark.parametrize("as_a", ["module", "package beside us"])
def test_8_a_new_provider_is_found_without_an_edit(
    as_a: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bakery.py").write_text("class adapter:\n    def __init__(self, *_): pass\n")
    if as_a == "module":
        shelf = registry.SHELVES["kitchen"]
        monkeypatch.setattr(shelf, "__path__", [*shelf.__path__, str(tmp_path)])
    else:
        monkeypatch.syspath_prepend(tmp_path)
        point = EntryPoint("bakery", "bakery", "catering.kitchens")
        monkeypatch.setattr(registry, "entry_points", EntryPoints([point]).select)
    account = account_at("poster")
    object.__setattr__(account, "provider", "bakery")

    found = registry.kitchen(account, httpx.AsyncClient())

    assert type(found).__module__.endswith("bakery")
    for name in [name for name in sys.modules if name.endswith("bakery")]:
        monkeypatch.delitem(sys.modules, name)
    registry._adapter.cache_clear()


async def test_9_a_delivery_time_is_a_moment_and_not_a_day(stage: Stage) -> None:
    world = stage.world
    start = (await world.look(await world.order())).placed_at + timedelta(hours=26, minutes=7)
    window = Span(start, start + timedelta(minutes=30))

    order = await world.look(await world.order(window=window))

    assert order.window_from is not None
    assert order.window_from.tzinfo is not None
    assert (order.window_from, order.window_until) == (window.start, window.end)
    times = [
        c.type for c in Order.__table__.columns if "window" in c.name or c.name.endswith("_at")
    ]
    assert {(str(type), getattr(type, "timezone", None)) for type in times} == {("DATETIME", True)}


async def test_10_an_order_is_seen_only_by_those_it_concerns(stage: Stage) -> None:
    world = stage.world
    id = await _carried(stage)
    admin = Actor(world.manager.id, Role.ADMIN)
    everybody = [
        world.customer, world.cook, world.driver, world.manager, admin,
        world.stranger, world.market_cook, world.second_driver,
        # A right role is no right: somebody else's id, or nobody's.
        Actor(world.customer.id, Role.RESTAURANT), Actor(world.cook.id, Role.DRIVER),
        Actor(None, Role.CUSTOMER), Actor(None, Role.DRIVER), Actor(None, Role.RESTAURANT),
    ]  # fmt: skip

    for actor in everybody:
        seen = await seen_by(world, actor, id)
        assert seen == dict.fromkeys(seen, actor in everybody[:5]), actor


async def _carried(stage: Stage) -> UUID:
    """An order of the kitchen alone that the driver has taken."""
    world = stage.world
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.driver)
    id = await world.order(world.portion(world.borscht))
    await stage.work()
    (ticket,) = (await world.look(id)).tickets
    async with world.transaction() as session:
        await kitchens.accept(session, ticket.id, None, by=world.cook)
    await stage.work()
    await stage.do("search_due")
    await stage.work()
    (offer,) = (await world.look(id)).deliveries[0].offers
    async with world.transaction() as session:
        await offering.accept(session, offer.id, by=world.driver)
    return id


async def _booked(stage: Stage) -> tuple[UUID, str]:
    """An order whose courier is of a company, and what they call the trip."""
    world = stage.world
    await stage.account("uber_direct", "courier")
    id = await world.order(world.portion(world.borscht))
    await stage.work()
    (ticket,) = (await world.look(id)).tickets
    async with world.transaction() as session:
        await kitchens.accept(session, ticket.id, None, by=world.cook)
    await stage.work()
    await stage.do("search_due")
    await stage.work()
    (booking,) = (await world.look(id)).deliveries[0].bookings
    assert (booking.status, booking.external_id is None) == (BookingStatus.CONFIRMED, False)
    return id, str(booking.external_id)


def _state(order: Order) -> tuple[str, str, list[str]]:
    (delivery,) = order.deliveries
    return order.status, delivery.status, [booking.status for booking in delivery.bookings]
