"""The bank is asked for the money, and before it has answered, somebody wants it back."""

from __future__ import annotations

import asyncio
from uuid import UUID

from catering.domain.ledger import Bearer
from catering.domain.orders import CancellationReason, PaymentStatus
from catering.domain.refunds import Claim, RefundReason
from catering.domain.refusals import InvalidInput
from catering.services import cancelling, refunding, travelling
from tests.engine.processes import until

from .acting import done, refused, step
from .replaying import must_replay
from .shopping import CARD, Shop


async def test_who_is_called_off_while_his_card_is_charged_gets_all_of_it_back(shop: Shop) -> None:
    id, charging = await _being_charged(shop)
    day, world = shop.day, shop.day.world
    why = CancellationReason.OTHER
    await done(world, step(cancelling.cancel, id, why, None, by=world.manager))
    assert await shop.effects() == [("authorized", True)]

    await shop.company.release()
    assert await charging
    await day.work()

    order = await world.look(id)
    assert (order.payment_status, order.refunded) == (PaymentStatus.REFUNDED, order.captured)
    assert await shop.effects() == [("refunded", False)]
    assert "CUSTOMER" not in await world.balances(id)
    await must_replay(world, id)


async def test_what_the_bank_has_not_taken_yet_is_not_given_back(shop: Shop) -> None:
    id, charging = await _being_charged(shop)
    day, world = shop.day, shop.day.world
    door, pin = (await day.stops(id))[-1], (await world.look(id)).pin
    await done(world, step(travelling.arrive, door.id, None, by=world.driver))
    await done(world, step(travelling.complete, door.id, pin, None, None, by=world.driver))
    claim = Claim((2_000, "UAH"), RefundReason.BAD, Bearer.PLATFORM)
    giving_back = step(refunding.refund, id, claim, by=world.manager)
    await refused(world, giving_back, InvalidInput)

    await shop.company.release()
    assert await charging
    await day.do(giving_back)

    order = await world.look(id)
    assert (order.captured, order.refunded) == (order.total, 2_000)
    assert (await world.balances(id))["CUSTOMER"] == 2_000 - order.total
    (money,) = (await shop.company.ledger(provider="kasa"))["effects"]
    assert money["status"] == "partially_refunded"
    await must_replay(world, id)


async def _being_charged(shop: Shop) -> tuple[UUID, asyncio.Task[bool]]:
    """An order that has just been collected, and the task that asks the bank for its money."""
    day, world = shop.day, shop.day.world
    id = await day.assigned(world.portion(world.borscht), **CARD)
    pickup = (await day.stops(id))[0]
    await day.arrive(pickup)
    await done(world, step(travelling.complete, pickup.id, None, None, None, by=world.driver))
    (task,) = [task for task in await world.open_tasks(id) if task.kind == "make_charge"]
    await shop.company.hold("kasa", "capture")
    charging = asyncio.create_task(day.runtime.run(task.id))
    await until(lambda: shop.company.requests("kasa", "capture"))
    return id, charging
