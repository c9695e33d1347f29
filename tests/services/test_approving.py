"""Who approves an order of an organisation, once, and what happens when nobody does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from catering.domain.amending import Replacement
from catering.domain.baskets import Basket
from catering.domain.facilities import MemberPart
from catering.domain.orders import CancellationReason, OrderStatus, PaymentStatus
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    PaymentDeclined,
    Refused,
    WindowNotAvailable,
)
from catering.services import (
    approving,
    ordering,
    replacing,
)
from tests.services.schooling import approve, ordered, small
from tests.sites import ABOVE, GATE, School
from tests.world import World

from .acting import Day, done, refused, step, stock
from .replaying import must_replay


async def test_a_small_order_waits_for_nobody(day: Day, school: School) -> None:
    id = await small(school)
    assert (await day.world.look(id)).status is OrderStatus.SCHEDULED
    assert await day.waits(id) == ["release_due"]


async def test_nobody_has_approved_it_and_no_kitchen_hears_of_it(day: Day, school: School) -> None:
    id = await ordered(school)
    order = await day.world.look(id)
    assert order.approve_by is not None
    await day.passes(seconds=(order.approve_by - await day.clock()).total_seconds() - 1)
    reminders = (await day.world.kinds(id)).count("ORDER_APPROVAL_REMINDED")
    assert reminders >= 1
    await day.passes(seconds=1)

    order = await day.world.look(id)
    assert (order.status, order.cancellation_reason) == (
        OrderStatus.CANCELLED, CancellationReason.NOT_APPROVED,
    )  # fmt: skip
    assert "TICKET_SUBMITTED" not in await day.world.kinds(id)
    assert await stock(day.world, day.world.juice) == 10
    assert await day.world.balances(id) == {}
    assert order.payment_status is PaymentStatus.VOIDED
    await must_replay(day.world, id)
    await day.passes(days=1)
    assert (await day.world.kinds(id)).count("ORDER_APPROVAL_REMINDED") == reminders


async def test_our_own_absence_is_not_the_approvers_silence(day: Day, school: School) -> None:
    id = await ordered(school)
    order = await day.world.look(id)
    assert order.approve_by is not None
    away = order.approve_by - await day.clock() + timedelta(minutes=10)
    await day.world.time_passes(away)  # and nobody works
    await day.work()

    order = await day.world.look(id)
    assert order.status is OrderStatus.AWAITING_APPROVAL
    assert order.approve_by == await day.clock() + timedelta(minutes=30)
    await day.do(approve(school, id))
    assert (await day.world.look(id)).status in {OrderStatus.SCHEDULED, OrderStatus.PLACED}


async def test_who_says_no_says_why(day: Day, school: School) -> None:
    id = await ordered(school)
    await day.do(step(approving.reject, id, "Too dear.", by=school.approver))

    order = await day.world.look(id)
    assert (order.cancellation_reason, order.cancellation_comment, order.cancelled_by) == (
        CancellationReason.NOT_APPROVED, "Too dear.", school.approver.id,
    )  # fmt: skip
    await refused(day.world, approve(school, id), ForbiddenStep)


async def test_it_is_approved_once_by_an_approver_who_has_not_ordered_it(
    day: Day, school: School
) -> None:
    id = await ordered(school)
    await school.join(school.orderer, MemberPart.ORDERER, MemberPart.APPROVER)
    await refused(day.world, approve(school, id, school.orderer), ForbiddenStep)
    await school.join(school.approver, MemberPart.ORDERER)
    await refused(day.world, approve(school, id), ForbiddenStep)
    await school.join(school.approver, MemberPart.APPROVER)

    await day.do(approve(school, id))
    await refused(day.world, approve(school, id), ForbiddenStep)
    await refused(day.world, step(approving.reject, id, "-", by=school.approver), ForbiddenStep)


async def test_two_who_approve_at_once_release_it_once(committed: World) -> None:
    school = await School.made(committed)
    id = await ordered(school)
    both = [done(committed, approve(school, id)) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    kinds = await committed.kinds(id)
    assert kinds == ["ORDER_AWAITING_APPROVAL", "ORDER_APPROVED", "ORDER_SCHEDULED"]


async def test_what_nobody_can_approve_is_not_ordered(school: School) -> None:
    world = school.world
    await school.join(school.approver)
    await school.join(school.orderer, MemberPart.ORDERER, MemberPart.APPROVER)
    wish = world.wish(**await school.wanted())

    (no,) = await refused(world, step(ordering.place, wish, by=school.orderer), InvalidInput)

    assert no.rule == "no_approver"


async def test_what_nobody_has_time_to_approve_is_for_another_window(day: Day) -> None:
    school, world = await School.made(day.world, notice=timedelta(0)), day.world
    lunch = await school.lunch()
    basket = Basket(world.wish().basket.portions, GATE)
    way = (await done(world, step(ordering.quote, basket))).estimated_at - await day.clock()
    tight = type(lunch)(lunch.start, lunch.start + way + timedelta(minutes=5))
    wish = world.wish(**await school.wanted(window=tight))
    await world.time_passes(lunch.start - timedelta(seconds=9) - await day.clock())

    place = step(ordering.place, wish, by=school.orderer)
    (no,) = await refused(world, place, WindowNotAvailable)

    assert "approved" in no.message
    assert no.next_window[0] >= tight.end


async def test_what_was_approved_does_not_become_dearer(day: Day, school: School) -> None:
    world, id = day.world, await small(school)
    more = Replacement((world.portion(world.borscht, 3),))
    await refused(
        world, step(replacing.replace_lines, id, more, by=school.orderer), PaymentDeclined
    )
    await day.do(step(replacing.replace_lines, id, Replacement((world.portion(world.juice),)),
                      by=school.orderer))  # fmt: skip

    waiting = await ordered(school)
    await day.do(step(replacing.replace_lines, waiting, more, by=school.orderer))
    order = await world.look(waiting)
    assert order.status is OrderStatus.AWAITING_APPROVAL
    await day.do(approve(school, waiting))
    assert (await world.look(waiting)).may_cost == order.total > ABOVE
    fourth = Replacement((world.portion(world.borscht, 4),))
    await refused(
        world, step(replacing.replace_lines, waiting, fourth, by=school.orderer), PaymentDeclined
    )
