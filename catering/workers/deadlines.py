"""Tasks that are deadlines: each hands over to the use case that says what happens then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.services import (
    approving,
    archiving,
    hosting,
    offering,
    ordering,
    overdue,
    paying,
    promising,
    resolving,
    shifts,
    stock,
)

from . import tasks
from .handling import handles
from .runtime import Runtime
from .tasks import Claim

Passed = Callable[[AsyncSession, UUID], Awaitable[None]]

REMINDERS_EVERY = timedelta(minutes=2)
APPROVERS_EVERY = timedelta(hours=1)

DEADLINES: dict[str, Passed] = {
    "ticket_unsubmitted": overdue.ticket_unsubmitted,
    "ticket_repeat_due": overdue.submission_due,
    "submission_due": overdue.submission_due,
    "ticket_late": overdue.ticket_late,
    "ticket_overdue": overdue.ticket_overdue,
    "ticket_uncollected": overdue.ticket_uncollected,
    "ticket_unhandled": overdue.ticket_unhandled,
    "search_due": overdue.search_due,
    "carrier_search": overdue.carrier_search,
    "no_carrier_unhandled": overdue.no_carrier_unhandled,
    "courier_silent": overdue.courier_silent,
    "pickup_stuck": overdue.delivery_stuck,
    "dropoff_overdue": overdue.delivery_stuck,
    "delivery_unhandled": overdue.delivery_unhandled,
    "door_unanswered": overdue.door_unanswered,
    "turn_back_due": overdue.turn_back_due,
    "return_overdue": overdue.return_overdue,
    "offer_unanswered": offering.expire,
    "resolution_unanswered": resolving.stand_by,
    "release_due": ordering.release,
    "snooze_over": stock.snooze_over,
    "day_over": stock.day_over,
    "pause_over": hosting.pause_over,
    "rush_over": hosting.rush_over,
    "break_over": shifts.break_over,
    "charge_unanswered": paying.charge_unanswered,
}

ANSWERS: dict[str, Callable[[AsyncSession, UUID, datetime], Awaitable[None]]] = {
    "ticket_unanswered": overdue.ticket_unanswered,
    "payment_unanswered": paying.payment_unanswered,
    "approval_unanswered": approving.approval_unanswered,
}
"""Silence that ends something has to be theirs, and not that of our workers: how late the deadline
itself is looked at tells."""


@handles("remind_kitchen")
async def remind_kitchen(runtime: Runtime, task: Claim) -> None:
    """Remind a silent restaurant, every two minutes until it answers or is out of time."""
    async with runtime.finishing(task) as session:
        if await overdue.remind_kitchen(session, task.subject_id):
            await tasks.again(session, task, REMINDERS_EVERY)


@handles("remind_approvers")
async def remind_approvers(runtime: Runtime, task: Claim) -> None:
    """Remind those who can approve an order, every hour until one does or the time is up."""
    async with runtime.finishing(task) as session:
        if await approving.remind(session, task.subject_id):
            await tasks.again(session, task, APPROVERS_EVERY)


@handles("remind_customer")
async def remind_customer(runtime: Runtime, task: Claim) -> None:
    """Remind a silent customer, every two minutes until he answers or is out of time."""
    async with runtime.finishing(task) as session:
        if await overdue.remind_customer(session, task.subject_id):
            await tasks.again(session, task, REMINDERS_EVERY)


@handles("shift_over")
async def shift_over(runtime: Runtime, task: Claim) -> None:
    """Set a driver offline whose shift is over, as soon as he carries nothing more."""
    async with runtime.finishing(task) as session:
        if left := await shifts.shift_over(session, task.subject_id):
            await tasks.again(session, task, left)


@handles("watch_promise")
async def watch_promise(runtime: Runtime, task: Claim) -> None:
    """Tell everybody when a promise cannot be kept; look again when it would break."""
    async with runtime.finishing(task) as session:
        if left := await promising.watch(session, task.subject_id):
            await tasks.again(session, task, left)


@handles("archive_order")
async def archive_order(runtime: Runtime, task: Claim) -> None:
    """Take an order out of the lists when nothing has happened to it for long enough."""
    async with runtime.finishing(task) as session:
        after = runtime.archive_after
        if left := await archiving.archive_in_time(session, task.subject_id, after):
            await tasks.again(session, task, left)


def _deadline(passed: Passed) -> Callable[[Runtime, Claim], Awaitable[None]]:
    async def fire(runtime: Runtime, task: Claim) -> None:
        async with runtime.finishing(task) as session:
            await passed(session, task.subject_id)

    return fire


def _answer(
    passed: Callable[[AsyncSession, UUID, datetime], Awaitable[None]],
) -> Callable[[Runtime, Claim], Awaitable[None]]:
    async def fire(runtime: Runtime, task: Claim) -> None:
        async with runtime.finishing(task) as session:
            await passed(session, task.subject_id, task.due)

    return fire


for kind, passed in DEADLINES.items():
    handles(kind)(_deadline(passed))
for kind, unanswered in ANSWERS.items():
    handles(kind)(_answer(unanswered))
