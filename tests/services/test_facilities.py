"""Orders of an organisation: approved, cooked by several restaurants, signed for, billed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from catering.domain.amending import Details
from catering.domain.baskets import Basket
from catering.domain.deliveries import Signature, StopStatus
from catering.domain.facilities import MemberPart
from catering.domain.ledger import LedgerAccount
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason, OrderStatus, PaymentStatus
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    NotFound,
    WindowNotAvailable,
    WrongProof,
)
from catering.domain.tickets import TicketStatus
from catering.models import Facility, Order
from catering.services import (
    amending,
    approving,
    cancelling,
    erasing,
    kitchens,
    offering,
    ordering,
    organising,
    resolving,
    travelling,
)
from tests.services.schooling import approve, ordered, small
from tests.sites import School

from .acting import Day, done, refused, step
from .replaying import must_replay


async def released(day: Day, id: UUID) -> Order:
    """The day of the order has come, and its kitchens have it."""
    order = await day.world.look(id)
    assert order.release_at is not None
    await day.passes(seconds=(order.release_at - await day.clock()).total_seconds() + 1)
    return await day.world.look(id)


async def at_the_door(day: Day, id: UUID) -> None:
    for ticket in (await released(day, id)).tickets:
        await day.do(step(kitchens.accept, ticket.id, None, by=day.cook(ticket)))
    await day.online(day.world.driver)
    search = (await day.delivery(id)).search_at - await day.clock()
    await day.passes(seconds=max(0, search.total_seconds()))
    await day.do(step(offering.accept, (await day.offer(id)).id, by=day.world.driver))
    *kitchens_, door = await day.stops(id)
    for stop in kitchens_:
        await day.arrive(stop)
        await day.complete(stop)
    await day.arrive(door)


async def test_an_order_over_two_restaurants_is_approved_signed_for_and_billed(
    day: Day, school: School
) -> None:
    id = await ordered(school)
    await day.work()
    order = await day.world.look(id)
    assert order.status is OrderStatus.AWAITING_APPROVAL
    assert [ticket.status for ticket in order.tickets] == [TicketStatus.QUEUED] * 2
    (wait,) = [task for task in order.open_tasks if task.is_wait]
    assert (wait.owner, wait.kind, wait.due) == (
        Role.CUSTOMER, "approval_unanswered", order.approve_by,
    )  # fmt: skip
    assert order.approve_by == (await school.lunch()).start - timedelta(minutes=90)

    await day.do(approve(school, id))
    assert (await day.world.look(id)).status is OrderStatus.SCHEDULED
    await at_the_door(day, id)
    (door,) = (await day.stops(id))[-1:]
    no = await done(
        day.world,
        step(travelling.complete, door.id, order.pin, None, None, by=day.world.driver),
    )
    assert isinstance(no, WrongProof)
    signed = Signature("Оксана Кухар", "https://example.com/signature.png")
    await day.do(step(travelling.complete, door.id, None, None, None, signed, by=day.world.driver))

    order = await day.world.look(id)
    (door,) = (await day.stops(id))[-1:]
    assert (door.status, door.signed_by) == (StopStatus.DONE, "Оксана Кухар")
    assert (order.status, order.payment_status) == (
        OrderStatus.DELIVERED, PaymentStatus.CAPTURED,
    )  # fmt: skip
    balances = await day.world.balances(id)
    assert balances["INVOICE"] == -order.total
    assert balances.keys() == {"INVOICE", "RESTAURANT", "PLATFORM", "CARRIER"}
    assert sum(balances.values()) == 0
    kinds = await day.world.kinds(id)
    assert kinds.count("ORDER_APPROVED") == kinds.count("ORDER_RELEASED") == 1
    assert kinds.count("TICKET_SUBMITTED") == 2
    await must_replay(day.world, id)


async def test_who_signed_and_what_an_approver_wrote_is_forgotten_with_them(
    day: Day, school: School
) -> None:
    id = await ordered(school)
    await day.do(step(approving.approve, id, "Смачного!", by=school.approver))
    await at_the_door(day, id)
    (door,) = (await day.stops(id))[-1:]
    signed = Signature("Оксана Кухар", "https://example.com/signature.png")
    await day.do(step(travelling.complete, door.id, None, None, None, signed, by=day.world.driver))
    for who in (school.approver, school.orderer):
        assert who.id is not None
        await day.do(step(erasing.erase, who.id, by=who))

    (door,) = (await day.stops(id))[-1:]
    assert (door.signed_by, door.signature_url) == (None, None)
    assert (await day.world.look(id)).approval_note is None
    assert await school.members() == {}


async def test_a_colleague_sees_what_was_ordered_and_does_nothing_about_it(
    day: Day, school: School
) -> None:
    id, him = await small(school), school.approver
    changed = Details(door_details="Somewhere else")
    await refused(
        day.world, step(cancelling.cancel, id, CancellationReason.OTHER, None, by=him), NotFound
    )
    await refused(day.world, step(amending.change_details, id, changed, by=him), NotFound)
    await refused(day.world, approve(school, id), ForbiddenStep)
    await refused(day.world, approve(school, id, day.world.driver), NotFound)


async def test_an_organisation_orders_by_its_own_rules(school: School) -> None:
    world = school.world

    async def no(*kinds: Any, by: Actor = school.orderer, **said: Any) -> tuple[Any, ...]:
        wish = world.wish(world.portion(world.borscht), **await school.wanted(**said))
        return await refused(world, step(ordering.place, wish, by=by), *kinds)

    await no(NotFound, by=Actor(world.driver.id, Role.CUSTOMER))
    await no(ForbiddenStep, by=school.approver)
    (centre,) = await no(InvalidInput, cost_centre="Batman")
    assert centre.path == ("costCentre",)
    await no(InvalidInput, headcount=0)
    lunch = await school.lunch()
    late = type(lunch)(lunch.end + timedelta(hours=4), lunch.end + timedelta(hours=5))
    (window,) = await no(WindowNotAvailable, window=late)
    async with world.transaction() as session:
        facility = await session.get_one(Facility, school.site)
        facility.cut_off, facility.cut_off_days_before = "00:00", 2
    (window,) = await no(WindowNotAvailable, window=lunch)
    assert window.next_window[0] == (await school.lunch(3)).start
    async with world.transaction() as session:
        await organising.close_facility(session, school.site, by=world.manager)
    await no(NotFound)


async def test_what_runs_out_can_come_another_day_without_being_asked_about_again(
    day: Day, school: School
) -> None:
    world, id = day.world, await ordered(school)
    await day.do(approve(school, id))
    kitchen = next(t for t in (await released(day, id)).tickets if t.restaurant_id == world.kitchen)
    await day.do(step(resolving.report, kitchen.lines[0].id, (), by=world.cook))
    (asked,) = (await world.look(id)).resolutions
    window = await school.lunch(2)
    evening = type(window)(window.start + timedelta(hours=6), window.end + timedelta(hours=6))
    choice, by = ResolutionChoice.POSTPONE, school.orderer
    answer = step(resolving.answer, asked.id, choice, None, evening, by=by)
    await refused(world, answer, WindowNotAvailable)
    colleague = step(resolving.answer, asked.id, choice, None, window, by=school.approver)
    await refused(world, colleague, NotFound)

    await day.do(step(resolving.answer, asked.id, choice, None, window, by=by))

    lines = [line for t in (await world.look(id)).tickets for line in t.lines]
    (later_id,) = [line.postponed_to_id for line in lines if line.postponed_to_id]
    later = await world.look(later_id)
    assert (later.status, later.occasion, later.organisation_id) == (
        OrderStatus.SCHEDULED, (await world.look(id)).occasion, school.organisation,
    )  # fmt: skip


async def test_it_goes_to_its_site_and_in_its_windows(day: Day, school: School) -> None:
    id, lunch = await small(school), await school.lunch(2)
    elsewhere = Details(destination=day.world.wish().basket.destination)
    evening = type(lunch)(lunch.start + timedelta(hours=6), lunch.end + timedelta(hours=6))
    by = school.orderer
    await refused(day.world, step(amending.change_details, id, elsewhere, by=by), InvalidInput)
    moved = Details(window=evening)
    await refused(day.world, step(amending.change_details, id, moved, by=by), WindowNotAvailable)
    await day.do(step(amending.change_details, id, moved, by=day.world.manager))
    await day.do(step(amending.change_details, id, Details(window=lunch), by=by))
    assert (await day.world.look(id)).window == lunch


async def test_what_it_calls_off_late_is_billed(day: Day, school: School) -> None:
    id = await small(school)
    (ticket,) = (await released(day, id)).tickets
    await day.do(step(kitchens.accept, ticket.id, None, by=day.cook(ticket)))
    await day.do(
        step(cancelling.cancel, id, CancellationReason.CHANGED_MIND, None, by=school.orderer)
    )

    order, balances = await day.world.look(id), await day.world.balances(id)
    assert balances[LedgerAccount.INVOICE] == -order.cancellation_fee == -6_000
    assert sum(balances.values()) == 0


async def test_a_quote_for_a_site_is_for_its_door_and_for_its_members(school: School) -> None:
    world = school.world
    basket = Basket((world.portion(world.borscht),), None, await school.lunch())
    price = await done(world, step(ordering.quote, basket, school.site, by=school.orderer))
    assert price.total > 12_000
    for nobody in (None, world.driver):
        await refused(world, step(ordering.quote, basket, school.site, by=nobody), NotFound)


async def test_members_come_and_go(school: School) -> None:
    world, him = school.world, school.approver
    await school.join(him, MemberPart.APPROVER, MemberPart.ORDERER, MemberPart.APPROVER)
    assert him.id is not None
    assert (await school.members())[him.id] == ["APPROVER", "ORDERER"]
    gone = step(organising.remove_member, school.organisation, him.id, by=world.manager)
    await done(world, gone)
    assert him.id not in await school.members()
    await refused(world, gone, NotFound)
    wrong = step(
        organising.set_member, school.organisation, "nobody@nowhere.test", (), by=world.manager
    )
    await refused(world, wrong, NotFound)
