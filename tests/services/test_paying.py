"""Cards: asked before a kitchen is, charged at the first pickup, for what was agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from catering.database import now
from catering.domain import ids
from catering.domain.amending import Replacement
from catering.domain.baskets import Portion, Span
from catering.domain.ledger import LedgerAccount, LedgerReason
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import OrderStatus, PaymentMethod, PaymentStatus
from catering.domain.refusals import ForbiddenStep, InvalidInput, PaymentDeclined
from catering.domain.tickets import TicketStatus
from catering.models import LedgerLine, Product
from catering.services import (
    ordering,
    replacing,
    resolving,
)
from tests.services.shopping import CARD, Shop
from tests.world import World

from .acting import Day, refused, step
from .replaying import must_replay


async def test_a_card_pays_from_the_basket_to_the_door(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    portions: tuple[Portion, ...] = (world.portion(world.borscht), world.portion(world.juice, 2))

    id = await day.collected(*portions, **CARD)
    order = await world.look(id)
    assert (order.payment_status, order.captured) == (PaymentStatus.CAPTURED, order.total)
    stop = (await day.stops(id))[-1]
    await day.arrive(stop)
    await day.complete(stop, order.pin)

    order = await world.look(id)
    assert order.status is OrderStatus.DELIVERED
    assert await shop.effects() == [("captured", True)]
    await must_replay(world, id)
    assert (await world.kinds(id))[:4] == [
        "PAYMENT_PENDING", "CHARGE_REQUESTED", "CHARGE_DONE", "PAYMENT_AUTHORIZED",
    ]  # fmt: skip
    reward = order.delivery.reward if order.delivery else 0
    assert await world.balances(id) == {
        "CUSTOMER": -order.total,
        "RESTAURANT": order.subtotal,
        "CARRIER": reward,
        "PLATFORM": order.delivery_fee - reward,
    }


async def test_no_kitchen_hears_of_an_order_before_its_card_has_said_yes(shop: Shop) -> None:
    day = shop.day
    id = await day.world.order(**CARD)

    assert [t.status for t in await day.tickets(id)] == [TicketStatus.QUEUED] * 2
    assert "payment_unanswered" in await day.waits(id)
    await day.work()
    assert [t.status for t in await day.tickets(id)] == [TicketStatus.SUBMITTED] * 2


async def test_a_declined_card_ends_the_order_and_is_not_tried_again(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await shop.order("tok_declined")

    order = await world.look(id)
    assert (order.status, order.cancellation_reason) == ("CANCELLED", "PAYMENT_FAILED")
    assert order.cancellation_comment == "There is not enough money on the card."
    assert order.payment_status is PaymentStatus.FAILED
    assert await world.balances(id) == {}
    assert await day.waits(id) == []

    again = world.wish(**{**CARD, "payment_token": "tok_declined"})
    await refused(world, step(ordering.place, again, by=world.customer), PaymentDeclined)


async def test_after_the_charge_what_was_taken_still_buys_a_swap(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    id = await day.assigned(world.portion(world.borscht), world.portion(world.juice, 2), **CARD)
    first = (await day.stops(id))[0]
    await day.arrive(first)
    await day.complete(first)
    taken = (await world.look(id)).captured
    assert taken > 0
    other = next(t for t in await day.tickets(id) if t.status is not TicketStatus.PICKED_UP)
    cheaper, cook = (
        (world.bread, world.market_cook)
        if other.restaurant_id == world.market
        else (world.varenyky, world.cook)
    )
    async with world.transaction() as session:
        (await session.get_one(Product, cheaper)).price = 1_000
    missing = step(resolving.report, other.lines[0].id, (cheaper,), by=cook)
    resolution = await day.do(missing)

    choose = ResolutionChoice.SUBSTITUTE
    await day.do(step(resolving.answer, resolution.id, choose, None, by=world.customer))

    order = await world.look(id)
    assert order.total < order.captured == taken
    assert order.resolutions[0].status == "ACCEPTED"


async def test_a_basket_that_the_card_does_not_cover_is_refused(shop: Shop) -> None:
    world = shop.day.world
    start = await shop.day.clock() + timedelta(hours=3)
    id = await shop.order(window=Span(start, start + timedelta(hours=1)))

    def instead(quantity: int) -> Any:
        wanted = Replacement((world.portion(world.borscht, quantity),), None)
        return step(replacing.replace_lines, id, wanted, by=world.customer)

    await refused(world, instead(5), PaymentDeclined)
    assert (await world.look(id)).payment.held == 12_000 + 5_900


async def test_a_basket_is_not_changed_while_the_bank_is_asked(shop: Shop) -> None:
    world = shop.day.world
    id = await world.order(world.portion(world.borscht), **CARD)
    wanted = Replacement((world.portion(world.borscht),), None)
    change = step(replacing.replace_lines, id, wanted, by=world.customer)
    await refused(world, change, ForbiddenStep)


async def test_an_order_for_next_week_asks_the_card_when_its_time_has_come(shop: Shop) -> None:
    day, world = shop.day, shop.day.world
    start = await day.clock() + timedelta(days=3)
    id = await shop.order(window=Span(start, start + timedelta(hours=1)))
    order = await world.look(id)
    assert (order.status, order.payment_status) == ("SCHEDULED", "PENDING")
    assert await shop.effects() == []
    assert order.release_at is not None

    await world.time_passes(order.release_at - await day.clock())
    await day.work()

    order = await world.look(id)
    assert (order.status, order.payment_status) == ("PLACED", "AUTHORIZED")
    assert "ORDER_RELEASED" in await world.kinds(id)


async def test_an_order_for_this_evening_asks_the_card_at_once(shop: Shop) -> None:
    start = await shop.day.clock() + timedelta(hours=3)
    id = await shop.order(window=Span(start, start + timedelta(hours=1)))

    order = await shop.day.world.look(id)
    assert (order.status, order.payment_status) == ("SCHEDULED", "AUTHORIZED")
    assert await shop.day.waits(id) == ["release_due"]


async def test_who_pays_by_card_says_which(world: World) -> None:
    wish = world.wish(payment_method=PaymentMethod.CARD)
    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)
    assert no.path == ("paymentToken",)


async def test_no_card_is_taken_where_nobody_takes_cards(world: World) -> None:
    wish = world.wish(**CARD)
    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)
    assert no.path == ("paymentMethod",)


async def test_only_a_facility_is_sent_an_invoice(world: World) -> None:
    wish = world.wish(payment_method=PaymentMethod.INVOICE)
    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)
    assert (no.path, no.rule) == (("paymentMethod",), "payment_method")


async def test_the_database_takes_no_entry_that_does_not_sum_to_zero(committed: World) -> None:
    id = await committed.order()

    with pytest.raises(IntegrityError, match="does not sum to zero"):
        async with committed.transaction() as session:
            session.add(
                LedgerLine(
                    id=ids.new(), order_id=id, entry=99, rank=0, account=LedgerAccount.PLATFORM,
                    amount=1, currency="UAH", reason=LedgerReason.EARNED,
                    occurred_at=await session.scalar(select(now())),
                )
            )  # fmt: skip

    order = await committed.look(id)
    assert await committed.balances(id) == {"DUE": -order.total, "ESCROW": order.total}


async def test_a_cash_order_ends_with_its_books_closed(day: Day) -> None:
    world = day.world
    id = await day.delivered(world.portion(world.borscht))

    order = await world.look(id)
    reward = order.delivery.reward if order.delivery else 0
    assert await world.balances(id) == {
        "CUSTOMER": -order.total,
        "RESTAURANT": 12_000,
        "CARRIER": reward,
        "CASH": order.total,
        "PLATFORM": order.delivery_fee - reward - order.total,
    }
