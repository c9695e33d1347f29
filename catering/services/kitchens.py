"""Kitchens answer: on our board, or through their own systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.breakers import Standing
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import InvalidInput, Refused
from catering.domain.tickets import LOST, TicketAction, TicketStatus, catching_up
from catering.models import Restaurant, Ticket
from catering.models.base import bare
from catering.providers.accounts import Account
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    KitchenReport,
    KitchenTicket,
    Pending,
    Rejected,
    Submission,
)

from . import accounts
from .changing import missing
from .checking import look_again
from .losing import lose
from .orders import with_ticket
from .translating import told

LONGEST_PREPARATION = timedelta(hours=4)


async def accept(
    session: AsyncSession, ticket_id: UUID, ready_at: datetime | None, *, by: Actor
) -> Ticket:
    """Say yes to a ticket, and when it will be ready."""
    ticket = await with_ticket(session, ticket_id, by=by)
    if ready_at is not None:
        now = ticket.order.now
        if not now < ready_at <= now + LONGEST_PREPARATION:
            raise Refused(
                InvalidInput(
                    "Name a time within the next four hours.", ("readyAt",), rule="ready_at"
                )
            )
        ticket.expect(ready_at)
    ticket.perform(TicketAction.ACCEPT, by=by)
    return ticket


async def reject(session: AsyncSession, ticket_id: UUID, reason: str, *, by: Actor) -> Ticket:
    """Say no to a ticket. The rest of the order goes on."""
    ticket = await with_ticket(session, ticket_id, by=by)
    await lose(session, ticket, TicketAction.REJECT, by=by, note=reason)
    return ticket


async def mark_ready(session: AsyncSession, ticket_id: UUID, *, by: Actor) -> Ticket:
    """The food can be collected."""
    ticket = await with_ticket(session, ticket_id, by=by)
    ticket.expect(ticket.order.now)
    ticket.perform(TicketAction.FINISH, by=by)
    return ticket


@dataclass(frozen=True)
class Handing:
    """A ticket on its way to an outside system. `again`: an earlier try may have arrived."""

    account_id: UUID
    ticket: KitchenTicket
    external_id: str | None
    again: bool


async def begin_submission(session: AsyncSession, ticket_id: UUID) -> Handing | None:
    """Store that the ticket is being handed over, before anybody is called.

    None when there is nothing to hand over: it is too early or too late, something of it cannot be
    had, or the restaurant works on our board, where the ticket has arrived with this.
    """
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status not in {TicketStatus.QUEUED, TicketStatus.SUBMITTING}:
        return None
    again = ticket.status is TicketStatus.SUBMITTING
    if ticket.order.is_begun and ticket.is_early:
        ticket.hold(by=SYSTEM)
        return None
    if not ticket.order.is_begun or not (again or await look_again(session, ticket)):
        return None
    if not again:
        ticket.perform(TicketAction.SUBMIT, by=SYSTEM)
    restaurant = await _restaurant(session, ticket)
    if restaurant.account_id is None:
        ticket.perform(TicketAction.HAND_OVER, by=SYSTEM)
        return None
    return Handing(restaurant.account_id, await told(session, ticket, restaurant), None, again)


async def handed_over(session: AsyncSession, ticket_id: UUID) -> Handing | None:
    """A ticket as its outside system knows it; None where there is no such system."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    restaurant = await _restaurant(session, ticket)
    if restaurant.account_id is None:
        return None
    as_told = await told(session, ticket, restaurant)
    return Handing(restaurant.account_id, as_told, ticket.external_id, again=True)


@dataclass(frozen=True)
class Asking:
    """A ticket as the outside system knows it that has it."""

    account: Account
    standing: Standing
    external_id: str
    reference: str


_TICKETS: Final = bare(Ticket)
_RESTAURANTS: Final = bare(Restaurant)
_T: Final = _TICKETS.c
_ASKED_ABOUT: Final = (
    select(*accounts.APPROACHED, _T.external_id, _T.reference)
    .join(_RESTAURANTS, _RESTAURANTS.c.account_id == accounts.APPROACHED[0])
    .join(_TICKETS, _T.restaurant_id == _RESTAURANTS.c.id)
    .where(_T.id == bindparam("ticket"), _T.external_id.is_not(None))
)


async def asked_about(session: AsyncSession, ticket_id: UUID) -> Asking | None:
    """How to ask about a ticket; None where nobody outside has it.

    Locks nothing: most polls have nothing new to tell, and what they tell is written under a lock.
    """
    row = (await session.execute(_ASKED_ABOUT, {"ticket": ticket_id})).one_or_none()
    if row is None:
        return None
    return Asking(*await accounts.meet(session, row), row.external_id, row.reference)


async def answered(session: AsyncSession, ticket_id: UUID, answer: Submission) -> bool:
    """What the outside system said to a submission. False when it has to be tried again."""
    match answer:
        case Accepted(report) | Pending(report):
            await reported(session, ticket_id, report)
            return True
        case Rejected(code, message, items):
            ticket = await with_ticket(session, ticket_id, by=SYSTEM)
            if await missing(session, ticket, items):
                return True  # the rest is handed over once the customer has chosen
            if ticket.can(TicketAction.REJECT):
                note = f"{message} ({code})"
                await lose(session, ticket, TicketAction.REJECT, by=SYSTEM, note=note)
            return True
        case _:
            return False


async def reported(session: AsyncSession, ticket_id: UUID, report: KitchenReport) -> Ticket:
    """What the outside system says of a ticket: kept as it came, followed where it leads on."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    ticket.external_id = report.external_id
    ticket.provider_word, ticket.provider_version = report.word, ticket.order.now
    for action in catching_up(ticket.status, report.status):
        if action is TicketAction.REJECT:
            await lose(session, ticket, action, by=SYSTEM, note=report.reason)
        else:
            _follow(ticket, action, report)
    if ticket.status in {TicketStatus.ACCEPTED, TicketStatus.PREPARING} and report.ready_at:
        ticket.promise(report.ready_at, by=SYSTEM)
    if report.missing:
        await missing(session, ticket, report.missing)
    return ticket


def _follow(ticket: Ticket, action: TicketAction, report: KitchenReport) -> None:
    if action is TicketAction.ACCEPT and report.ready_at is not None:
        ticket.expect(report.ready_at)
    if action is TicketAction.FINISH:
        ticket.expect(ticket.order.now)
    ticket.perform(action, by=SYSTEM)


def is_watched(ticket: Ticket) -> bool:
    """Whether the outside system still has something to say that we want to hear."""
    return ticket.status not in {*LOST, TicketStatus.READY, TicketStatus.PICKED_UP}


async def _restaurant(session: AsyncSession, ticket: Ticket) -> Restaurant:
    return await session.get_one(Restaurant, ticket.restaurant_id)


def unclear(answer: Submission) -> str:
    """Why a submission has to be tried again."""
    return answer.why if isinstance(answer, Ambiguous) else repr(answer)
