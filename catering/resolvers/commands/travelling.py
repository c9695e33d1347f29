"""Intentions about deliveries on the road."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded, short
from catering.schema.commands.travelling import (
    ArriveAtStopInput,
    ArriveAtStopPayload,
    AssignDeliveryInput,
    AssignDeliveryPayload,
    CompleteStopInput,
    CompleteStopPayload,
    RecordContactAttemptInput,
    RecordContactAttemptPayload,
    ReleaseDeliveryInput,
    ReleaseDeliveryPayload,
)
from catering.schema.exposing import Info
from catering.services import appointing, travelling

LONGEST_NOTE = 200


@strawberry.type
class Travelling:
    @command
    async def release_delivery(
        self, info: Info, input: ReleaseDeliveryInput
    ) -> ReleaseDeliveryPayload | None:
        """Give a delivery back before anything was collected; somebody else is looked for."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DELIVERY, input.delivery_id, "deliveryId")
            return await travelling.release(session, id, by=by)

        return await perform(info, ReleaseDeliveryPayload, input, do)

    @command
    async def assign_delivery(
        self, info: Info, input: AssignDeliveryInput
    ) -> AssignDeliveryPayload | None:
        """Say who carries a delivery: instead of a search, instead of somebody else, or after a
        breakdown, with what is on board already."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DELIVERY, input.delivery_id, "deliveryId")
            driver_id = decoded(Prefix.DRIVER, input.driver_id, "driverId")
            return await appointing.appoint(session, id, driver_id, by=by)

        return await perform(info, AssignDeliveryPayload, input, do)

    @command
    async def record_contact_attempt(
        self, info: Info, input: RecordContactAttemptInput
    ) -> RecordContactAttemptPayload | None:
        """Say that nobody answered at the door. It takes two tries before the order goes back."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.DELIVERY, input.delivery_id, "deliveryId")
            note = short(input.note, LONGEST_NOTE, "note")
            return await travelling.try_contact(session, id, note, by=by)

        return await perform(info, RecordContactAttemptPayload, input, do)

    @command
    async def arrive_at_stop(
        self, info: Info, input: ArriveAtStopInput
    ) -> ArriveAtStopPayload | None:
        """Be at a kitchen, or at the door."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.STOP, input.stop_id, "stopId")
            point = input.position.point("position") if input.position else None
            return await travelling.arrive(session, id, point, by=by)

        return await perform(info, ArriveAtStopPayload, input, do)

    @command
    async def complete_stop(
        self, info: Info, input: CompleteStopInput
    ) -> CompleteStopPayload | None:
        """Have collected everything here, or handed it over, against the PIN or a signature."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.STOP, input.stop_id, "stopId")
            point = input.position.point("position") if input.position else None
            signed = input.signature.signature() if input.signature else None
            return await travelling.complete(
                session, id, input.pin, input.photo, point, signed, by=by
            )

        return await perform(info, CompleteStopPayload, input, do)
