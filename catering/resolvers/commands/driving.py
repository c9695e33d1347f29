"""Intentions about drivers."""

from __future__ import annotations

from datetime import timedelta

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.domain.whereabouts import Fix
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, required, short
from catering.schema.commands.driving import (
    ApproveDriverInput,
    ApproveDriverPayload,
    GoOfflineInput,
    GoOfflinePayload,
    GoOnlineInput,
    GoOnlinePayload,
    RejectDriverInput,
    RejectDriverPayload,
    ReportPositionInput,
    ReportPositionPayload,
    SetDriverZoneInput,
    SetDriverZonePayload,
    SubmitDriverDocumentsInput,
    SubmitDriverDocumentsPayload,
    TakeBreakInput,
    TakeBreakPayload,
)
from catering.schema.context import Context
from catering.schema.exposing import Info
from catering.services import driving, locating, papers, shifts


@strawberry.type
class Driving:
    @command
    async def approve_driver(
        self, info: Info, input: ApproveDriverInput
    ) -> ApproveDriverPayload | None:
        """Let a driver work."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DRIVER, input.driver_id, "driverId")
            return await driving.approve(session, id, by=by)

        return await perform(info, ApproveDriverPayload, input, do)

    @command
    async def reject_driver(
        self, info: Info, input: RejectDriverInput
    ) -> RejectDriverPayload | None:
        """Not let a driver work, and say why."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DRIVER, input.driver_id, "driverId")
            reason = required(input.reason, LONGEST_NOTE, "reason")
            return await driving.reject(session, id, reason, by=by)

        return await perform(info, RejectDriverPayload, input, do)

    @command
    async def set_driver_zone(
        self, info: Info, input: SetDriverZoneInput
    ) -> SetDriverZonePayload | None:
        """Say where a driver works from now on. What he is asked for already, or carries, stays
        with him."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DRIVER, input.driver_id, "driverId")
            area = input.zone.area() if input.zone else None
            return await driving.set_zone(session, id, area, by=by)

        return await perform(info, SetDriverZonePayload, input, do)

    @command
    async def submit_driver_documents(
        self, info: Info, input: SubmitDriverDocumentsInput
    ) -> SubmitDriverDocumentsPayload | None:
        """Hand in documents, as they are asked for or renewed."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await papers.submit(session, [d.paper() for d in input.documents], by=by)

        return await perform(info, SubmitDriverDocumentsPayload, input, do)

    @command
    async def go_online(self, info: Info, input: GoOnlineInput) -> GoOnlinePayload | None:
        """Be offered deliveries from now on, and at once those that are still searched for."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            here = input.position.point("position")
            return await driving.go_online(session, here, input.until, by=by)

        return await perform(info, GoOnlinePayload, input, do)

    @command
    async def go_offline(self, info: Info, input: GoOfflineInput) -> GoOfflinePayload | None:
        """Be left in peace; an open offer goes to somebody else."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            reason = short(input.reason, LONGEST_NOTE, "reason")
            return await driving.go_offline(session, reason, by=by)

        return await perform(info, GoOfflinePayload, input, do)

    @command
    async def take_break(self, info: Info, input: TakeBreakInput) -> TakeBreakPayload | None:
        """Not be asked until then; what you carry, you still bring."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await shifts.take_break(session, input.until, by=by)

        return await perform(info, TakeBreakPayload, input, do)

    @command
    async def report_position(
        self, info: Info, input: ReportPositionInput
    ) -> ReportPositionPayload | None:
        """Say where you are; the answer is how soon to say so again."""
        by = info.context.actor
        assert by is not None
        try:
            fix = Fix(input.position.point("position"), input.measured_at)
            again = await reported(info.context, fix, by=by)
        except Refused as refused:
            return ReportPositionPayload.refused(refused.refusals)
        return ReportPositionPayload.done(again)


async def reported(context: Context, fix: Fix, *, by: Actor) -> timedelta:
    """A driver's report: to Redis, and to PostgreSQL where it is due or Redis is away. What it is
    to be, is looked up before; no transaction waits for Redis. Raises `Refused`."""
    assert by.id is not None  # the system is nowhere
    async with context.transaction(apart=True) as session:
        duty = await locating.duty(session, fix, by=by)
    if duty.is_late:
        return duty.again
    seen = await context.whereabouts.follow(by.id, fix, duty.now, duty.to_wake)
    if seen is not None and not duty.is_due:
        return duty.again
    shown = seen.point if seen is not None else None
    async with context.transaction() as session:
        return await driving.report_position(session, fix.point, fix.at, shown, by=by)
