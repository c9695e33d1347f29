"""The office gives something back of an order that has ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catering.domain import ids
from catering.domain.ledger import Bearer
from catering.domain.orders import CancellationReason, PaymentStatus
from catering.domain.refunds import Claim, RefundReason
from catering.domain.refusals import ForbiddenStep, InvalidInput, NotFound
from catering.models import Refund
from catering.services import cancelling, refunding

from .acting import Day, refused, step
from .replaying import must_replay


def asking(day: Day, id: Any, amount: int, bearer: Bearer, line: Any = None) -> Any:
    claim = Claim((amount, "UAH"), RefundReason.MISSING, bearer, line, "Вибачте!")
    return step(refunding.refund, id, claim, by=day.world.manager)


async def test_each_party_bears_its_part_and_never_more_than_it_has_earned(day: Day) -> None:
    id = await day.delivered()
    kitchen, market = await day.tickets(id)
    juice, total = market.lines[0], (await day.world.look(id)).total
    before = await day.world.balances(id)

    async def no(*kinds: Any, amount: int, bearer: Bearer, line: Any = None) -> None:
        await refused(day.world, asking(day, id, amount, bearer, line), *kinds)

    await no(InvalidInput, amount=100, bearer=Bearer.RESTAURANT)  # which of the two?
    await no(NotFound, amount=100, bearer=Bearer.PLATFORM, line=ids.new())
    await no(InvalidInput, amount=12_001, bearer=Bearer.RESTAURANT, line=juice.id)
    await no(InvalidInput, amount=total + 1, bearer=Bearer.PLATFORM)
    await no(InvalidInput, amount=before["CARRIER"] + 1, bearer=Bearer.CARRIER)

    await day.do(asking(day, id, 7_000, Bearer.RESTAURANT, juice.id))
    await no(InvalidInput, amount=5_001, bearer=Bearer.PLATFORM, line=juice.id)
    await day.do(asking(day, id, 5_000, Bearer.PLATFORM, juice.id))
    await day.do(asking(day, id, 1_000, Bearer.CARRIER))

    after, order = await day.world.balances(id), await day.world.look(id)
    moved = {pot: after[pot] - before[pot] for pot in after if after[pot] != before[pot]}
    assert moved == {
        "RESTAURANT": -7_000, "PLATFORM": -5_000, "CARRIER": -1_000, "CUSTOMER": 13_000,
    }  # fmt: skip
    assert (order.refunded, order.payment_status) == (13_000, PaymentStatus.PARTIALLY_REFUNDED)
    assert (await day.world.kinds(id)).count("ORDER_REFUND_GRANTED") == 3
    await must_replay(day.world, id)
    async with day.world.transaction() as session:
        parties = (await session.execute(select(Refund.bearer, Refund.party_id))).all()
        assert {(bearer, party) for bearer, party in parties} == {
            ("RESTAURANT", market.restaurant_id), ("PLATFORM", None),
            ("CARRIER", day.world.driver.id),
        }  # fmt: skip
    assert kitchen.restaurant_id != market.restaurant_id


async def test_what_goes_on_is_not_refunded(day: Day) -> None:
    id = await day.at_the_door()
    await refused(day.world, asking(day, id, 1, Bearer.PLATFORM), ForbiddenStep)


async def test_who_has_paid_nothing_gets_nothing_back(day: Day) -> None:
    id = await day.world.order()
    called_off = step(cancelling.cancel, id, CancellationReason.OTHER, None, by=day.world.customer)
    await day.do(called_off)
    await refused(day.world, asking(day, id, 1, Bearer.PLATFORM), InvalidInput)
