"""A bank that answers unclearly, late or never: looked up, and no card is charged twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from catering.domain.orders import OrderStatus, PaymentStatus
from catering.models import Task, TaskState
from catering.providers.ports import Hint, Notice
from catering.services import (
    accounts,
    hearing,
)
from tests.services.shopping import CARD, Shop


@pytest.mark.parametrize("kind", ["commit_then_fail", "truncated_json", "error"])
async def test_an_unclear_answer_is_looked_up_and_no_card_is_charged_twice(
    shop: Shop, kind: str
) -> None:
    day = shop.day
    await shop.company.fail("kasa", "create_payment", kind)
    id = await day.world.order(day.world.portion(day.world.borscht), **CARD)
    (task,) = [t for t in await day.world.open_tasks(id) if t.kind == "make_charge"]

    assert await day.runtime.run(task.id)
    await day.world.time_passes(timedelta(seconds=3))
    assert await day.runtime.run(task.id)

    assert (await day.world.look(id)).payment_status is PaymentStatus.AUTHORIZED
    assert await shop.effects() == [("authorized", True)]
    assert await shop.company.requests("kasa", "list_payments") == 1


async def test_a_bank_that_stays_silent_ends_the_order_and_what_it_says_late_is_let_go(
    shop: Shop,
) -> None:
    day, world = shop.day, shop.day.world
    await shop.company.tell("bank", decide_seconds=600)
    id = await world.order(world.portion(world.borscht), **{**CARD, "payment_token": "tok_slow"})
    (task,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)

    deadline = next(t for t in await world.open_tasks(id) if t.kind == "payment_unanswered")
    await world.time_passes(timedelta(minutes=4, seconds=50))
    assert await day.runtime.run(task.id)  # and they know nothing yet
    await world.time_passes(timedelta(seconds=10))
    assert await day.runtime.run(deadline.id)
    order = await world.look(id)
    assert (order.status, order.cancellation_reason) == ("CANCELLED", "PAYMENT_FAILED")

    await shop.company.live(600)
    for _ in range(2):  # the hold turns up, and is let go
        asked = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
        for task in asked:
            assert await day.runtime.run(task.id)
    assert await shop.effects() == [("voided", False)]
    assert await world.balances(id) == {}


async def test_an_outage_of_ours_is_not_the_silence_of_a_bank(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await world.order(world.portion(world.borscht), **CARD)
    await world.time_passes(timedelta(minutes=20))  # nobody of ours is there
    asking, deadline = await world.open_tasks(id), "payment_unanswered"
    (wait,) = [t for t in asking if t.kind == deadline]

    assert await day.runtime.run(wait.id)

    assert (await world.look(id)).status is OrderStatus.PLACED
    assert deadline in await day.waits(id)
    (task,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)
    assert (await world.look(id)).payment_status is PaymentStatus.AUTHORIZED
    assert await shop.effects() == [("authorized", True)]
    assert deadline not in await day.waits(id)


async def test_what_a_dead_task_may_have_asked_is_looked_up_before_it_is_asked_again(
    shop: Shop,
) -> None:
    day, world = shop.day, shop.day.world
    await shop.company.fail("kasa", "create_payment", "commit_then_fail")
    id = await world.order(world.portion(world.borscht), **CARD)
    (task,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)
    await world.time_passes(timedelta(minutes=30))
    async with world.transaction() as session:
        dead = update(Task).where(Task.id == task.id).values(state=TaskState.DEAD)
        await session.execute(dead)
    (wait,) = [t for t in await world.open_tasks(id) if t.kind == "charge_unanswered"]
    assert await day.runtime.run(wait.id)
    assert (await world.look(id)).needs_action, "a manager should know"

    (anew,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert anew.id != task.id
    assert await day.runtime.run(anew.id)

    assert (await world.look(id)).payment_status is PaymentStatus.AUTHORIZED
    assert not (await world.look(id)).needs_action
    assert await shop.company.requests("kasa", "create_payment") == 1
    assert await shop.company.requests("kasa", "list_payments") == 1


async def test_news_of_a_payment_has_it_looked_up_at_once(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    await shop.company.tell("bank", decide_seconds=1)
    id = await world.order(world.portion(world.borscht), **{**CARD, "payment_token": "tok_slow"})
    (task,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)
    assert not await day.runtime.run(task.id)  # it is not due yet
    await shop.company.live(1)

    (charge,) = (await world.look(id)).charges
    notice = Notice("evt_1", (Hint("pay_1", charge.reference),))
    async with world.transaction() as session:
        account = await accounts.account(session, charge.account_id)
        assert await hearing.heard(session, account, notice, b"{}", {})
    assert await day.runtime.run(task.id)

    assert (await world.look(id)).payment_status is PaymentStatus.AUTHORIZED


async def test_news_that_was_heard_before_has_nothing_looked_up(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    await shop.company.tell("bank", decide_seconds=60)
    id = await world.order(world.portion(world.borscht), **{**CARD, "payment_token": "tok_slow"})
    (task,) = [t for t in await world.open_tasks(id) if t.kind == "make_charge"]
    assert await day.runtime.run(task.id)
    (charge,) = (await world.look(id)).charges
    notice = Notice("evt_1", (Hint("pay_1", charge.reference),))
    for is_news in (True, False):
        async with world.transaction() as session:
            account = await accounts.account(session, charge.account_id)
            assert await hearing.heard(session, account, notice, b"{}", {}) is is_news
        assert await day.runtime.run(task.id) is is_news  # the second time it is not due
