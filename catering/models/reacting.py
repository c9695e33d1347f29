"""What follows an event of an order: the tasks that the reaction table asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from catering.domain.events import EventKind
from catering.domain.reactions import Reaction, Target, Wait, Work, follows
from catering.domain.tickets import LOST

from .parts import Part
from .work import Task, TaskState

if TYPE_CHECKING:
    from .order import Order


def react(order: Order, kind: EventKind, about: Part | Order, moments: dict[str, datetime]) -> None:
    """Begin all work and all waits that follow an event of this kind."""
    for reaction in follows(kind):
        if isinstance(reaction, Work) and reaction.only and not getattr(about, reaction.only):
            continue
        since = order.now
        if isinstance(reaction, Wait) and reaction.counted_from is not None:
            since = max(order.now - reaction.after, moments[reaction.counted_from])
        for subject in _targets(order, reaction.target, about):
            _begin(order, reaction, subject, since + reaction.after)


def _targets(order: Order, target: Target, about: Part | Order) -> Iterator[UUID]:
    match target:
        case Target.TICKETS:
            yield from (ticket.id for ticket in order.tickets if ticket.status not in LOST)
        case Target.DELIVERY if order.delivery is not None:
            yield order.delivery.id
        case Target.ORDER:
            yield order.id
        case _:
            yield about.id


def _begin(order: Order, reaction: Reaction, subject: UUID, due: datetime) -> None:
    dedup = f"{reaction.kind}:{subject}"
    open_already = next((task for task in order.open_tasks if task.dedup == dedup), None)
    wait = reaction if isinstance(reaction, Wait) else None
    if open_already is not None:
        open_already.begin_again(due, order.now)
        if wait is not None:  # we may wait for somebody else than before
            open_already.owner, open_already.then = wait.owner, wait.then
        return
    order.open_tasks.append(
        Task(
            kind=reaction.kind,
            subject_id=subject,
            dedup=dedup,
            due=due,
            owner=wait.owner if wait else None,
            then=wait.then if wait else None,
            state=TaskState.PENDING,
        )
    )
