"""Cards: asked before a kitchen is, charged at the first pickup, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from catering.database import now
from catering.domain import ids
from catering.domain.amending import Replacement
from catering.domain.baskets import Portion, Span
from catering.domain.ledger import Bearer, LedgerAccount, LedgerReason
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason, OrderStatus, PaymentMethod, PaymentStatus
from catering.domain.refunds import Claim, RefundReason
from catering.domain.refusals import ForbiddenStep, InvalidInput, PaymentDeclined
from catering.domain.tickets import TicketStatus
from catering.models import LedgerLine, Product, Task, TaskState
from catering.providers.ports import Hint, Notice
from catering.services import (
    accounts,
    cancelling,
    hearing,
    kitchens,
    ordering,
    refunding,
    replacing,
    resolving,
    travelling,
)
from catering.simulator import Configuration
from tests.providers.conftest import CREDENTIALS
from tests.providers.simulated import Outside, serving
from tests.world import World

from .acting import Day, done, refused, step
from .replaying import must_replay

CARD = {"payment_method": PaymentMethod.CARD, "payment_token": "tok_visa"}


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    with serving(Configuration(speed=0)) as url:
        yield url


@dataclass
class Shop:
    """A day on which cards are taken, and the company that takes them."""

    day: Day
    company: Outside

    async def order(self, token: str = "tok_visa", **changes: Any) -> UUID:
        portions = changes.pop("portions", (self.day.world.portion(self.day.world.borscht),))
        return await self.day.order(*portions, **{**CARD, "payment_token": token, **changes})

    async def effects(self) -> list[tuple[str, bool]]:
        """What really happened to the money."""
        ledger = await self.company.ledger(provider="kasa")
        return [(effect["status"], effect["live"]) for effect in ledger["effects"]]


@pytest.fixture
async def shop(day: Day, simulator: str) -> Shop:
    outside = Outside(simulator, day.runtime.http)
    await outside.tell("reset")
    await day.world.account(
        "kasa", port="payment", provider="kasa", credentials=CREDENTIALS["kasa"],
        base_url=f"{simulator}/kasa",
    )  # fmt: skip
    return Shop(day, outside)


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
