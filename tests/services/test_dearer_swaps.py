"""What comes instead is dearer than the card was authorised for: the bank is asked once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from catering.domain.baskets import Portion, Span
from catering.domain.lines import LineStatus, ResolutionChoice
from catering.domain.orders import OrderStatus, PaymentStatus
from catering.domain.payments import ChargeKind
from catering.domain.people import Role
from catering.domain.refusals import ForbiddenStep, PaymentDeclined
from catering.domain.tickets import TicketStatus
from catering.models import Order, Product, Resolution
from catering.services import resolving
from catering.simulator import Configuration
from tests.providers.simulated import serving

from .acting import refused, step
from .replaying import must_replay
from .shopping import CARD, Shop

SUBSTITUTE, REMOVE = ResolutionChoice.SUBSTITUTE, ResolutionChoice.REMOVE
DEARER = 20_000


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    with serving(Configuration(speed=0)) as url:
        yield url


async def asked(shop: Shop, *more: Portion, token: str = "tok_visa") -> Resolution:
    """A borscht that ran out, paid by card; varenyky are much dearer today. `token` is what the
    card turns out to be the next time that it is asked."""
    day, world = shop.day, shop.day.world
    async with world.transaction() as session:
        (await session.get_one(Product, world.varenyky)).price = DEARER
    id = await day.accepted(world.portion(world.borscht), *more, **CARD)
    async with world.transaction() as session:
        await session.execute(update(Order).where(Order.id == id).values(payment_token=token))
    line = next(li for t in await day.tickets(id) for li in t.lines if li.name == "Borscht")
    report = step(resolving.report, line.id, (world.varenyky,), by=world.cook)
    return await day.do(report)


def choosing(shop: Shop, resolution: Resolution, choice: ResolutionChoice = SUBSTITUTE) -> Any:
    by = shop.day.world.customer
    return step(resolving.answer, resolution.id, choice, None, by=by)


async def test_the_swap_comes_once_the_bank_has_said_yes(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    resolution = await asked(shop)
    async with world.transaction() as session:
        await choosing(shop, resolution)(session)

    order = await world.look(resolution.order_id)
    (open_still,) = order.resolutions
    assert (open_still.status, open_still.product_id) == ("PROPOSED", world.varenyky)
    assert open_still.deadline == await day.clock() + timedelta(minutes=5)
    assert order.tickets[0].status is TicketStatus.NEEDS_CHANGE
    (wait,) = [t for t in await world.open_tasks(order.id) if t.kind == "resolution_unanswered"]
    assert wait.owner is None, "we wait for the bank, and not for the customer"

    await day.work()

    order = await world.look(order.id)
    gone, instead = order.tickets[0].lines
    assert (gone.status, instead.unit_price) == (LineStatus.SUBSTITUTED, DEARER)
    assert (order.resolutions[0].status, order.tickets[0].status) == ("ACCEPTED", "ACCEPTED")
    assert order.payment.held == order.authorized == order.total == DEARER + 5_900
    assert await shop.effects() == [("authorized", True)] * 2
    await must_replay(world, order.id)


async def test_both_holds_are_taken_at_the_first_pickup(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    await day.online(world.driver)
    resolution = await asked(shop)
    await day.do(choosing(shop, resolution))
    id = resolution.order_id
    await day.passes(minutes=5)
    await day.accept_offer(id)
    for stop in await day.stops(id):
        await day.arrive(stop)
        await day.complete(stop, (await world.look(id)).pin)

    order = await world.look(id)
    assert (order.status, order.captured) == (OrderStatus.DELIVERED, DEARER + 5_900)
    kinds = [charge.kind for charge in order.charges]
    assert kinds == [ChargeKind.AUTHORIZE] * 2 + [ChargeKind.CAPTURE] * 2
    assert await shop.effects() == [("captured", True)] * 2
    balances = await world.balances(id)
    assert (balances["CUSTOMER"], balances["RESTAURANT"]) == (-order.captured, DEARER)
    assert not {"HOLD", "DUE", "ESCROW"} & balances.keys()


async def test_a_bank_that_says_no_leaves_the_choice_to_him(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    resolution = await asked(shop, world.portion(world.juice), token="tok_declined")
    await day.passes(minutes=3)

    await day.do(choosing(shop, resolution))

    order = await world.look(resolution.order_id)
    (again,) = order.resolutions
    assert (again.status, again.choice, again.product_id) == ("PROPOSED", None, None)
    assert again.deadline == await day.clock() + timedelta(minutes=5)
    (wait,) = [t for t in await world.open_tasks(order.id) if t.kind == "resolution_unanswered"]
    assert (wait.owner, wait.due) == (Role.CUSTOMER, again.deadline)
    assert (order.status, order.payment_status) == ("PREPARING", PaymentStatus.AUTHORIZED)
    await day.do(choosing(shop, resolution, REMOVE))
    assert (await world.look(order.id)).total == 6_000 + order.delivery_fee


async def test_what_was_sold_while_the_bank_was_asked_is_not_taken(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    resolution = await asked(shop)
    async with world.transaction() as session:
        await choosing(shop, resolution)(session)
        (await session.get_one(Product, world.varenyky)).unavailable = True

    await day.work()

    order = await world.look(resolution.order_id)
    assert (order.resolutions[0].status, order.resolutions[0].choice) == ("PROPOSED", None)
    assert [line.status for line in order.tickets[0].lines] == [LineStatus.UNAVAILABLE]


@pytest.mark.parametrize("kind", ["commit_then_fail", "error"])
async def test_an_unclear_answer_is_looked_up_and_nothing_is_set_aside_twice(
    shop: Shop, kind: str
) -> None:
    day, world = shop.day, shop.day.world
    resolution = await asked(shop)
    await shop.company.fail("kasa", "create_payment", kind)
    async with world.transaction() as session:
        await choosing(shop, resolution)(session)
    tasks = await world.open_tasks(resolution.order_id)
    (task,) = [t for t in tasks if t.kind == "make_charge"]

    assert await day.runtime.run(task.id)
    assert (await world.look(resolution.order_id)).resolutions[0].status == "PROPOSED"
    await world.time_passes(timedelta(seconds=3))
    assert await day.runtime.run(task.id)

    assert (await world.look(resolution.order_id)).resolutions[0].status == "ACCEPTED"
    assert await shop.effects() == [("authorized", True)] * 2


async def test_a_silent_bank_is_waited_for_as_long_as_he_would_be(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    await shop.company.tell("bank", decide_seconds=600)
    resolution = await asked(shop, token="tok_silent")
    async with world.transaction() as session:
        await choosing(shop, resolution)(session)
    tasks = await world.open_tasks(resolution.order_id)
    (task,) = [t for t in tasks if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)
    (wait,) = [t for t in tasks if t.kind == "resolution_unanswered"]
    await world.time_passes(timedelta(minutes=5))
    assert await day.runtime.run(wait.id)

    order = await world.look(resolution.order_id)
    assert order.resolutions[0].status == "EXPIRED"
    assert order.status is OrderStatus.CANCELLED, "nothing was left of it"


async def test_while_the_bank_is_asked_it_is_not_asked_for_more(shop: Shop) -> None:
    world = shop.day.world
    resolution = await asked(shop)
    by_cook = step(resolving.answer, resolution.id, SUBSTITUTE, None, by=world.cook)
    await refused(world, by_cook, ForbiddenStep)
    async with world.transaction() as session:
        await choosing(shop, resolution)(session)

    await refused(world, choosing(shop, resolution), ForbiddenStep)


async def test_a_postponed_line_of_a_card_is_paid_by_its_own_authorisation(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    resolution = await asked(shop, world.portion(world.juice))
    start = await day.clock() + timedelta(hours=3)
    window = Span(start, start + timedelta(hours=1))

    later = ResolutionChoice.POSTPONE
    await day.do(step(resolving.answer, resolution.id, later, None, window, by=world.customer))

    order = await world.look(resolution.order_id)
    line = next(li for t in order.tickets for li in t.lines if li.name == "Borscht")
    assert line.postponed_to_id is not None
    postponed = await world.look(line.postponed_to_id)
    assert (postponed.status, postponed.payment_status) == ("SCHEDULED", "AUTHORIZED")
    assert (postponed.authorized, order.total) == (12_000, 6_000 + order.delivery_fee)
    assert await shop.effects() == [("authorized", True)] * 2


async def test_a_card_that_was_declined_just_now_postpones_nothing(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    await shop.order("tok_declined")
    resolution = await asked(shop, token="tok_declined")
    start = await day.clock() + timedelta(hours=3)
    window = Span(start, start + timedelta(hours=1))

    later = ResolutionChoice.POSTPONE
    take = step(resolving.answer, resolution.id, later, None, window, by=world.customer)
    await refused(world, take, PaymentDeclined)
