"""Tasks about people: a driver who may not drive is relieved of his work."""

from __future__ import annotations

from catering.services import suspending

from .handling import handles
from .runtime import Runtime
from .tasks import Claim


@handles("relieve_driver")
async def relieve_driver(runtime: Runtime, task: Claim) -> None:
    """What he was asked to carry and what he has not collected go to others.

    One order at a time: whoever holds two could wait for somebody who holds them the other way.
    """
    async with runtime.transaction() as session:
        await suspending.pass_on_offers(session, task.subject_id)
    async with runtime.finishing(task) as session:
        await suspending.take_over(session, task.subject_id)
