"""Tasks about carriers: find one, book a company, ask how far its courier is, call it off."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

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
from catering.services import carrying, dispatching, planning
from catering.services.carrying import Hiring
from catering.services.dispatching import Tender

from . import tasks
from .crashing import crash_point
from .handling import TryAgain, handles
from .kitchens import OFTEN, SETTLING
from .runtime import Runtime
from .tasks import Claim


@handles("plan_delivery")
async def plan_delivery(runtime: Runtime, task: Claim) -> None:
    """Plan the journey of an order once all its kitchens have answered."""
    async with runtime.finishing(task) as session:
        await planning.plan(session, task.subject_id)


@handles("offer_waiting_deliveries")
async def offer_waiting_deliveries(runtime: Runtime, task: Claim) -> None:
    """A driver came free: deliveries that still look for a carrier go on looking."""
    async with runtime.finishing(task) as session:
        await dispatching.offer_waiting(session)


@handles("find_carrier", attempts=OFTEN)
async def find_carrier(runtime: Runtime, task: Claim) -> None:
    """Ask the next driver of ours; without one, book the cheapest company that goes there."""
    async with runtime.transaction() as session:
        tenders = await dispatching.find_carrier(session, task.subject_id)
    choice = {t.stop_id: best for t in tenders if (best := await _cheapest(runtime, t))}
    async with runtime.finishing(task) as session:
        await dispatching.book(session, task.subject_id, choice)
        if len(choice) < len(tenders):
            await tasks.again(session, task, dispatching.RETRY_AFTER)


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
    async with runtime.transaction() as session:
        asking = await carrying.asked_about(session, task.subject_id)
    if asking is None:
        async with runtime.finishing(task):
            return
    courier = registry.courier(asking.account, runtime.http)
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


async def _cheapest(runtime: Runtime, tender: Tender) -> UUID | None:
    quotes = await asyncio.gather(*(_quote(runtime, id, tender) for id in tender.account_ids))
    fees = [(q.fee, id) for id, q in zip(tender.account_ids, quotes, strict=True) if q is not None]
    return min(fees)[1] if fees else None


async def _quote(runtime: Runtime, account_id: UUID, tender: Tender) -> Quote | None:
    courier = await runtime.courier(account_id)
    answer = await courier.quote(tender.trip)
    return answer if isinstance(answer, Quote) else None


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
