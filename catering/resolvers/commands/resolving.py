"""Intentions about lines that ran out."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.resolving import (
    AnswerResolutionInput,
    AnswerResolutionPayload,
    ReportUnavailableInput,
    ReportUnavailablePayload,
)
from catering.schema.exposing import Info
from catering.services import resolving


@strawberry.type
class Resolving:
    @command
    async def report_unavailable(
        self, info: Info, input: ReportUnavailableInput
    ) -> ReportUnavailablePayload | None:
        """Say that a line cannot be had, and what could be had instead."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.LINE, input.line_id, "lineId")
            proposals = None
            if input.proposals is not None:
                proposals = tuple(
                    decoded(Prefix.PRODUCT, product, "proposals", str(index))
                    for index, product in enumerate(input.proposals)
                )
            return await resolving.report(session, id, proposals, by=by)

        return await perform(info, ReportUnavailablePayload, input, do)

    @command
    async def answer_resolution(
        self, info: Info, input: AnswerResolutionInput
    ) -> AnswerResolutionPayload | None:
        """Choose what becomes of a line that cannot be had."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESOLUTION, input.resolution_id, "resolutionId")
            product = input.product_id and decoded(Prefix.PRODUCT, input.product_id, "productId")
            window = input.window.span() if input.window else None
            return await resolving.answer(session, id, input.choice, product or None, window, by=by)

        return await perform(info, AnswerResolutionPayload, input, do)
