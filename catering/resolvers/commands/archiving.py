"""Intentions about orders that are over."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.archiving import (
    ArchiveOrderInput,
    ArchiveOrderPayload,
    RestoreOrderInput,
    RestoreOrderPayload,
)
from catering.schema.exposing import Info
from catering.services import archiving


@strawberry.type
class Archiving:
    @command
    async def archive_order(
        self, info: Info, input: ArchiveOrderInput
    ) -> ArchiveOrderPayload | None:
        """Take an order that is over out of the lists; it happens by itself after some weeks."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await archiving.archive(session, id, by=by)

        return await perform(info, ArchiveOrderPayload, input, do)

    @command
    async def restore_order(
        self, info: Info, input: RestoreOrderInput
    ) -> RestoreOrderPayload | None:
        """Put an archived order back into the lists."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await archiving.restore(session, id, by=by)

        return await perform(info, RestoreOrderPayload, input, do)
