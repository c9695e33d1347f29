"""Intentions around orders, kitchens and deliveries; each hands over to one use case."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.domain.refusals import Refusal, Refused
from catering.schema.exposing import Info
from catering.schema.inputs import (
    LONGEST_NOTE,
    AcceptOfferInput,
    AcceptTicketInput,
    AnswerResolutionInput,
    ApproveDriverInput,
    ArriveAtStopInput,
    CancelOrderInput,
    CompleteStopInput,
    DeclineOfferInput,
    GoOfflineInput,
    GoOnlineInput,
    MarkTicketReadyInput,
    PlaceOrderInput,
    RejectTicketInput,
    ReleaseDeliveryInput,
    ReportPositionInput,
    ReportUnavailableInput,
    decoded,
    short,
)
from catering.schema.payloads import (
    AcceptOfferPayload,
    AcceptTicketPayload,
    AnswerResolutionPayload,
    ApproveDriverPayload,
    ArriveAtStopPayload,
    CancelOrderPayload,
    CompleteStopPayload,
    DeclineOfferPayload,
    GoOfflinePayload,
    GoOnlinePayload,
    MarkTicketReadyPayload,
    PlaceOrderPayload,
    RejectTicketPayload,
    ReleaseDeliveryPayload,
    ReportPositionPayload,
    ReportUnavailablePayload,
)
from catering.services import (
    cancelling,
    driving,
    kitchens,
    offering,
    ordering,
    resolving,
    travelling,
)
from catering.services.repeating import Identified

from .fields import command, perform

_Done = Identified | Refusal


@strawberry.type
class OrderMutations:
    @command
    async def place_order(self, info: Info, input: PlaceOrderInput) -> PlaceOrderPayload | None:
        """Order dishes of one or more restaurants to one door, at today's prices."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            return await ordering.place(session, input.wish(), by=by)

        return await perform(info, PlaceOrderPayload, input, do)

    @command
    async def cancel_order(self, info: Info, input: CancelOrderInput) -> CancelOrderPayload | None:
        """Call an order off. Possible for its customer until a kitchen has said yes."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            comment = short(input.comment, LONGEST_NOTE, "comment")
            return await cancelling.cancel(session, id, input.reason, comment, by=by)

        return await perform(info, CancelOrderPayload, input, do)

    @command
    async def answer_resolution(
        self, info: Info, input: AnswerResolutionInput
    ) -> AnswerResolutionPayload | None:
        """Choose what becomes of a line that cannot be had."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.RESOLUTION, input.resolution_id, "resolutionId")
            product = input.product_id and decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await resolving.answer(session, id, input.choice, product or None, by=by)

        return await perform(info, AnswerResolutionPayload, input, do)


@strawberry.type
class KitchenMutations:
    @command
    async def accept_ticket(
        self, info: Info, input: AcceptTicketInput
    ) -> AcceptTicketPayload | None:
        """Say yes to a ticket, and when it will be ready."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            return await kitchens.accept(session, id, input.ready_at, by=by)

        return await perform(info, AcceptTicketPayload, input, do)

    @command
    async def reject_ticket(
        self, info: Info, input: RejectTicketInput
    ) -> RejectTicketPayload | None:
        """Say no to a ticket. The rest of the order goes on."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            reason = short(input.reason, LONGEST_NOTE, "reason") or ""
            return await kitchens.reject(session, id, reason, by=by)

        return await perform(info, RejectTicketPayload, input, do)

    @command
    async def mark_ticket_ready(
        self, info: Info, input: MarkTicketReadyInput
    ) -> MarkTicketReadyPayload | None:
        """Say that the food can be collected."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            return await kitchens.mark_ready(session, id, by=by)

        return await perform(info, MarkTicketReadyPayload, input, do)

    @command
    async def report_unavailable(
        self, info: Info, input: ReportUnavailableInput
    ) -> ReportUnavailablePayload | None:
        """Say that a line cannot be had, and what could be had instead."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.LINE, input.line_id, "lineId")
            proposals = None
            if input.proposals is not None:
                proposals = tuple(
                    decoded(Prefix.PRODUCT, product, "proposals", str(index))
                    for index, product in enumerate(input.proposals)
                )
            return await resolving.report(session, id, proposals, by=by)

        return await perform(info, ReportUnavailablePayload, input, do)


