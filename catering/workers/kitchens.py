"""Tasks about kitchens: hand a ticket over, ask how it is, take it back."""

from __future__ import annotations

from datetime import timedelta

from catering.crashing import crash_point
from catering.providers import registry
from catering.providers.ports import (
    Ambiguous,
    CannotTell,
    Change,
    Found,
    Kitchen,
    Missing,
    Pending,
    Submission,
    TooLate,
    Unavailable,
    Unsupported,
)
from catering.services import changing, kitchens
from catering.services.kitchens import Handing

from . import tasks
from .handling import TryAgain, handles
from .runtime import Runtime
from .tasks import Claim

OFTEN = 500
"""Kitchens are asked until the deadline of the ticket says otherwise."""

SETTLING = timedelta(seconds=2)
"""After an unclear answer, what was sent may still be on its way."""


@handles("submit_ticket", attempts=OFTEN)
async def submit_ticket(runtime: Runtime, task: Claim) -> None:
    """Hand a ticket to its kitchen's system, holding no transaction while that answers."""
    async with runtime.transaction() as session:
        handing = await kitchens.begin_submission(session, task.subject_id)
    if handing is None:
        async with runtime.finishing(task):
            return
    kitchen = await runtime.kitchen(handing.account_id)
    answer = await _submit(runtime, task, kitchen, handing)
    async with runtime.finishing(task) as session:
        settled = await kitchens.answered(session, task.subject_id, answer)
        if not settled:
            # The session is left by an exception, so that the task is not marked done.
            raise TryAgain(_why(answer), SETTLING)


@handles("poll_ticket", attempts=OFTEN)
async def poll_ticket(runtime: Runtime, task: Claim) -> None:
    """Ask the kitchen's system how a ticket is, until it has nothing more to tell."""
    async with runtime.transaction(apart=True) as session:
        asking = await kitchens.asked_about(session, task.subject_id)
    if asking is None:
        async with runtime.finishing(task):
            return
    kitchen = registry.kitchen(*runtime.line(asking.account, asking.standing))
    report = await kitchen.read(asking.external_id, asking.reference)
    if isinstance(report, CannotTell):
        raise TryAgain(report.why, kitchen.capabilities.poll_every)
    async with runtime.finishing(task) as session:
        ticket = await kitchens.reported(session, task.subject_id, report)
        if kitchens.is_watched(ticket):
            await tasks.again(session, task, kitchen.capabilities.poll_every)


@handles("change_ticket", attempts=50)
async def change_ticket(runtime: Runtime, task: Claim) -> None:
    """Tell the kitchen's system what is to be cooked instead of what ran out, if it can be told."""
    async with runtime.transaction() as session:
        handing = await kitchens.handed_over(session, task.subject_id)
    answer = await _change(runtime, handing) if handing is not None else Unsupported()
    async with runtime.finishing(task) as session:
        if not await changing.changed(session, task.subject_id, answer):
            raise TryAgain(_why(answer), SETTLING)


@handles("withdraw_ticket", attempts=50)
async def withdraw_ticket(runtime: Runtime, task: Claim) -> None:
    """Tell the kitchen's system that a ticket is not wanted any more, if it ever came there."""
    async with runtime.transaction() as session:
        handing = await kitchens.handed_over(session, task.subject_id)
    if handing is not None:
        kitchen = await runtime.kitchen(handing.account_id)
        external_id = handing.external_id or await _looked_up(kitchen, handing)
        if external_id is not None:
            reference = handing.ticket.reference
            answer = await kitchen.cancel(external_id, reference, "The order was called off.")
            if isinstance(answer, Ambiguous):
                raise TryAgain(answer.why, SETTLING)
            if isinstance(answer, TooLate):
                pass  # They know, or it is cooked: nothing is left to tell them.
    async with runtime.finishing(task):
        return


async def _submit(runtime: Runtime, task: Claim, kitchen: Kitchen, handing: Handing) -> Submission:
    """Submit once. What may have arrived earlier is looked up first, and only then repeated."""
    if handing.again:
        match await kitchen.find(handing.ticket):
            case Found(report):
                return Pending(report)
            case CannotTell(why):
                return Unavailable(why)
            case Missing():
                pass
    await runtime.hold(task)
    answer = await kitchen.submit(handing.ticket)
    crash_point("after submission")
    return answer


async def _change(runtime: Runtime, handing: Handing) -> Change:
    kitchen = await runtime.kitchen(handing.account_id)
    if not kitchen.capabilities.changes or handing.external_id is None:
        return Unsupported()
    return await kitchen.change(handing.external_id, handing.ticket)


async def _looked_up(kitchen: Kitchen, handing: Handing) -> str | None:
    match await kitchen.find(handing.ticket):
        case Found(report):
            return report.external_id
        case CannotTell(why):
            raise TryAgain(why, SETTLING)
        case _:
            return None


def _why(answer: Change) -> str:
    return answer.why if isinstance(answer, Ambiguous | Unavailable) else repr(answer)
