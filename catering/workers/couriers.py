"""Tasks about carriers: find one, book a company, ask how far its courier is, call it off."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from catering.crashing import crash_point
from catering.domain import dispatch
from catering.domain.dispatch import ROUND_EVERY, Bid
from catering.domain.geography import Ways
from catering.providers import registry
from catering.providers.ports import (
    QUOTE_EXPIRED,
    Ambiguous,
    Booked,
    Booking,
    Cancelled,
    CannotTell,
    Found,
    Missing,
    NotServiceable,
    Quote,
    Rejected,
    Requested,
    Unavailable,
)
from catering.providers.roads import StraightLines
from catering.services import carrying, dispatching, planning, recording, tendering
from catering.services.carrying import Hiring
from catering.services.dispatching import Search
from catering.services.tendering import Tender

from . import tasks
from .handling import TryAgain, handles
from .kitchens import OFTEN, SETTLING
from .runtime import Runtime
from .tasks import Claim

UNKNOWN = timedelta(minutes=9)
"""How late a company is thought to be that does not say when it would be there."""


@handles("plan_delivery")
async def plan_delivery(runtime: Runtime, task: Claim) -> None:
    """Plan the journey of an order once all its kitchens have answered, by a map where one is
    set."""
    ways: Ways = {}
    if not isinstance(runtime.roads, StraightLines):
        async with runtime.transaction() as session:
            places = await planning.places(session, task.subject_id)
        ways = await runtime.roads.ways(places) if places else {}
    async with runtime.finishing(task) as session:
        await planning.plan(session, task.subject_id, ways)


@handles("offer_waiting_deliveries")
async def offer_waiting_deliveries(runtime: Runtime, task: Claim) -> None:
    """A driver came free: searches that were given up begin anew, and all are looked at."""
    async with runtime.transaction() as session:
        given_up = await dispatching.given_up(session)
    for delivery_id in given_up:
        async with runtime.transaction() as session:
            await dispatching.reopen(session, delivery_id)
    async with runtime.finishing(task) as session:
        await recording.begin(session, "dispatch_round", dispatching.FLEET)


@handles("dispatch_round")
async def dispatch_round(runtime: Runtime, task: Claim) -> None:
    """Ask the best driver for each delivery that waits, for all of them at once."""
    seen = await runtime.whereabouts.everybody()
    async with runtime.transaction() as session:
        plan = await dispatching.plan_round(session, seen)
    missed = False
    for delivery_id, prospects in plan.asked:
        async with runtime.transaction() as session:
            missed |= not await dispatching.ask(session, delivery_id, prospects)
    for delivery_id in plan.passed_on:
        async with runtime.transaction() as session:
            await dispatching.pass_on(session, delivery_id)
    async with runtime.finishing(task) as session:
        if plan.again or missed:
            await tasks.again(session, task, ROUND_EVERY)


@handles("find_carrier", attempts=OFTEN)
async def find_carrier(runtime: Runtime, task: Claim) -> None:
    """Have the best driver asked; where he would not, let the next ones and companies bid."""
    async with runtime.transaction(apart=True) as session:
        first = await dispatching.wants_round(session, task.subject_id)
    search = None if first else await _search(runtime, task.subject_id)
    choice = await _auction(runtime, search) if search else {}
    async with runtime.finishing(task) as session:
        if first:
            await recording.begin(session, "dispatch_round", dispatching.FLEET)
        elif search and search.prospects and not choice:
            if not await dispatching.ask(session, task.subject_id, search.prospects):
                await tasks.again(session, task, ROUND_EVERY)
        elif search:
            await tendering.book(session, task.subject_id, choice)
            if len(choice) < len(search.tenders):
                await tasks.again(session, task, tendering.RETRY_AFTER)


@handles("book_courier", attempts=OFTEN)
async def book_courier(runtime: Runtime, task: Claim) -> None:
    """Book one trip at one company, holding no transaction while that answers."""
    async with runtime.transaction() as session:
        hiring = await carrying.begin_booking(session, task.subject_id, again=task.token > 1)
    if hiring is None:
        async with runtime.finishing(task):
            return
    answer = await _book(runtime, task, hiring)
    async with runtime.finishing(task) as session:
        if not await carrying.answered(session, task.subject_id, answer):
            why = answer.why if isinstance(answer, Ambiguous | Unavailable) else repr(answer)
            raise TryAgain(why, SETTLING)


@handles("poll_courier", attempts=OFTEN)
async def poll_courier(runtime: Runtime, task: Claim) -> None:
    """Ask a company how far its courier is, until the trip has ended."""
    async with runtime.transaction(apart=True) as session:
        asking = await carrying.asked_about(session, task.subject_id)
    if asking is None:
        async with runtime.finishing(task):
            return
    courier = registry.courier(*runtime.line(asking.account, asking.standing))
    report = await courier.read(asking.external_id)
    if isinstance(report, CannotTell):
        raise TryAgain(report.why, courier.capabilities.poll_every)
    async with runtime.finishing(task) as session:
        booking = await carrying.reported(session, task.subject_id, report)
        if carrying.is_watched(booking):
            await tasks.again(session, task, courier.capabilities.poll_every)


@handles("booking_unassigned", attempts=50)
async def booking_unassigned(runtime: Runtime, task: Claim) -> None:
    """A company has found no courier in time: call the trip off there, and ask another one."""
    async with runtime.transaction() as session:
        hiring = await carrying.unassigned(session, task.subject_id)
    called_off = False
    if hiring is not None and hiring.external_id is not None:
        courier = await runtime.courier(hiring.account_id)
        answer = await courier.cancel(hiring.external_id, "No courier was found in time.")
        if isinstance(answer, Ambiguous | Requested):
            raise TryAgain(repr(answer), timedelta(seconds=5))
        called_off = isinstance(answer, Cancelled)
    async with runtime.finishing(task) as session:
        if called_off:
            await carrying.given_up(session, task.subject_id)


@handles("withdraw_bookings", attempts=50)
async def withdraw_bookings(runtime: Runtime, task: Claim) -> None:
    """Call off what an order does not need any more."""
    async with runtime.transaction() as session:
        unwanted = await carrying.unwanted(session, task.subject_id)
    notes = {hiring.booking_id: await _call_off(runtime, hiring) for hiring in unwanted}
    async with runtime.finishing(task) as session:
        for booking_id, note in notes.items():
            await carrying.called_off(session, booking_id, note)


async def _search(runtime: Runtime, delivery_id: UUID) -> Search | None:
    seen = await runtime.whereabouts.everybody()
    async with runtime.transaction() as session:
        return await dispatching.find_carrier(session, delivery_id, seen)


async def _auction(runtime: Runtime, search: Search) -> dict[UUID, UUID]:
    """By stop, the company that gets the trip; nothing where our own fleet is the better bid."""
    bids = {t.stop_id: bid for t in search.tenders if (bid := await _best(runtime, t))}
    if search.fleet is None or len(bids) < len(search.tenders) or not bids:
        return {} if search.fleet else _companies(bids)
    at_door = [bid.at_door for bid in bids.values()]
    hired = Bid(
        company=next(iter(bids.values())).company,
        price=sum(bid.price for bid in bids.values()),
        at_door=None if None in at_door else max(at for at in at_door if at),
        load=max(bid.load for bid in bids.values()),
    )
    best = dispatch.best([search.fleet, hired], search.promised_at, UNKNOWN)
    return _companies(bids) if best is hired else {}


def _companies(bids: Mapping[UUID, Bid]) -> dict[UUID, UUID]:
    return {stop_id: bid.company for stop_id, bid in bids.items() if bid.company}


async def _best(runtime: Runtime, tender: Tender) -> Bid | None:
    """The best bid for one trip; all companies are asked at the same time."""
    asked = [_bid(runtime, id, load, tender) for id, load in tender.loads.items()]
    bids = [bid for bid in await asyncio.gather(*asked) if bid is not None]
    return dispatch.best(bids, tender.promised_at, UNKNOWN)


async def _bid(runtime: Runtime, account_id: UUID, load: int, tender: Tender) -> Bid | None:
    courier = await runtime.courier(account_id)
    answer = await courier.quote(tender.trip)
    if not isinstance(answer, Quote):
        return None
    return Bid(account_id, answer.fee, answer.dropoff_eta, load)


async def _book(runtime: Runtime, task: Claim, hiring: Hiring) -> Booking:
    """Book once. What may have arrived earlier is looked up first, and only then repeated."""
    courier = await runtime.courier(hiring.account_id)
    if hiring.again:
        match await courier.find(hiring.trip):
            case Found(report):
                return Booked(report)
            case CannotTell(why):
                return Unavailable(why)
            case Missing():
                pass
    quote = await courier.quote(hiring.trip)
    if isinstance(quote, NotServiceable):
        return Rejected(quote.code, quote.message)
    if isinstance(quote, Unavailable):
        return quote
    await runtime.hold(task)
    answer = await courier.book(hiring.trip, quote)
    crash_point("after submission")
    if isinstance(answer, Rejected) and answer.code == QUOTE_EXPIRED:
        return Unavailable("The quote has expired; a new one is asked for.")
    return answer


async def _call_off(runtime: Runtime, hiring: Hiring) -> str:
    courier = await runtime.courier(hiring.account_id)
    external_id = hiring.external_id
    if external_id is None:
        match await courier.find(hiring.trip):
            case Found(report):
                external_id = report.external_id
            case CannotTell(why):
                raise TryAgain(why, SETTLING)
            case Missing():
                return "It had never reached the company."
    answer = await courier.cancel(external_id, "The order was called off.")
    if isinstance(answer, Ambiguous | Requested):
        raise TryAgain(repr(answer), timedelta(seconds=5))
    return repr(answer)