@strawberry.type
class DriverMutations:
    @command
    async def approve_driver(
        self, info: Info, input: ApproveDriverInput
    ) -> ApproveDriverPayload | None:
        """Let a driver work."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.DRIVER, input.driver_id, "driverId")
            return await driving.approve(session, id, by=by)

        return await perform(info, ApproveDriverPayload, input, do)

    @command
    async def go_online(self, info: Info, input: GoOnlineInput) -> GoOnlinePayload | None:
        """Be offered deliveries from now on, and at once those that are still searched for."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            return await driving.go_online(session, input.position.point("position"), by=by)

        return await perform(info, GoOnlinePayload, input, do)

    @command
    async def go_offline(self, info: Info, input: GoOfflineInput) -> GoOfflinePayload | None:
        """Be left in peace; an open offer goes to somebody else."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            reason = short(input.reason, LONGEST_NOTE, "reason")
            return await driving.go_offline(session, reason, by=by)

        return await perform(info, GoOfflinePayload, input, do)

    @command
    async def accept_offer(self, info: Info, input: AcceptOfferInput) -> AcceptOfferPayload | None:
        """Take a delivery."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.OFFER, input.offer_id, "offerId")
            return await offering.accept(session, id, by=by)

        return await perform(info, AcceptOfferPayload, input, do)

    @command
    async def decline_offer(
        self, info: Info, input: DeclineOfferInput
    ) -> DeclineOfferPayload | None:
        """Leave a delivery to somebody else. It costs nothing."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.OFFER, input.offer_id, "offerId")
            return await offering.decline(session, id, by=by)

        return await perform(info, DeclineOfferPayload, input, do)

    @command
    async def report_position(
        self, info: Info, input: ReportPositionInput
    ) -> ReportPositionPayload | None:
        """Say where you are; the answer is how soon to say so again."""
        by = info.context.actor
        assert by is not None
        try:
            async with info.context.transaction() as session:
                again = await driving.report_position(
                    session, input.position.point("position"), input.measured_at, by=by
                )
        except Refused as refused:
            return ReportPositionPayload.refused(refused.refusals)
        return ReportPositionPayload.done(again)


@strawberry.type
class DeliveryMutations:
    @command
    async def release_delivery(
        self, info: Info, input: ReleaseDeliveryInput
    ) -> ReleaseDeliveryPayload | None:
        """Give a delivery back before anything was collected; somebody else is looked for."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.DELIVERY, input.delivery_id, "deliveryId")
            return await travelling.release(session, id, by=by)

        return await perform(info, ReleaseDeliveryPayload, input, do)

    @command
    async def arrive_at_stop(
        self, info: Info, input: ArriveAtStopInput
    ) -> ArriveAtStopPayload | None:
        """Be at a kitchen, or at the door."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.STOP, input.stop_id, "stopId")
            point = input.position.point("position") if input.position else None
            return await travelling.arrive(session, id, point, by=by)

        return await perform(info, ArriveAtStopPayload, input, do)

    @command
    async def complete_stop(
        self, info: Info, input: CompleteStopInput
    ) -> CompleteStopPayload | None:
        """Have collected everything here, or handed everything over, against the PIN."""

        async def do(session: AsyncSession, by: Actor) -> _Done:
            id = decoded(Prefix.STOP, input.stop_id, "stopId")
            point = input.position.point("position") if input.position else None
            return await travelling.complete(session, id, input.pin, input.photo, point, by=by)

        return await perform(info, CompleteStopPayload, input, do)
