"""What a card has paid and nobody has earned goes back to it."""

from __future__ import annotations

from catering.domain.ledger import Bearer
from catering.domain.orders import CancellationReason, OrderStatus, PaymentStatus
from catering.domain.refunds import Claim, RefundReason
from catering.services import (
    cancelling,
    kitchens,
    refunding,
    travelling,
)
from tests.services.shopping import CARD, Shop

from .acting import done, step
from .replaying import must_replay


async def test_a_part_is_given_back_by_the_card_that_has_paid(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await day.delivered(world.portion(world.borscht), **CARD)
    (ticket,) = await day.tickets(id)
    claim = Claim((2_000, "UAH"), RefundReason.BAD, Bearer.RESTAURANT, ticket.lines[0].id)
    await day.do(step(refunding.refund, id, claim, by=world.manager))

    order = await world.look(id)
    assert (order.payment_status, order.refunded) == (PaymentStatus.PARTIALLY_REFUNDED, 2_000)
    assert (await world.balances(id))["CUSTOMER"] == 2_000 - order.total
    (money,) = (await shop.company.ledger(provider="kasa"))["effects"]
    assert "refund" in str(money)
    await must_replay(world, id)


async def test_a_customer_who_changes_his_mind_early_gets_his_money_let_go(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await shop.order()

    why = CancellationReason.CHANGED_MIND
    await day.do(step(cancelling.cancel, id, why, None, by=world.customer))

    assert (await world.look(id)).payment_status is PaymentStatus.VOIDED
    assert await shop.effects() == [("voided", False)]
    assert await world.balances(id) == {}


async def test_a_fee_is_taken_from_the_card_and_goes_to_the_kitchen(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await day.accepted(world.portion(world.borscht), **CARD)

    why = CancellationReason.CHANGED_MIND
    await day.do(step(cancelling.cancel, id, why, None, by=world.customer))

    order = await world.look(id)
    assert (order.captured, order.cancellation_fee) == (6_000, 6_000)
    assert await world.balances(id) == {"CUSTOMER": -6_000, "RESTAURANT": 6_000}


async def test_a_manager_who_cancels_what_is_on_the_road_gives_all_of_it_back(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await day.collected(world.portion(world.borscht), **CARD)

    await day.do(step(cancelling.cancel, id, CancellationReason.OTHER, None, by=world.manager))

    order = await world.look(id)
    assert (order.payment_status, order.refunded) == (PaymentStatus.REFUNDED, order.captured)
    assert await shop.effects() == [("refunded", False)]
    balances = await world.balances(id)
    assert "CUSTOMER" not in balances
    assert balances["RESTAURANT"] == 12_000


async def test_who_is_not_at_his_door_has_paid_for_what_came(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await day.at_the_door(world.portion(world.borscht), **CARD)
    delivery = await day.delivery(id)

    for _ in range(2):
        await day.do(step(travelling.try_contact, delivery.id, None, by=world.driver))
    await day.passes(minutes=7)

    order = await world.look(id)
    assert order.status is OrderStatus.FAILED
    assert order.total == order.captured == 12_000 + order.delivery_fee
    assert (await world.balances(id))["RESTAURANT"] == 12_000


async def test_a_kitchen_that_says_no_is_not_paid(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await shop.order()
    (ticket,) = await day.tickets(id)

    await done(world, step(kitchens.reject, ticket.id, "No borscht today.", by=world.cook))
    await day.work()

    assert (await world.look(id)).payment_status is PaymentStatus.VOIDED
    assert await world.balances(id) == {}
